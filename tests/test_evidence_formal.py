"""Formal cases: those contained, files that are none, planted errors, cases never seen before."""

from __future__ import annotations

import copy
import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit
from tests import oracles

from deter.errors import InputError
from deter.evidence import game_limits
from deter.evidence.formal import CONTAINED, GROUPS, CaseResult, check, judge
from deter.evidence.formal_case import Case
from deter.evidence.formal_file import read_cases
from deter.evidence.game_limits import Occasion
from deter.evidence.war_limits import Wars

CONTAINED_PATH = Path(str(files("deter.evidence") / CONTAINED))
CASES = read_cases(CONTAINED_PATH, CONTAINED)
BY_ID = {case.id: case for case in CASES}

REQUIRED = (
    "i_edg_spe",
    "ii_edg_aqre",
    "i_edg_incomplete",
    "iii_gamblers_ruin",
    "csf",
    "v_beliefs",
    "vi_quorum",
    "vi_timing",
    "vii_hazards",
    "composite",
    "signorino",
    "decision",
)


def run(group: str, inputs: dict[str, Any], expected: dict[str, Any], **more: Any) -> CaseResult:
    tolerance = more.pop("tolerance", 1e-8)
    return judge(
        Case(more.pop("id", "new"), group, more.pop("name", ""), inputs, expected, tolerance)
    )


