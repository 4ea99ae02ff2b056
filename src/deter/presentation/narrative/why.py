"""Why deterrence failed or held, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from deter.narrative.cast import Cast
from deter.narrative.causes import stage
from deter.narrative.ground import ground
from deter.narrative.luck import RARE, rare
from deter.narrative.model import Crisis, History
from deter.presentation.narrative.chances import LIKELY, attack_odds, fortune, rarity, risk_until
from deter.presentation.narrative.fighting import ended, held
from deter.presentation.narrative.outcomes import SAME, compared_with
from deter.presentation.narrative.phrases import (
    count,
    dated,
    listed,
    pct,
    worth,
)
from deter.presentation.narrative.resentment import Mended, provoked
from deter.presentation.narrative.standings import unbound
from deter.presentation.narrative.stopping import UNBOUND, disputed, why_not_stopped
from deter.presentation.narrative.weighing import quoted
from deter.presentation.words import capital

TELLING = 0.03
"""A chance that moves by less than this says nothing of the direction."""


def why(
    history: History, cast: Cast, crisis: Crisis | None, mended: Mended | None = None
) -> Iterator[str]:
    """Yield why it failed, or held; ``crisis`` is the attack that decided, if there was one."""
    if crisis is None:
        yield from _why_held(history, cast, mended)
        return
    land = ground(history, cast)
    chosen = [c for c in history.attacks if c.source == "chosen"]
    if crisis.source == "initial":
        yield (
            f"The war was under way from the start; {ended(crisis, cast)}"
            f"{_holding(crisis, cast, land)}."
        )
        if _asks(cast) and not _binding(crisis, cast) and stage(crisis, cast) != UNBOUND:
            yield f"No text bound anybody when it began: {unbound(crisis, cast)}."
    else:
        n = len(history.attacks)
        which = "the attack" if n == 1 else f"of {count(n, 'attack')} the one that decided"
        head = (
            f"Deterrence failed{weightiest(history, crisis, cast)}: "
            if crisis.source == "chosen"
            else ""
        )
        when = dated(cast.start, crisis.began)
        yield f"{capital(f'{head}{which}')} was {_named(crisis, cast)} of {when}."
        yield from _why_attacked(history, crisis, cast)
        yield from provoked(history, crisis, cast, mended)
        yield _unseen(crisis, cast)
        yield f"{capital(ended(crisis, cast))}{_holding(crisis, cast, land)}."
    yield fortune(crisis, cast)
    yield why_not_stopped(crisis, cast) if _asks(cast) else _nothing_asked(crisis, cast)
    yield disputed(crisis, cast)
    others = [c for c in chosen if c is not crisis]
    if others:
        told = listed(
            f"{_named(c, cast)} of {dated(cast.start, c.began)} ({_short(c, cast, land)})"
            for c in others
        )
        yield f"The others: {told}."


def _unseen(crisis: Crisis, cast: Cast) -> str:
    """Tell that nobody was warned, where a mobilisation went unseen."""
    if crisis.mobilised is None or crisis.seen:
        return ""
    return (
        f"{capital(cast.challenger)} mobilised unseen, and nobody was warned (that it would be "
        f"seen was {pct(crisis.seen_chance)} likely)."
    )


def _named(crisis: Crisis, cast: Cast) -> str:
    """Return what an attack was, and what it was widened to."""
    wide = f", widened to {quoted(cast.acts[crisis.widened].title)}," if crisis.widened else ""
    return f"{quoted(cast.acts[crisis.option].title)}{wide}"


def _asks(cast: Cast) -> bool:
    return any(text.asks and text.members for text in cast.texts.values())


def _nothing_asked(crisis: Crisis, cast: Cast) -> str:
    code = stage(crisis, cast)
    if code in ("held", "too_late", "too_weak"):
        return (
            "No text asked anything of anybody; what states did they did on their own motion. "
            f"{why_not_stopped(crisis, cast)}"
        )
    return "No text asked anything of anybody after an attack."


def _holding(crisis: Crisis, cast: Cast, land: Mapping[int, float]) -> str:
    what = held(crisis, cast, land)
    return f"; it holds {what}" if what else ", with nothing gained"


def _short(crisis: Crisis, cast: Cast, land: Mapping[int, float]) -> str:
    fight = crisis.campaign
    what = held(crisis, cast, land)
    words = {
        "objective": "objective reached",
        "conceded": "conceded",
        "repulse": "thrown back",
        "stopped": "stopped by itself",
        "ceasefire": "ceasefire",
        "escalation": "major war",
        "horizon": "still going on",
    }
    flat = what.replace(" (", "; ").removesuffix(")")  # it stands within brackets itself
    return f"{words[fight.end] if fight else ''}, {'holding ' + flat if what else 'nothing gained'}"


def _why_attacked(history: History, crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Tell why deterrence failed: not believed, or not enough even if believed."""
    if crisis.source == "scripted":
        yield "It came by the script, whatever anybody would have chosen."
        return
    yield from rarity(history, crisis, cast)
    if crisis.sure is None or not _asks(cast):
        return
    if not _binding(crisis, cast):
        if stage(crisis, cast) != UNBOUND:  # else it is told as the reason why it was not stopped
            yield f"No text bound anybody when it came: {unbound(crisis, cast)}."
    else:
        yield if_sure(crisis, cast)


