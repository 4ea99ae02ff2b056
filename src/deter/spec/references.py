"""What no field can check alone: that names exist, and that fields make sense together.

Every check is a generator of problems: the path of the value at fault and what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from deter.spec.actors import Guarantor, Option
from deter.spec.framework import Framework, Layer
from deter.spec.hints import did_you_mean, found, listing
from deter.spec.scenario import Scenario, Scripted
from deter.spec.tree import Path
from deter.spec.units import TIME_UNITS

Problem: TypeAlias = tuple[Path, str]

DAYS_PER_YEAR = TIME_UNITS["y"]


def _absent(name: str, known: Iterable[str], what: str) -> str:
    words = list(known)
    near = did_you_mean(name, words)
    return f"there is no {what} {found(name)}{near} (known: {listing(words, name)})"


def check_scenario(scenario: Scenario) -> Iterator[Problem]:
    """Yield what is wrong between the fields of a scenario, whatever the framework."""
    for code, guarantor in scenario.guarantors.items():
        yield from _check_guarantor(("guarantors", code), guarantor)
    for code, option in scenario.options.items():
        yield from _check_option(("options", code), option, scenario)
    yield from _check_start(scenario)
    for index, scripted in enumerate(scenario.scripted):
        yield from _check_scripted(("scripted", index), scripted, scenario)


def _check_guarantor(path: Path, guarantor: Guarantor) -> Iterator[Problem]:
    early, late = guarantor.brigades_30d.value, guarantor.brigades_90d.value
    if late < early:
        yield (
            (*path, "brigades_90d"),
            f"{late:g} brigades in 90 days are fewer than the {early:g} in 30 days; "
            "brigades_90d counts all of them",
        )


def _check_option(path: Path, option: Option, scenario: Scenario) -> Iterator[Problem]:
    if option.region not in scenario.regions:
        yield (*path, "region"), _absent(option.region, scenario.regions, "region")
    steps = {
        "steps_to_objective": option.steps_to_objective.value,
        "steps_to_repulse": option.steps_to_repulse.value,
    }
    if option.option_class == "incident":
        yield from _check_incident(path, steps)
    elif scenario.behaviour.win == "fixed":
        if option.fixed is None:
            yield (*path, "fixed"), "is missing; behaviour.win is fixed, so write the payoffs"
    else:
        for name, count in steps.items():
            if count < 1:
                kind = option.option_class
                yield (*path, name), f"found {count:g}; class {kind} needs 1 step or more"


def _check_incident(path: Path, steps: Mapping[str, float]) -> Iterator[Problem]:
    for name, count in steps.items():
        if count > 0:
            yield (*path, name), f"found {count:g}; an incident takes no steps: leave it out"


def _check_start(scenario: Scenario) -> Iterator[Problem]:
    start = scenario.begins
    if start.option is not None and start.option not in scenario.options:
        yield ("begins", "option"), _absent(start.option, scenario.options, "option")
        return
    option = scenario.options[start.option] if start.option is not None else _first_full(scenario)
    if option is None:
        if start.state == "war":
            message = "is missing; no option is of class full, so name the one under way"
            yield ("begins", "option"), message
        return
    if option.option_class == "incident":
        yield ("begins", "option"), "is an incident, not a campaign; name a limited or full option"
    elif start.state == "war" and scenario.behaviour.win != "fixed":
        yield from _check_position(scenario, option)


def _first_full(scenario: Scenario) -> Option | None:
    return next((o for o in scenario.options.values() if o.option_class == "full"), None)


def _check_position(scenario: Scenario, option: Option) -> Iterator[Problem]:
    low, high = -option.steps_to_repulse.value, option.steps_to_objective.value
    position = scenario.begins.position.value
    if low < 0 < high and not low < position < high:
        message = f"found {position:g}; a campaign under way lies between {low:g} and {high:g}"
        yield ("begins", "position"), f"{message}, both excluded"


def _check_scripted(path: Path, scripted: Scripted, scenario: Scenario) -> Iterator[Problem]:
    if scripted.option not in scenario.options:
        yield (*path, "option"), _absent(scripted.option, scenario.options, "option")
    given = [name for name in ("at", "date", "rate") if getattr(scripted, name) is not None]
    if len(given) != 1:
        said = f"found {' and '.join(given)}" if given else "says not when it happens"
        yield path, f"{said}; write one of at, date, rate"
    days = scenario.horizon.value * DAYS_PER_YEAR
    if scripted.at is not None and scripted.at.value >= days:
        message = f"found {scripted.at.value:g} d; the history ends before, after {days:g} d"
        yield (*path, "at"), message
    if scripted.date is not None:
        passed = (scripted.date - scenario.start).days
        if not 0 <= passed < days:
            years = f"{scenario.horizon.value:g} y"
            message = f"{scripted.date} is outside the history: {years} from {scenario.start}"
            yield (*path, "date"), message


@dataclass(frozen=True)
class Cast:
    """Whom and what a framework may name.

    Attributes
    ----------
    guarantors : tuple of str
        Codes of the scenario's guarantors.
    elsewhere : frozenset of str
        Codes of the library's catalogue a library framework may name though the scenario lacks
        them; empty for a framework of the user's own.
    options, regions : tuple of str, or None
        Of the scenario; None to leave them unchecked.
    whole : bool
        False where the scenario is not known, and ``members: all`` may be anybody.
    """

    guarantors: tuple[str, ...]
    elsewhere: frozenset[str] = frozenset()
    options: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    whole: bool = True

    @classmethod
    def of(cls, scenario: Scenario, elsewhere: Iterable[str] = ()) -> Cast:
        """Return the cast of a scenario."""
        return cls(
            guarantors=tuple(scenario.guarantors),
            elsewhere=frozenset(elsewhere) - set(scenario.guarantors),
            options=tuple(scenario.options),
            regions=tuple(scenario.regions),
        )

    def members(self, layer: Layer) -> tuple[str, ...]:
        """Return the members of a layer that are in the scenario."""
        if layer.members == "all":
            return self.guarantors
        present = frozenset(self.guarantors)
        return tuple(code for code in layer.members if code in present)


def check_framework(framework: Framework, cast: Cast) -> Iterator[Problem]:
    """Yield what is wrong between the clauses of a framework, and with the names in it."""
    seen: dict[str, int] = {}
    for index, layer in enumerate(framework.layers):
        path: Path = ("layers", index)
        if layer.id in seen:
            message = f"{found(layer.id)} is the id of item {seen[layer.id]} too; give each its own"
            yield (*path, "id"), message
        seen.setdefault(layer.id, index)
        yield from _check_codes(path, layer, cast)
        yield from _check_decision(path, layer, cast)
        yield from _check_coverage(path, layer, cast)
        if layer.automatic and not layer.ladder:
            yield (*path, "ladder"), "is empty; an automatic layer acts by its ladder, so write one"


def named_codes(layer: Layer) -> Iterator[tuple[Path, str]]:
    """Yield every guarantor a layer names, with the path below the layer."""
    if layer.members != "all":
        for index, code in enumerate(layer.members):
            yield ("members", index), code
    for index, presence in enumerate(layer.presence):
        yield ("presence", index, "guarantor"), presence.guarantor
    for index, step in enumerate(layer.ladder):
        if step.who != "members":
            for place, code in enumerate(step.who):
                yield ("ladder", index, "who", place), code
    for code in layer.decision.weights:
        yield ("decision", "weights", code), code
    if layer.decision.lead is not None:
        yield ("decision", "lead"), layer.decision.lead


def _check_codes(path: Path, layer: Layer, cast: Cast) -> Iterator[Problem]:
    present = frozenset(cast.guarantors)
    for below, code in named_codes(layer):
        if code not in present and code not in cast.elsewhere:
            known = cast.guarantors or sorted(cast.elsewhere)
            yield (*path, *below), _absent(code, known, "guarantor")
    if layer.members != "all":
        seen: set[str] = set()
        for index, code in enumerate(layer.members):
            if code in seen:
                yield (*path, "members", index), f"{found(code)} is there twice; keep one"
            seen.add(code)


def _check_decision(path: Path, layer: Layer, cast: Cast) -> Iterator[Problem]:
    members, decision = cast.members(layer), layer.decision
    if decision.rule == "coalition":
        known = cast.whole or layer.members != "all"
        yield from _check_coalition(path, layer, len(members) if known else None)
    needs = [
        name
        for name, needed in (
            ("decision.rule", decision.rule == "lead"),
            ("attribution.arbiter", layer.attribution.arbiter == "lead"),
        )
        if needed
    ]
    if needs and decision.lead is None:
        message = f"is missing; {needs[0]} is lead, so name one of {listing(members)}"
        yield (*path, "decision", "lead"), message
    elif members and decision.lead is not None and decision.lead not in members:
        yield from _check_lead(path, decision.lead, members, cast, needed=bool(needs))


def _check_coalition(path: Path, layer: Layer, present: int | None) -> Iterator[Problem]:
    k, others = layer.decision.k, layer.decision.others.n
    idle = not present and (layer.members == "all" or bool(layer.members))
    if k is None:
        yield (*path, "decision", "k"), "is missing; rule coalition needs the size of the coalition"
    elif present is not None and not idle and k > present + others:
        named = present if layer.members == "all" else len(layer.members)
        here = f"{present} of its {named} members" if named != present else f"{present} members"
        message = f"found {k}, but only {here} and {others} others are here to form it"
        yield (*path, "decision", "k"), f"{message}; lower k, or add guarantors to the scenario"


def _check_lead(
    path: Path, lead: str, members: tuple[str, ...], cast: Cast, *, needed: bool
) -> Iterator[Problem]:
    where: Path = (*path, "decision", "lead")
    if lead in cast.guarantors:
        yield where, f"{found(lead)} is no member of the layer (members: {listing(members)})"
    elif lead in cast.elsewhere and needed:
        message = f"the lead {found(lead)} is not in this scenario; name one of {listing(members)}"
        yield where, message


def _check_coverage(path: Path, layer: Layer, cast: Cast) -> Iterator[Problem]:
    if cast.options is not None and layer.trigger.options != "all":
        for index, code in enumerate(layer.trigger.options):
            if code not in cast.options:
                where: Path = (*path, "trigger", "options", index)
                yield where, _absent(code, cast.options, "option")
    if cast.regions is None:
        return
    for below, code in _named_regions(layer):
        if code not in cast.regions:
            yield (*path, *below), _absent(code, cast.regions, "region")


def _named_regions(layer: Layer) -> Iterator[tuple[Path, str]]:
    if layer.trigger.regions != "all":
        for index, code in enumerate(layer.trigger.regions):
            yield ("trigger", "regions", index), code
    for index, code in enumerate(layer.limits.excluded_regions):
        yield ("limits", "excluded_regions", index), code
    if layer.limits.economic_free_zone is not None:
        yield ("limits", "economic_free_zone"), layer.limits.economic_free_zone
