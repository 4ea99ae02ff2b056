"""The three questions at the end of a story: why, who did not come, what would have changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deter.narrative.cast import Cast
from deter.narrative.causes import FAILED, GIVEN, HELD, decisive, verdict
from deter.narrative.model import Crisis, History
from deter.narrative.standing import BOUND, OUTSIDE, UNASKED
from deter.presentation.narrative.absent import absent, tallied
from deter.presentation.narrative.changes import what
from deter.presentation.narrative.phrases import (
    NOUNS,
    count,
    dated,
    grouped,
    sentences,
)
from deter.presentation.narrative.resentment import Mended
from deter.presentation.narrative.standings import fate
from deter.presentation.narrative.states import states
from deter.presentation.narrative.why import why
from deter.presentation.words import capital

HEADS = {
    FAILED: "Why it failed",
    HELD: "Why it held",
    GIVEN: "How the war that was given ended, and why",
}
NOTHING = "Nothing that was decided came near to going otherwise."
WHO, WHAT = "Who did not come, and why", "What would have changed it"


@dataclass(frozen=True)
class Answer:
    """One question and its answer, in sentences."""

    question: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The answer as one paragraph."""
        return sentences(" ".join(self.sentences))


def answers(history: History, cast: Cast, mended: Mended | None = None) -> tuple[Answer, ...]:
    """Return the three answers.

    Parameters
    ----------
    history, cast : History, Cast
        What happened, and to whom.
    mended : Mended, optional
        The same luck under other texts.
    """
    crisis = decisive(history, cast)
    return (
        Answer(HEADS[verdict(history)], tuple(s for s in why(history, cast, crisis, mended) if s)),
        Answer(WHO, tuple(s for s in _who(history, cast, crisis) if s)),
        Answer(WHAT, tuple(s for s in what(history, cast, crisis, mended) if s) or (NOTHING,)),
    )


def _who(history: History, cast: Cast, crisis: Crisis | None) -> Iterator[str]:
    if crisis is not None:
        if len(history.attacks) > 1:
            yield f"In the attack that decided ({dated(cast.start, crisis.began)}):"
        yield from absent(crisis, cast)
        return
    for threat in (c for c in history.crises if c.stood_down):
        yield _declared(threat, cast)
    yield "Nobody was called on to fight."
    lesser = [c for c in history.crises if not c.stood_down]
    if len(lesser) > 1:
        yield f"In the {count(len(lesser), 'act')} short of attack:"
        yield from tallied(lesser, cast)
    elif lesser:
        yield from absent(lesser[0], cast)


def _declared(crisis: Crisis, cast: Cast) -> str:
    """Tell who declared what while a threat stood, and who did not."""
    said = [(g, NOUNS[rung]) for g, rung in crisis.pledges.items() if rung > 0]
    words = "; ".join(f"{what} from {states(who, cast)}" for what, who in grouped(said).items())
    silent = [g for g, rung in crisis.pledges.items() if rung == 0]
    out = [g for g in cast.parts if cast.playing(g) and g not in crisis.pledges]
    text = f"When {cast.challenger} had mobilised, guarantors declared {words}."
    if silent:
        text += f" {capital(states(silent, cast))} declared nothing beyond protest."
    return text + "".join(_not_asked(out, crisis, cast))


def _not_asked(codes: list[str], crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Yield who was not asked while a threat stood, by the reason."""
    said = []
    for code in codes:
        how = {crisis.standing.get((text, code), OUTSIDE) for text in cast.texts}
        fates = [fate(h) for h in sorted(how) if fate(h)]
        why = f"the text {fates[0]}" if fates and BOUND not in how else ""
        said.append((code, why or ("no text names it" if how <= {OUTSIDE, UNASKED} else "")))
    for why, who in grouped(said).items():
        yield f" Not asked{f', since {why}' if why else ''}: {states(who, cast)}."
