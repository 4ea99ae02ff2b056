"""The event log in words: what the lines of :mod:`deter.engine.journal` are told as.

Words, roundings and probabilities that nobody needs but a reader are made here, by the same laws.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from deter.engine import journal
from deter.engine.game import Built
from deter.engine.journal import Line
from deter.theory import chance, choice, credibility, posture
from deter.vocabulary import CAMPAIGN_ENDS, RUNGS

_RUNG_WORDS = ("protest", *RUNGS)
_FIELD = re.compile(r"(\w+)(?:\[([\w,]+)\])?")
_FIELDS = {kind: _FIELD.findall(text) for kind, text in journal.PAYLOADS.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the event log in words: when, who, what kind, what it saw, what it chose.

    Attributes
    ----------
    time : int
        Seconds since the start.
    actor : str
        ``challenger``, ``protege``, a guarantor's code, a layer's id, or ``world``.
    kind : str
        What sort of event.
    text : str
        The event in plain words.
    seen : dict
        What the actor saw.
    chose : str
        What it chose; empty where nothing was chosen.
    probabilities : dict
        Of the alternatives it had.
    numbers : dict
        All that the line holds, by the names of :data:`deter.engine.journal.PAYLOADS`; what has a
        number for each guarantor or option is a mapping.
    """

    time: int
    actor: str
    kind: str
    text: str
    seen: dict[str, Any] = field(default_factory=dict)
    chose: str = ""
    probabilities: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)


class Names(NamedTuple):
    """What of a game its lines do not repeat: names, and what no replication draws anew.

    ``playing`` tells which guarantors can matter at all, ``members`` how many a layer has,
    ``link`` is a code of :mod:`deter.theory.credibility`, ``asks`` tells which layers ask their
    members for anything after an act.
    """

    guarantors: tuple[str, ...]
    options: tuple[str, ...]
    layers: tuple[str, ...]
    playing: tuple[bool, ...]
    members: tuple[int, ...]
    link: int
    asks: tuple[bool, ...] = ()


def names_of(built: Built) -> Names:
    """Return the names by which a game's log is told."""
    game = built.game
    return Names(
        built.guarantors,
        built.options,
        built.layers,
        tuple(bool(x) for x in game.guarantors["in_play"]),
        tuple(int(x) for x in game.layers["n_members"]),
        int(game.rules[0]["link"]),
        tuple(bool(row.any()) for row in game.members["binds"]),
    )


def entries(log: Iterable[Line], names: Names) -> list[Entry]:
    """Return the entries of a log."""
    return [entry(written, names) for written in log]


def entry(written: Line, names: Names) -> Entry:
    """Return a line in words.

    Raises
    ------
    ValueError
        If the line has more or fewer numbers than its kind.
    """
    told = unpacked(written, names)
    numbers = _by_names(told, written.kind, names)
    if written.kind in _PLAIN:
        actor, kind, text = (words.format_map(vars(told)) for words in _PLAIN[written.kind])
        return Entry(written.time, actor, kind, text, numbers=numbers)
    return replace(_TOLD[written.kind](told, names), numbers=numbers)


def _by_names(told: SimpleNamespace, kind: int, names: Names) -> dict[str, Any]:
    """Return the numbers of a line, arrays over guarantors and options as mappings."""
    who = {"G": names.guarantors, "K": names.options}
    found = {}
    for name, shape in _FIELDS[kind]:
        value = getattr(told, name)
        found[name] = _mapped(value, [who.get(size) for size in shape.split(",") if size])
    return found


def _mapped(value: Any, axes: list[tuple[str, ...] | None]) -> Any:
    if not axes or axes[0] is None:
        return value
    return {name: _mapped(inner, axes[1:]) for name, inner in zip(axes[0], value, strict=True)}


