"""A framework in plain words, clause by clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deter.spec.framework import Framework, LadderStep, Layer, Obligation, Presence
from deter.spec.quantities import Value
from deter.vocabulary import RUNGS

RUNG_WORDS = {
    "sanctions": "sanctions and finance",
    "arms": "arms, intelligence and air defence",
    "air": "air and maritime force",
    "ground": "ground troops",
}
LEVEL_WORDS = {
    "none": "nothing",
    "consult": "consultation",
    "assist": "assistance",
    "as_deemed_necessary": "what each deems necessary",
    "all_means": "all means",
}
BINDING_WORDS = {
    "none": "no legal form",
    "political": "a political commitment",
    "executive_agreement": "an executive agreement",
    "statute": "a statute",
    "ratified_treaty": "a ratified treaty",
}
ARBITER_WORDS = {
    "each": "each member judges for itself",
    "joint_commission": "a joint commission rules",
    "lead": "the lead rules",
    "security_council": "the Security Council rules",
}
EVENT_WORDS = {
    "signature": "on signature",
    "ratification": "on ratification by each member",
    "ceasefire": "on a ceasefire",
    "peace_treaty": "on a peace treaty",
}
PLACE_WORDS = {
    "front": "at the front",
    "rear": "in the rear",
    "neighbour": "in a neighbouring state",
}
FROM_WORDS = {"event": "the event", "request": "the request", "first_breach": "the first breach"}
PAYER_WORDS = {
    "guarantor": "",
    "protege": ", paid for by the protégé",
    "frozen_assets": ", paid for from frozen assets",
}


@dataclass(frozen=True)
class Clause:
    """One clause in words.

    Attributes
    ----------
    name : str
        Which clause.
    text : str
        What it says; empty where the layer says nothing of it.
    """

    name: str
    text: str


def clauses(layer: Layer) -> list[Clause]:
    """Return the clauses of a layer that say something, in the order of the model's table."""
    said = [Clause(name, "; ".join(write(layer))) for name, write in CLAUSES]
    return [clause for clause in said if clause.text]


def describe(framework: Framework, name: str = "") -> str:
    """Return a framework in plain words, clause by clause.

    Parameters
    ----------
    framework : Framework
        Which.
    name : str
        What a command calls it.
    """
    lines = [f"{framework.title}{f' ({name})' if name else ''}"]
    if framework.summary:
        lines += ["", " ".join(framework.summary.split())]
    if not framework.layers:
        lines += ["", "No clause: nothing beyond what exists anyway."]
    for layer in framework.layers:
        lines += ["", layer.title or layer.id]
        lines += [f"  {clause.name}: {clause.text}." for clause in clauses(layer)]
    whole = [f"  {name}: {text}." for name, text in about(framework)]
    if whole:
        lines += ["", "The framework as a whole", *whole]
    if framework.sources:
        lines += ["", "Sources", *(f"  {source}" for source in framework.sources)]
    return "\n".join(lines)


def about(framework: Framework) -> Iterator[tuple[str, str]]:
    """Yield what a framework says as a whole: of hostility and of its offer, each in words."""
    offer = framework.offer
    if _positive(framework.hostility):
        yield "hostility", f"provokes the challenger by {_n(framework.hostility)} of full control"
    if _positive(offer.expiry):
        yield "offer", f"withdrawn at a rate of {_n(offer.expiry)} a year while war lasts"
    if _positive(offer.territory):
        yield "offer", f"the protégé cedes {_percent(offer.territory)} of the prize"
    if _positive(offer.payment):
        yield "offer", f"the protégé pays {_n(offer.payment)} of full control"


def _positive(value: Value | None) -> bool:
    return value is not None and (value.value > 0 or value.distribution is not None)


def _n(value: Value) -> str:
    return f"about {value.value:g}" if value.distribution is not None else f"{value.value:g}"


def _percent(value: Value) -> str:
    about = "about " if value.distribution is not None else ""
    return f"{about}{100 * value.value:g} %"


def _days(value: Value) -> str:
    about = "about " if value.distribution is not None else ""
    if value.value < 4:
        return f"{about}{24 * value.value:g} h"
    return f"{about}{value.value:g} days"


def _many(value: Value, unit: str) -> str:
    return f"{_n(value)} {unit}{'' if value.value == 1 else 's'}"


def _words(text: str) -> str:
    return text.replace("_", " ")


