"""From files and ``--set`` to a scenario: what is read, merged, resolved, left out and reported."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deter.errors import InputError
from deter.spec import library
from deter.spec.framework import Framework
from deter.spec.loading import (
    library_root,
    list_frameworks,
    list_scenarios,
    load_framework,
    load_record,
    load_scenario,
    patch_scenario,
    resolve_framework,
    validate_path,
)
from deter.spec.scalars import resolve
from deter.spec.scenario import Scenario
from deter.spec.schema import field_row, fields_table, json_schema
from deter.spec.shape import fields_of
from deter.spec.values import standing, walk_values
from deter.spec.yaml_reader import parse_table

BASE = """\
title: Base
guarantors:
  DE: {resolve: 0.2, brigades_90d: 3}
  US:
    resolve: {value: 0.4, evidence: published, source: "X 2020"}
options:
  grab:
    class: limited
    severity: 0.6
    prize: 0.3
    cost: 0.2
    steps_to_objective: 4
    steps_to_repulse: 3
  cut: {class: incident, severity: 0.1, prize: 0.01, cost: 0.001}
framework:
  title: Two layers
  layers:
    - {id: core, obligation: assist, binding: statute, members: [DE, US]}
    - id: shield
      presence:
        - {guarantor: DE, troops: 1 brigade}
        - {guarantor: US, troops: 500, place: front}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes files below a fresh working folder with an empty library."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(library, "library_root", lambda: tmp_path / "library")

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


