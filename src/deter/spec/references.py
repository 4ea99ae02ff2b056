"""What no field can check alone: that names exist, and that fields make sense together.

Every check is a generator of problems: the path of the value at fault, what is wrong with it, and
what else that rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from deter.spec.actors import Guarantor, Lag, Option
from deter.spec.framework import Framework, Layer
from deter.spec.hints import did_you_mean, found, listing
from deter.spec.scenario import Scenario, Scripted
from deter.spec.tree import Path, Step
from deter.spec.units import TIME_UNITS
from deter.vocabulary import RUNGS

DAYS_PER_YEAR = TIME_UNITS["y"]

FIRST_START, LAST_START = date(1800, 1, 1), date(2200, 12, 31)
"""Between these a history may start: whatever its horizon, the calendar has all its days."""

SCENARIO: Step = ".."
"""First step of a path into the scenario, among what a problem of its framework rests on."""

NAMES: Step = "[names]"
"""Last step of a path that stands for which names a mapping has, whatever is under them."""

GUARANTORS: Path = (SCENARIO, "guarantors", NAMES)


class Problem(NamedTuple):
    """Something wrong between fields.

    Attributes
    ----------
    path : tuple
        Of the value at fault.
    message : str
        What is wrong with it.
    reads : tuple of tuple
        Paths of what else this rests on: with other values there, it might be no problem.
    """

    path: Path
    message: str
    reads: tuple[Path, ...] = ()


def _absent(name: str, known: Iterable[str], what: str) -> str:
    words = list(known)
    near = did_you_mean(name, words)
    return f"there is no {what} {found(name)}{near} (known: {listing(words, name)})"


def check_scenario(scenario: Scenario) -> Iterator[Problem]:
    """Yield what is wrong between the fields of a scenario, whatever the framework."""
    for code, guarantor in scenario.guarantors.items():
        yield from _check_guarantor(("guarantors", code), guarantor)
    for name in RUNGS:
        yield from _check_lag(("rungs", name, "lag"), getattr(scenario.rungs, name).lag)
    for code, option in scenario.options.items():
        yield from _check_option(("options", code), option, scenario)
    if not FIRST_START <= scenario.start <= LAST_START:
        message = f"{scenario.start} is out of range; allowed is {FIRST_START} to {LAST_START}"
        yield Problem(("start",), message)
    yield from _check_begins(scenario)
    for index, scripted in enumerate(scenario.scripted):
        yield from _check_scripted(("scripted", index), scripted, scenario)


def _check_guarantor(path: Path, guarantor: Guarantor) -> Iterator[Problem]:
    early, late = guarantor.brigades_30d.value, guarantor.brigades_90d.value
    if late < early:
        message = (
            f"{late:g} brigades in 90 days are fewer than the {early:g} in 30 days; "
            "brigades_90d counts all of them"
        )
        yield Problem((*path, "brigades_90d"), message, ((*path, "brigades_30d"),))


def _check_lag(path: Path, lag: Lag) -> Iterator[Problem]:
    if lag.distribution in ("gamma", "weibull") and lag.shape.value <= 0:
        message = f"found {lag.shape.value:g}; a {lag.distribution} lag needs a shape above 0"
        yield Problem((*path, "shape"), message, ((*path, "distribution"),))


def _check_option(path: Path, option: Option, scenario: Scenario) -> Iterator[Problem]:
    if option.region not in scenario.regions:
        message = _absent(option.region, scenario.regions, "region")
        yield Problem((*path, "region"), message, (("regions", NAMES),))
    kind, win = (*path, "class"), ("behaviour", "win")
    steps = {
        "steps_to_objective": option.steps_to_objective.value,
        "steps_to_repulse": option.steps_to_repulse.value,
    }
    if scenario.behaviour.win == "fixed" and option.fixed is None:
        message = "is missing; behaviour.win is fixed, so write the payoffs"
        yield Problem((*path, "fixed"), message, (kind, win))
    if option.option_class == "incident":
        yield from _check_incident(path, steps)
    elif scenario.behaviour.win != "fixed":
        for name, count in steps.items():
            if count < 1:
                message = f"found {count:g}; class {option.option_class} needs 1 step or more"
                yield Problem((*path, name), message, (kind, win))


def _check_incident(path: Path, steps: Mapping[str, float]) -> Iterator[Problem]:
    for name, count in steps.items():
        if count > 0:
            message = f"found {count:g}; an incident takes no steps: leave it out"
            yield Problem((*path, name), message, ((*path, "class"),))


def _check_begins(scenario: Scenario) -> Iterator[Problem]:
    path, state, code = ("begins", "option"), ("begins", "state"), scenario.begins.option
    if code is not None and code not in scenario.options:
        message = _absent(code, scenario.options, "option")
        yield Problem(path, message, (("options", NAMES),))
        return
    code = _first_full(scenario) if code is None else code
    at_war = scenario.begins.state == "war"
    if code is None:
        if at_war:
            message = "is missing; no option is of class full, so name the one under way"
            yield Problem(path, message, (state, *_classes(scenario)))
    elif scenario.options[code].option_class == "incident":
        message = "is an incident, not a campaign; name a limited or full option"
        yield Problem(path, message, (("options", code, "class"),))
    elif at_war and scenario.behaviour.win != "fixed":
        yield from _check_position(scenario, code)


def _first_full(scenario: Scenario) -> str | None:
    options = scenario.options.items()
    return next((code for code, option in options if option.option_class == "full"), None)


def _classes(scenario: Scenario) -> tuple[Path, ...]:
    """Return the paths of all that the first option of class full rests on."""
    return ("options", NAMES), *(("options", code, "class") for code in scenario.options)


def _check_position(scenario: Scenario, code: str) -> Iterator[Problem]:
    option, path = scenario.options[code], ("options", code)
    low, high = -option.steps_to_repulse.value, option.steps_to_objective.value
    position = scenario.begins.position.value
    if low < 0 < high and not low < position < high:
        message = f"found {position:g}; a campaign under way lies between {low:g} and {high:g}"
        reads: tuple[Path, ...] = (
            ("begins", "state"),
            ("begins", "option"),
            ("behaviour", "win"),
            (*path, "steps_to_repulse"),
            (*path, "steps_to_objective"),
            *(_classes(scenario) if scenario.begins.option is None else ()),
        )
        yield Problem(("begins", "position"), f"{message}, both excluded", reads)


def _check_scripted(path: Path, scripted: Scripted, scenario: Scenario) -> Iterator[Problem]:
    if scripted.option not in scenario.options:
        message = _absent(scripted.option, scenario.options, "option")
        yield Problem((*path, "option"), message, (("options", NAMES),))
    given = [name for name in ("at", "date", "rate") if getattr(scripted, name) is not None]
    if len(given) != 1:
        said = f"found {' and '.join(given)}" if given else "says not when it happens"
        yield Problem(path, f"{said}; write one of at, date, rate")
    days = scenario.horizon.value * DAYS_PER_YEAR
    if scripted.at is not None and scripted.at.value >= days:
        message = f"found {scripted.at.value:g} d; the history ends before, after {days:g} d"
        yield Problem((*path, "at"), message, (("horizon",),))
    if scripted.date is not None and FIRST_START <= scenario.start <= LAST_START:
        passed = (scripted.date - scenario.start).days
        if not 0 <= passed < days:
            years = f"{scenario.horizon.value:g} y"
            message = f"{scripted.date} is outside the history: {years} from {scenario.start}"
            yield Problem((*path, "date"), message, (("horizon",), ("start",)))


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
    shared : bool
        True for a library framework, which may exclude regions that the scenario lacks.
    whole : bool
        False where the scenario is not known, and ``members: all`` may be anybody.
    """

    guarantors: tuple[str, ...]
    elsewhere: frozenset[str] = frozenset()
    options: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    shared: bool = False
    whole: bool = True

    @classmethod
    def of(cls, scenario: Scenario, elsewhere: Iterable[str] = ()) -> Cast:
        """Return the cast of a scenario, for a library framework if there is an elsewhere."""
        known = frozenset(elsewhere)
        return cls(
            guarantors=tuple(scenario.guarantors),
            elsewhere=known - set(scenario.guarantors),
            shared=bool(known),
            options=tuple(scenario.options),
            regions=tuple(scenario.regions),
        )

    def nowhere(self, layer: Layer) -> tuple[str, ...]:
        """Return the regions a layer of a library framework excludes and the scenario lacks."""
        if self.regions is None or not self.shared:
            return ()
        return tuple(code for code in layer.limits.excluded_regions if code not in self.regions)

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
            yield Problem((*path, "id"), message, (("layers", seen[layer.id], "id"),))
        seen.setdefault(layer.id, index)
        yield from _check_codes(path, layer, cast)
        yield from _check_decision(path, layer, cast)
        yield from _check_coverage(path, layer, cast)
        if layer.automatic and not layer.ladder:
            message = "is empty; an automatic layer acts by its ladder, so write one"
            yield Problem((*path, "ladder"), message, ((*path, "automatic"),))


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
            message = _absent(code, known, "guarantor")
            yield Problem((*path, *below), message, (GUARANTORS,))
    if layer.members != "all":
        yield from _check_twice((*path, "members"), layer.members)