def unpacked(written: Line, names: Names) -> SimpleNamespace:
    """Return a line's time and numbers by name, arrays as nested lists.

    Of ``layer``, ``guarantor``, ``option`` and ``rung`` it gives the word, empty for none.

    Raises
    ------
    ValueError
        If the line has more or fewer numbers than its kind.
    """
    sizes = {"G": len(names.guarantors), "K": len(names.options), "4": 4}
    words = {
        "guarantor": names.guarantors,
        "option": names.options,
        "layer": names.layers,
        "rung": _RUNG_WORDS,
    }
    fields = [
        (name, [sizes[size] for size in shape.split(",") if size])
        for name, shape in _FIELDS[written.kind]
    ]
    expected = sum(math.prod(shape) for _, shape in fields)
    if len(written.values) != expected:
        raise ValueError(
            f"a line of kind {written.kind} has {len(written.values)} numbers, not the {expected} "
            f"of {journal.PAYLOADS[written.kind]!r}"
        )
    told = SimpleNamespace(time=written.time)
    at = 0
    for name, shape in fields:
        size = math.prod(shape)
        values, at = written.values[at : at + size], at + size
        if shape:
            setattr(told, name, np.array(values, dtype=np.float64).reshape(shape).tolist())
        elif name in words:
            setattr(told, name, words[name][int(values[0])] if values[0] >= 0 else "")
        else:
            setattr(told, name, values[0])
    return told


_PLAIN = {
    journal.SIGNATURE: ("{layer}", "signature", "is signed"),
    journal.ENTRY_INTO_FORCE: (
        "{layer}",
        "entry into force",
        "enters into force: its response clauses bind",
    ),
    journal.EXPIRY: ("{layer}", "expiry", "runs out and is not renewed"),
    journal.RENEWAL: ("{layer}", "renewal", "is renewed"),
    journal.SANCTIONS_LAPSE: ("{layer}", "sanctions", "renewal is vetoed; sanctions lapse"),
    journal.TRANCHE: ("{layer}", "tranche", "an approval fails; the flow stops"),
    journal.NOTICE: ("{guarantor}", "notice", "gives notice of leaving `{layer}`"),
    journal.EXIT: ("{guarantor}", "exit", "has left `{layer}`"),
    journal.THEATRE_AWAY: ("{guarantor}", "second theatre", "is tied down elsewhere"),
    journal.THEATRE_BACK: ("{guarantor}", "second theatre", "is free again"),
    journal.LEADER: ("challenger", "leader change", "changes its leader: motive {motive:.2f}"),
    journal.TREATY: ("world", "peace treaty", "a peace treaty is concluded"),
    journal.OFFER_WITHDRAWN: ("world", "offer", "the framework on offer is withdrawn"),
    journal.SCRIPT_DROPPED: ("world", "script", "`{option}` is dropped: a campaign is under way"),
}
"""Actor, kind and text of lines that say no more than that."""


def _days(told: SimpleNamespace) -> float:
    return float((told.time - told.began) / posture.SECONDS_PER_DAY)


def _rounded(values: list[float]) -> list[float]:
    return [round(x, 3) for x in values]


def _by_name(names: tuple[str, ...], values: list[float]) -> dict[str, float]:
    return dict(zip(names, values, strict=True))


def _rungs(names: Names, rungs: list[float]) -> dict[str, str]:
    """Return the word for each guarantor's rung, leaving out those below 0."""
    return {
        name: _RUNG_WORDS[int(rung)]
        for name, rung in zip(names.guarantors, rungs, strict=True)
        if rung >= 0
    }


# ---- the calendar


def _ratification(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        told.guarantor,
        "ratification",
        f"{'ratifies' if told.passes else 'fails to ratify'} `{told.layer}`",
        {},
        "ratify" if told.passes else "fail",
        {"ratify": told.probability},
    )


def _election(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        told.guarantor,
        "election",
        f"elects a new government: stance {told.stance:+.2f}",
        {},
        "change",
        {"change": told.probability},
    )


# ---- the challenger