def faults_of(*arguments: Any, **rest: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_scenario(*arguments, **rest)
    return [str(fault) for fault in caught.value.faults]


# --- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("2026-01-31", "2026-01-31"),
        ("12:30", "12:30"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1_000", "1_000"),
        ("-.inf", float("-inf")),
        ("٣", "٣"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: Any) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_norway_is_a_guarantor_and_yes_is_true(write: Write) -> None:
    write(
        "s.yaml",
        "guarantors: {NO: {}}\noptions: {cut: {class: incident, severity: 0, prize: 0, "
        "cost: 0, intercepted: yes}}\n",
    )
    loaded = load_scenario("s.yaml")
    assert list(loaded.scenario.guarantors) == ["NO"]
    assert loaded.scenario.options["cut"].intercepted is True


def test_aliases_are_written_out(write: Write) -> None:
    write("s.yaml", "guarantors: {DE: &x {resolve: 1}, FR: *x}\n")
    loaded = load_scenario("s.yaml")
    assert loaded.scenario.guarantors["FR"].resolve.value == 1.0
    assert loaded.document["guarantors"]["FR"] == {"resolve": 1}


def test_lines_are_those_of_the_file() -> None:
    tree = parse_table("# note\na:\n  b: 1\n\n  c: |\n    text\n", "f.yaml")
    inner = tree.entries["a"]
    assert inner.key.line == 2
    assert inner.node.entries["b"].node.place.line == 3  # type: ignore[union-attr]
    assert inner.node.entries["c"].key.line == 5  # type: ignore[union-attr]


# --- a loaded scenario -----------------------------------------------------------------------


def test_a_loaded_scenario_holds_all_there_is_to_know(write: Write) -> None:
    path = write("scenarios/ukraine/base.yaml", BASE)
    loaded = load_scenario(path)
    assert loaded.name == "ukraine/base"
    assert loaded.path == path
    assert loaded.framework_name == "inline"
    assert [layer.id for layer in loaded.framework.layers] == ["core", "shield"]
    assert loaded.scenario.framework == loaded.framework
    assert loaded.framework.layers[1].presence[0].troops.value == 5000.0
    assert loaded.notes == ()
    assert re.fullmatch("[0-9a-f]{64}", loaded.digest)
    assert loaded.document["title"] == "Base"


def test_the_document_loads_again_to_the_same_digest(write: Write) -> None:
    write("frameworks/pact.yaml", "title: Pact\nlayers: [{id: a, binding: political}]\n")
    write("s.yaml", BASE)
    changes = ["framework.layers.a.binding=statute", "horizon=5 y"]
    loaded = load_scenario("s.yaml", changes, framework="pact")
    write("again.yaml", json.dumps(loaded.document))
    again = load_scenario("again.yaml")
    assert again.digest == loaded.digest
    assert again.framework == loaded.framework
    assert again.framework.layers[0].binding == "statute"


def test_the_digest_goes_by_content_not_by_spelling(write: Write) -> None:
    write("a.yaml", "horizon: 2 y\nguarantors: {DE: {resolve: 1}, US: {}}\n")
    write("b.yaml", "guarantors:\n  US: {}\n  DE: {resolve: 1.0}\nhorizon: 24 months  # same\n")
    write("c.yaml", "horizon: 3 y\nguarantors: {DE: {resolve: 1}, US: {}}\n")
    digests = [load_scenario(name).digest for name in ("a.yaml", "b.yaml", "c.yaml")]
    assert digests[0] == digests[1] != digests[2]


def test_a_loaded_scenario_can_be_sent_to_a_worker(write: Write) -> None:
    write("s.yaml", BASE)
    loaded = load_scenario("s.yaml")
    sent = pickle.loads(pickle.dumps(loaded))
    assert sent == loaded
    assert patch_scenario(sent, ["horizon=3 y"]).scenario.horizon.value == 3.0


def test_a_rung_given_in_part_keeps_the_rest(write: Write) -> None:
    write("s.yaml", "rungs: {air: {lag: {typical: 5 d}}}\n")
    loaded = load_scenario("s.yaml", ["rungs.ground.risk=4"])
    air, ground = loaded.scenario.rungs.air, loaded.scenario.rungs.ground
    assert (air.risk.value, air.combat, air.lag.typical.value) == (2.06, True, 5.0)
    assert (ground.risk.value, ground.combat, ground.lag.typical.value) == (4.0, True, 120.0)


# --- where files are -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "scenarios/ukraine/base.yaml",
        "ukraine/base.yaml",
        "ukraine/base",
        "scenarios/ukraine/base",
    ],
)
def test_a_scenario_of_the_library_by_name(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    write("else/scenarios/ukraine/base.yaml", BASE)
    monkeypatch.setattr(library, "library_root", lambda: tmp_path / "else" / "scenarios")
    loaded = load_scenario(text)
    assert loaded.name == "ukraine/base"
    assert loaded.path.is_file()


def test_the_working_folder_comes_before_the_library(write: Write) -> None:
    write("library/s.yaml", "title: theirs\n")
    write("s.yaml", "title: mine\n")
    assert load_scenario("s").scenario.title == "mine"


def test_the_library_lists_what_it_holds(write: Write) -> None:
    write("library/frameworks/pact.yaml", "title: Pact\nsummary: >\n  Two\n  lines\nlayers: []\n")
    write("library/frameworks/bad.yaml", "title: [\n")
    write("library/actors/guarantors.yaml", "guarantors: {DE: {}}\n")
    write("library/options/acts.yaml", "options: {grab: {class: full}}\n")
    write("library/base.yaml", "title: Base\n")
    write("library/ukraine/war.yaml", "extends: ../base.yaml\ndescription: What it is.\n")
    frameworks = {entry.name: entry for entry in list_frameworks()}
    assert list(frameworks) == ["none", "bad", "pact"]
    assert frameworks["none"].path is None
    assert frameworks["pact"].title == "Pact"
    assert frameworks["pact"].summary == "Two lines"
    assert "bracket" in frameworks["bad"].summary
    scenarios = [(entry.name, entry.title, entry.summary) for entry in list_scenarios()]
    assert scenarios == [("base", "Base", ""), ("ukraine/war", "Base", "What it is.")]


def test_the_root_of_the_library_is_beside_the_sources_in_a_checkout() -> None:
    assert library_root() == Path(__file__).resolve().parents[1] / "scenarios"


# --- frameworks ------------------------------------------------------------------------------


def test_frameworks_are_found_by_name_and_path(write: Write) -> None:
    write("library/frameworks/pact.yaml", "title: of the library\nlayers: []\n")
    write("library/frameworks/far.yaml", "title: far\nlayers: []\n")
    write("mine/frameworks/pact.yaml", "title: beside\nlayers: []\n")
    write("mine/terms.yaml", "title: next to it\nlayers: []\n")
    write("mine/s.yaml", "framework: pact\n")
    loaded = load_scenario("mine/s.yaml")
    assert (loaded.framework.title, loaded.framework_name) == ("beside", "pact")
    assert loaded.scenario.framework == "pact"
    for name, title in [
        ("far", "far"),
        ("terms", "next to it"),
        ("none", "no guarantee"),
        ("terms.yaml", "next to it"),
        ("mine/terms.yaml", "next to it"),
        ("frameworks/far", "far"),
    ]:
        assert resolve_framework(loaded, name).framework.title == title
        assert load_framework(name, Path("mine"))[1].title == title


def test_none_is_always_there(write: Write) -> None:
    write("s.yaml", "title: x\n")
    loaded = load_scenario("s.yaml")
    assert loaded.framework_name == "none"
    assert loaded.framework == Framework()


def test_an_unknown_framework_says_which_there_are(write: Write) -> None:
    write("library/frameworks/nato_membership.yaml", "layers: []\n")
    write("s.yaml", "title: x\nframework: nato_membershp\nframeworks: [non, none]\n")
    assert faults_of("s.yaml") == [
        "s.yaml:2: framework: there is no framework 'nato_membershp'; "
        "did you mean 'nato_membership'? (known: nato_membership, none)",
        "s.yaml:3: frameworks.0: there is no framework 'non'; did you mean 'none'? "
        "(known: nato_membership, none)",
    ]
    assert faults_of("s.yaml", framework="nat")[0].startswith(
        "--framework: framework: there is no framework 'nat'"
    )


def test_faults_of_a_framework_name_its_own_file(write: Write) -> None:
    write("frameworks/pact.yaml", "layers:\n  - id: a\n    binding: treety\n")
    write("s.yaml", "framework: pact\n")
    assert faults_of("s.yaml") == [
        "frameworks/pact.yaml:3: layers.0.binding: 'treety' is unknown; did you mean "
        "'ratified_treaty'? (known: none, political, executive_agreement, statute, "
        "ratified_treaty)"
    ]


def test_a_framework_in_the_place_of_a_scenario_is_named_as_such(write: Write) -> None:
    write("frameworks/pact.yaml", "layers: []\n")
    write("s.yaml", "options: {}\n")
    assert "is a framework, not a scenario" in faults_of("frameworks/pact.yaml")[0]
    assert "is a scenario, not a framework" in faults_of("s.yaml", framework="s")[0]


CATALOGUE = "guarantors: {DE: {}, US: {}, JP: {}, CA: {}}\n"


def test_absent_guarantors_are_left_out_of_library_frameworks(write: Write) -> None:
    write("library/actors/guarantors.yaml", CATALOGUE)
    write(
        "library/frameworks/pact.yaml",
        """\
layers:
  - id: core
    members: [DE, JP, US]
    decision: {rule: weighted_majority, weights: {DE: 2, JP: 3}, lead: CA}
    presence: [{guarantor: CA, troops: 500}, {guarantor: DE, troops: 500}]
    ladder: [{rung: air, deadline: 3 d, who: [JP, DE]}]
  - id: far
    members: [JP, CA]
    decision: {rule: lead, lead: JP}
    attribution: {arbiter: lead}
    limits: {force_cap: 100}
""",
    )
    write("s.yaml", BASE)
    loaded = load_scenario("s.yaml", framework="pact")
    core, far = loaded.framework.layers
    assert core.members == ["DE", "US"]
    assert list(core.decision.weights) == ["DE"]
    assert core.decision.lead is None
    assert [presence.guarantor for presence in core.presence] == ["DE"]
    assert core.ladder[0].who == ["DE"]
    assert far.members == []
    assert (far.decision.rule, far.attribution.arbiter) == ("each", "each")
    assert far.limits.force_cap is not None
    assert loaded.notes == (
        "framework pact: JP, CA are not in this scenario and are left out",
        "framework pact: layer far binds nobody in this scenario",
    )
    assert resolve_framework(loaded, "none").notes == ()


def test_a_library_framework_that_cannot_work_without_them_is_a_fault(write: Write) -> None:
    write("library/actors/guarantors.yaml", CATALOGUE)
    write(
        "library/frameworks/pact.yaml",
        """\
layers:
  - {id: a, members: [DE, JP, CA, US], decision: {rule: coalition, k: 3}}
  - {id: b, members: [DE, JP], decision: {rule: lead, lead: JP}}
  - {id: c, members: [DE, XX]}
""",
    )
    write("s.yaml", BASE)
    assert faults_of("s.yaml", framework="pact") == [
        "library/frameworks/pact.yaml:2: layers.0.decision.k: found 3, but only 2 of its 4 "
        "members and 0 others are here to form it; lower k, or add guarantors to the scenario",
        "library/frameworks/pact.yaml:3: layers.1.decision.lead: the lead 'JP' is not in this "
        "scenario; name one of DE",
        "library/frameworks/pact.yaml:4: layers.2.members.1: there is no guarantor 'XX' "
        "(known: DE, US)",
    ]
    smaller = ["framework.layers.a.decision.k=2", "framework.layers.b.decision.lead=DE"]
    smaller.append("framework.layers.c.members=[DE]")
    assert load_scenario("s.yaml", smaller, framework="pact").framework.layers[0].decision.k == 2


def test_a_framework_of_ones_own_may_not_name_the_absent(write: Write) -> None:
    write("library/actors/guarantors.yaml", CATALOGUE)
    write("frameworks/mine.yaml", "layers: [{id: a, members: [JP]}]\n")
    write("s.yaml", BASE)
    assert "there is no guarantor 'JP'" in faults_of("s.yaml", framework="mine")[0]


# --- extends ---------------------------------------------------------------------------------


def test_extends_merges_mappings_and_replaces_the_rest(write: Write) -> None:
    write("base.yaml", BASE)
    write("more/other.yaml", "title: Other\nguarantors: {DE: {resolve: 0.9, aid: 2}}\n")
    write(
        "more/s.yaml",
        """\
extends: [../base.yaml, other]
guarantors:
  US: {resolve: 0.5}
framework: {layers: [{id: only}]}
""",
    )
    loaded = load_scenario("more/s.yaml")
    germany, america = (loaded.scenario.guarantors[code] for code in ("DE", "US"))
    assert loaded.scenario.title == "Other"
    assert (germany.resolve.value, germany.aid.value, germany.brigades_90d.value) == (0.9, 2, 3)
    assert (america.resolve.value, america.resolve.source) == (0.5, None)
    assert [layer.id for layer in loaded.framework.layers] == ["only"]
    assert loaded.framework.title == "Two layers"
    assert "extends" not in loaded.document


def test_extends_finds_the_library(write: Write) -> None:
    write("library/actors/guarantors.yaml", CATALOGUE)
    write("deep/s.yaml", "extends: actors/guarantors\n")
    assert list(load_scenario("deep/s.yaml").scenario.guarantors) == ["DE", "US", "JP", "CA"]


def test_faults_name_the_file_that_wrote_the_value(write: Write) -> None:
    write("base.yaml", "title: x\nguarantors:\n  DE:\n    resolve: much\n    arms: 1\n")
    write("s.yaml", "extends: base.yaml\nguarantors: {DE: {arms: -1}, US: {air: x}}\n")
    assert faults_of("s.yaml", ["guarantors.US.air=-2", "protege.forces=-1"]) == [
        "--set: guarantors.US.air: -2 is out of range; allowed is 0 or more brigades",
        "--set: protege.forces: -1 is out of range; allowed is 0 or more brigades",
        "base.yaml:4: guarantors.DE.resolve: 'much' is not a number; write a number in probit "
        "units",
        "s.yaml:2: guarantors.DE.arms: -1 is out of range; allowed is 0 or more brigades",
    ]


def test_a_circle_is_shown(write: Write) -> None:
    write("a.yaml", "extends: b.yaml\n")
    write("b.yaml", "title: x\nextends: [sub/c]\n")
    write("sub/c.yaml", "\n\nextends: ../a\n")
    assert faults_of("a.yaml") == [
        "sub/c.yaml:3: extends: the files extend each other in a circle: "
        "a.yaml -> b.yaml -> sub/c.yaml -> a.yaml; cut it somewhere"
    ]


def test_a_diamond_is_no_circle(write: Write) -> None:
    write("top.yaml", "title: top\nhorizon: 3 y\n")
    write("left.yaml", "extends: top\ntitle: left\n")
    write("right.yaml", "extends: top\nhorizon: 4 y\n")
    write("s.yaml", "extends: [right, left]\n")
    scenario = load_scenario("s.yaml").scenario
    assert (scenario.title, scenario.horizon.value) == ("left", 3.0)


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ("bas", "extends: 'bas': there is no such file; did you mean 'base'?"),
        ("[base, 3]", "extends: found 3; write the path of a file, or a list of paths"),
        ("{a: b}", "extends: found a mapping; write"),
        ("folder", "extends: 'folder': is a folder; name a file in it (there is: x.yaml)"),
        ("", "extends: found nothing; write"),
    ],
)
def test_extends_that_leads_nowhere(write: Write, extends: str, said: str) -> None:
    write("base.yaml", BASE)
    write("folder/x.yaml", BASE)
    write("s.yaml", f"title: x\nextends: {extends}\n")
    assert faults_of("s.yaml")[0].startswith(f"s.yaml:2: {said}")


