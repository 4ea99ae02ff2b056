"""What a history is made of: plain frozen values, times in seconds since the start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from deter.vocabulary import RUNGS

DAY = 86400
Four = tuple[float, ...]
"""A number for each rung, sanctions to ground."""


@dataclass(frozen=True)
class Choice:
    """The challenger meets an occasion and chooses.

    Attributes
    ----------
    time : int
        When.
    option : str
        What it takes; empty if it refrains.
    odds : mapping of str to float
        Probability of each alternative, ``refrain`` among them, before its luck was known.
    utility, win, resist : mapping of str to float
        Of each option: its utility (full control is 1, doing nothing 0), the chance of success
        and the chance that the protégé resists, as the challenger sees them.
    help : mapping of str to mapping of str to tuple
        Of each option: the probability that each guarantor acts at each rung or above.
    """

    time: int
    option: str
    odds: Mapping[str, float]
    utility: Mapping[str, float]
    win: Mapping[str, float]
    resist: Mapping[str, float]
    help: Mapping[str, Mapping[str, Four]]


@dataclass(frozen=True)
class Ballot:
    """A guarantor makes up its mind.

    Attributes
    ----------
    time : int
        When.
    guarantor : str
        Who.
    text : str
        Under which layer; empty on its own motion.
    rung : int
        What it is ready for, 0 to 4.
    resolve, shock : float
        Its private resolve, and the mood of this crisis, probits.
    gain, pull, margins : tuple of float
        By rung: how far help lowers the challenger's chance, the pull of its commitments, and all
        that is added to resolve and shock (``-inf`` for a rung it cannot take).
    odds : mapping of str to float
        Probability that it is ready for each rung, before the mood of this crisis is known.
    """

    time: int
    guarantor: str
    text: str
    rung: int
    resolve: float
    shock: float
    gain: Four
    pull: Four
    margins: Four
    odds: Mapping[str, float]

    def ready(self, rung: int) -> float:
        """Return how likely it was, before the mood was known, to be ready for a rung or more.

        A text may owe a high rung and not a low one, and so make the high one likelier; one mood
        decides all, so that the likeliest of the rungs gives the chance.
        """
        higher = [self.odds[word] for word in RUNGS[rung - 1 :] if word in self.odds]
        return max(higher, default=math.nan)

    def above(self, rung: int) -> float:
        """Return by how much it is ready for a rung (1 to 4), probits; negative if it is not."""
        return self.resolve + self.shock + self.margins[rung - 1]


@dataclass(frozen=True)
class Reading:
    """Whose reading makes an act the casus foederis of a layer, at one look."""

    time: int
    text: str
    threshold: float
    recognised: tuple[str, ...]


@dataclass(frozen=True)
class Poll:
    """The members of a layer are asked.

    Attributes
    ----------
    time : int
        When.
    text : str
        The layer.
    bound : tuple of str
        Who is bound and recognises the act.
    ballots : tuple of Ballot
        Votes, of all whom the layer binds at that time.
    rung : int or None
        What the rule yields, 0 for nothing; None where each decides for itself.
    days : float or None
        Days from the act to the common decision.
    threat : bool
        Asked while the challenger was mobilising.
    """

    time: int
    text: str
    bound: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    rung: int | None
    days: float | None
    threat: bool = False


@dataclass(frozen=True)
class Ruling:
    """An arbiter settles whether the protégé provoked the act."""

    time: int
    text: str
    upheld: bool
    chance: float
    voids: bool


@dataclass(frozen=True)
class Deed:
    """A guarantor acts: at which rung, and how it came to (``own``, ``text`` or ``ladder``).

    ``after`` tells that the campaign was over already, at the same moment.
    """

    time: int
    guarantor: str
    rung: int
    how: str
    text: str
    after: bool = False


@dataclass(frozen=True)
class Battle:
    """One battle: whether the challenger won it, how far it has to go, and the odds it faced."""

    time: int
    won: bool
    above: float
    below: float
    attacker: float
    defender: float
    chance: float


@dataclass(frozen=True)
class Arrival:
    """A piece of help joins the fight, in brigade equivalents."""

    time: int
    guarantor: str
    piece: str
    strength: float


@dataclass(frozen=True)
class Talk:
    """A ceasefire is offered."""

    time: int
    challenger: bool
    protege: bool
    chance: float
    worth: float


@dataclass(frozen=True)
class Turn:
    """A turn in a campaign: ``widen``, ``keep``, ``stop``, ``direct`` or ``major``.

    ``chance`` is the probability that it went this way (of widening, for the first two), ``win``
    the challenger's chance as it saw it; NaN where there is none.
    """

    time: int
    what: str
    chance: float
    win: float


@dataclass(frozen=True)
class Campaign:
    """Fighting for an objective.

    Attributes
    ----------
    began, ended : int
        When; ``ended`` is the end of the history for one that still goes on.
    battles, arrivals, turns, talks : tuple
        What happened in it.
    end : str
        How it ended (``CAMPAIGN_ENDS``).
    war : bool
        Whether both sides lost enough for a war.
    """

    began: int
    ended: int
    end: str
    war: bool
    battles: tuple[Battle, ...]
    arrivals: tuple[Arrival, ...]
    turns: tuple[Turn, ...]
    talks: tuple[Talk, ...]

    @property
    def days(self) -> float:
        """How long it lasted, days."""
        return (self.ended - self.began) / DAY

    @property
    def gained(self) -> int:
        """Battles the challenger won less those it lost."""
        return sum(1 if battle.won else -1 for battle in self.battles)


@dataclass(frozen=True)
class Crisis:
    """One act, or one mobilisation, and all that followed.

    Attributes
    ----------
    number : int
        From 1, in order of time.
    option, kind : str
        What the challenger did, and its class; the option it began with where it was widened.
    source : str
        ``chosen``, ``scripted`` or ``initial``.
    choice : Choice or None
        How it came to be chosen.
    mobilised : int or None
        When it mobilised.
    seen : bool
        Whether that was seen.
    seen_chance : float
        How likely that was; NaN without mobilisation.
    pledges : mapping of str to int
        What guarantors declared before the act, by rung.
    presses : bool or None
        Whether it went on after mobilisation.
    press_chance : float
        How likely that was.
    began : int
        When the act began (of the mobilisation, if it came to nothing).
    resists : bool or None
        Whether the protégé resisted.
    resist_chance : float
        How likely that was.
    sure : bool or None
        Whether it would have attacked though all were sure to honour.
    sure_chance : float
        How likely an attack was in that case.
    standing : mapping
        Of each layer and member, how the text stood when the act began (see
        :mod:`deter.narrative.standing`); empty for bound.
    readings, polls, rulings, deeds : tuple
        Recognition, votes under layers, rulings on provocation, acts of guarantors.
    own : tuple of Ballot
        Decisions on own motion.
    alleged : bool
        Whether the challenger said that the protégé provoked it.
    campaign : Campaign or None
        The fighting.
    widened : str
        The option it was widened to; empty if it was not.
    later : mapping
        As ``standing``, when the campaign was over; of an incident the same.
    """

    number: int
    option: str
    kind: str
    source: str
    choice: Choice | None
    mobilised: int | None
    seen: bool
    seen_chance: float
    pledges: Mapping[str, int]
    presses: bool | None
    press_chance: float
    began: int
    resists: bool | None
    resist_chance: float
    sure: bool | None
    sure_chance: float
    standing: Mapping[tuple[str, str], str]
    readings: tuple[Reading, ...]
    polls: tuple[Poll, ...]
    rulings: tuple[Ruling, ...]
    deeds: tuple[Deed, ...]
    own: tuple[Ballot, ...]
    alleged: bool
    campaign: Campaign | None
    widened: str = ""
    later: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def last_option(self) -> str:
        """The option it was fought for in the end."""
        return self.widened or self.option

    @property
    def time(self) -> int:
        """When it began to be one: at the mobilisation, else at the act."""
        return self.began if self.mobilised is None else self.mobilised

    @property
    def stood_down(self) -> bool:
        """Whether the challenger mobilised and did not attack."""
        return self.presses is False

    @property
    def attack(self) -> bool:
        """Whether it is an attack that was carried out, and not an incident."""
        return self.campaign is not None

    def done(self) -> dict[str, Deed]:
        """Return the last, and so highest, act of each guarantor."""
        return {deed.guarantor: deed for deed in self.deeds}

    @property
    def answer(self) -> int:
        """The highest rung at which anybody acted."""
        return max((deed.rung for deed in self.deeds), default=0)

    def recognised(self, text: str) -> tuple[str, ...]:
        """Return whose reading makes it a casus foederis of a layer, at the last look."""
        looks = [reading for reading in self.readings if reading.time >= self.looked]
        return next((r.recognised for r in reversed(looks) if r.text == text), ())

    @property
    def looked(self) -> int:
        """When its readings were taken last."""
        return max((reading.time for reading in self.readings), default=self.began)


@dataclass(frozen=True)
class Event:
    """Something of the calendar: a text's, a guarantor's or a leader's.

    ``kind`` is the log's; ``text`` names a layer, ``passes`` belongs to a ratification (and
    tells of a second theatre whether the state is free again), ``level`` is the new stance or
    motive, ``chance`` its probability.
    """

    time: int
    kind: str
    actor: str
    text: str = ""
    passes: bool = True
    level: float = 0.0
    chance: float = 1.0


@dataclass(frozen=True)
class Beliefs:
    """What the challenger believes of each guarantor's resolve after a crisis, mean in probits."""

    time: int
    before: Mapping[str, float]
    after: Mapping[str, float]


@dataclass(frozen=True)
class History:
    """One replication, read.

    Attributes
    ----------
    choices : tuple of Choice
        All occasions the challenger weighed.
    crises : tuple of Crisis
        In order of time.
    events : tuple of Event
        The calendar.
    beliefs : tuple of Beliefs
        How the challenger's beliefs moved.
    end : int
        When it ends.
    row : mapping
        The replication's row.
    """

    choices: tuple[Choice, ...]
    crises: tuple[Crisis, ...]
    events: tuple[Event, ...]
    beliefs: tuple[Beliefs, ...]
    end: int
    row: Mapping[str, object] = field(default_factory=dict)

    @property
    def attacks(self) -> tuple[Crisis, ...]:
        """Limited and full attacks, and a war at the start."""
        return tuple(crisis for crisis in self.crises if crisis.attack)
