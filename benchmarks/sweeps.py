"""A sweep beside EMA Workbench driving the same compiled engine: the same cases, one thread.

Both are given the cases of ``saltelli.yaml`` under its three frameworks, two replications of each,
so that what is not simulation shows. The workbench's model is as fast as we can make it: a function
that writes a case's numbers into the arrays of a game made once, as sweeps do, and runs the engine;
it hands back three means, where a sweep keeps every row on disk. Beside it stands the model as one
would write it with public functions, which sets the values, validates and builds the game of every
case anew.

The time of a case is the difference between a long sweep and a short one over the difference in
cases; what a sweep takes once (the folder, the workbench's set-up) is told by itself. A sweep's
pilot, which runs histories for 0.4 s a framework to reckon what they take, is left out of both. All
run in a process of their own, which this module is: ``python -m benchmarks.sweeps``.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.report import Findings, Line, figure
from benchmarks.timing import Effort

STUDY = Path(__file__).with_name("saltelli.yaml")
MEASURES = ("p_full_attack", "p_war", "ground_lost")
MISSING = "ema_workbench is not installed (pip install -e '.[bench]')"
KEY = "ema_workbench/sweep"

ROOT = Path(__file__).resolve().parents[1]


class Size(NamedTuple):
    """How much is swept: base points of the long sweep, its cases and those of the short one."""

    points: int
    long: int
    short: int
    replications: int
    rounds: int


WHOLE = Size(16, 288, 32, 2, 5)
LITTLE = Size(2, 12, 4, 2, 1)

Seconds = dict[str, list[float]]


# ---- here, in the process of the benchmark


def measure(effort: Effort) -> Findings:
    """Time both in a process of their own, and tell."""
    size = "--little" if effort.rounds < WHOLE.rounds else "--whole"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sweeps", size],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip() or "no word of it").splitlines()[-1]
        return Findings(faults=[f"the sweeps failed: {last}"])
    return told(json.loads(done.stdout))


def told(found: dict[str, Any]) -> Findings:
    """Return what was timed as the benchmark tells it.

    Parameters
    ----------
    found : dict
        ``cases`` (cases times frameworks between the short and the long sweep), ``replications``,
        ``seconds`` (of a case by program, a list of rounds), ``once`` (seconds of a sweep beside
        its cases), ``differ`` (cases whose means differ), ``missing``.
    """
    seconds: Seconds = found["seconds"]
    a_case = {name: median(rounds) for name, rounds in seconds.items()}
    rates = {name: found["replications"] / x for name, x in a_case.items()}
    findings = Findings(rates={f"{_named(name)}/sweep": rate for name, rate in rates.items()})
    ours = seconds["ours"]
    for name, rounds in seconds.items():
        ratios = sorted(x / y for x, y in zip(rounds, ours, strict=True))
        spread = f"{figure(median(ratios))} ({figure(ratios[0])} to {figure(ratios[-1])})"
        beside = () if name == "ours" else ("a sweep of ours", spread)
        findings.lines.append(Line("sweep", _named(name), rates[name], *beside))
        if name == "ema":
            findings.ratios[KEY] = median(ratios)
    bare = a_case["bare"]
    beyond = {
        name: median(x - y for x, y in zip(rounds, seconds["bare"], strict=True))
        for name, rounds in seconds.items()
        if name != "bare"
    }
    over = ", ".join(f"{_named(name)} {1e3 * x:.2f} ms" for name, x in beyond.items())
    once = ", ".join(f"{_named(name)} {x:.2f} s" for name, x in found["once"].items())
    findings.notes.append(
        f"Sweeps: {found['cases']:,} cases under a framework, {found['replications']} replications "
        f"each; bare simulation takes {1e3 * bare:.2f} ms a case. Beyond it, a case: {over}. Once "
        f"a sweep: {once}; deter's pilot of 0.4 s a framework is left out."
    )
    if found["missing"]:
        findings.ratios[KEY] = None
        findings.notes.append(f"{KEY} is left out: {found['missing']}.")
    if found["differ"]:
        findings.faults.append(
            f"{found['differ']:,} cases have other means in EMA Workbench than in a sweep of ours"
        )
    return findings


def _named(name: str) -> str:
    return {
        "ours": "deter",
        "bare": "bare",
        "ema": "ema_workbench",
        "ema_plain": "ema_workbench, public functions",
    }[name]


# ---- there, in the process that is timed


class Bench:
    """Both sweeps over one list of cases.

    Parameters
    ----------
    size : Size
        How much.
    clock : callable
        Tells seconds.
    """

    def __init__(self, size: Size, clock: Callable[[], float] = time.perf_counter) -> None:
        from deter.experiments import pilot
        from deter.experiments.sweep import plan_sweep
        from deter.spec.experiments import load_experiment

        pilot.PILOT_SECONDS = (
            1e-6  # once a sweep, to reckon the time left: a wobble in what is timed
        )
        loaded = load_experiment(STUDY)
        experiment = loaded.experiment
        design = experiment.design.model_copy(update={"n": size.points})
        update = {"design": design, "replications": size.replications}
        self.size, self.clock = size, clock
        self.plan = plan_sweep(
            replace(loaded, experiment=experiment.model_copy(update=update)), "compiled"
        )
        self.kitchen = self.plan.kitchen()
        table = self.plan.cases.table.drop(columns="point")
        self.columns = {str(name): table[name].tolist() for name in table}
        self.means: dict[str, Any] = {}

    def ours(self, cases: int) -> float:
        """Sweep some cases into a folder; return the seconds."""
        from deter.experiments.study import Study
        from deter.experiments.sweep import run_sweep

        held = replace(self.plan.cases, table=self.plan.cases.table.iloc[:cases])
        with tempfile.TemporaryDirectory() as place:
            began = self.clock()
            run_sweep(replace(self.plan, cases=held), Path(place) / "sweep")
            took = self.clock() - began
            study = Study.open(Path(place) / "sweep")
            self.means["ours"] = {
                name: study.per_case(name).set_index(["case", "framework"])["mean"]
                for name in MEASURES
            }
        return took

    def bare(self, cases: int) -> float:
        """Run the engine on games that stand ready; return its seconds alone."""
        from deter.experiments.work import Seat

        took = 0.0
        for name in self.plan.frameworks:
            first = self._values(0)
            template = self.kitchen.games.template(name, first)
            seat = Seat(template, "compiled")
            for case in range(cases):
                seat.write(self.kitchen.games.written(template, self._values(case)))
                began = self.clock()
                seat.run(self.kitchen.seed, 0, self.size.replications)
                took += self.clock() - began
        return took

    def _values(self, case: int) -> dict[str, Any]:
        return {name: column[case] for name, column in self.columns.items()}

    def ema(self, cases: int, plain: bool = False) -> float:
        """Have EMA Workbench run some cases; return the seconds."""
        from ema_workbench import (
            CategoricalParameter,
            Model,
            Policy,
            RealParameter,
            ScalarOutcome,
            Scenario,
            SequentialEvaluator,
            perform_experiments,
        )

        model = Model("deter", function=self._plain if plain else self._quick)
        model.uncertainties = [
            RealParameter(name, min(column) - 1, max(column) + 1)
            for name, column in self.columns.items()
        ]
        model.levers = [CategoricalParameter("framework", list(self.plan.frameworks))]
        model.outcomes = [ScalarOutcome(name) for name in MEASURES]
        scenarios = [Scenario(case, **self._values(case)) for case in range(cases)]
        policies = [Policy(name, framework=name) for name in self.plan.frameworks]
        began = self.clock()
        with SequentialEvaluator(model) as evaluator:
            frame, found = perform_experiments(
                model, scenarios, policies, evaluator=evaluator, log_progress=True
            )
        took = self.clock() - began
        at = [frame["scenario"].astype(int).to_numpy(), frame["policy"].astype(str).to_numpy()]
        self.means["ema"] = {name: (at, np.asarray(found[name])) for name in MEASURES}
        return took

    def _quick(self, framework: str, **values: float) -> dict[str, float]:
        """Run a case in the way of a sweep: its numbers into the cells of a game that is there."""
        from deter.experiments.work import Task, run_task

        column = {name: [value] for name, value in values.items()}
        task = Task(framework, (0,), column, 0, self.size.replications)
        return _means(run_task(self.kitchen, task).rows)

    def _plain(self, framework: str, **values: float) -> dict[str, float]:
        """Run a case with public functions: its values set and checked, its game built."""
        from deter.engine import compiled
        from deter.engine.game import build
        from deter.spec.loading import patch_scenario

        settings = self.kitchen.games.settings(framework, values)
        case = patch_scenario(self.plan.loaded.cases[framework], settings)
        built = build(case.scenario, case.framework)
        return _means(compiled.rows(built, self.kitchen.seed, 0, self.size.replications).rows)

    def differ(self) -> int:
        """Return how many cases have other means in the workbench than in ours."""
        wrong: set[tuple[int, str]] = set()
        for name in MEASURES:
            (cases, frameworks), values = self.means["ema"][name]
            ours = self.means["ours"][name]
            for case, framework, value in zip(cases, frameworks, values, strict=True):
                if abs(float(ours.loc[int(case), framework]) - float(value)) > 1e-12:
                    wrong.add((int(case), str(framework)))
        return len(wrong)


def _means(rows: Any) -> dict[str, float]:
    from deter.experiments.values import of_records, per_replication

    return {name: float(of_records(per_replication(name), rows).mean()) for name in MEASURES}


def timed(size: Size, clock: Callable[[], float] = time.perf_counter) -> dict[str, Any]:
    """Time both; what :func:`told` takes."""
    bench, missing = Bench(size, clock), ""
    programs: dict[str, Callable[[int], float]] = {"ours": bench.ours, "bare": bench.bare}
    try:
        import ema_workbench
    except ModuleNotFoundError:
        missing = MISSING
    else:
        ema_workbench.ema_logging.get_rootlogger().setLevel(logging.CRITICAL)
        programs["ema"] = bench.ema
    for run in programs.values():
        run(size.short)  # compiles, makes games, loads what is loaded late
    seconds: Seconds = {name: [] for name in programs}
    once: Seconds = {name: [] for name in programs if name != "bare"}
    for _ in range(size.rounds):
        for name, run in programs.items():
            short, long = run(size.short), run(size.long)
            a_case = (long - short) / ((size.long - size.short) * len(bench.plan.frameworks))
            seconds[name].append(max(a_case, 1e-9))
            if name in once:
                whole = long - a_case * size.long * len(bench.plan.frameworks)
                once[name].append(whole)
    differ = 0 if missing else bench.differ()
    if not missing:
        cases = len(bench.plan.frameworks) * size.short
        seconds["ema_plain"] = [bench.ema(size.short, plain=True) / cases] * size.rounds
    return {
        "cases": (size.long - size.short) * len(bench.plan.frameworks),
        "replications": size.replications,
        "seconds": seconds,
        "once": {name: max(median(rounds), 0.0) for name, rounds in once.items()},
        "differ": differ,
        "missing": missing,
    }


def main(arguments: list[str] | None = None) -> None:
    """Print one JSON object with the times; those of the processor for a machine that is busy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweeps", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--whole", action="store_const", dest="size", const=WHOLE, default=WHOLE)
    size.add_argument("--little", action="store_const", dest="size", const=LITTLE)
    parser.add_argument("--processor", action="store_true", help="its time, not the wall clock's")
    parser.add_argument("--words", action="store_true", help="in words")
    asked = parser.parse_args(arguments)
    found = timed(asked.size, time.process_time if asked.processor else time.perf_counter)
    print("\n".join(told(found).notes) if asked.words else json.dumps(found))


if __name__ == "__main__":
    main()
