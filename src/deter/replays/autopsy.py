"""Failed histories replayed with each clause mended in turn: what would have saved them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from deter.analysis.rescue import Autopsy, Together, ranked, repair, shares, together
from deter.analysis.rows import Bools
from deter.analysis.valued import FULL_ATTACK, event
from deter.defaults import SEED
from deter.errors import InputError
from deter.experiments.autopsy import repairs as catalogue
from deter.experiments.engines import EngineName
from deter.experiments.pairs import Amendment, Replays, amendments
from deter.planning import AnyScenario, check_numbers, loaded
from deter.replays.bench import Bench, Watch, horizon_of
from deter.spec.loading import LoadedScenario

AUTOPSY_N = 1000
"""Default of the replications."""

ALL = "all repairs at once"

Changes = Mapping[str, Any] | Sequence[Any]


def autopsy(
    scenario: AnyScenario,
    framework: str | None = None,
    *,
    measure: str = FULL_ATTACK,
    repairs: Changes | None = None,
    pairs: bool = True,
    n: int = AUTOPSY_N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    engine: EngineName = "auto",
    workers: int = 1,
    watch: Watch | None = None,
) -> Autopsy:
    """Replay the failed histories of a framework with one clause mended at a time.

    Every repair is run in all histories, so that those it would make fail are seen too; pairs only
    in the histories that neither of the two saves.

    Parameters
    ----------
    scenario : str, Path or LoadedScenario
        Which scenario.
    framework : str, optional
        Name or path; the scenario's own where not given.
    measure : str
        What counts as failing: a measure that is the probability of an event.
    repairs : mapping or sequence, optional
        Names with settings, or texts ``path=value``; those of
        :func:`deter.experiments.autopsy.repairs` where not given.
    pairs : bool
        Whether pairs are tried.
    n, seed, overrides, engine, workers, watch
        As for :func:`deter.replays.flip.find_flip`.

    Raises
    ------
    InputError
        If the scenario, the framework, a repair or the measure is none.
    """
    check_numbers(n, seed, workers)
    case = loaded(scenario, tuple(overrides), framework)
    horizon = horizon_of(case)
    bench = Bench(Replays(n, seed, engine, workers), event(measure, horizon), watch)
    wanted = catalogue(case) if repairs is None else amendments(repairs)
    table = _Table(case, bench, wanted, own=repairs is None)
    return table.held(pairs, horizon)


@dataclass
class _Table:
    """The operating table: a case, its repairs, and what was found."""

    case: LoadedScenario
    bench: Bench
    wanted: tuple[Amendment, ...]
    own: bool

    def held(self, pairs: bool, horizon: float) -> Autopsy:
        mended, notes = self._mended()
        whole_case, left_out = self._whole(mended, "")
        if left_out:
            notes.append(f"all repairs at once leaves out: {', '.join(left_out)}")
        raw = {name: self.bench.values(one, name) for name, (_, one) in mended.items()}
        base, whole_raw = self.bench.values(self.case), self.bench.values(whole_case, ALL)
        ran = np.isfinite(base) & np.isfinite(whole_raw)
        for values in raw.values():
            ran &= np.isfinite(values)
        numbers = np.flatnonzero(ran)
        if len(numbers) < len(ran):
            notes.append(f"{len(ran) - len(numbers)} replications failed to run and are left out")
        before = base[ran] > 0.5
        after = {name: values[ran] > 0.5 for name, values in raw.items()}
        whole = whole_raw[ran] > 0.5
        found = [
            repair(name, told_settings(mended[name][0]), before, fails)
            for name, fails in after.items()
        ]
        by_one = _any([before & ~fails for fails in after.values()], before)
        by_two, joint, tried = (
            self._pairs(mended, before, after, numbers) if pairs else (np.zeros_like(before), (), 0)
        )
        saved = by_one | by_two | (before & ~whole)
        one, two, none = shares(before, by_one, by_two)
        return Autopsy(
            scenario=self.case.name,
            framework=self.case.framework_name,
            measure=self.bench.measure.label,
            what=self.bench.measure.what,
            failed=self.bench.measure.mean(base[ran]),
            n_failed=int(np.count_nonzero(before)),
            repairs=ranked(found, before, after, whole, self._without(mended, ran)),
            whole=repair(ALL, (), before, whole),
            pairs=joint,
            pairs_tried=tried,
            by_one=one,
            by_two=two,
            by_none=none,
            beyond=tuple(int(r) for r in numbers[before & ~saved]),
            n=len(numbers),
            seed=self.bench.replays.seed,
            horizon=horizon,
            notes=tuple(dict.fromkeys((*self.case.notes, *notes))),
        )

    def _mended(self) -> tuple[dict[str, tuple[Amendment, LoadedScenario]], list[str]]:
        """Return the case with each repair made, without those that change nothing.

        A repair of the catalogue that the framework's other clauses do not allow is left out.
        """
        found, already, barred = {}, [], []
        for one in self.wanted:
            try:
                changed = one.on(self.case)
            except InputError:
                if not self.own:
                    raise
                barred.append(one.name)
                continue
            if changed.digest == self.case.digest:
                already.append(one.name)
            else:
                found[one.name] = one, changed
        notes = [f"already so: {', '.join(already)}"] if already else []
        if barred:
            notes.append(f"not possible with its other clauses: {', '.join(barred)}")
        return found, notes

    def _without(
        self, mended: Mapping[str, tuple[Amendment, LoadedScenario]], ran: Bools
    ) -> dict[str, Bools]:
        """Return whether histories fail with all repairs but one, by the name of that."""
        found = {}
        for name in mended if len(mended) > 1 else ():
            case, _ = self._whole(mended, name)
            values = self.bench.values(case, f"{ALL} but: {name}")[ran]
            found[name] = np.nan_to_num(values, nan=1.0) > 0.5
        return found

    def _whole(
        self, mended: Mapping[str, tuple[Amendment, LoadedScenario]], but: str
    ) -> tuple[LoadedScenario, list[str]]:
        """Return the case with all repairs but one, and the names of those it does not allow."""
        whole, left_out = self.case, []
        for name, (one, _) in mended.items():
            if name == but:
                continue
            try:
                whole = one.on(whole)
            except InputError:
                left_out.append(name)
        return whole, left_out

    def _pairs(
        self,
        mended: Mapping[str, tuple[Amendment, LoadedScenario]],
        before: Bools,
        after: Mapping[str, Bools],
        numbers: np.ndarray[Any, np.dtype[np.int64]],
    ) -> tuple[Bools, tuple[Together, ...], int]:
        """Run pairs in the histories that neither of the two saves."""
        by_two, joint, tried = np.zeros_like(before), [], 0
        failed = int(np.count_nonzero(before))
        for left, right in combinations(mended, 2):
            lost = np.flatnonzero(before & after[left] & after[right])
            try:
                both = mended[right][0].on(mended[left][1])
            except InputError:
                continue
            tried += 1
            if not len(lost):
                continue
            if self.bench.watch is not None:
                self.bench.watch(f"{left} with {right}")
            rows = self.bench.replays.some(both, numbers[lost].astype(np.int64))
            values = self.bench.measure.values(
                rows, both.framework_name, horizon_of(both), self.bench.replays.n
            )
            saved = lost[values[numbers[lost]] < 0.5]
            by_two[saved] = True
            if len(saved):
                joint.append(together((left, right), failed, len(saved)))
        ordered = sorted(joint, key=lambda pair: -pair.n_saved)
        return by_two, tuple(ordered), tried


def _any(members: Sequence[Bools], like: Bools) -> Bools:
    found = np.zeros_like(like)
    for one in members:
        found |= one
    return found


def told_settings(one: Amendment) -> list[str]:
    """Return what a change sets, to be read."""
    if isinstance(one.settings, Mapping):
        return [f"{path} = {_short(value)}" for path, value in one.settings.items()]
    return list(one.settings)


def _short(value: Any) -> str:
    return f"{len(value)} items" if isinstance(value, list) and value else str(value)