def _choice(told: SimpleNamespace, names: Names) -> Entry:
    p = float(choice.attack_probability(told.refrain, told.attack))
    odds = {"refrain": 1.0 - p}
    for option, index in zip(names.options, told.indices, strict=True):
        if index > choice.NEVER:
            odds[option] = p * choice.option_share(index, told.attack, told.dissimilarity)
    help_expected = {
        option: {
            name: _rounded(rungs)
            for name, rungs, playing in zip(names.guarantors, acts, names.playing, strict=True)
            if playing
        }
        for option, acts in zip(names.options, told.acts, strict=True)
    }
    return Entry(
        told.time,
        "challenger",
        "choice",
        f"decides on `{told.option}`" if told.option else "weighs an occasion and refrains",
        {
            "index of refraining": told.refrain,
            "utilities": _by_name(names.options, told.utility),
            "chances": _by_name(names.options, told.win),
            "resistance": _by_name(names.options, told.resist),
            "help expected": help_expected,
        },
        told.option or "refrain",
        odds,
    )


def _mobilisation(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger",
        "mobilisation",
        f"mobilises for `{told.option}`; it is {'seen' if told.seen else 'not seen'}",
        {},
        "",
        {"seen": told.probability},
    )


def _press(told: SimpleNamespace, names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger",
        "press",
        "presses on" if told.presses else "stands down",
        _rungs(names, told.pledge),
        "press" if told.presses else "stand down",
        {"press": told.probability},
    )


def _act_begun(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger",
        "act",
        f"begins `{told.option}`",
        {"severity": told.severity},
        told.option,
    )


def _resistance(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "protege",
        "resistance",
        "resists" if told.resists else "concedes",
        {},
        "resist" if told.resists else "concede",
        {"resist": told.probability},
    )


def _cause(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "world",
        "cause",
        "it would have attacked even if all were sure to honour"
        if told.sure
        else "it attacks because it does not believe that all will honour",
        {},
        "",
        {"attack if all were sure": told.probability},
    )


# ---- a crisis


def _recognition(told: SimpleNamespace, names: Names) -> Entry:
    layer = names.layers.index(told.layer)
    text = (
        f"counts the act as the casus foederis in the eyes of "
        f"{int(sum(told.recognised))} of {names.members[layer]} members"
    )
    if names.asks and not names.asks[layer]:
        text = "asks nothing of its members after an act like this"
    return Entry(
        told.time,
        told.layer,
        "recognition",
        text,
        {"severity": told.severity, "threshold": told.threshold},
    )


def _dispute(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger",
        "dispute",
        "says that the protégé provoked it; the layers wait for a ruling",
        {"expected help": told.expected, "void clause": bool(told.clause)},
        "alleges provocation",
        {"alleged": told.probability},
    )


def _ruling(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        told.layer,
        "ruling",
        "rules that the protégé provoked it" if told.upheld else "finds no provocation",
        {"monitoring": told.monitoring},
        "provoked" if told.upheld else "unprovoked",
        {"provoked": told.probability},
    )


def _decision(told: SimpleNamespace, names: Names) -> Entry:
    day = "" if math.isinf(told.days) else f", day {told.days:.1f}"
    return Entry(
        told.time,
        told.layer,
        "decision",
        f"decides together: {told.rung}{day}",
        _rungs(names, told.votes),
        told.rung,
    )


def _vote(told: SimpleNamespace, names: Names) -> Entry:
    return Entry(
        told.time,
        told.guarantor,
        "vote",
        f"is ready for {told.rung}",
        {
            "gain": _rounded(told.gain),
            "commitment": _rounded(told.pull),
            "resolve": round(told.resolve, 3),
            "shock": round(told.shock, 3),
        },
        told.rung,
        {
            rung: float(credibility.act_probability(told.resolve + margin, 0.0, names.link))
            for rung, margin in zip(RUNGS, told.margins, strict=True)
            if margin > -math.inf
        },
    )