# --- --set -----------------------------------------------------------------------------------


def value_at(loaded: Any, path: str) -> Any:
    numbers = dict(walk_values(loaded.scenario)) | dict(walk_values(loaded.framework, "framework"))
    return numbers[path].value


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("protege.forces=120", "protege.forces", 120.0),
        ("protege.forces = 60000 troops", "protege.forces", 12.0),
        ("guarantors.DE.resolve=1", "guarantors.DE.resolve", 1.0),
        ("guarantors.DE.resolve.value=2", "guarantors.DE.resolve", 2.0),
        ("guarantors.FR={resolve: 3}", "guarantors.FR.resolve", 3.0),
        ("framework.layers.0.deadlines.decide=24h", "framework.layers.core.deadlines.decide", 1),
        ("framework.layers.core.attribution.delay=2", "framework.layers.core.attribution.delay", 2),
        (
            "framework.layers.shield.presence.US.troops=7",
            "framework.layers.shield.presence.1.troops",
            7.0,
        ),
        (
            "framework.layers.core.decision.weights.US=3",
            "framework.layers.core.decision.weights.US",
            3,
        ),
        (
            "behaviour.look_ahead={distribution: uniform, low: 0, high: 1}",
            "behaviour.look_ahead",
            0.5,
        ),
        ("regions.theatre.fortification=2", "regions.theatre.fortification", 2.0),
        (
            "options.grab.fixed={win_alone: 0.5, win_helped: 0.4}",
            "options.grab.fixed.win_alone",
            0.5,
        ),
    ],
)
def test_settings(write: Write, setting: str, path: str, value: float) -> None:
    write("s.yaml", BASE)
    assert value_at(load_scenario("s.yaml", [setting]), path) == pytest.approx(value)
    assert value_at(patch_scenario(load_scenario("s.yaml"), [setting]), path) == pytest.approx(
        value
    )


