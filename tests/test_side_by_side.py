"""Two frameworks side by side: clause by clause, differences first."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deter.cli import app
from deter.presentation.side_by_side import ClausePair, LayerPair, SideBySide, side_by_side
from deter.spec.framework import Framework
from deter.spec.loading import list_frameworks, load_framework


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for words in said:
        assert words in result.stderr


def framework(**given: Any) -> Framework:
    return Framework.model_validate(given)


def beside(left: Framework, right: Framework) -> SideBySide:
    return side_by_side(("left", "right"), (left, right))


def layer(identity: str = "pact", **clauses: Any) -> dict[str, Any]:
    return {"id": identity, "members": ["A", "B"], **clauses}


def clause(pair: LayerPair, name: str) -> ClausePair:
    (found,) = [one for one in pair.clauses if one.clause == name]
    return found


def differing(found: SideBySide) -> dict[str, list[str]]:
    """The clauses that are not alike, with the fields in which they differ."""
    pairs = [one for pair in found.layers for one in pair.clauses] + list(found.whole)
    return {one.clause: [field.path for field in one.fields] for one in pairs if not one.alike}


# ---------------------------------------------------------------------------- what is compared


def test_the_same_framework_has_no_difference() -> None:
    for entry in list_frameworks():
        one = load_framework(entry.name)[1]
        found = beside(one, one)
        assert differing(found) == {}
        assert all(pair.matched_by == "id" for pair in found.layers)


CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"members": ["A"]}, "members", "members"),
    ({"obligation": "assist"}, "obligation", "obligation"),
    ({"binding": "statute"}, "binding", "binding"),
    ({"trigger": {"threshold": 0.1}}, "trigger", "trigger.threshold"),
    ({"attribution": {"monitoring": 0.4}}, "attribution", "attribution.monitoring"),
    ({"decision": {"rule": "majority"}}, "decision", "decision.rule"),
    ({"decision": {"others": {"p": 0.1}}}, "decision", "decision.others.p"),
    ({"deadlines": {"respond": 3}}, "deadlines", "deadlines.respond"),
    ({"deadlines": {"silence": True}}, "deadlines", "deadlines.silence"),
    ({"ladder": [{"rung": "arms", "deadline": 1}]}, "ladder", "ladder"),
    ({"presence": [{"guarantor": "A", "troops": 1}]}, "presence", "presence"),
    ({"peacetime": {"tranche_risk": 0.3}}, "peacetime", "peacetime.tranche_risk"),
    ({"sanctions": {"leakage": 0.2}}, "sanctions", "sanctions.leakage"),
    ({"activation": {"signature": 9}}, "activation", "activation.signature"),
    ({"duration": {"renewal": 0.9}}, "duration", "duration.renewal"),
    ({"limits": {"opacity": 0.9}}, "limits", "limits.opacity"),
]


@pytest.mark.parametrize(("change", "name", "path"), CHANGES, ids=[c[2] for c in CHANGES])
def test_a_change_of_one_field_is_found_and_told(
    change: dict[str, Any], name: str, path: str
) -> None:
    """Whether or not the clause says it in words."""
    left, right = framework(layers=[layer()]), framework(layers=[layer(**change)])
    for found in (beside(left, right), beside(right, left)):
        assert differing(found) == {name: [path]}
        told = clause(found.layers[0], name)
        assert told.texts[0] != told.texts[1], told.texts


def test_the_ladder_without_a_decision_is_told_under_the_decision() -> None:
    steps = [{"rung": "arms", "deadline": 1}]
    left = framework(layers=[layer(ladder=steps, obligation="assist")])
    right = framework(layers=[layer(ladder=steps, obligation="assist", automatic=True)])
    assert differing(beside(left, right)) == {"decision": ["automatic"]}


def test_evidence_source_and_order_of_names_are_no_difference() -> None:
    stated = {"value": 0.5, "evidence": "published", "source": "somewhere"}
    left = framework(layers=[layer(trigger={"threshold": stated})])
    right = framework(layers=[{"id": "pact", "members": ["B", "A"], "title": "Another name"}])
    assert differing(beside(left, right)) == {}


def test_the_whole_is_compared_too() -> None:
    left, right = framework(hostility=0.1), framework(offer={"expiry": 1, "territory": 0.2})
    found = beside(left, right)
    assert differing(found) == {
        "hostility": ["hostility"],
        "offer": ["offer.expiry", "offer.territory"],
    }
    offer = found.whole[1].texts[1]
    assert "withdrawn" in offer
    assert "cedes" in offer


def test_a_distribution_is_not_its_centre() -> None:
    drawn = {"distribution": "normal", "mean": 0.1, "sd": 0.1}
    found = beside(framework(hostility=0.1), framework(hostility=drawn))
    assert differing(found) == {"hostility": ["hostility"]}
    assert found.whole[0].texts[0] != found.whole[0].texts[1]


# ------------------------------------------------------------------------------------ matching


def matched(left: list[str], right: list[str]) -> list[tuple[str | None, str | None, str]]:
    found = beside(
        framework(layers=[layer(name) for name in left]),
        framework(layers=[layer(name) for name in right]),
    )
    return [(*pair.layers, pair.matched_by) for pair in found.layers]


def test_layers_match_by_id_and_else_by_order() -> None:
    assert matched(["a", "b"], ["b", "a"]) == [("a", "a", "id"), ("b", "b", "id")]
    assert matched(["a", "x"], ["y", "a"]) == [("a", "a", "id"), ("x", "y", "order")]
    assert matched(["a"], ["b", "c"]) == [("a", "b", "order"), (None, "c", "none")]
    assert matched(["a", "b"], ["b"]) == [("a", None, "none"), ("b", "b", "id")]
    assert matched([], []) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_layer_is_there_once(seed: int) -> None:
    luck = random.Random(seed)
    left, right = ([name for name in "abcde" if luck.random() < 0.5] for _ in range(2))
    found = matched(left, right)
    assert [one for one, _, _ in found if one] == left
    assert sorted(other for _, other, _ in found if other) == right
    for one, other, why in found:
        assert (one == other) == (why == "id")
        assert (one is None or other is None) == (why == "none")


def test_a_layer_that_one_side_lacks_says_nothing_there() -> None:
    found = beside(framework(layers=[layer(binding="statute")]), framework())
    (pair,) = found.layers
    assert {one.texts[1] for one in pair.clauses} == {"–"}
    assert clause(pair, "binding").texts[0] == "a statute"
    assert "sanctions" not in {one.clause for one in pair.clauses}, "nobody says anything of it"


# --------------------------------------------------------------------------------- the command


def test_differences_come_first_and_what_is_alike_is_named() -> None:
    result = deter_("frameworks", "tripwire", "stationed_force")
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.index("members") < text.index("Alike (--all shows them)")
    assert "decides alone" not in text
    whole = deter_("frameworks", "tripwire", "stationed_force", "--all")
    assert "decision: each decides alone" in whole.stdout
    assert "--all" not in whole.stdout


def test_two_that_are_the_same() -> None:
    result = deter_("frameworks", "tripwire", "tripwire")
    assert "No clause differs." in result.stdout


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = deter_("frameworks", "nato_membership", "bilateral_2024", "--all")
    assert max(map(len, result.stdout.splitlines())) <= width


def test_any_two_of_the_library() -> None:
    texts = {entry.name: load_framework(entry.name)[1] for entry in list_frameworks()}
    for first, one in texts.items():
        for second, other in texts.items():
            assert (differing(beside(one, other)) == {}) == (first == second)


def test_json_has_texts_and_fields() -> None:
    found = json.loads(deter_("frameworks", "tripwire", "stationed_force", "--json").stdout)
    assert [one["name"] for one in found["frameworks"]] == ["tripwire", "stationed_force"]
    (pair,) = found["layers"]
    assert (pair["layers"], pair["matched_by"]) == (["tripwire", "force"], "order")
    binding = next(one for one in pair["clauses"] if one["clause"] == "binding")
    assert binding["alike"] is False
    assert binding["fields"] == [{"path": "binding", "values": ["political", "ratified_treaty"]}]
    assert next(one for one in pair["clauses"] if one["clause"] == "decision")["alike"] is True


def test_paths_and_names_can_be_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tripwire.yaml").write_text("layers: [{id: a}]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = json.loads(deter_("frameworks", "tripwire", "tripwire.yaml", "--json").stdout)
    assert [one["name"] for one in found["frameworks"]] == ["tripwire", "tripwire.yaml"]


# ----------------------------------------------------------------------------------- bad input


def test_bad_input_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text("layers:\n  - {id: a, bindin: none}\n", encoding="utf-8")
    refused(deter_("frameworks", "tripwire", "none", "layered"), "3 frameworks", "two")
    refused(deter_("frameworks", "tripwir", "non"), "did you mean 'tripwire'", "non")
    refused(deter_("frameworks", "tripwire", "bad.yaml"), "bad.yaml:2", "binding")
    refused(deter_("frameworks", "ukraine/ceasefire", "none"), "ceasefire")
    refused(deter_("frameworks", "none", ""), "there is no framework")