def write(folder: Path, cases: Any, name: str = "cases.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    return path


def plain(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "group": case.group,
        "name": case.name,
        "inputs": copy.deepcopy(case.inputs),
        "expected": copy.deepcopy(case.expected),
        "tolerance": case.tolerance,
    }


# ---------------------------------------------------------------------------- what is contained

ENGINE_TOO = (
    "edg_",
    "ruin_i",
    "ruin_lazy",
    "ruin_finite",
    "order_exp",
    "order_defective",
    "order_lognormal",
    "race_exp_exp",
    "race_gamma",
    "race_three_way",
    "race_vs",
    "race_first",
    "csf_",
    "composite",
    "signorino",
    "bdm_",
    "fearon97",
    "selection",
)
"""Games, wars and races, where the engine must play along."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_contained_case_passes(case: Case):
    result = judge(case)
    assert result.status == "pass", result.note
    if case.id.startswith(ENGINE_TOO):
        assert "engine: " in result.note, "the engine's limit was passed over"
    assert result.got is not None
    assert set(result.got) == set(case.expected)
    json.dumps(result.got, allow_nan=False)


def test_every_group_asked_for_is_contained():
    assert set(REQUIRED) <= {case.group for case in CASES} <= set(GROUPS)


@pytest.mark.parametrize(
    "piece",
    [
        "edg_aqre_scaling",
        "edg_aqre_tie",
        "edg_aqre_rate",
        "edg_inc_aqre",
        "edg_pbe",
        "edg_belief_thresholds",
        "ruin_i",
        "csf_ratio",
        "csf_guarantor_joins",
        "beta_bernoulli",
        "beta_forgetting",
        "log_odds",
        "honours_to_deter",
        "current_calculus",
        "quorum_k_of_n",
        "quorum_weighted",
        "quorum_beta_binomial",
        "quorum_one_factor",
        "order_defective",
        "order_weighted_quorum",
        "race_exp_vs_chain",
        "race_three_way",
        "composite",
        "signorino_logit_agent",
        "bdm_",
        "fearon97_lock_in",
        "selection_honour_rate",
    ],
)
def test_every_kind_of_case_is_contained(piece: str):
    assert any(piece in case.id for case in CASES)


def test_facts_say_where_they_come_from():
    raw = json.loads(CONTAINED_PATH.read_text(encoding="utf-8"))
    assert raw["meta"]["edg_definition"]
    assert raw["meta"]["left_out"]
    assert all(case["derivation"] and case["checks"] for case in raw["cases"])


# ------------------------------------------------------------------------------ planted errors


def shifted(tree: Any, by: float) -> Any:
    """The first number of a tree changed."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            new = shifted(value, by)
            if new != value:
                return {**tree, key: new}
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        return tree + by
    return tree


@pytest.mark.parametrize(
    "name",
    [
        "edg_spe_A_baseline_deterred",
        "edg_aqre_A_baseline_deterred_lam1",
        "edg_pbe_q0.6",
        "signorino_logit_agent",
        "csf_ratio_0",
        "beta_bernoulli_1",
        "quorum_k_of_n_1",
        "order_weighted_quorum",
        "race_weibull_diff_shape",
        "bdm_p_star_0",
        "fearon97_lock_in",
    ],
)
def test_a_planted_wrong_number_fails(name: str):
    case = BY_ID[name]
    wrong = shifted(case.expected, 0.01)
    assert wrong != case.expected
    result = run(case.group, case.inputs, wrong, id=case.id, name=case.name, tolerance=1e-6)
    assert result.status == "fail"
    assert "laws: " in result.note


def test_a_planted_wrong_word_fails():
    case = BY_ID["edg_spe_A_baseline_deterred"]
    result = run(case.group, case.inputs, {**case.expected, "challenger": "full"})
    assert result.status == "fail"
    assert "challenger is refrain, expected full" in result.note


def test_an_engine_that_plays_otherwise_fails(monkeypatch: pytest.MonkeyPatch):
    true = game_limits.occasion_seen

    def off(limit: Any) -> Occasion:
        seen = true(limit)
        return seen._replace(choice={name: p + 1e-6 for name, p in seen.choice.items()})

    monkeypatch.setattr("deter.evidence.formal_games.occasion_seen", off)
    result = judge(BY_ID["edg_aqre_A_baseline_deterred_lam1"])
    assert result.status == "fail"
    assert "engine: " in result.note
    assert "laws: " not in result.note


def test_an_engine_that_fights_otherwise_fails(monkeypatch: pytest.MonkeyPatch):
    def off(limit: Any, battles: float) -> Wars:
        return Wars([False] * 200, [3] * 200, [3.0] * 200)

    monkeypatch.setattr("deter.evidence.formal_wars.wars_seen", off)
    result = judge(BY_ID["ruin_i5_N10_p0.6"])
    assert result.status == "fail"
    assert "engine: P_win 0 (0.883636" in result.note


# ------------------------------------------------------------------- cases that are not understood


def test_an_unknown_group_has_no_law():
    result = run("astrology", {"sign": 3}, {"luck": 1.0})
    assert (result.status, result.got) == ("no_law", None)
    assert "astrology" in result.note


def test_an_unknown_shape_has_no_law():
    result = run("csf", {"M1": 100, "M2": 50, "k": 0.03}, {"p1": 0.8175744761936437})
    assert result.status == "no_law"


def test_an_unknown_result_has_no_law():
    case = BY_ID["csf_ratio_0"]
    result = run("csf", case.inputs, {**case.expected, "glory": 2.0})
    assert result.status == "no_law"
    assert "glory" in result.note


def test_an_input_the_law_does_not_read_does_no_harm_if_all_agrees():
    case = BY_ID["quorum_k_of_n_1"]
    assert run("vi_quorum", {**case.inputs, "remark": "x"}, case.expected).status == "pass"
    other = run("vi_quorum", {**case.inputs, "remark": "x"}, {"P_pass": 0.5})
    assert other.status == "no_law"


@pytest.mark.parametrize(
    ("group", "inputs", "said"),
    [
        ("vi_quorum", {"n": 5}, "inputs lack 'p'"),
        ("iii_gamblers_ruin", {"i": 3, "N": 10}, "inputs lack 'p'"),
        ("iii_gamblers_ruin", {"i": 3, "N": 10, "p": 1.2}, "out of range"),
        ("iii_gamblers_ruin", {"i": 12, "N": 10, "p": 0.5}, "out of range"),
        ("iii_gamblers_ruin", {"i": 2.5, "N": 10, "p": 0.5}, "not a whole number"),
        ("vi_quorum", {"n": 5, "k": 3, "p": "most"}, "not a number"),
        ("vi_quorum", {"n": 5, "k": 3, "p": None}, "not a number"),
        ("vi_quorum", {"p": [0.5, True]}, "not a number"),
        ("vi_quorum", {"p": []}, "not a list"),
        ("vi_quorum", {"n": 10**400, "k": 3, "p": 0.5}, "cannot be reckoned"),
        ("vi_quorum", {"p": [0.5], "weights": [1, 2], "threshold": 1}, "2 weights for 1"),
        ("vii_hazards", {"mean_fait": 0.0, "mean_reinf": 5.0}, "out of range"),
        ("vii_hazards", {"mean_fait": 1.0, "stages": [["poisson", {}]]}, "no pair of a family"),
        ("ii_edg_aqre", {"payoff_parameters": {"vC": 1.0}, "lambda": 1.0}, "lack"),
        ("ii_edg_aqre", {"payoff_parameters": [1.0], "lambda": 1.0}, "not a mapping"),
        ("i_edg_spe", {"vC": 10.0, "vD": 12.0}, "inputs lack"),
    ],
)
def test_bad_inputs_fail_with_a_note(group: str, inputs: dict[str, Any], said: str):
    result = run(group, inputs, {"P_pass": 0.5})
    assert result.status == "fail"
    assert said in result.note


# ------------------------------------------------------------------------------------- files


def test_a_file_of_ones_own(tmp_path: Path):
    names = ("csf_ratio_0", "beta_bernoulli_1", "edg_aqre_tie")
    path = write(tmp_path, [plain(BY_ID[name]) for name in names])
    for given_path in (path, str(path)):
        results = check(given_path)
        assert [r.id for r in results] == list(names)
        assert {r.status for r in results} == {"pass"}


def test_without_a_tolerance_it_is_small(tmp_path: Path):
    case = plain(BY_ID["csf_ratio_0"])
    del case["tolerance"], case["name"]
    assert check(write(tmp_path, [case]))[0].status == "pass"


SOUND = '{"id": "a", "group": "csf", "inputs": {"M1": 1}, "expected": {"p1": 0.5}}'


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("", 1, "is no JSON"),
        ("{", 1, "is no JSON"),
        ('{\n "cases": [\n  {"id": "a",\n }', 4, "is no JSON"),
        ("[]", 1, "holds a list"),
        ("3", 1, "holds 3"),
        ("{}", 1, "is missing"),
        ('{"cases": {}}', 1, "a mapping is no list"),
        ('{"cases": []}', 1, "is empty"),
        ('{"cases": [\n3]}', 2, "3 is no case"),
        ('{"meta": {"cases": [1]},\n "cases": [\n\n{"id": "a"}]}', 4, "group: is missing"),
        ('{"cases": [\n{"id": 3, "group": "", "inputs": [], "expected": {}}]}', 2, "id: found 3"),
        ('{"cases": [' + SOUND + ",\n" + SOUND + "]}", 2, "'a' stands already at line 1"),
        ('{"cases": [\n{"id": "a", "id": "b"}]}', 2, "'id' stands twice"),
        ('{"cases": [\n' + SOUND.replace("0.5", "NaN") + "]}", 2, "NaN is not a finite number"),
        ('{"cases": [\n' + SOUND.replace("}}", '}, "tolerance": -1}') + "]}", 2, "tolerance"),
        ('{"cases": [\n' + SOUND.replace("}}", '}, "tolerance": "x"}') + "]}", 2, "tolerance"),
        ('{"cases": ' + "[" * 100_000 + "]" * 100_000 + "}", 0, "nested too deeply"),
        ('{"cases": [' + "9" * 5000 + "]}", 0, "cannot be read"),
    ],
)
def test_a_malformed_file_names_line_and_fault(tmp_path: Path, content: str, line: int, said: str):
    path = tmp_path / "cases.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(path)
    fault = caught.value.faults[0]
    assert fault.file == str(path)
    assert fault.line == line
    assert said in str(fault)