def test_settings_that_are_no_numbers(write: Write) -> None:
    write("s.yaml", BASE)
    loaded = load_scenario(
        "s.yaml",
        [
            "title=a = b",
            "options.grab.class=full",
            "options.grab.months=[1, 2]",
            "framework.layers.core.obligation.ground=all_means",
            "framework.layers.core.trigger.options=[grab]",
            "framework.layers.core.trigger.options.0=cut",
            "framework.layers.core.deadlines.silence=yes",
            "framework.hostility={value: 0.1, source: me}",
        ],
    )
    core = loaded.framework.layers[0]
    assert loaded.scenario.title == "a = b"
    assert loaded.scenario.options["grab"].option_class == "full"
    assert loaded.scenario.options["grab"].months == [1, 2]
    assert core.obligation.model_dump() == {  # type: ignore[union-attr]
        "sanctions": "assist",
        "arms": "assist",
        "air": "assist",
        "ground": "all_means",
    }
    assert core.trigger.options == ["cut"]
    assert core.deadlines.silence is True
    assert loaded.framework.hostility.source == "me"


def test_settings_keep_what_a_number_says_of_itself(write: Write) -> None:
    write("s.yaml", BASE)
    loaded = load_scenario(
        "s.yaml", ["guarantors.US.resolve.value=1", "guarantors.DE.resolve.source=me"]
    )
    america, germany = (loaded.scenario.guarantors[code].resolve for code in ("US", "DE"))
    assert (america.value, america.evidence, america.source) == (1.0, "published", "X 2020")
    assert (germany.value, germany.source) == (0.2, "me")