def _act(told: SimpleNamespace, _names: Names) -> Entry:
    how = ("on its own motion", f"under `{told.layer}`", f"by the ladder of `{told.layer}`")
    text = f"acts at {told.rung} {how[int(told.how)]}, day {_days(told):.1f}"
    return Entry(told.time, told.guarantor, "act", text)


def _learning(told: SimpleNamespace, names: Names) -> Entry:
    beliefs = zip(names.guarantors, told.before, told.after, strict=True)
    return Entry(
        told.time,
        "challenger",
        "learning",
        "learns about the guarantors",
        {
            name: f"{before:+.2f} to {after:+.2f}"
            for name, before, after in beliefs
            if abs(after - before) > 0.005
        },
    )


# ---- a campaign


def _battle(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger" if told.won else "protege",
        "battle",
        f"wins a battle; {told.above:.0f} steps to the objective, {told.below:.0f} to repulse",
        {"attacker": round(told.attacker, 1), "defender": round(told.defender, 1)},
        "",
        {"challenger wins": told.probability},
    )


def _stop(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger",
        "stop",
        "stops: what is left to win does not pay",
        {"chance": told.win, "held": told.held, "days left": told.days},
        "stop",
    )


def _decision_point(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "challenger",
        "decision point",
        "widens the campaign" if told.widens else "keeps the campaign limited",
        {"chance of full victory": told.win},
        "widen" if told.widens else "keep",
        {"widen": told.probability},
    )


def _escalation(told: SimpleNamespace, _names: Names) -> Entry:
    return Entry(
        told.time,
        "world",
        "escalation",
        "the war becomes major; the history ends here"
        if told.major
        else "the war becomes a direct war with a guarantor",
    )


def _arrival(told: SimpleNamespace, _names: Names) -> Entry:
    text = (
        f"{journal.PIECES[int(told.piece)]} join the defence ({told.strength:.1f} brigades' worth)"
    )
    return Entry(told.time, told.guarantor, "arrival", text)


def _talks(told: SimpleNamespace, _names: Names) -> Entry:
    says = {True: "accepts", False: "refuses"}
    return Entry(
        told.time,
        "world",
        "talks",
        f"a ceasefire is offered: challenger {says[bool(told.challenger_yes)]}, "
        f"protégé {says[bool(told.protege_yes)]}",
        {
            "gain to the challenger": told.value,
            "cost of the framework to it": told.future,
            "worth of the guarantee": told.worth,
        },
        "ceasefire" if told.challenger_yes and told.protege_yes else "fight on",
        {"protege accepts": float(chance.normal_cdf(told.index))},
    )


def _campaign_ended(told: SimpleNamespace, _names: Names) -> Entry:
    text = f"{CAMPAIGN_ENDS[int(told.how)]} after {_days(told):.0f} days"
    return Entry(told.time, "world", "campaign ends", text, {"war": bool(told.war)})


_TOLD: dict[int, Callable[[SimpleNamespace, Names], Entry]] = {
    journal.RATIFICATION: _ratification,
    journal.ELECTION: _election,
    journal.CHOICE: _choice,
    journal.MOBILISATION: _mobilisation,
    journal.PRESS: _press,
    journal.ACT_BEGUN: _act_begun,
    journal.RESISTANCE: _resistance,
    journal.CAUSE: _cause,
    journal.RECOGNITION: _recognition,
    journal.DISPUTE: _dispute,
    journal.RULING: _ruling,
    journal.DECISION: _decision,
    journal.VOTE: _vote,
    journal.ACT: _act,
    journal.LEARNING: _learning,
    journal.BATTLE: _battle,
    journal.STOP: _stop,
    journal.DECISION_POINT: _decision_point,
    journal.ESCALATION: _escalation,
    journal.ARRIVAL: _arrival,
    journal.TALKS: _talks,
    journal.CAMPAIGN_ENDED: _campaign_ended,
}