def _members(layer: Layer) -> Iterator[str]:
    yield "all guarantors" if layer.members == "all" else ", ".join(layer.members) or "nobody"


def _obligation(layer: Layer) -> Iterator[str]:
    owed = layer.obligation
    if not isinstance(owed, Obligation):
        if owed != "none":
            yield f"{LEVEL_WORDS[owed]}, at every rung"
        return
    for rung in RUNGS:
        level = getattr(owed, rung)
        if level != "none":
            yield f"{RUNG_WORDS[rung]}: {LEVEL_WORDS[level]}"


def _binding(layer: Layer) -> Iterator[str]:
    if layer.binding != "none":
        yield BINDING_WORDS[layer.binding]


def _owes(layer: Layer) -> bool:
    """Tell whether the layer owes any response, so that its trigger and rule matter."""
    owed = layer.obligation
    levels = [getattr(owed, r) for r in RUNGS] if isinstance(owed, Obligation) else [owed]
    return bool(layer.ladder) or any(level != "none" for level in levels)


def _trigger(layer: Layer) -> Iterator[str]:
    if not _owes(layer):
        return
    trigger = layer.trigger
    doubt = trigger.ambiguity.value
    clear = "clearly drawn" if doubt <= 0.2 else "vague" if doubt >= 0.6 else "open to doubt"
    yield f"acts of severity {_n(trigger.threshold)} or more; the line is {clear} ({doubt:g})"
    if trigger.options != "all":
        yield f"only {', '.join(map(_words, trigger.options))}"
    if trigger.regions != "all":
        yield f"only in {', '.join(map(_words, trigger.regions))}"
    if trigger.threats:
        yield "a mobilisation seen counts too"


def _attribution(layer: Layer) -> Iterator[str]:
    if not _owes(layer):
        return
    seen = layer.attribution
    yield f"{ARBITER_WORDS[seen.arbiter]} after {_days(seen.delay)}"
    if _positive(seen.monitoring):
        yield f"monitors of quality {_percent(seen.monitoring)}"


def _decision(layer: Layer) -> Iterator[str]:
    if not _owes(layer):
        return
    rule = layer.decision
    if layer.automatic:
        yield "none: the ladder runs by itself"
        return
    yield {
        "each": "each decides alone",
        "lead": f"{rule.lead or 'the lead'} decides for all",
        "coalition": f"a coalition of {rule.k} suffices",
        "majority": "a majority decides",
        "weighted_majority": f"a weighted majority above {_percent(rule.quota)} decides",
        "consensus": "by consensus: the least willing sets the level",
        "security_council": "by the Security Council, where vetoes hold",
    }[rule.rule]
    if rule.others.n:
        yield (
            f"{rule.others.n} further members vote, each for help with probability "
            f"{_percent(rule.others.p)}"
        )


def _deadlines(layer: Layer) -> Iterator[str]:
    clocks = layer.deadlines
    named = [(clocks.consult, "consult"), (clocks.decide, "decide"), (clocks.respond, "respond")]
    for value, verb in named:
        if value is not None:
            yield f"{verb} within {_days(value)}"
    if any(value is not None for value, _ in named):
        yield f"counted from {FROM_WORDS[clocks.counted_from]}"
        yield f"silence counts as {'yes' if clocks.silence else 'no'}"


def _ladder(layer: Layer) -> Iterator[str]:
    for step in layer.ladder:
        yield _step(step)


def _step(step: LadderStep) -> str:
    when = {"always": "", "continues": " if the attack goes on", "widens": " if it is widened"}
    who = "" if step.who == "members" else f" by {', '.join(step.who)}"
    return f"{RUNG_WORDS[step.rung]}{who} by {_days(step.deadline)}{when[step.when]}"


def _presence(layer: Layer) -> Iterator[str]:
    for force in layer.presence:
        yield _force(force)


def _force(force: Presence) -> str:
    text = f"{force.guarantor}: {force.troops.value:,.0f} troops {PLACE_WORDS[force.place]}"
    if _positive(force.reinforcement):
        text += (
            f", to be reinforced by {_many(force.reinforcement, 'brigade')} in "
            f"{_days(force.reinforcement_days)}"
        )
    return text + (", on top of other layers" if force.additional else "")