def test_all_faults_of_a_file_come_together(tmp_path: Path):
    path = tmp_path / "cases.json"
    path.write_text(f'{{"cases": [\n{{}},\n{SOUND},\n7]}}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(path)
    assert {fault.line for fault in caught.value.faults} == {2, 4}


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02", '{"cases": []}'.encode("utf-16"), b"\xff\xfe\x00", b'{"\xff": 1}']
)
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "cases.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        check(path)


def test_a_path_that_is_no_file(tmp_path: Path):
    for path in (tmp_path, tmp_path / "nowhere.json"):
        with pytest.raises(InputError):
            check(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NAMES = sorted({key for case in CASES for key in case.inputs})


@settings(max_examples=150, deadline=None)
@given(
    group=st.sampled_from(sorted(GROUPS)),
    inputs=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6),
    expected=st.dictionaries(st.text(min_size=1, max_size=6), JSON, min_size=1, max_size=3),
)
def test_no_case_ends_in_a_traceback(group: str, inputs: dict[str, Any], expected: dict[str, Any]):
    assert run(group, inputs, expected).status in ("pass", "fail", "no_law")


# -------------------------------------------------------------------------- cases never seen


@pytest.mark.parametrize("seed", range(4))
def test_new_reference_games(seed: int):
    p = oracles.random_payoffs(np.random.default_rng(1000 + seed))
    lam = (0.3, 0.9, 2.5, 7.0)[seed]
    inputs = {"payoff_parameters": p, "lambda": lam}
    result = run("ii_edg_aqre", inputs, oracles.reference_game(p, lam), tolerance=1e-9)
    assert result.status == "pass", result.note