def test_the_framework_itself_can_be_set(write: Write) -> None:
    write("library/frameworks/pact.yaml", "layers: [{id: a}]\n")
    write("s.yaml", BASE)
    chosen = load_scenario("s.yaml", ["framework=pact", "framework.layers.a.binding=statute"])
    assert (chosen.framework_name, chosen.framework.layers[0].binding) == ("pact", "statute")
    inline = load_scenario("s.yaml", ["framework={layers: [{id: z}]}"])
    assert (inline.framework_name, inline.framework.layers[0].id) == ("inline", "z")
    assert patch_scenario(inline, ["framework=none"]).framework == Framework()


@pytest.mark.parametrize(
    ("setting", "path", "said"),
    [
        ("forces", "", "'forces' is no setting; write path=value, as protege.forces=120"),
        ("=3", "", "'=3' is no setting"),
        ("protege.forcs=3", "protege", "key 'forcs' is unknown; did you mean 'forces'? (known:"),
        ("protege..forces=3", "protege", "key '' is unknown"),
        ("title.x=3", "title", "is a text, and holds no 'x'"),
        ("protege.forces.x=3", "protege.forces", "key 'x' is unknown"),
        ("protege.forces.value.x=3", "protege.forces", "key 'value.x' is unknown"),
        ("guarantors.De.arms=3", "guarantors", "there is no 'De'; did you mean 'DE'? (there is:"),
        ("guarantors.D-E={}", "guarantors", "key 'D-E' is no name: a letter first"),
        ("framework.layers.cor.title=x", "framework.layers", "there is no item 'cor'; did you"),
        ("framework.layers.7.title=x", "framework.layers", "there is no item 7; items are num"),
        (
            "framework.layers.core.ladder.0.rung=air",
            "framework.layers.0.ladder",
            "there is no item 0; the list is empty; set it whole",
        ),
        ("framework.layers.core.bindng=x", "framework.layers.0", "key 'bindng' is unknown; did"),
        (
            "framework.layers.core.binding=treaty",
            "framework.layers.0.binding",
            "'treaty' is unknown; did you mean 'ratified_treaty'? (known: none, political",
        ),
        ("framework=nat", "framework", "there is no framework 'nat'"),
        ("framework=3", "framework", "found 3; write the name of a framework"),
        ("protege.forces=[1", "protege.forces", "is not YAML: the bracket opened before it"),
        ("protege.forces=a: b: c", "protege.forces", "is not YAML: a ': ' too many"),
        ("protege.forces=", "protege.forces", "found nothing; write a number in brigades"),
        ("protege={forces: -1}", "protege.forces", "-1 is out of range"),
        ("protege={forcs: 1}", "protege", "key 'forcs' is unknown"),
        ("guarantors.US=[1, 2]", "guarantors.US", ""),
        (
            "protege.forces={distribution: uniform, low: 5}",
            "protege.forces",
            "the distribution uniform needs",
        ),
        ("options.new={class: full}", "options.new.cost", "is missing; write a number in util"),
    ],
)
def test_settings_that_are_refused(write: Write, setting: str, path: str, said: str) -> None:
    write("s.yaml", BASE)
    start = f"--set: {path}: {said}" if path else f"--set: {said}"
    assert faults_of("s.yaml", [setting])[0].startswith(start)


