"""Who is in a history: names, and what no log repeats because the scenario says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from deter.spec.framework import Framework, Layer, Obligation
from deter.spec.scenario import Scenario
from deter.vocabulary import OBLIGATIONS, RUNGS

PROTEST = "protest"
LADDER = (PROTEST, *RUNGS)
"""What a guarantor may do, from protest up."""


@dataclass(frozen=True)
class Part:
    """A guarantor.

    Attributes
    ----------
    code, title : str
        Its code and its name.
    staked : bool
        Whether it has a stake of its own, and so may act without being asked.
    highest : int
        The highest rung it goes to, 1 to 4.
    arms, air, ground : float
        What it has to send, brigade equivalents; ground: within 90 days.
    """

    code: str
    title: str
    staked: bool
    highest: int
    arms: float
    air: float
    ground: float

    @property
    def force(self) -> float:
        """All it has to send, brigade equivalents: by this states are ranked."""
        return self.arms + self.air + self.ground


@dataclass(frozen=True)
class Act:
    """An option of the challenger.

    Attributes
    ----------
    code, title : str
        Its code and its name.
    kind : str
        ``incident``, ``limited`` or ``full``.
    severity : float
        From 0 to 1.
    prize, cost : float
        In units of what full control is worth, as the scenario has them.
    duration : float
        Days after which the crisis over an incident closes.
    ambiguity : float
        How far it can be read one way or the other, 0 to 1.
    """

    code: str
    title: str
    kind: str
    severity: float
    prize: float
    cost: float
    duration: float
    ambiguity: float = 0.0


@dataclass(frozen=True)
class Text:
    """A layer of the framework.

    Attributes
    ----------
    code, title : str
        Its code and its name.
    members : tuple of str
        Whom it binds.
    asks : bool
        Whether it asks anything of them after an act.
    owed : mapping of str to str
        The obligation at each rung.
    rule, arbiter : str
        How its members decide, and whose reading of an act counts.
    lead : str
        Who leads; empty for nobody.
    others : int
        Members that are not modelled singly.
    covers : tuple of str
        Options it covers.
    awaits : str
        What puts its response clauses in force.
    ratified, provisional : bool
        Whether all have ratified at the start; whether it applies from signature.
    snapback : str
        How sanctions come back.
    void : str
        What a ruling that the protégé provoked the act does.
    threats : bool
        Whether a mobilisation that is seen counts.
    decide : float or None
        Days within which its members must decide.
    troops : mapping of str to float
        Soldiers each member keeps in place.
    threshold, ambiguity : float
        From which severity on an act binds, and how sharply that is drawn.
    delay : float
        Days a finding takes, monitors reckoned in.
    """

    code: str
    title: str
    members: tuple[str, ...]
    asks: bool
    owed: Mapping[str, str]
    rule: str
    arbiter: str
    lead: str
    others: int
    covers: tuple[str, ...]
    awaits: str
    ratified: bool
    provisional: bool
    snapback: str
    void: str
    threats: bool
    decide: float | None
    troops: Mapping[str, float]
    threshold: float = 0.0
    ambiguity: float = 0.0
    delay: float = 0.0

    @property
    def duty(self) -> str:
        """The strongest obligation at any rung."""
        return max(self.owed.values(), key=OBLIGATIONS.index)


@dataclass(frozen=True)
class Cast:
    """Everybody in a history, and its frame.

    Attributes
    ----------
    scenario, framework : str
        Titles.
    challenger, protege : str
        Names.
    start : date
        First day.
    horizon : float
        Years it lasts unless it ends early.
    begins : str
        ``peace``, ``ceasefire`` or ``war``.
    veto : bool
        Whether the challenger has a veto in the Security Council.
    held : float
        Share of the protégé's land the challenger holds at the start.
    hostility, provocation : float
        What the framework gives the challenger to resent, in units of full control, and by how
        much a unit of it raises the number of occasions.
    parts, acts, texts : mapping
        Guarantors, options and layers by code.
    """

    scenario: str
    framework: str
    challenger: str
    protege: str
    start: date
    horizon: float
    begins: str
    veto: bool
    parts: Mapping[str, Part]
    acts: Mapping[str, Act]
    texts: Mapping[str, Text]
    held: float = 0.0
    hostility: float = 0.0
    provocation: float = 0.0

    def named(self, code: str) -> str:
        """Return what a guarantor, an option or a layer is called."""
        for people in (self.parts, self.acts, self.texts):
            if code in people:
                return people[code].title
        return {"challenger": self.challenger, "protege": self.protege}.get(code, code)

    def ranked(self, codes: Iterable[str]) -> list[str]:
        """Return guarantors by what they have to send, most first."""
        return sorted(codes, key=lambda code: (-self.parts[code].force, code))

    def playing(self, code: str) -> bool:
        """Tell whether a guarantor can matter: it has a stake, or a text asks something of it."""
        asked = any(code in text.members for text in self.texts.values() if text.asks)
        return self.parts[code].staked or asked


def cast_of(scenario: Scenario, framework: Framework, name: str = "") -> Cast:
    """Return the cast of a scenario under a framework.

    Parameters
    ----------
    scenario : Scenario
        The story.
    framework : Framework
        Without guarantors the scenario lacks.
    name : str
        What to call a scenario without a title.
    """
    states = sorted(scenario.guarantors)
    return Cast(
        scenario=scenario.title or name,
        framework=framework.title,
        challenger=scenario.challenger.title,
        protege=scenario.protege.title,
        start=scenario.start,
        horizon=scenario.horizon.value,
        begins=scenario.begins.state,
        veto=scenario.challenger.veto,
        parts={code: _part(scenario, code) for code in states},
        acts={code: _act(scenario, code) for code in _by_severity(scenario)},
        texts={layer.id: _text(layer, states, scenario) for layer in framework.layers},
        held=scenario.begins.held.value,
        hostility=framework.hostility.value,
        provocation=scenario.behaviour.provocation.value,
    )


def _part(scenario: Scenario, code: str) -> Part:
    state = scenario.guarantors[code]
    return Part(
        code=code,
        title=_with_article(state.title or code),
        staked=state.stake.value != 0 or state.stake.distribution is not None,
        highest=RUNGS.index(state.highest_rung) + 1,
        arms=state.arms.value,
        air=state.air.value,
        ground=state.brigades_90d.value,
    )


def _with_article(title: str) -> str:
    """Return a state's name as it stands in a sentence."""
    return f"the {title}" if title.startswith("United ") or title == "Netherlands" else title