def test_new_metamorphic_games():
    p = BY_ID["edg_aqre_scaling"].inputs["payoff_parameters"]
    plain_play = oracles.reference_game(p, 0.8)["challenger"]
    shifted_case = {"payoff_parameters": p, "lambda": 0.8, "shift": 5.0}
    assert run("ii_edg_aqre", shifted_case, {"challenger": plain_play}).status == "pass"
    scaled = {"payoff_parameters": p, "lambda": 0.8, "scale": 7.0}
    assert run("ii_edg_aqre", scaled, {"challenger": plain_play}).status == "pass"


def test_a_payoff_swept_across_its_pivot():
    p = BY_ID["edg_spe_A_baseline_deterred"].inputs
    swept = {**p, "rL": [0.7, 0.77, 0.79, 0.9]}
    expected = {
        "honour_L": [0, 0, 1, 1],
        "challenger": ["limited", "limited", "refrain", "refrain"],
    }
    assert run("i_edg_spe", swept, expected).status == "pass"


@pytest.mark.parametrize(("i", "total", "p"), [(1, 4, 0.3), (6, 9, 0.52), (4, 4, 0.5), (3, 7, 0.7)])
def test_new_wars(i: int, total: int, p: float):
    win, length = oracles.ruin(i, total, p)
    result = run(
        "iii_gamblers_ruin", {"i": i, "N": total, "p": p}, {"P_win": win, "E_duration": length}
    )
    assert result.status == "pass", result.note


def test_a_war_drawn_out_is_left_to_the_laws():
    win, length = oracles.ruin(100, 200, 0.5)
    expected = {"P_win": win, "E_duration": length}
    result = run("iii_gamblers_ruin", {"i": 100, "N": 200, "p": 0.5}, expected, tolerance=1e-6)
    assert result.status == "pass"
    assert "laws only" in result.note