def test_an_item_named_twice_is_addressed_by_number(write: Write) -> None:
    write("s.yaml", BASE.replace("guarantor: US", "guarantor: DE"))
    said = faults_of("s.yaml", ["framework.layers.shield.presence.DE.troops=1"])[0]
    assert said.endswith("'DE' is there more than once; address it by number: 0, 1")


def test_faults_of_files_and_settings_come_together(write: Write) -> None:
    write("s.yaml", BASE.replace("title: Base", "titel: Base"))
    found = faults_of("s.yaml", ["x", "protege.x=1", "horizon=-1 y"])
    assert [line.split(":")[0] for line in found] == ["--set", "--set", "--set", "s.yaml"]


def test_plain_values_can_be_set_by_a_mapping(write: Write) -> None:
    import numpy as np

    write("s.yaml", BASE)
    loaded = load_scenario("s.yaml")
    values = {
        "protege.forces": np.float64(7),
        "framework.layers.core.automatic": False,
        "framework.layers.core.decision.others.n": np.int64(3),
    }
    patched = patch_scenario(loaded, values)
    assert patched.scenario.protege.forces.value == 7.0
    assert patched.framework.layers[0].decision.others.n == 3
    assert loaded.scenario.protege.forces.value == 100.0
    json.dumps(patched.document)


def test_settings_of_one_framework_do_not_carry_to_the_next(write: Write) -> None:
    write("library/frameworks/pact.yaml", "layers: [{id: core}]\n")
    write("s.yaml", BASE)
    loaded = load_scenario("s.yaml", ["protege.forces=7", "framework.layers.core.binding=none"])
    other = resolve_framework(loaded, "pact", ["framework.layers.core.binding=political"])
    assert other.framework.layers[0].binding == "political"
    assert other.scenario.protege.forces.value == 7.0
    assert other.digest != loaded.digest
    assert patch_scenario(other, ["horizon=1 y"]).framework.layers[0].binding == "political"


# --- checking files and folders --------------------------------------------------------------


def test_files_and_folders_are_checked_by_what_they_are(write: Write) -> None:
    write("library/actors/guarantors.yaml", CATALOGUE + "options: {grab: {class: full}}\n")
    write("library/options/acts.yaml", "options: {cut: {severity: 0.1}}\n")
    write("library/frameworks/pact.yaml", "layers: [{id: a, members: [DE, XX]}]\n")
    write(
        "library/ok.yaml",
        "extends: actors/guarantors\noptions: {grab: {severity: 1, prize: 1, cost: 1, "
        "steps_to_objective: 1, steps_to_repulse: 1}}\nframeworks: [none, pact]\n",
    )
    write("library/bad.yaml", "titel: x\n")
    assert validate_path("library/actors/guarantors.yaml") == []
    assert validate_path("library/options/acts.yaml") == []
    assert [fault.path for fault in validate_path("frameworks/pact.yaml")] == ["layers.0.members.1"]
    assert [fault.path for fault in validate_path("ok")] == ["layers.0.members.1"]
    everything = [(fault.file, fault.line) for fault in validate_path("library")]
    assert everything == [("library/bad.yaml", 1), ("library/frameworks/pact.yaml", 1)]
    assert "holds no YAML file" in str(validate_path(write("empty/x.txt", "").parent)[0])
    assert "no such file" in str(validate_path("nowhere")[0])


