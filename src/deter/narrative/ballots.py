"""Votes: in which crisis, and under which layer, each was cast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from deter.narrative.cast import LADDER, Cast
from deter.narrative.drafts import Draft
from deter.narrative.model import Ballot, Poll
from deter.narrative.standing import Standing

SURE = 1e-12


class Ballots:
    """Gathers votes until it is clear what they were cast on."""

    def __init__(self, cast: Cast, texts: Standing) -> None:
        self.cast = cast
        self.texts = texts
        self.waiting: list[Ballot] = []
        self.last: tuple[Draft, Ballot] | None = None

    def take(self, entry: Any, open_now: Sequence[Draft]) -> None:
        """Take one vote."""
        told = entry.numbers
        ballot = Ballot(
            entry.time,
            told["guarantor"],
            "",
            LADDER.index(told["rung"]),
            told["resolve"],
            told["shock"],
            tuple(told["gain"]),
            tuple(told["pull"]),
            tuple(told["margins"]),
            entry.probabilities,
        )
        if self.waiting and self.waiting[-1].time != ballot.time:
            self.flush(None, open_now)
        self.waiting.append(ballot)

    def flush(self, after: Any, open_now: Sequence[Draft]) -> None:
        """Settle the votes that wait; ``after`` is the line that follows them, if any."""
        cast, self.waiting = self.waiting, []
        if not cast:
            return
        if after is not None and after.kind == "decision" and after.time == cast[-1].time:
            cast = self._together(after.numbers, cast, open_now)
        threat = (
            next((d for d in open_now if d.mobilised == cast[0].time and not d.struck), None)
            if cast
            else None
        )
        while cast:
            taken = self._each(cast, open_now, threat)
            if taken == 0:
                self._alone(cast[0], open_now)
                taken = 1
            cast = cast[taken:]

    def correct(self, guarantor: str, time: int, draft: Draft) -> None:
        """Move a vote that an act shows to belong to another crisis, with others of its mood."""
        if self.last is None:
            return
        given, ballot = self.last
        if ballot.guarantor != guarantor or ballot.time != time or given is draft:
            return
        moved = [b for b in given.own if b.guarantor == guarantor and b.shock == ballot.shock]
        given.own = [b for b in given.own if b not in moved]
        given.shocks.pop(guarantor, None)
        draft.own += moved
        draft.shocks[guarantor] = ballot.shock
        self.last = draft, ballot

    # ---- under a layer

    def _together(
        self, told: Mapping[str, Any], cast: list[Ballot], open_now: Sequence[Draft]
    ) -> list[Ballot]:
        """Take the votes of a common decision off the end of those that wait."""
        text = told["layer"]
        members = [code for code, vote in told["votes"].items() if vote >= 0]
        votes = cast[len(cast) - len(members) :] if members else []
        rest = cast[: len(cast) - len(members)]
        lead = self.cast.texts[text].lead
        if lead in members and rest and rest[-1].guarantor == lead:
            rest = rest[:-1]
        said = [
            replace(ballot, text=text, rung=int(told["votes"][ballot.guarantor]))
            for ballot in votes
        ]
        draft = self._crisis(said, open_now, text)
        if draft is not None:
            days = told["days"] if told["days"] < float("inf") else None
            self._add(draft, text, said, LADDER.index(told["rung"]), days)
        return rest

    def _each(self, cast: list[Ballot], open_now: Sequence[Draft], threat: Draft | None) -> int:
        """Take a poll off the front of the votes that wait; return how many votes it was."""
        for code, text in self.cast.texts.items():
            if threat is not None:
                who = [g for g in self.texts.bound(code) if g in threat.recognised(code)]
                if any(p.text == code for p in threat.polls):
                    continue
            elif text.rule != "each":
                continue
            else:
                who = self.texts.bound(code)
            led = [text.lead] if text.lead in who and threat is None else []
            order = led + who
            found = [ballot.guarantor for ballot in cast[: len(order)]]
            if not who or found != order:
                continue
            votes = [replace(b, text=code) for b in cast[len(led) : len(order)]]
            if (
                len(votes) == 1
                and threat is None
                and max(votes[0].pull) <= 0
                and self._stands(votes[0])
            ):
                continue
            draft = threat or self._crisis(votes, open_now, code)
            if draft is None or not draft.recognised(code):
                continue
            self._add(draft, code, votes, None, None, threat=threat is not None)
            return len(order)
        return 0

    def _stands(self, ballot: Ballot) -> bool:
        return self.cast.parts[ballot.guarantor].staked

    def _add(
        self,
        draft: Draft,
        text: str,
        votes: Sequence[Ballot],
        rung: int | None,
        days: float | None,
        threat: bool = False,
    ) -> None:
        bound = [g for g in self.texts.bound(text) if g in draft.recognised(text)]
        for ballot in votes:
            draft.shocks.setdefault(ballot.guarantor, ballot.shock)
        time = votes[0].time if votes else draft.began
        draft.polls.append(Poll(time, text, tuple(bound), tuple(votes), rung, days, threat))
        self.last = None

    # ---- alone

    def _alone(self, ballot: Ballot, open_now: Sequence[Draft]) -> None:
        draft = self._crisis([ballot], open_now, "")
        if draft is not None:
            draft.shocks.setdefault(ballot.guarantor, ballot.shock)
            draft.own.append(ballot)
            self.last = draft, ballot

    # ---- which crisis

    def _crisis(
        self, votes: Sequence[Ballot], open_now: Sequence[Draft], text: str
    ) -> Draft | None:
        """Return the crisis votes were cast in: that of their mood, else the oldest possible."""
        for draft in open_now:
            if any(draft.shocks.get(b.guarantor) == b.shock for b in votes):
                return draft
        unknown = [
            d
            for d in open_now
            if not any(b.guarantor in d.shocks for b in votes) and _like(d, votes)
        ]
        if text:
            unknown = [d for d in unknown if d.waits(text)] or unknown
            fresh = [d for d in unknown if all(p.text != text for p in d.polls)]
            unknown = fresh or unknown
        return unknown[0] if unknown else (open_now[-1] if open_now else None)


def _like(draft: Draft, votes: Sequence[Ballot]) -> bool:
    """Tell whether votes can be on an act of its class: against incidents help gains all."""
    if not votes:
        return True
    full = all(abs(g - 1.0) < SURE for b in votes for g in b.gain)
    return full == (draft.act.kind == "incident")