def _check_twice(path: Path, codes: Iterable[str]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, code in enumerate(codes):
        if code in seen:
            message = f"{found(code)} is there twice; keep one"
            yield Problem((*path, index), message, ((*path, seen[code]),))
        seen.setdefault(code, index)


def _check_decision(path: Path, layer: Layer, cast: Cast) -> Iterator[Problem]:
    members, decision = cast.members(layer), layer.decision
    if decision.rule == "coalition":
        yield from _check_coalition(path, layer, cast)
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
        reads = ((*path, "members"), *((*path, *name.split(".")) for name in needs))
        yield Problem((*path, "decision", "lead"), message, (*reads, GUARANTORS))
    elif members and decision.lead is not None and decision.lead not in members:
        yield from _check_lead(path, decision.lead, members, cast, needed=bool(needs))


def _check_coalition(path: Path, layer: Layer, cast: Cast) -> Iterator[Problem]:
    k, others = layer.decision.k, layer.decision.others.n
    where, rule = (*path, "decision", "k"), (*path, "decision", "rule")
    if k is None:
        message = "is missing; rule coalition needs the size of the coalition"
        yield Problem(where, message, (rule,))
        return
    present = len(cast.members(layer))
    known = cast.whole or layer.members != "all"
    idle = not present and (layer.members == "all" or bool(layer.members))
    if known and not idle and k > present + others:
        named = present if layer.members == "all" else len(layer.members)
        here = f"{present} of its {named} members" if named != present else f"{present} members"
        message = f"found {k}, but only {here} and {others} others are here to form it"
        message = f"{message}; lower k, or add guarantors to the scenario"
        reads = (rule, (*path, "decision", "others", "n"), (*path, "members"))
        yield Problem(where, message, (*reads, GUARANTORS))


def _check_lead(
    path: Path, lead: str, members: tuple[str, ...], cast: Cast, *, needed: bool
) -> Iterator[Problem]:
    where: Path = (*path, "decision", "lead")
    if lead in cast.guarantors:
        message = f"{found(lead)} is no member of the layer (members: {listing(members)})"
        yield Problem(where, message, ((*path, "members"),))
    elif lead in cast.elsewhere and needed:
        message = f"the lead {found(lead)} is not in this scenario; name one of {listing(members)}"
        reads = ((*path, "decision", "rule"), (*path, "attribution", "arbiter"))
        yield Problem(where, message, (*reads, GUARANTORS))


def _check_coverage(path: Path, layer: Layer, cast: Cast) -> Iterator[Problem]:
    if cast.options is not None and layer.trigger.options != "all":
        for index, code in enumerate(layer.trigger.options):
            if code not in cast.options:
                where: Path = (*path, "trigger", "options", index)
                message = _absent(code, cast.options, "option")
                yield Problem(where, message, ((SCENARIO, "options", NAMES),))
    if cast.regions is None:
        return
    idle = frozenset(cast.nowhere(layer))
    for below, code in _named_regions(layer):
        if code not in cast.regions and not (code in idle and "excluded_regions" in below):
            message = _absent(code, cast.regions, "region")
            yield Problem((*path, *below), message, ((SCENARIO, "regions", NAMES),))


def _named_regions(layer: Layer) -> Iterator[tuple[Path, str]]:
    if layer.trigger.regions != "all":
        for index, code in enumerate(layer.trigger.regions):
            yield ("trigger", "regions", index), code
    for index, code in enumerate(layer.limits.excluded_regions):
        yield ("limits", "excluded_regions", index), code
    if layer.limits.economic_free_zone is not None:
        yield ("limits", "economic_free_zone"), layer.limits.economic_free_zone