def test_a_framework_of_ones_own_is_checked_without_its_scenario(write: Write) -> None:
    write(
        "frameworks/a.yaml",
        "layers: [{id: a, decision: {rule: coalition, k: 3}, "
        "presence: [{guarantor: XX, troops: 5}]}]\n",
    )
    write(
        "frameworks/b.yaml", "layers: [{id: a, members: [XX], decision: {rule: coalition, k: 3}}]\n"
    )
    assert validate_path("frameworks/a.yaml") == []
    assert [fault.path for fault in validate_path("frameworks/b.yaml")] == ["layers.0.decision.k"]


def test_the_catalogues_of_the_library_are_no_scenarios() -> None:
    names = {entry.name for entry in list_scenarios()}
    assert "ukraine/ceasefire" in names
    assert not {name.split("/")[0] for name in names} & {"actors", "options", "frameworks"}


def test_a_faulty_framework_is_checked_by_itself_as_far_as_it_goes(write: Write) -> None:
    write("library/actors/guarantors.yaml", CATALOGUE)
    write(
        "library/frameworks/pact.yaml",
        """\
layers:
  - id: core
    binding: treety
    members: [DE, XX]
    presence: [{guarantor: ZZ, troops: 500, place: nowhere}]
    decision: {rule: coalition}
""",
    )
    faults = [(fault.line, fault.path) for fault in validate_path("frameworks/pact")]
    assert faults == [
        (3, "layers.0.binding"),
        (4, "layers.0.members.1"),
        (5, "layers.0.presence.0.guarantor"),
        (5, "layers.0.presence.0.place"),
        (6, "layers.0.decision.k"),
    ]


def test_any_record_can_be_loaded_in_the_same_way(write: Write) -> None:
    write("f.yaml", "title: x\nlayers: [{id: a}]\n")
    record, document = load_record("f.yaml", Framework, ["layers.a.binding=statute"])
    assert record.layers[0].binding == "statute"
    assert document["layers"][0] == {"id": "a", "binding": "statute"}
    with pytest.raises(InputError, match=r"f.yaml:2: key 'layers' is unknown"):
        load_record("f.yaml", type(record.layers[0]))


# --- schema and table ------------------------------------------------------------------------


def test_the_table_has_every_field_with_its_metadata() -> None:
    rows = {row.path: row for row in fields_table()}
    assert rows["rungs.air.risk"].default == 2.06
    assert rows["rungs.air.risk"].evidence == "calibrated"
    assert rows["rungs.air.risk"].required is False
    assert rows["options.*.severity"].required is True
    assert rows["framework.layers.*.trigger.threshold"].evidence == "estimate"
    assert rows["options.*.class"].range == "one of incident, limited, full"
    assert all(row.meaning for row in rows.values())
    assert all(row.unit for row in rows.values() if row.kind == "number")
    row = field_row("guarantors.DE.ratification_days")
    assert row is not None
    assert (row.unit, row.range, row.evidence) == ("d", "0 or more d", "estimate")
    assert field_row("guarantors.DE.nothing") is None


def test_every_number_in_force_has_a_row(write: Write) -> None:
    write("s.yaml", BASE)
    loaded = load_scenario("s.yaml")
    numbers = [*walk_values(loaded.scenario), *walk_values(loaded.framework, "framework")]
    assert len(numbers) > 100
    assert all(field_row(path) is not None for path, _ in numbers)


def test_a_number_of_the_users_own_does_not_borrow_the_defaults_source(write: Write) -> None:
    write("s.yaml", "protege: {acceptance_full: 0.5}\n")
    protege = load_scenario("s.yaml").scenario.protege
    own, default = field_row("protege.acceptance_full"), field_row("protege.acceptance_none")
    assert own is not None
    assert default is not None
    assert standing(protege.acceptance_full, own) == ("assumption", None)
    assert standing(protege.acceptance_none, default)[0] == "published"