def _by_severity(scenario: Scenario) -> list[str]:
    """Return options in the order in which the engine knows them."""
    return sorted(scenario.options, key=lambda code: (scenario.options[code].severity.value, code))


def _act(scenario: Scenario, code: str) -> Act:
    option = scenario.options[code]
    return Act(
        code=code,
        title=option.title or code.replace("_", " "),
        kind=option.option_class,
        severity=option.severity.value,
        prize=option.prize.value,
        cost=option.cost.value,
        duration=option.duration.value,
        ambiguity=option.ambiguity.value,
    )


def _text(layer: Layer, states: list[str], scenario: Scenario) -> Text:
    owed = layer.obligation
    levels = {r: getattr(owed, r) if isinstance(owed, Obligation) else owed for r in RUNGS}
    asks = any(level != "none" for level in levels.values())
    active = layer.activation
    troops: dict[str, float] = {}
    for force in layer.presence:
        troops[force.guarantor] = troops.get(force.guarantor, 0.0) + force.troops.value
    return Text(
        code=layer.id,
        title=layer.title or layer.id.replace("_", " "),
        members=tuple(states)
        if layer.members == "all"
        else tuple(code for code in states if code in layer.members),
        asks=asks or layer.sanctions.snapback != "none" or bool(layer.ladder),
        owed=levels,
        rule=layer.decision.rule,
        arbiter=layer.attribution.arbiter,
        lead=layer.decision.lead or "",
        others=layer.decision.others.n,
        covers=tuple(code for code in scenario.options if _covers(layer, scenario, code)),
        awaits=active.response,
        ratified=active.ratified,
        provisional=active.provisional,
        snapback=layer.sanctions.snapback,
        threats=layer.trigger.threats,
        void=layer.limits.void_if_protege_attacks,
        decide=None if layer.deadlines.decide is None else layer.deadlines.decide.value,
        troops=troops,
        threshold=layer.trigger.threshold.value,
        ambiguity=layer.trigger.ambiguity.value,
        delay=layer.attribution.delay.value * (1.0 - layer.attribution.monitoring.value),
    )


def _covers(layer: Layer, scenario: Scenario, code: str) -> bool:
    region, trigger = scenario.options[code].region, layer.trigger
    return (
        (trigger.options == "all" or code in trigger.options)
        and (trigger.regions == "all" or region in trigger.regions)
        and region not in layer.limits.excluded_regions
    )
