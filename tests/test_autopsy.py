"""Evidence for autopsies: worlds in which it is known which clause is at fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from tests.worlds import INVASION, Raw, merged, pact, states, world

from deter.analysis.rescue import Autopsy, Repair, ranked, repair, shares, together
from deter.errors import InputError
from deter.experiments.autopsy import repairs
from deter.presentation.replays import autopsy_dict, autopsy_view, words_of_autopsy
from deter.replays.autopsy import autopsy
from deter.spec.loading import load_scenario, patch_scenario

# ------------------------------------------------------------------------------ counting


def bools(text: str) -> np.ndarray:
    return np.array([c == "x" for c in text])


def test_saved_and_caused_are_counted() -> None:
    one = repair("r", (), bools("xxxx------"), bools("x---x-----"))
    assert (one.n_saved, one.n_caused) == (3, 1)
    assert one.saved.estimate == pytest.approx(3 / 4)
    assert one.saved.n == 4
    assert one.caused.estimate == pytest.approx(1 / 6)
    assert one.net.estimate == pytest.approx(-0.2)
    assert not one.inert


def test_what_one_saves_alone_and_the_order() -> None:
    before = bools("xxxxx---")
    after = {"a": bools("--xxx---"), "b": bools("x-xx----"), "c": bools("xxxxxxxx")}
    found = [repair(name, (), before, fails) for name, fails in after.items()]
    without = {"a": bools("x-------")}
    judged = ranked(found, before, after, bools("--------"), without)
    assert [one.name for one in judged] == ["a", "b", "c"]
    assert [one.alone for one in judged] == [1, 1, 0]  # the second is saved by both
    assert judged[0].last is not None
    assert judged[0].last.estimate == pytest.approx(1 / 8)
    assert judged[1].last is None


def test_only_a_repair_with_a_net_effect_is_told() -> None:
    before = np.arange(400) < 100
    stirs = np.roll(before, 50)  # saves 50 and causes 50
    helps = np.arange(400) < 60
    after = {"stirs": stirs, "helps": helps}
    found = [repair(name, (), before, fails) for name, fails in after.items()]
    judged = {one.name: one for one in ranked(found, before, after, helps, {})}
    assert judged["stirs"].n_saved == judged["stirs"].n_caused == 50
    assert not judged["stirs"].told
    assert judged["helps"].told


def test_shares_are_a_partition() -> None:
    before = bools("xxxxxxxx--")
    one, two, none = shares(before, bools("xx------xx"), bools("-xx-------"))
    assert [e.estimate for e in (one, two, none)] == [2 / 8, 1 / 8, 5 / 8]
    assert together(("a", "b"), 8, 2).saved.estimate == 0.25


# ------------------------------------------------------------------------------ worlds


def file_of(tmp_path: Path, raw: Raw) -> Path:
    path = tmp_path / "world.yaml"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


LATE = {"activation": {"ratified": True, "response": "peace_treaty"}}
"""In force only after a peace treaty, which a world at war never sees."""

DEFENDED: Raw = world(
    horizon=2,
    guarantors=states(
        resolve=-6,
        resolve_sd=0,
        stake=0,
        air=300,
        brigades_30d=300,
        brigades_90d=300,
        days_first_unit=0,
        days_brigade=0,
        decision_clock=1,
    ),
    protege={"forces": 20, "resistance_precision": 100, "concession_cost": 5},
    challenger={"forces": 120, "ceiling": 120, "strategy": "scripted_only"},
    behaviour={
        "binding_slope": 12,
        "contest_exponent": 6,
        "tempo_sd": 0,
        "dispute_base": 0,
        "dispute_hazard": 0,
        "dispute_void": 0,
        "escalation_rate": 0,
        "stopping": False,
        "consult_days": 0,
        "deadline_compliance": 1,
    },
    options={"invasion": INVASION},
    scripted=[{"option": "invasion", "at": 10}],
)
"""A scripted invasion that succeeds unless states that never help of themselves are bound to."""


N = 40


def pact_of(**over: object) -> Raw:
    return {"layers": [pact(**merged({"trigger": {"ambiguity": 0}}, over))]}


def held(tmp_path: Path, framework: Raw, **over: Any) -> Autopsy:
    raw = merged(DEFENDED, {"framework": framework})
    return autopsy(file_of(tmp_path, raw), n=N, measure="p_lost", **over)


def named(found: Autopsy) -> dict[str, Repair]:
    return {one.name: one for one in found.repairs}


IN_FORCE, MEANS = "in force from signature", "all means owed"


def test_the_one_clause_at_fault_is_found(tmp_path: Path) -> None:
    found = held(tmp_path, pact_of(**LATE))
    assert found.n_failed >= N - 2
    by_name = named(found)
    culprit = by_name.pop(IN_FORCE)
    assert (culprit.n_saved, culprit.n_caused) == (found.n_failed, 0)
    assert culprit.alone == found.n_failed
    assert culprit.told
    assert culprit.net.estimate == pytest.approx(-found.n_failed / N)
    assert found.repairs[0].name == IN_FORCE
    for one in by_name.values():
        if one.name != "a capable force at the front":  # which may do something of itself
            assert (one.name, one.n_saved) == (one.name, 0)
    assert found.whole.n_saved == found.n_failed
    assert culprit.last is not None
    assert culprit.last.estimate is not None
    assert culprit.last.estimate > 0.9  # all else repaired, and this not: lost
    assert found.by_one.estimate == 1.0
    assert found.by_none.estimate == 0.0
    assert found.pairs == ()
    assert found.beyond == ()
    assert "already so" in " ".join(found.notes)


def test_two_faults_are_mended_only_together(tmp_path: Path) -> None:
    found = held(tmp_path, pact_of(obligation="none", sanctions={"snapback": "vote"}, **LATE))
    assert found.repairs == () or all(one.n_saved == 0 for one in found.repairs)
    faulty = pact_of(obligation="consult", **LATE)
    wanted = {
        IN_FORCE: {"framework.layers.0.activation.response": "signature"},
        MEANS: {"framework.layers.0.obligation": "all_means"},
        "no void clause": {"framework.layers.0.limits.opacity": 0.5},
    }
    found = held(tmp_path, faulty, repairs=wanted)
    by_name = named(found)
    assert by_name[IN_FORCE].n_saved == by_name[MEANS].n_saved == 0
    (pair,) = found.pairs
    assert set(pair.names) == {IN_FORCE, MEANS}
    assert pair.n_saved == found.n_failed
    assert found.pairs_tried == 3
    assert (found.by_one.estimate, found.by_two.estimate) == (0.0, 1.0)
    assert found.beyond == ()
    assert IN_FORCE in str(autopsy_dict(found)["pairs"][0]["names"])


def test_what_no_repair_saves_is_named(tmp_path: Path) -> None:
    wanted = ["framework.layers.0.trigger.threats=true", "framework.layers.0.duration.exit=0"]
    found = held(tmp_path, pact_of(**LATE), repairs=wanted)
    assert all(one.inert for one in found.repairs)
    assert len(found.beyond) == found.n_failed
    assert set(found.beyond) <= set(range(N))
    assert found.by_none.estimate == 1.0
    assert "Without any effect" in words_of_autopsy(found)
    assert "No single repair" in words_of_autopsy(found)


def test_a_repair_that_does_harm_is_told(tmp_path: Path) -> None:
    wanted = {"later": {"framework.layers.0.activation.response": "peace_treaty"}}
    found = held(tmp_path, pact_of(), repairs=wanted)
    (one,) = found.repairs
    assert found.n_failed == 0
    assert one.saved.estimate is None  # there is nothing to save
    assert one.n_caused >= N - 2
    assert one.told
    assert "nothing to repair" in words_of_autopsy(found)


def test_it_is_the_same_again_and_does_not_depend_on_pairs(tmp_path: Path) -> None:
    faulty = pact_of(obligation="consult", **LATE)
    wanted = {"one": {"framework.layers.0.obligation": "all_means"}, "two": LATE_MENDED}
    first, second = (held(tmp_path, faulty, repairs=wanted) for _ in range(2))
    assert first == second
    without = held(tmp_path, faulty, repairs=wanted, pairs=False)
    assert without.repairs == first.repairs
    assert without.pairs_tried == 0


LATE_MENDED = {"framework.layers.0.activation.response": "signature"}


def test_autopsy_is_told_and_written(tmp_path: Path) -> None:
    found = held(tmp_path, pact_of(**LATE), pairs=False)
    json.dumps(autopsy_dict(found), allow_nan=False)
    console = Console(record=True, width=120)
    console.print(autopsy_view(found))
    text = console.export_text()
    assert f"{found.n_failed} of {N} histories fail" in text
    assert "not a forecast" in text


def test_bad_requests_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no probability of an event"):
        autopsy(file_of(tmp_path, DEFENDED), n=5, measure="ground_lost")
    with pytest.raises(InputError, match="no item"):
        held(tmp_path, {}, repairs=["framework.layers.0.automatic=true"])


# ------------------------------------------------------------------------------ the catalogue


def test_a_framework_without_layers_has_nothing_to_repair(tmp_path: Path) -> None:
    assert repairs(load_scenario(file_of(tmp_path, DEFENDED))) == ()


@pytest.mark.parametrize("framework", ["paris_jan2026", "stationed_force", "budapest_1994"])
def test_the_catalogue_fits_the_library(framework: str) -> None:
    case = load_scenario("ukraine/ceasefire", framework=framework)
    found = repairs(case)
    assert len({one.name for one in found}) == len(found) > 10
    changed = [one.on(case) for one in found]
    assert sum(c.digest != case.digest for c in changed) > 5


def test_a_repair_leaves_other_clauses_alone() -> None:
    case = load_scenario("ukraine/ceasefire", framework="paris_jan2026")
    one = next(one for one in repairs(case) if one.name == "no doubt about the threshold")
    mended = one.on(case)
    assert mended.framework.layers[1].trigger.ambiguity.value == 0
    back = patch_scenario(mended, {"framework.layers.1.trigger.ambiguity": 0.5})
    assert back.digest == case.digest
    assert all("layers.1." in path for path in one.settings)  # layer 0 owes no answer
