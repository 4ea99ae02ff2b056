"""Reads an event log into a history: which line belongs to which crisis, vote and campaign.

A vote does not say in which crisis or under which layer it is cast. The mood of a crisis (its
shock) is one number per guarantor and crisis, so that votes in one crisis find each other; the
first is given to the oldest open crisis it can belong to, and an act that follows, which names its
crisis, corrects that. Layers are told by who is asked, in which order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from deter.narrative.ballots import Ballots
from deter.narrative.cast import LADDER, Cast
from deter.narrative.drafts import Draft, Fight, first_full
from deter.narrative.model import (
    DAY,
    Arrival,
    Battle,
    Beliefs,
    Choice,
    Deed,
    Event,
    History,
    Reading,
    Ruling,
    Talk,
    Turn,
)
from deter.narrative.standing import Standing
from deter.vocabulary import CAMPAIGN_ENDS

SECONDS_PER_YEAR = 365.25 * DAY
PIECES = ("arms", "air force", "units in place", "reinforcement", "brigades", "brigades")
HOW = ("own", "text", "ladder")


class Entry(Protocol):
    """What the reading needs of a line of the log in words."""

    @property
    def time(self) -> int:
        """Seconds since the start."""

    @property
    def actor(self) -> str:
        """Whose line it is."""

    @property
    def kind(self) -> str:
        """What sort of event."""

    @property
    def numbers(self) -> Mapping[str, Any]:
        """All it holds."""

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Of the alternatives."""


def read(
    log: Iterable[Entry], cast: Cast, row: Mapping[str, Any] | None = None, option: str = ""
) -> History:
    """Return the history that a log tells.

    Parameters
    ----------
    log : iterable of Entry
        In order of time.
    cast : Cast
        Who is in it.
    row : mapping, optional
        The replication's row.
    option : str
        In a war at the start: the option under way, where the scenario names it.
    """
    reader = Reader(cast, option)
    for entry in log:
        reader.take(entry)
    return reader.done(row or {})