def _peacetime(layer: Layer) -> Iterator[str]:
    flow = layer.peacetime
    paid = PAYER_WORDS[flow.payer]
    if _positive(flow.arms):
        yield f"arms for {_n(flow.arms)} bn USD a year{paid}"
    if _positive(flow.training):
        yield f"{_many(flow.training, 'brigade')} trained a year"
    if _positive(flow.finance):
        yield f"{_n(flow.finance)} bn USD a year of finance"
    if _positive(flow.intelligence):
        yield f"intelligence that reveals {_percent(flow.intelligence)} of hidden mobilisations"
    if _positive(flow.air_defence):
        yield f"air defence that stops {_percent(flow.air_defence)} of what still gets through"
    if flow.tranches:
        many = "an approval" if flow.tranches == 1 else f"{flow.tranches} approvals"
        yield f"needs {many} a year, each failing with {_percent(flow.tranche_risk)}"
    if flow.additional:
        yield "on top of other layers"


def _sanctions(layer: Layer) -> Iterator[str]:
    rules = layer.sanctions
    if _positive(rules.level):
        yield f"{_percent(rules.level)} of the full level, leaking {_percent(rules.leakage)} a year"
        if rules.renewal is not None:
            every = _many(rules.renewal, "year")
            yield f"renewed every {every}, vetoed with {_percent(rules.veto_risk)}"
    if rules.snapback != "none":
        yield "full sanctions snap back " + (
            "by themselves" if rules.snapback == "automatic" else "if members vote so"
        )


def _activation(layer: Layer) -> Iterator[str]:
    begins = layer.activation
    if begins.signature.value > 0:
        yield f"signed {_days(begins.signature)} after the start"
    elif begins.signature.value < 0:
        years = -begins.signature.value / 365.25
        yield f"signed {years:.1f} years before the start"
    if begins.peacetime == begins.response:
        yield f"all of it {EVENT_WORDS[begins.response]}"
    else:
        yield f"peacetime clauses {EVENT_WORDS[begins.peacetime]}"
        yield f"response clauses {EVENT_WORDS[begins.response]}"
    if begins.provisional:
        yield "applied provisionally from signature, as a political commitment"
    if begins.ratified:
        yield "already ratified by all members"


def _duration(layer: Layer) -> Iterator[str]:
    term = layer.duration
    if term.years is not None:
        yield f"{_many(term.years, 'year')}, then renewed with {_percent(term.renewal)}"
    else:
        yield "no end"
    if _positive(term.notice):
        yield f"exit after {_days(term.notice)} of notice"
    if _positive(term.exit):
        lock = (
            f", lowered {_percent(term.exit_lock)} by the lock" if _positive(term.exit_lock) else ""
        )
        yield f"a change of government leads to exit with {_percent(term.exit)}{lock}"


def _limits(layer: Layer) -> Iterator[str]:
    limits = layer.limits
    if limits.force_cap is not None:
        yield f"the protégé's forces are capped at {_many(limits.force_cap, 'brigade')}"
    if limits.no_bases:
        yield "no foreign forces on the protégé's soil"
    if limits.excluded_regions:
        yield f"not covered: {', '.join(map(_words, limits.excluded_regions))}"
    if limits.economic_free_zone is not None:
        depth = f", {_n(limits.zone_depth)} steps deep" if _positive(limits.zone_depth) else ""
        yield f"{_words(limits.economic_free_zone)} is demilitarised{depth}"
    if limits.void_if_protege_attacks != "never":
        how = "for the crisis" if limits.void_if_protege_attacks == "crisis" else "for good"
        yield f"void {how} if the protégé is ruled to have provoked the attack"
    if _positive(limits.opacity):
        yield f"terms are {_percent(limits.opacity)} secret"
    if _positive(limits.reciprocity):
        yield "the protégé owes help too"


Write = Callable[[Layer], Iterator[str]]

CLAUSES: tuple[tuple[str, Write], ...] = (
    ("members", _members),
    ("obligation", _obligation),
    ("binding", _binding),
    ("trigger", _trigger),
    ("attribution", _attribution),
    ("decision", _decision),
    ("deadlines", _deadlines),
    ("ladder", _ladder),
    ("presence", _presence),
    ("peacetime", _peacetime),
    ("sanctions", _sanctions),
    ("activation", _activation),
    ("duration", _duration),
    ("limits", _limits),
)
"""Clauses in the order of the model's table, each with the function that words it."""