def test_new_quorums():
    p, weights = [0.3, 0.9, 0.55, 0.7], [2.5, 1.0, 4.2, 0.3]
    passes = oracles.weighted_majority(p, weights, 4.25)
    inputs = {"p": p, "weights": weights, "threshold": 4.25}
    assert run("vi_quorum", inputs, {"P_pass": passes}).status == "pass"
    tail = float(stats.binom.sf(8, 14, 0.62))
    assert run("vi_quorum", {"n": 14, "k": 9, "p": 0.62}, {"P_pass": tail}).status == "pass"
    law = stats.betabinom(9, 0.4 * 3.0, 0.6 * 3.0)
    inputs = {"n": 9, "k": 4, "mean": 0.4, "rho": 0.25}
    assert run("vi_quorum", inputs, {"P_pass": float(law.sf(3))}).status == "pass"


def test_new_clocks():
    inputs = {"n": 7, "rate": 0.5, "k": {"third": 3}}
    expected = {
        "third_mean": oracles.erlang_quorum_mean(7, 3, 0.5),
        "third_P_by_2": float(stats.binom.sf(2, 7, 1.0 - math.exp(-1.0))),
    }
    result = run("vi_timing", inputs, expected)
    assert result.status == "pass", result.note
    rates = [0.4, 0.2, 0.1]
    late = math.prod(1.0 - math.exp(-3.0 * r) for r in rates)
    delays = [["exponential", {"mean": 1.0 / r}] for r in rates]
    for inputs in ({"rates": rates, "k": 3}, {"delays": delays, "k": 3}):
        assert run("vi_timing", inputs, {"P_by_3": late}).status == "pass"


FAIT = stats.gamma(3, scale=2.0)


@pytest.mark.parametrize(
    ("inputs", "fait", "other", "name"),
    [
        (
            {"shape_fait": 3, "scale_fait": 2.0, "mu_reinf": 1.5, "sigma_reinf": 0.8},
            FAIT,
            stats.lognorm(0.8, scale=math.exp(1.5)),
            "",
        ),
        (
            {"median_fait": 4.0, "sigma_fait": 0.5, "median_reinf": 6.0, "sigma_reinf": 0.9},
            stats.lognorm(0.5, scale=4.0),
            stats.lognorm(0.9, scale=6.0),
            "",
        ),
        (
            {"shape": 1.7, "scale_fait": 5.0, "scale_reinf": 8.0},
            stats.weibull_min(1.7, scale=5.0),
            stats.weibull_min(1.7, scale=8.0),
            "Weibull race, one shape",
        ),
        (
            {"rate_fait": 0.2, "shape_reinf": 2.5, "scale_reinf": 3.0},
            stats.expon(scale=5.0),
            stats.gamma(2.5, scale=3.0),
            "",
        ),
    ],
)
def test_new_races(inputs: dict[str, Any], fait: Any, other: Any, name: str):
    expected = {"P_fait_accompli": oracles.race(fait, other)}
    result = run("vii_hazards", inputs, expected, name=name)
    assert result.status == "pass", result.note


def test_a_race_with_a_warning():
    inputs = {"shape_fait": 3, "scale_fait": 2.0, "mean_reinf": 9.0, "warning_lead": 2.0}
    expected = {"P_fait_accompli": oracles.race(FAIT, stats.expon(scale=9.0), 2.0)}
    assert run("vii_hazards", inputs, expected).status == "pass"


def test_a_chain_against_an_erlang():
    inputs = {
        "shape_fait": 3,
        "scale_fait": 2.0,
        "stages": [["fixed", {"delay": 1.0}], ["exponential", {"mean": 4.0}]],
    }
    late = oracles.race(FAIT, stats.expon(loc=1.0, scale=4.0))
    assert run("vii_hazards", inputs, {"P_fait_accompli": late}, tolerance=1e-7).status == "pass"