def weightiest(history: History, crisis: Crisis, cast: Cast) -> str:
    """Return what weighed most in the failure of deterrence, as what goes on from a sentence.

    An improbable choice before all else, for what is otherwise told weighs little beside it;
    unless so many occasions came that one was to be expected.
    """
    if rare(crisis):
        soon = risk_until(history, crisis, cast) >= LIKELY
        return f", above all {'since there were so many occasions' if soon else 'by chance'}"
    if not _asks(cast) or not _binding(crisis, cast):
        return ", above all since nobody was bound"
    if _doubted(crisis):
        return f", above all since {cast.challenger} did not believe the commitment"
    return ", above all since what was owed did not deter"


def _doubted(crisis: Crisis) -> bool:
    """Tell whether certainty about what is owed would have averted it, and by more than a hair."""
    return crisis.sure is False and _lowered(crisis) >= TELLING


def _lowered(crisis: Crisis) -> float:
    """Return by how much certainty about what is owed lowers the chance that it acts at all."""
    if crisis.choice is None:
        return 0.0
    return 1.0 - crisis.choice.odds["refrain"] - crisis.sure_chance


def if_sure(crisis: Crisis, cast: Cast) -> str:
    """Tell what it would have done had it been sure that all do what they owe.

    The log has the chance that it would act in any way, not that of this attack; where certainty
    hardly moves it no figure is given, for the direction then says nothing.
    """
    head = f"Had {cast.challenger} been sure that every member does what it owes"
    lowered = _lowered(crisis)
    if crisis.choice is None or abs(lowered) < TELLING:
        return f"{head}, it would have been about as likely to act: what was owed did not deter it."
    was = 1.0 - crisis.choice.odds["refrain"]
    odds = (
        f"{head}, that it would act in any way, short of attack included, would have been "
        f"{pct(crisis.sure_chance)} likely; as it saw it, {pct(was)}"
    )
    if lowered < 0:
        return f"{odds}: what was owed did not deter it."
    if crisis.sure:
        return f"{odds}. With the same luck it would have acted all the same."
    return f"{odds}. It did not believe the commitment."


def _anyway(history: History, mended: Mended | None) -> str:
    """Say so where it would have held with no guarantee either."""
    bare = mended.bare if mended else None
    if bare is None or compared_with(history.row, bare.row) != SAME:
        return ""
    return ", and none would have come with the same luck and no guarantee either"


def _binding(crisis: Crisis, cast: Cast) -> bool:
    return any(how == "" and cast.texts[text].asks for (text, _), how in crisis.standing.items())


def _why_held(history: History, cast: Cast, mended: Mended | None) -> Iterator[str]:
    stood = [c for c in history.crises if c.stood_down]
    risk = 1.0 - math.prod(1.0 - attack_odds(c.odds, cast) for c in history.choices)
    years = f"{cast.horizon:g} {'year' if cast.horizon == 1 else 'years'}"
    yield f"No attack came in {years}{_anyway(history, mended)}."
    for crisis in stood:
        act = cast.acts[crisis.option].title
        yield (
            f"On {dated(cast.start, crisis.began)} {cast.challenger} had mobilised for "
            f"{quoted(act)} and stood down after guarantors had declared themselves (that it "
            f"would press on was {pct(crisis.press_chance)} likely"
            f"{'; that it did not was improbable' if crisis.press_chance > 1.0 - RARE else ''})."
        )
    if not history.choices:
        yield f"{capital(cast.challenger)} met no occasion on which it could have chosen one."
        return
    worst = max(history.choices, key=lambda c: attack_odds(c.odds, cast))
    n = len(history.choices)
    over = f", and over all of them {pct(risk)}" if n > 1 else ""
    yield (
        f"{capital(cast.challenger)} weighed its options on {count(n, 'occasion')}; that it would "
        f"choose an attack was at most {pct(attack_odds(worst.odds, cast))} likely on one of them "
        f"({dated(cast.start, worst.time)}){over}."
        f"{' That none came was improbable.' if risk > 1.0 - RARE else ''}"
    )
    best = [o for o in worst.odds if o in cast.acts and cast.acts[o].kind != "incident"]
    if best:
        top = max(best, key=lambda o: worst.utility[o])
        yield (
            f"The best attack it then had, {quoted(cast.acts[top].title)}, was worth "
            f"{worth(worst.utility[top])} to it, where doing nothing is 0; it put its chance of "
            f"success at {pct(worst.win[top])}."
        )
    n = sum(c.source != "initial" and not c.attack and not c.stood_down for c in history.crises)
    if n:
        were = "was" if n == 1 else "were"
        acts = count(n, "act")
        yield f"It did not keep the peace below that: there {were} {acts} short of attack."
