"""A sweep as it is read: its cases, its factors, and its rows, without loading them all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from deter.engine.outcome import words_of
from deter.errors import Fault, InputError, OutputError
from deter.experiments import folder as folders
from deter.experiments.parts import PARTS, part_files, read_part, table_digest
from deter.experiments.rows import InMemory, Part, Rows
from deter.experiments.stopping import Rule, limits
from deter.experiments.study_factors import StudyFactor, StudyInput, factor_of, raw_of
from deter.experiments.table import schema_of
from deter.experiments.values import of_table, per_replication


class Study:
    """The results of a sweep.

    Parameters
    ----------
    place : Path
        The folder.
    contents : Contents
        What stands in it beside the rows.
    """

    def __init__(self, place: Path, contents: folders.Contents) -> None:
        self.place = place
        self.manifest = contents.manifest
        self.base = contents.base
        self.cases = contents.cases
        self.points = None if contents.points is None else contents.points.set_index("point")

    @staticmethod
    def open(path: str | Path) -> Study:
        """Open a results folder.

        Raises
        ------
        OutputError
            If it is none of a sweep.
        """
        place = Path(path)
        return Study(place, folders.read_contents(place))

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in order."""
        return tuple(self.manifest["frameworks"])

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the frameworks."""
        return dict(self.manifest["framework_titles"])

    @property
    def title(self) -> str:
        """The experiment's title."""
        return str(self.manifest["title"])

    @property
    def seed(self) -> int:
        """Of all luck."""
        return int(self.manifest["seed"])

    @property
    def horizon(self) -> float:
        """Length of a history in the base, years."""
        return float(self.manifest["base"]["horizon_years"])

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is there."""
        return bool(self.manifest["state"] == "complete")

    @property
    def rule(self) -> Rule | None:
        """The rule by which cases were stopped; None where the number was given."""
        wanted = self.manifest["replications"]
        if "n" in wanted:
            return None
        return Rule(wanted["half_width"], wanted["max"], wanted["min"])

    @property
    def until(self) -> str | None:
        """The measure that was to be known; None where there was no such rule."""
        found: str | None = self.manifest["replications"].get("measure")
        return found

    @cached_property
    def stops(self) -> pd.DataFrame:
        """Of a sweep with a stopping rule: how it ended for each case and framework.

        ``case``, ``framework``, ``n`` (replications that ran to their end), ``mean``, ``low`` and
        ``high`` (the rule's own limits), ``known`` (whether they are as near as was asked for).
        Empty without such a rule.
        """
        rule, measure = self.rule, self.until
        if rule is None or measure is None:
            return pd.DataFrame(columns=["case", "framework", "n", "mean", "low", "high", "known"])
        found = self.per_case(measure)
        sums = sums_of(found)
        found["low"], found["high"] = limits(*sums)
        found["known"] = rule.satisfied(*sums)
        return found.drop(columns="variance")

    @property
    def design(self) -> dict[str, Any]:
        """The design: its kind, size and seeds, and for sampled ones inputs and problem."""
        return dict(self.manifest["design"])

    @property
    def problem(self) -> dict[str, Any] | None:
        """What SALib's analysers take; ``points`` are its samples, in order. None for others."""
        found: dict[str, Any] | None = self.manifest["design"].get("problem")
        return found

    @cached_property
    def inputs(self) -> tuple[StudyInput, ...]:
        """Independent inputs of a sampled design, in the order of the columns of ``points``."""
        listed = self.manifest["design"].get("inputs", [])
        return tuple(StudyInput(one["name"], tuple(one["columns"])) for one in listed)

    @cached_property
    def factors(self) -> tuple[StudyFactor, ...]:
        """What was varied: levers, then uncertainties."""
        return tuple(factor_of(document) for document in self.manifest["factors"])

    @property
    def levers(self) -> tuple[StudyFactor, ...]:
        """What a drafter decides."""
        return tuple(factor for factor in self.factors if factor.kind == "lever")

    @property
    def uncertainties(self) -> tuple[StudyFactor, ...]:
        """What nobody knows."""
        return tuple(factor for factor in self.factors if factor.kind == "uncertainty")

    def settings(self, case: int, framework: str) -> dict[str, Any]:
        """Return what a case sets in the base under a framework, by path, as after ``--set``.

        What the experiment sets in every case comes first.
        """
        document = self.manifest["experiment"]
        given = self.manifest["given"][framework]
        found: dict[str, Any] = _only(document.get("set") or {}, given)
        row = self.cases.loc[self._known(case)]
        for factor in self.uncertainties:
            drawn = not factor.in_cases and factor.distribution is not None
            if drawn and framework in factor.frameworks:
                found |= dict.fromkeys(factor.paths, factor.distribution)
        if "patch" in self.cases.columns and isinstance(row["patch"], str):
            found |= _only(self.manifest["patches"][row["patch"]]["set"], given)
        for factor in self.factors:
            if framework in factor.frameworks and factor.in_cases and _is_set(row[factor.name]):
                found |= dict.fromkeys(factor.paths, raw_of(factor, row[factor.name]))
        return found

    def _known(self, case: int) -> int:
        if not 0 <= case < len(self.cases):
            message = f"there is no case {case}; they are numbered 0 to {len(self.cases) - 1}"
            raise InputError((Fault("case", 0, "", message),))
        return case

    # ---- rows

    def pieces(
        self, columns: Sequence[str] | None = None, cases: Sequence[int] | None = None
    ) -> Iterator[pa.Table]:
        """Yield the rows of each part, in no order; some columns or all, some cases or all."""
        chosen = None if cases is None else pa.array(sorted(set(cases)), pa.int32())
        for path in part_files(self.place / PARTS):
            wanted = columns
            if columns is not None and chosen is not None and "case" not in columns:
                wanted = [*columns, "case"]
            if chosen is not None and not _may_hold(path, chosen):
                continue
            table = read_part(path, wanted)
            if chosen is not None:
                table = table.filter(pc.is_in(table.column("case"), value_set=chosen))
            if table.num_rows:
                yield table if columns is None else table.select(list(columns))

    @property
    def frame(self) -> pd.DataFrame:
        """All rows with what their cases set; of millions, it does not fit into memory."""
        pieces = [piece.to_pandas() for piece in self.pieces()]
        if not pieces:
            return pd.DataFrame(columns=["case", "framework", "replication"])
        whole = pd.concat(pieces, ignore_index=True)
        whole["framework"] = pd.Categorical(whole["framework"].astype(str), self.frameworks)
        whole = whole.sort_values(["case", "framework", "replication"], ignore_index=True)
        found: pd.DataFrame = whole.join(self.cases, on="case")
        return found

    def rows(self, case: int) -> Rows:
        """Return the rows of one case by framework, in order of replication."""
        return self._rows([self._known(case)], keep_case=False)

    def pooled(self, cases: Sequence[int] | None = None) -> Rows:
        """Return rows of some cases or all by framework, in order of case and replication.

        They are in memory, so millions of rows need some cases at a time.
        """
        return self._rows(cases, keep_case=True)

    def _rows(self, cases: Sequence[int] | None, *, keep_case: bool) -> Rows:
        plain = schema_of(self.frameworks)
        columns = [field.name for field in plain]
        schema = plain
        if keep_case:
            columns, schema = ["case", *columns], plain.insert(0, pa.field("case", pa.int32()))
        held: dict[str, list[pa.Table]] = {name: [] for name in self.frameworks}
        wanted = list(dict.fromkeys(("case", *columns)))
        for table in self.pieces(wanted, cases):
            words = table.column("framework").cast(pa.string())
            for name in pc.unique(words).to_pylist():
                held[str(name)].append(table.filter(pc.equal(words, name)))
        parts: dict[str, Part] = {}
        for name, tables in held.items():
            if not tables:
                parts[name] = InMemory(schema.empty_table())
                continue
            together = pa.concat_tables(tables).unify_dictionaries()
            order = pc.sort_indices(
                together, sort_keys=[("case", "ascending"), ("replication", "ascending")]
            )
            sorted_rows = together.take(order).select(columns)
            parts[name] = InMemory(_as(sorted_rows, schema, self.frameworks))
        return Rows(parts)

    def independent_cases(self) -> pd.DataFrame:
        """Return the cases drawn independently of each other: of a Saltelli design A and B.

        The others have all but one of their values from these, so that what is found in one half
        of the cases would be borne out by the other half whatever it is.
        """
        if self.design["kind"] != "saltelli":
            return self.cases
        k = len(self.inputs)
        size = 2 * k + 2 if self.design["second_order"] else k + 2
        place = self.cases["point"] % size
        return self.cases[(place == 0) | (place == size - 1)]

    def per_case(self, measure: str) -> pd.DataFrame:
        """Return mean and variance of a measure for each case and framework.

        Parameters
        ----------
        measure : str
            A measure that is one value a replication, as ``p_full_attack`` (1 or 0) or
            ``ground_lost``; or any column of numbers.

        Returns
        -------
        DataFrame
            ``case``, ``framework``, ``n`` (replications that ran to their end), ``mean``,
            ``variance`` (of a replication's value, with n - 1; NaN below two), in order of case
            and then of the sweep's frameworks. Cases with no rows are left out.

        Raises
        ------
        InputError
            If there is no such measure.
        """
        wanted = per_replication(measure)
        size = len(self.cases)
        moments = {name: np.zeros((3, size)) for name in self.frameworks}
        there = {name: np.zeros(size, dtype=bool) for name in self.frameworks}
        columns = list(dict.fromkeys(("case", "framework", "status", *wanted.columns)))
        for table in self.pieces(columns):
            words = table.column("framework").cast(pa.string())
            for name in pc.unique(words).to_pylist():
                mine = table.filter(pc.equal(words, name))
                cases = mine.column("case").to_numpy().astype(np.int64)
                there[str(name)][cases] = True
                _merge(moments[str(name)], cases, of_table(wanted, mine))
        frames = []
        for order, name in enumerate(self.frameworks):
            n, mean, spread = moments[name]
            with np.errstate(invalid="ignore", divide="ignore"):
                frame = pd.DataFrame(
                    {
                        "case": np.arange(size),
                        "framework": name,
                        "n": n.astype(np.int64),
                        "mean": np.where(n > 0, mean, np.nan),
                        "variance": np.where(n > 1, spread / (n - 1), np.nan),
                        "order": order,
                    }
                )
            frames.append(frame[there[name]])
        whole = pd.concat(frames).sort_values(["case", "order"], ignore_index=True)
        return whole.drop(columns="order")

    def failures(self) -> pd.DataFrame:
        """Return case, framework, replication and error of the rows that failed."""
        columns = ["case", "framework", "replication", "status", "error"]
        found = []
        for table in self.pieces(columns):
            failed = pc.equal(table.column("status").cast(pa.string()), "failed")
            if pc.any(failed).as_py():
                found.append(table.filter(failed).to_pandas())
        if not found:
            return pd.DataFrame(columns=["case", "framework", "replication", "error"])
        frame: pd.DataFrame = pd.concat(found).drop(columns="status")
        return frame.sort_values(["case", "framework", "replication"], ignore_index=True)

    def digest(self) -> str:
        """Return the digest of all rows."""
        return table_digest(self.place)


def sums_of(moments: pd.DataFrame) -> tuple[Any, Any, Any]:
    """Return numbers of values, their sums and sums of squares, from ``per_case``."""
    n, mean = moments["n"].to_numpy(np.float64), moments["mean"].fillna(0.0).to_numpy(np.float64)
    spread = np.maximum(n - 1, 0) * moments["variance"].fillna(0.0).to_numpy(np.float64)
    return n, n * mean, spread + n * mean**2


def _only(settings: dict[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    return {path: raw for path, raw in settings.items() if path in paths}


def _is_set(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _as(table: pa.Table, schema: pa.Schema, frameworks: Sequence[str]) -> pa.Table:
    """Return a table in a schema, with the lists of words that every results folder has."""
    arrays = []
    for field in schema:
        column = table.column(field.name)
        if pa.types.is_dictionary(field.type):
            known = frameworks if field.name == "framework" else words_of(field.name) or ()
            words = pa.array(list(known), field.type.value_type)
            plain = column.cast(field.type.value_type).combine_chunks()
            codes = pc.index_in(plain, value_set=words).cast(field.type.index_type)
            arrays.append(pa.DictionaryArray.from_arrays(codes, words))
        else:
            arrays.append(column.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _may_hold(path: Path, cases: pa.Array) -> bool:
    """Tell from a part's statistics whether it may hold rows of some cases."""
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{path}: is damaged: {str(error).splitlines()[0]}") from None
    values: NDArray[np.int32] = cases.to_numpy()
    for group in range(metadata.num_row_groups):
        statistics = metadata.row_group(group).column(0).statistics
        if statistics is None or not statistics.has_min_max:
            return True
        low, high = np.searchsorted(values, [statistics.min, statistics.max + 1])
        if high > low:
            return True
    return False


def _merge(moments: NDArray[np.float64], cases: NDArray[np.int64], values: Any) -> None:
    """Add values to count, mean and sum of squares about the mean of each case (Chan et al.)."""
    known = ~np.isnan(values)
    which, seen = cases[known], values[known]
    if not len(which):
        return
    size = moments.shape[1]
    n = np.bincount(which, minlength=size).astype(np.float64)
    mine = n > 0
    mean = np.zeros(size)
    mean[mine] = np.bincount(which, weights=seen, minlength=size)[mine] / n[mine]
    spread = np.bincount(which, weights=(seen - mean[which]) ** 2, minlength=size)
    before, old, held = moments[0, mine], moments[1, mine], moments[2, mine]
    total = before + n[mine]
    gap = mean[mine] - old
    moments[1, mine] = old + gap * n[mine] / total
    moments[2, mine] = held + spread[mine] + gap * gap * before * n[mine] / total
    moments[0, mine] = total


__all__ = ["Study", "StudyFactor", "StudyInput", "sums_of"]