def test_a_race_in_steps_nears_the_continuous_one():
    gaps = []
    for step in (2.0, 1.0, 0.5):
        inputs = {"mean_fait": 5.0, "mean_reinf": 12.0, "dt": step}
        result = run("vii_hazards", inputs, {"P_fait_accompli": 0.0, "P_continuous": 12 / 17})
        assert result.got is not None
        gaps.append(result.got["P_fait_accompli"] - result.got["P_continuous"])
    assert gaps[0] > gaps[1] > gaps[2] > 0.0


@pytest.mark.parametrize(
    ("rule", "share"), [("to the fait accompli", 1.0), ("defender", 0.0), ("split evenly", 0.5)]
)
def test_a_race_in_steps_has_a_rule_for_ties(rule: str, share: float):
    a, b = 1.0 - math.exp(-0.2), 1.0 - math.exp(-1.0 / 12.0)
    either = a + b - a * b
    expected = {
        "P_fait_accompli": (a * (1.0 - b) + share * a * b) / either,
        "P_tie": a * b / either,
    }
    inputs = {"mean_fait": 5.0, "mean_reinf": 12.0, "dt": 1.0, "tie": rule}
    assert run("vii_hazards", inputs, expected).status == "pass"
    del inputs["tie"]
    assert run("vii_hazards", inputs, expected, name=f"ties {rule}").status == "pass"


@pytest.mark.parametrize(
    "signals",
    [
        {"signals": [[0.8, 0.3], [0.6, 0.5]]},
        {"LR": [0.8 / 0.3, 0.6 / 0.5]},
        {"p_reliable": [0.8, 0.6], "p_unreliable": [0.3, 0.5]},
        {"p_reliable": [0.2, 0.6], "p_unreliable": [0.7, 0.5], "observed": [0, 1]},
    ],
)
def test_log_odds_however_signals_are_written(signals: dict[str, Any]):
    odds = 0.4 / 0.6 * 0.8 / 0.3 * 0.6 / 0.5
    expected = {"posterior": odds / (1.0 + odds), "log_odds": math.log(odds)}
    result = run("v_beliefs", {"prior": 0.4, **signals}, expected, id="log_odds_new")
    assert result.status == "pass", result.note


def test_forgetting_without_forgetting_is_counting():
    inputs = {"alpha": 2.0, "beta": 1.0, "gamma": 1.0, "sequence": [1, 0, 0, 1, 1]}
    assert run("v_beliefs", inputs, {"mean": 5.0 / 8.0}).status == "pass"


def test_selection_by_logit_and_by_a_threshold():
    lam, alone, helped = 2.0, 1.5, -2.5
    share, among = oracles.selected(
        3.0, 2.0, lambda q: expit(lam * (q * helped + (1.0 - q) * alone))
    )
    inputs = {"alpha": 3.0, "beta": 2.0, "EU2": alone, "EU3": helped, "U_sq": 0.0}
    expected = {"population_mean": 0.6, "P_attack": share, "mean_given_attack": among}
    assert run("decision", {**inputs, "lambda": lam}, expected).status == "pass"
    law = stats.beta(3.0, 2.0)
    sharp = {"P_attack": float(law.cdf(0.375)), "mean_given_attack": None}
    sharp["mean_given_attack"] = float(law.expect(lambda q: q, lb=0.0, ub=0.375, conditional=True))
    assert run("decision", inputs, sharp).status == "pass"


def test_signorino_needs_its_link():
    case = BY_ID["signorino_logit_agent"]
    inputs = {**case.inputs, "u24": -0.4}
    resist = float(expit(-0.4 / math.sqrt(2.0)))
    attack = (1.0 - resist) * inputs["u13"] + resist * inputs["u14"] - inputs["u11"]
    expected = {"p_resist": resist, "p_challenge": float(expit(attack / math.sqrt(2.0)))}
    assert run("signorino", inputs, expected, name="Strategic logit").status == "pass"
    assert run("signorino", inputs, expected, name="Strategic probit").status == "no_law"