class Reader:
    """Takes the lines of a log one by one."""

    def __init__(self, cast: Cast, option: str = "") -> None:
        self.cast = cast
        self.texts = Standing(cast)
        self.drafts: list[Draft] = []
        self.choices: list[Choice] = []
        self.events: list[Event] = []
        self.beliefs: list[Beliefs] = []
        self.ballots = Ballots(cast, self.texts)
        self.current: Draft | None = None
        self.last = 0
        self.away: set[str] = set()
        if cast.begins == "war":
            act = cast.acts[option] if option else first_full(cast)
            self.current = Draft(act, "initial", 0, struck=True, fight=Fight(0))
            self.drafts.append(self.current)

    def take(self, entry: Entry) -> None:
        """Take one line."""
        self.last = max(self.last, entry.time)
        open_now = [draft for draft in self.drafts if not draft.over(entry.time)]
        if entry.kind == "vote":
            self.ballots.take(entry, open_now)
            return
        self.ballots.flush(entry, open_now)
        told = entry.numbers
        kind = "deed" if entry.kind == "act" and "rung" in told else entry.kind
        step = _STEPS.get(kind)
        if step is None:
            self._calendar(entry)
        else:
            step(self, entry, told)

    def done(self, row: Mapping[str, Any]) -> History:
        """Return the history."""
        self.ballots.flush(None, self.drafts)
        for draft in self.drafts:
            if draft.fight is not None and draft.fight.ended is None:
                draft.later = self.texts.everywhere()
        years = row.get("t_major") if row.get("s_major") == "event" else None
        end = round(self.cast.horizon * SECONDS_PER_YEAR)
        stopped = row.get("end_state") == "lost" or years is not None
        end = self.last if stopped else max(end, self.last)
        return History(
            tuple(self.choices),
            tuple(draft.done(n, end) for n, draft in enumerate(self.drafts, 1)),
            tuple(self.events),
            tuple(self.beliefs),
            end,
            dict(row),
        )

    # ---- the challenger

    def _choice(self, entry: Entry, told: Mapping[str, Any]) -> None:
        acts = {
            option: {code: tuple(rungs) for code, rungs in each.items()}
            for option, each in told["acts"].items()
        }
        made = Choice(
            entry.time,
            told["option"],
            entry.probabilities,
            told["utility"],
            told["win"],
            told["resist"],
            acts,
        )
        self.choices.append(made)
        if made.option:
            self._open(Draft(self.cast.acts[made.option], "chosen", entry.time, made))

    def _open(self, draft: Draft) -> None:
        self.current = draft
        self.drafts.append(draft)

    def _mobilisation(self, entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self._current()
        draft.mobilised = entry.time
        draft.seen, draft.seen_chance = bool(told["seen"]), told["probability"]
        draft.standing = self.texts.everywhere()

    def _press(self, _entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self._mobilising()
        draft.presses, draft.press_chance = bool(told["presses"]), told["probability"]
        draft.pledges = {g: int(rung) for g, rung in told["pledge"].items() if rung >= 0}
        draft.closed = not draft.presses
        self.current = draft

    def _begun(self, entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self.current
        if draft is None or draft.struck or draft.closed or draft.act.code != told["option"]:
            draft = Draft(self.cast.acts[told["option"]], "scripted", entry.time)
            self._open(draft)
        draft.began, draft.struck = entry.time, True
        draft.standing = self.texts.everywhere()
        if draft.act.kind != "incident":
            draft.fight = Fight(entry.time)

    def _resistance(self, _entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self._current()
        draft.resists, draft.resist_chance = bool(told["resists"]), told["probability"]

    def _cause(self, _entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self._current()
        draft.sure, draft.sure_chance = bool(told["sure"]), told["probability"]

    # ---- the crisis

    def _recognition(self, entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self._fighting() if self._widened(entry.time) else self._current()
        who = tuple(code for code, yes in told["recognised"].items() if yes)
        draft.readings.append(Reading(entry.time, told["layer"], told["threshold"], who))
        if not draft.standing:
            draft.standing = self.texts.everywhere()

    def _dispute(self, _entry: Entry, _told: Mapping[str, Any]) -> None:
        self._current().alleged = True

    def _ruling(self, entry: Entry, told: Mapping[str, Any]) -> None:
        text, upheld = told["layer"], bool(told["upheld"])
        void = self.cast.texts[text].void
        voids = upheld and void != "never"
        if voids and void == "permanent":
            self.texts.void.add(text)
        waiting = [d for d in self.drafts if d.alleged and not d.over(entry.time)]
        fresh = [d for d in waiting if all(r.text != text for r in d.rulings)]
        draft = (fresh or waiting or [self._current()])[0]
        draft.rulings.append(Ruling(entry.time, text, upheld, told["probability"], voids))

    def _deed(self, entry: Entry, told: Mapping[str, Any]) -> None:
        began = int(told["began"])
        drafts = [d for d in self.drafts if d.began == began and not d.over(entry.time)]
        draft = drafts[-1] if drafts else self._current()
        self.ballots.correct(told["guarantor"], entry.time, draft)
        rung = LADDER.index(told["rung"])
        how = HOW[int(told["how"])]
        after = draft.fight is not None and draft.fight.ended is not None
        draft.deeds.append(Deed(entry.time, told["guarantor"], rung, how, told["layer"], after))

    def _learning(self, entry: Entry, told: Mapping[str, Any]) -> None:
        self.beliefs.append(Beliefs(entry.time, told["before"], told["after"]))

    # ---- the campaign

    def _battle(self, entry: Entry, told: Mapping[str, Any]) -> None:
        self._fight().battles.append(
            Battle(
                entry.time,
                bool(told["won"]),
                told["above"],
                told["below"],
                told["attacker"],
                told["defender"],
                told["probability"],
            )
        )

    def _stop(self, entry: Entry, told: Mapping[str, Any]) -> None:
        self._fight().turns.append(Turn(entry.time, "stop", math.nan, told["win"]))

    def _decision_point(self, entry: Entry, told: Mapping[str, Any]) -> None:
        what = "widen" if told["widens"] else "keep"
        if told["widens"]:
            self._fighting().widened = first_full(self.cast).code
        self._fight().turns.append(Turn(entry.time, what, told["probability"], told["win"]))

    def _escalation(self, entry: Entry, told: Mapping[str, Any]) -> None:
        what = "major" if told["major"] else "direct"
        self._fight().turns.append(Turn(entry.time, what, math.nan, math.nan))

    def _arrival(self, entry: Entry, told: Mapping[str, Any]) -> None:
        piece = PIECES[int(told["piece"])]
        self._fight().arrivals.append(
            Arrival(entry.time, told["guarantor"], piece, told["strength"])
        )

    def _talks(self, entry: Entry, told: Mapping[str, Any]) -> None:
        self._fight().talks.append(
            Talk(
                entry.time,
                bool(told["challenger_yes"]),
                bool(told["protege_yes"]),
                next(iter(entry.probabilities.values()), math.nan),
                told["worth"],
            )
        )

    def _ended(self, entry: Entry, told: Mapping[str, Any]) -> None:
        draft = self._fighting()
        fight = self._fight()
        fight.ended, fight.end = entry.time, CAMPAIGN_ENDS[int(told["how"])]
        fight.war = bool(told["war"])
        draft.later = self.texts.everywhere()
        if fight.end not in ("escalation",):
            self.texts.ceasefire = True

    # ---- the calendar

    def _calendar(self, entry: Entry) -> None:
        told = entry.numbers
        passes = bool(told.get("passes", True))
        text = str(told.get("layer", ""))
        if entry.kind == "second theatre":  # away and back again, in turn
            passes = entry.actor in self.away
            self.away ^= {entry.actor}
        self.texts.note(entry.kind, entry.actor, text, passes)
        level = told.get("stance", told.get("motive", 0.0))
        chance = told.get("probability", 1.0)
        self.events.append(Event(entry.time, entry.kind, entry.actor, text, passes, level, chance))

    # ---- which

    def _current(self) -> Draft:
        if self.current is None:
            raise ValueError("a line of a crisis stands before any crisis has begun")
        return self.current

    def _mobilising(self) -> Draft:
        waiting = [d for d in self.drafts if d.mobilised is not None and not d.struck]
        return next((d for d in reversed(waiting) if not d.closed), self._current())

    def _fighting(self) -> Draft:
        fights = [d for d in self.drafts if d.fight is not None and d.fight.ended is None]
        return fights[-1] if fights else self._current()

    def _fight(self) -> Fight:
        fight = self._fighting().fight
        if fight is None:
            raise ValueError("a line of a campaign stands where there is none")
        return fight

    def _widened(self, time: int) -> bool:
        draft = self._fighting()
        fight = draft.fight
        return bool(
            fight
            and fight.turns
            and fight.turns[-1].what == "widen"
            and fight.turns[-1].time == time
        )


_STEPS: dict[str, Callable[[Reader, Any, Mapping[str, Any]], None]] = {
    "choice": Reader._choice,
    "mobilisation": Reader._mobilisation,
    "press": Reader._press,
    "act": Reader._begun,
    "resistance": Reader._resistance,
    "cause": Reader._cause,
    "recognition": Reader._recognition,
    "dispute": Reader._dispute,
    "ruling": Reader._ruling,
    "decision": lambda *_: None,
    "deed": Reader._deed,
    "learning": Reader._learning,
    "battle": Reader._battle,
    "stop": Reader._stop,
    "decision point": Reader._decision_point,
    "escalation": Reader._escalation,
    "arrival": Reader._arrival,
    "talks": Reader._talks,
    "campaign ends": Reader._ended,
}