def conforms(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Check the part of JSON Schema that ours uses."""
    if "$ref" in schema:
        return conforms(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    for word, rule in (("anyOf", any), ("oneOf", lambda hits: sum(hits) == 1)):
        if word in schema and not rule([conforms(value, arm, root) for arm in schema[word]]):
            return False
    return (
        _has_type(value, schema.get("type"))
        and value in schema.get("enum", [value])
        and value == schema.get("const", value)
        and (not isinstance(value, str) or bool(re.search(schema.get("pattern", ""), value)))
        and (not _is_number(value) or schema.get("minimum", value) <= value)
        and (not _is_number(value) or schema.get("maximum", value) >= value)
        and (not isinstance(value, dict) or _object_conforms(value, schema, root))
        and (not isinstance(value, list) or _array_conforms(value, schema, root))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _has_type(value: Any, kinds: str | list[str] | None) -> bool:
    tests = {
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "string": isinstance(value, str),
        "number": _is_number(value),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "null": value is None,
    }
    return kinds is None or any(
        tests[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)
    )


def _object_conforms(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    names = schema.get("propertyNames", {})
    return (
        all(name in value for name in schema.get("required", ()))
        and all(conforms(name, names, root) for name in value)
        and all(conforms(v, known[k], root) for k, v in value.items() if k in known)
        and (rest is not False or set(value) <= set(known))
        and (
            not isinstance(rest, dict)
            or all(conforms(v, rest, root) for k, v in value.items() if k not in known)
        )
    )


def _array_conforms(value: list[Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    items = schema.get("items", {})
    return len(value) >= schema.get("minItems", 0) and all(conforms(v, items, root) for v in value)


def test_the_schema_takes_what_the_loader_takes_and_refuses_what_it_refuses(write: Write) -> None:
    write("s.yaml", BASE)
    document = load_scenario("s.yaml").document
    schema = json_schema("scenario")
    json.dumps(schema, allow_nan=False)
    assert schema["$schema"].endswith("2020-12/schema")
    assert conforms(document, schema, schema)
    assert conforms({**document, "extends": ["a.yaml"]}, schema, schema)
    assert conforms(document["framework"], (framework := json_schema("framework")), framework)
    wrongs: list[dict[str, Any]] = [
        {"titel": "x"},
        {"horizon": "ten"},
        {"horizon": 0},
        {"horizon": {"distribution": "uniform", "low": 1, "high": 2}},
        {"guarantors": {"D-E": {}}},
        {"guarantors": {"DE": {"highest_rung": "grond"}}},
        {"framework": {"layers": [{"title": "no id"}]}},
        {"extends": 3},
    ]
    for wrong in wrongs:
        assert not conforms(wrong, schema, schema), wrong
    row = schema["properties"]["horizon"]
    assert (row["x-unit"], row["default"], row["anyOf"][0]["maximum"]) == ("y", 10.0, 200)


LIBRARY = sorted(library.library_root().rglob("*.yaml"))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: str(p.relative_to(library.library_root())))
def test_the_schema_takes_every_file_of_the_library(path: Path) -> None:
    named = {"frameworks": "framework", "sources": "sources"}
    schema = json_schema(named.get(path.parent.name, "scenario"))  # type: ignore[arg-type]
    from deter.spec.tree import plain

    document = plain(parse_table(path.read_text(encoding="utf-8"), path.name))
    assert conforms(document, schema, schema)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: str(p.relative_to(library.library_root())))
def test_every_file_of_the_library_is_valid(path: Path) -> None:
    assert [str(fault) for fault in validate_path(path)] == []


# --- merging, as a law -----------------------------------------------------------------------

TITLES = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "title": TITLES,
        "horizon": st.integers(1, 50),
        "guarantors": st.dictionaries(
            st.sampled_from(["DE", "FR", "US"]),
            st.fixed_dictionaries(
                {}, optional={"resolve": st.integers(-2, 2), "aid": st.integers(0, 2)}
            ),
        ),
    },
)


def merged(base: Any, over: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return base | {
        key: merged(base[key], item) if key in base else item for key, item in over.items()
    }


@settings(max_examples=40, deadline=None)
@given(base=DOCUMENTS, over=DOCUMENTS)
def test_extends_is_a_deep_merge(
    tmp_path_factory: pytest.TempPathFactory, base: Any, over: Any
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    (folder / "base.yaml").write_text(json.dumps(base or {"title": ""}), encoding="utf-8")
    (folder / "s.yaml").write_text(json.dumps({"extends": "base.yaml", **over}), encoding="utf-8")
    document = load_scenario(folder / "s.yaml").document
    document.pop("framework")
    assert document == merged(base or {"title": ""}, over)


def test_names_in_files_are_those_of_the_models() -> None:
    assert "class" in fields_of(type(Scenario.model_validate(parse_options()).options["a"]))


def parse_options() -> dict[str, Any]:
    return {"options": {"a": {"class": "incident", "severity": 0, "prize": 0, "cost": 0}}}
