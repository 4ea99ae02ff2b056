"""Whatever a user can get wrong comes out as faults that say where, what and what to do."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.evidence import size

from deter.errors import DeterError, Fault, InputError
from deter.spec import library
from deter.spec.framework import Framework
from deter.spec.hints import found, listing, nearest
from deter.spec.loading import load_scenario, patch_scenario, validate_path
from deter.spec.quantities import Record
from deter.spec.scenario import Scenario
from deter.spec.shape import Shape, fields_of
from deter.spec.tree import plain
from deter.spec.yaml_reader import MAX_BYTES, decode, parse_table, parse_value

Write = Callable[..., Path]

VALID: dict[str, Any] = {
    "title": "Valid",
    "start": "2026-01-01",
    "horizon": "10 y",
    "begins": {"state": "war", "option": "grab", "position": 1},
    "guarantors": {
        "DE": {"resolve": 0.2, "brigades_30d": 1, "brigades_90d": 3, "elections": ["2029-03-01"]},
        "US": {"resolve": {"value": 0.4, "evidence": "published", "source": "X"}},
        "FR": {"resolve": {"distribution": "normal", "mean": 0, "sd": 1}},
    },
    "regions": {"theatre": {}, "east": {"fortification": 2}},
    "options": {
        "grab": {
            "class": "limited",
            "severity": 0.6,
            "prize": 0.3,
            "cost": 0.2,
            "region": "east",
            "months": [5, 6],
            "steps_to_objective": 4,
            "steps_to_repulse": 3,
        },
        "cut": {"class": "incident", "severity": 0.1, "prize": 0.01, "cost": 0.001},
    },
    "scripted": [{"option": "cut", "at": "30 d"}, {"option": "cut", "date": "2027-05-01"}],
    "frameworks": ["none"],
    "framework": {
        "title": "Two layers",
        "layers": [
            {
                "id": "core",
                "obligation": {"arms": "assist"},
                "members": ["DE", "US"],
                "decision": {"rule": "coalition", "k": 2, "weights": {"DE": 2}},
                "trigger": {"options": ["grab"], "regions": ["east"]},
            },
            {
                "id": "shield",
                "automatic": True,
                "decision": {"rule": "lead", "lead": "FR"},
                "ladder": [{"rung": "air", "deadline": "24 h", "who": ["FR"]}],
                "presence": [{"guarantor": "DE", "troops": 500}],
                "limits": {"excluded_regions": ["theatre"], "economic_free_zone": "east"},
            },
        ],
    },
}


@pytest.fixture(autouse=True)
def empty_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(library, "library_root", lambda: tmp_path / "library")


def faults_of(path: str | Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    assert isinstance(caught.value, DeterError)
    return [str(fault) for fault in caught.value.faults]


def faults_in(text: str) -> list[str]:
    Path("s.yaml").write_text(text, encoding="utf-8")
    return faults_of("s.yaml")


def faults_with(**changes: Any) -> list[str]:
    """Return the faults of the valid document with values changed: ``a__b=value``."""
    document = copy.deepcopy(VALID)
    for path, value in changes.items():
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        holder: Any = document
        for step in steps:
            holder = holder[step]
        holder[last] = value
    return [line.removeprefix("s.yaml:1: ") for line in faults_in(json.dumps(document))]


def test_the_valid_document_is_valid() -> None:
    Path("s.yaml").write_text(json.dumps(VALID), encoding="utf-8")
    assert load_scenario("s.yaml").scenario.title == "Valid"


# --- files that are no scenario --------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "s.yaml: is empty; write a mapping"),
        (b"# nothing\n", "s.yaml: is empty"),
        (b"---\n...\n", "s.yaml: is empty"),
        (b"~\n", "s.yaml: is empty"),
        (b"just text\n", "s.yaml:1: holds 'just text'; write a mapping"),
        (b"5\n", "s.yaml:1: holds 5"),
        (b"\n- a\n", "s.yaml:2: holds a list"),
        ("title: é\n".encode("utf-16"), "s.yaml:1: is encoded as UTF-16; save it as UTF-8"),
        ("title: é\n".encode("utf-16-be"), "s.yaml:1: holds NUL bytes"),
        ("title: é\n".encode("utf-32"), "s.yaml:1: is encoded as UTF-32"),
        (b"a: 1\ntitle: caf\xe9\n", "s.yaml:2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "s.yaml:3: holds NUL bytes: a binary file"),
        (b"title: a\nb: \x07\n", "s.yaml:2: the character U+0007 may not stand in YAML"),
        (b"x" * (MAX_BYTES + 1), "s.yaml: is larger than 5 MB"),
        (b"title: a\n---\ntitle: b\n", "s.yaml:2: a second document starts here"),
        (b"title: a\ntitle: b\n", "s.yaml:2: key 'title' is given twice (first in line 1)"),
        (b"title: !secret x\n", "s.yaml:1: the tag '!secret' is unknown; leave it out"),
        (b"title: !!python/object:os.system x\n", "s.yaml:1: the tag '!!python/object:os.sys"),
        (b"title: !!int x\n", "s.yaml:1: 'x' does not fit its tag '!!int'"),
        (b"title: *x\n", "s.yaml:1: the alias *x has no anchor above it"),
        (b"a: &x\n  b: *x\n", "s.yaml:2: the alias *x holds itself"),
        (b"<<: {a: 1}\n", "s.yaml:1: '<<' is not part of YAML 1.2"),
        (b"? [a]\n: 1\n", "s.yaml:1: a list or mapping may not be a key"),
        (b'title: "\\ud800"\n', "s.yaml:1: an escape here stands for no character"),
        (b'title: "\\UFFFFFFFF"\n', "s.yaml:1: is not YAML"),
        (b"a: " + b"[" * 100, "s.yaml:1: is nested more than 60 deep"),
        (b"title:\n\tx\n", "s.yaml:2: is not YAML: a tab stands where none may"),
        (b"title: a: b\n", "s.yaml:1: is not YAML: a ': ' too many"),
        (b"title: 'open\nb: 1\n", "s.yaml:3: is not YAML: the quote opened in line 1"),
        (b"a:\n  - [1, 2\nb: 3\n", "s.yaml:3: is not YAML: the bracket opened in line 2"),
        (b"a:\n  b: 1\n c: 2\n", "s.yaml:3: is not YAML: this does not line up"),
        (b"a: 1\nbc\n", "s.yaml:3: is not YAML: the line above is no `key: value`"),
        (b"a: @x\n", "s.yaml:1: is not YAML: found character '@'"),
        (b'a: "\\q"\n', "s.yaml:1: is not YAML: found unknown escape character 'q'"),
        (b"%YAML 7.0\n---\na: 1\n", "s.yaml:1: is not YAML"),
    ],
)
def test_files_that_are_no_scenario(raw: bytes, said: str) -> None:
    Path("s.yaml").write_bytes(raw)
    assert faults_of("s.yaml")[0].startswith(said)


def test_a_byte_order_mark_of_utf_8_does_no_harm() -> None:
    Path("s.yaml").write_bytes(b"\xef\xbb\xbftitle: x\n")
    assert load_scenario("s.yaml").scenario.title == "x"


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        items = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{items}]")
    return "\n".join(lines)


def test_aliases_that_blow_up_are_stopped() -> None:
    assert faults_in(bomb(9)) == ["s.yaml:6: holds more than 200,000 values, aliases written out"]


def test_aliases_that_nest_too_deep_are_stopped() -> None:
    lines = ["a0: &a0 [[[[[x]]]]]"]
    lines += [f"a{n}: &a{n} [[[[[*a{n - 1}]]]]]" for n in range(1, 30)]
    assert faults_in("\n".join(lines))[0].startswith("s.yaml:12: is nested more than 60 deep")


def test_every_mistake_of_writing_is_reported_before_the_one_that_stops() -> None:
    said = faults_in("a: 1\na: 2\nb: !x 1\nc: [\n")
    assert [line.split(":")[1] for line in said] == ["2", "3", "5"]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    Path("ceasefire.yaml").write_text("title: x\n")
    Path("folder").mkdir()
    assert faults_of("ceasfire.yaml") == [
        "ceasfire.yaml: there is no such file; did you mean 'ceasefire'?"
    ]
    assert faults_of("nothing/like/it") == [
        "nothing/like/it: there is no such file; check the path"
    ]
    assert faults_of("folder") == ["folder: is a folder; name a file in it (there is: none)"]
    assert faults_of(tmp_path)[0].endswith("name a file in it (there is: ceasefire.yaml)")
    for odd in ("", ".", "..", "/", "a\0b", "x" * 5000, "\udcff", "~", "*", "s.yaml/x"):
        assert len(faults_of(odd)) == 1
        "".join(faults_of(odd)).encode("utf-8")


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    Path("s.yaml").write_text("title: x\n")
    monkeypatch.setattr(Path, "open", refuse)
    assert faults_of("s.yaml") == ["s.yaml: may not be read; change its permissions"]
    monkeypatch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(OSError(5, "I/O error")))
    assert faults_of("s.yaml") == ["s.yaml: cannot be read: I/O error"]


def test_a_link_that_leads_to_itself() -> None:
    Path("s.yaml").symlink_to("s.yaml")
    assert len(faults_of("s.yaml")) == 1


# --- fields ----------------------------------------------------------------------------------


def test_all_faults_come_at_once_in_the_order_of_lines() -> None:
    text = """\
titel: x
horizon: 0
guarantors:
  DE: {resolve: much, highest_rung: grond}
  D-E: {}
options:
  grab: {class: limitd, severity: 2}
  cut:
framework:
  layers:
    - {id: a, obligation: all_mean, members: DE, trigger: {options: al}}
    - {id: b, automatic: maybe, decision: {k: 0}, deadlines: {decide: 3 m}}
    - binding: statute
"""
    first, *rest = faults_in(text)
    assert first.startswith(
        "s.yaml:1: key 'titel' is unknown; did you mean 'title'? (known: title, "
    )
    assert re.search(r" and \d+ more\)$", first)
    assert rest == [
        "s.yaml:2: horizon: 0 is out of range; allowed is 1e-06 to 200 y",
        "s.yaml:4: guarantors.DE.highest_rung: 'grond' is unknown; did you mean 'ground'? (known: "
        "sanctions, arms, air, ground)",
        "s.yaml:4: guarantors.DE.resolve: 'much' is not a number; write a number in probit units",
        "s.yaml:5: guarantors: key 'D-E' is no name: a letter first, then letters, digits or _, "
        "at most 31 in all",
        "s.yaml:7: options.grab.class: 'limitd' is unknown; did you mean 'limited'? (known: "
        "incident, limited, full)",
        "s.yaml:7: options.grab.cost: is missing; write a number in utility (Cost to the "
        "challenger of the act itself)",
        "s.yaml:7: options.grab.prize: is missing; write a number in utility (What success is "
        "worth, in units of full control)",
        "s.yaml:7: options.grab.severity: 2 is out of range; allowed is 0 to 1",
        "s.yaml:8: options.cut: found nothing; write a mapping of keys, or leave the key out",
        "s.yaml:11: framework.layers.0.members: 'DE' is unknown (write a list of names or all; a "
        "list of one is written [DE])",
        "s.yaml:11: framework.layers.0.obligation: 'all_mean' is unknown; did you mean "
        "'all_means'? (write a mapping of keys or one of none, consult, assist, "
        "as_deemed_necessary, all_means)",
        "s.yaml:11: framework.layers.0.trigger.options: 'al' is unknown; did you mean 'all'? "
        "(write a list of texts or all)",
        "s.yaml:12: framework.layers.1.automatic: found 'maybe'; write true or false",
        "s.yaml:12: framework.layers.1.deadlines.decide: '3 m': the unit 'm' does not fit; write "
        "a number in days (as '3 d', '72 h', '2 w', '1 y')",
        "s.yaml:12: framework.layers.1.decision.k: found 0; write a whole number from 1 to 300",
        "s.yaml:13: framework.layers.2.id: is missing; write a name (Name of the layer within "
        "the framework)",
    ]


FIELD_FAULTS: list[tuple[str, Any, str]] = [
    ("title", 5, "title: found 5; write a text, in quotes"),
    ("title", None, "title: found nothing; write a text, or leave the key out"),
    ("start", 5, "start: 5 is not a date; write it as 2026-01-31"),
    ("start", "2026-02-30", "start: '2026-02-30' is a day no calendar has"),
    ("horizon", None, "horizon: found nothing; write a number in years"),
    ("horizon", [1], "horizon: found a list; write a number in years"),
    ("guarantors", [], "guarantors: found a list; write a mapping of names"),
    ("guarantors__DE", "x", "guarantors.DE: found 'x'; write a mapping of keys"),
    ("guarantors__DE__elections", "2029-03-01", "guarantors.DE.elections: found '2029-03-01'"),
    ("guarantors__DE__elections", [3], "guarantors.DE.elections.0: 3 is not a date"),
    ("guarantors__DE__resolve", {"valu": 1}, "guarantors.DE.resolve.valu: key 'valu' is unkn"),
    ("options__grab__months", [13], "options.grab.months.0: found 13; write a whole number"),
    ("options__grab__months", ["x"], "options.grab.months.0: found 'x'; write a whole number"),
    ("framework", 5, "framework: found 5; write the name of a framework, as none, or a"),
    ("framework", [], "framework: found a list; write the name of a framework"),
    ("framework__layers", {}, "framework.layers: found a mapping; write a list of mappings"),
    ("framework__layers__0", 1, "framework.layers.0: found 1; write a mapping of keys"),
    ("framework__layers__0__obligation", 5, "framework.layers.0.obligation: found 5; write a"),
    (
        "framework__layers__0__obligation",
        {"groud": "none"},
        "framework.layers.0.obligation: key 'groud' is unknown; did you mean 'ground'?",
    ),
    (
        "framework__layers__0__trigger__options",
        {"a": 1},
        "framework.layers.0.trigger.options: found a mapping; write a list of texts or all",
    ),
    (
        "framework__layers__0__members",
        ["DE", 5],
        "framework.layers.0.members.1: found 5; write a name, in quotes",
    ),
    (
        "framework__layers__0__decision__weights",
        {"DE": "x"},
        "framework.layers.0.decision.weights.DE: 'x' is not a number",
    ),
    (
        "framework__layers__1__ladder__0__who",
        7,
        "framework.layers.1.ladder.0.who: found 7; write a list of names or members",
    ),
]


@pytest.mark.parametrize(("path", "value", "said"), FIELD_FAULTS)
def test_one_wrong_value_is_one_fault(path: str, value: Any, said: str) -> None:
    faults = faults_with(**{path: value})
    assert len(faults) == 1
    assert faults[0].startswith(said)


def test_a_file_of_nothing_but_faults_ends_soon() -> None:
    said = faults_in("\n".join(f"k{n}: 1" for n in range(5000)))
    assert len(said) == 501
    assert said[0] == "s.yaml:1: has more than 500 faults; these are the first"


# --- what fields cannot check alone ----------------------------------------------------------


REFERENCE_FAULTS: list[tuple[str, Any, str]] = [
    (
        "guarantors__DE__brigades_90d",
        0,
        "guarantors.DE.brigades_90d: 0 brigades in 90 days are fewer than the 1 in 30 days",
    ),
    (
        "options__grab__region",
        "esat",
        "options.grab.region: there is no region 'esat'; did you mean 'east'? "
        "(known: theatre, east)",
    ),
    (
        "options__grab__steps_to_objective",
        0,
        "options.grab.steps_to_objective: found 0; class limited needs 1 step or more",
    ),
    (
        "options__cut__steps_to_repulse",
        2,
        "options.cut.steps_to_repulse: found 2; an incident takes no steps",
    ),
    ("begins__option", "grap", "begins.option: there is no option 'grap'; did you mean 'grab'"),
    ("begins__option", "cut", "begins.option: is an incident, not a campaign"),
    ("begins__option", None, "begins.option: is missing; no option is of class full"),
    (
        "begins__position",
        4,
        "begins.position: found 4; a campaign under way lies between -3 and 4, both excluded",
    ),
    ("begins__position", -3, "begins.position: found -3; a campaign under way"),
    ("scripted__0__option", "x", "scripted.0.option: there is no option 'x' (known: grab"),
    ("scripted__0", {"option": "cut"}, "scripted.0: says not when it happens; write one of"),
    (
        "scripted__0",
        {"option": "cut", "at": 1, "rate": 1},
        "scripted.0: found at and rate; write one of at, date, rate",
    ),
    ("scripted__0__at", "11 y", "scripted.0.at: found 4017.75 d; the history ends before"),
    ("scripted__1__date", "2025-12-31", "scripted.1.date: 2025-12-31 is outside the history"),
    ("scripted__1__date", "2036-01-02", "scripted.1.date: 2036-01-02 is outside the history"),
    ("frameworks", ["non"], "frameworks.0: there is no framework 'non'; did you mean 'none'?"),
    (
        "framework__layers__0__members",
        ["DE", "USA", "FR"],
        "framework.layers.0.members.1: there is no guarantor 'USA'; did you mean 'US'?",
    ),
    ("framework__layers__0__members", ["DE", "US", "US"], "framework.layers.0.members.2: 'US'"),
    (
        "framework__layers__0__decision__k",
        3,
        "framework.layers.0.decision.k: found 3, but only 2 members and 0 others are here",
    ),
    ("framework__layers__0__decision__k", None, "framework.layers.0.decision.k: is missing"),
    (
        "framework__layers__0__decision__weights",
        {"JP": 1},
        "framework.layers.0.decision.weights.JP: there is no guarantor 'JP'",
    ),
    (
        "framework__layers__0__trigger__options",
        ["grob"],
        "framework.layers.0.trigger.options.0: there is no option 'grob'; did you mean 'grab'",
    ),
    (
        "framework__layers__0__trigger__regions",
        ["west"],
        "framework.layers.0.trigger.regions.0: there is no region 'west'",
    ),
    (
        "framework__layers__0__attribution",
        {"arbiter": "lead"},
        "framework.layers.0.decision.lead: is missing; attribution.arbiter is lead, so name "
        "one of DE, US",
    ),
    (
        "framework__layers__1__id",
        "core",
        "framework.layers.1.id: 'core' is the id of item 0 too; give each its own",
    ),
    (
        "framework__layers__1__decision__lead",
        None,
        "framework.layers.1.decision.lead: is missing; decision.rule is lead, so name one of",
    ),
    (
        "framework__layers__1__members",
        ["DE"],
        "framework.layers.1.decision.lead: 'FR' is no member of the layer (members: DE)",
    ),
    ("framework__layers__1__ladder", [], "framework.layers.1.ladder: is empty; an automatic"),
    (
        "framework__layers__1__ladder__0__who",
        ["PL"],
        "framework.layers.1.ladder.0.who.0: there is no guarantor 'PL'",
    ),
    (
        "framework__layers__1__presence__0__guarantor",
        "PL",
        "framework.layers.1.presence.0.guarantor: there is no guarantor 'PL' (known: DE, US, FR)",
    ),
    (
        "framework__layers__1__limits__excluded_regions",
        ["x"],
        "framework.layers.1.limits.excluded_regions.0: there is no region 'x'",
    ),
    (
        "framework__layers__1__limits__economic_free_zone",
        "x",
        "framework.layers.1.limits.economic_free_zone: there is no region 'x'",
    ),
]


@pytest.mark.parametrize(("path", "value", "said"), REFERENCE_FAULTS)
def test_references(path: str, value: Any, said: str) -> None:
    faults = faults_with(**{path: value})
    assert len(faults) == 1
    assert faults[0].startswith(said)


def test_payoffs_stand_in_for_steps_where_winning_is_fixed() -> None:
    payoffs = {"win_alone": 0.5, "win_helped": 0.3}
    options = {"a": {"class": "full", "severity": 1, "prize": 1, "cost": 1}}
    document: dict[str, Any] = {"behaviour": {"win": "fixed"}, "options": options}
    said = faults_in(json.dumps(document))
    assert said == [
        "s.yaml:1: options.a.fixed: is missing; behaviour.win is fixed, so write the payoffs"
    ]
    document["options"]["a"]["fixed"] = payoffs
    Path("s.yaml").write_text(json.dumps(document))
    assert load_scenario("s.yaml").scenario.options["a"].fixed is not None


@pytest.mark.parametrize("start", ["0001-01-01", "1799-12-31", "2201-01-01", "9990-01-01"])
def test_a_history_starts_on_a_day_from_which_the_calendar_goes_on(start: str) -> None:
    said = f"start: {start} is out of range; allowed is 1800-01-01 to 2200-12-31"
    assert faults_with(start=start) == [said]


# --- faults of fields and faults between them ------------------------------------------------


def test_a_fault_in_a_field_hides_none_between_fields() -> None:
    said = faults_in(
        """\
titel: x
protege: {forces: -5}
options:
  full_invasion: {class: incident, severity: 0.1, prize: 0.1, cost: 0.1}
scripted:
  - {option: full_invason, at: 3 d}
framework:
  layers:
    - id: core
      binding: treety
      members: [GB, XX]
      presence:
        - {guarantor: ZZ, troops: 5}
      decision: {rule: coalition}
guarantors: {GB: {}}
"""
    )
    assert [line.split(" ", 2)[:2] for line in said] == [
        ["s.yaml:1:", "key"],
        ["s.yaml:2:", "protege.forces:"],
        ["s.yaml:6:", "scripted.0.option:"],
        ["s.yaml:10:", "framework.layers.0.binding:"],
        ["s.yaml:11:", "framework.layers.0.members.1:"],
        ["s.yaml:13:", "framework.layers.0.presence.0.guarantor:"],
        ["s.yaml:14:", "framework.layers.0.decision.k:"],
    ]


def test_faults_of_a_scenario_and_of_its_framework_come_together() -> None:
    Path("frameworks").mkdir()
    Path("frameworks/pact.yaml").write_text(
        "layers:\n"
        "  - id: core\n"
        "    binding: treety\n"
        "    members: [GB, XX]\n"
        "    presence: [{guarantor: ZZ, troops: 5}]\n"
        "    decision: {rule: coalition}\n"
    )
    said = faults_in("horizon: 0\nguarantors: {GB: {aid: much}}\nframework: pact\n")
    assert [line.split(" ", 2)[:2] for line in said] == [
        ["frameworks/pact.yaml:3:", "layers.0.binding:"],
        ["frameworks/pact.yaml:4:", "layers.0.members.1:"],
        ["frameworks/pact.yaml:5:", "layers.0.presence.0.guarantor:"],
        ["frameworks/pact.yaml:6:", "layers.0.decision.k:"],
        ["s.yaml:1:", "horizon:"],
        ["s.yaml:2:", "guarantors.GB.aid:"],
    ]


RESTS_ON = {
    "start": ("scripted__1__date",),
    "horizon": ("scripted__0__at", "scripted__1__date"),
    "guarantors": ("framework",),
    "framework__layers__0": ("framework__layers__1__id",),
    "framework__layers__0__members": (
        "framework__layers__0__decision__k",
        "framework__layers__0__attribution",
    ),
}
"""Where a fault leaves another in doubt, though neither is inside the other."""


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(FIELD_FAULTS), st.sampled_from(REFERENCE_FAULTS))
def test_a_fault_of_each_kind_is_both_and_nothing_else(
    one: tuple[str, Any, str], other: tuple[str, Any, str]
) -> None:
    (field, wrong, _), (reference, odd, _) = one, other
    assume(not field.startswith(reference) and not reference.startswith(field))
    alone = {*faults_with(**{field: wrong}), *faults_with(**{reference: odd})}
    both = set(faults_with(**{reference: odd, field: wrong}))
    assert both <= alone
    assert both == alone or reference.startswith(RESTS_ON.get(field, ()))


def paths(node: Any, above: str = "") -> list[str]:
    """Return the path of every place in a document, as :func:`faults_with` takes them."""
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [p for key in keys for p in (f"{above}{key}", *paths(node[key], f"{above}{key}__"))]


def test_a_value_of_no_use_has_no_consequences() -> None:
    assert len(paths(VALID)) > 90
    for path in paths(VALID):
        said = faults_with(**{path: {"?": 1}})
        assert all(line.startswith(path.replace("__", ".")) for line in said), said


def test_a_key_misspelt_has_no_consequences() -> None:
    kinds = ("is unknown", "is missing; write", "is no name")
    for place in range(len(paths(VALID))):
        document = copy.deepcopy(VALID)
        holder, key = spots(document)[place]
        if isinstance(key, str):
            holder[f"{key}-"] = holder.pop(key)
            said = faults_in(json.dumps(document))
            assert all(any(kind in line for kind in kinds) for line in said), said


@pytest.mark.parametrize(
    ("section", "name"), [("guarantors", "DE"), ("options", "grab"), ("regions", "east")]
)
def test_an_entry_in_the_wrong_place_is_one_fault(section: str, name: str) -> None:
    document = copy.deepcopy(VALID)
    document[name] = document[section].pop(name)
    said = faults_in(json.dumps(document))
    assert len(said) == 1
    assert f"key '{name}' is unknown" in said[0]


# --- words in messages -----------------------------------------------------------------------


def test_the_nearest_word() -> None:
    assert nearest("treety", ["political", "ratified_treaty"]) == "ratified_treaty"
    assert nearest("de", ["US", "DE"]) == "DE"
    assert nearest("zzz", ["US", "DE"]) is None
    assert nearest("x" * 10**6, ["US"]) is None


def test_what_was_found_is_shown_in_yamls_words() -> None:
    raws: list[Any] = [None, True, {}, [1], "a", 1.5]
    words = ["nothing", "true", "a mapping", "a list", "'a'", "1.5"]
    assert [found(raw) for raw in raws] == words
    assert len(found("x" * 1000)) < 70
    assert len(found(10**1000)) < 70


def test_long_lists_are_cut() -> None:
    assert listing([]) == "none"
    assert listing(str(n) for n in range(30)).endswith("and 16 more")


def test_a_fault_reads_as_a_compiler_writes_it() -> None:
    assert str(Fault("a.yaml", 3, "b.c", "is wrong")) == "a.yaml:3: b.c: is wrong"
    assert str(Fault("--set", 0, "", "is wrong")) == "--set: is wrong"


# --- anything at all -------------------------------------------------------------------------


def attempt(function: Callable[[], Any]) -> list[Fault]:
    """Return the faults a call ends in, or none; an error without a fault is a failure."""
    try:
        function()
    except InputError as error:
        return list(error.faults) or [Fault("", 0, "", "")]
    return []


RELAXED = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
YAML_BITS = st.sampled_from(
    [
        *"\n \t:-?[]{},&*!|>'\"%@`#~<.=",
        ": ",
        "\n  ",
        "- ",
        "---\n",
        "&a ",
        "*a",
        "!!str ",
        "|\n",
        "<<",
        "\\x",
        "null",
        "true",
        "1e5",
        "guarantors",
        "framework",
        "layers",
        "extends",
        "title",
        "\r\n",
        "\u2028",
        "é",
    ]
)


@RELAXED
@given(st.one_of(st.text(), st.lists(YAML_BITS, max_size=40).map("".join)))
def test_any_text_is_a_table_or_faults(text: str) -> None:
    faults = attempt(lambda: plain(parse_table(text, "f.yaml")))
    assert all(fault.file == "f.yaml" and fault.message for fault in faults)


@RELAXED
@given(st.binary(max_size=200))
def test_any_bytes_are_a_scenario_or_faults(raw: bytes) -> None:
    assert len(attempt(lambda: decode(raw, "f.yaml"))) <= 1
    Path("f.yaml").write_bytes(raw)
    assert isinstance(validate_path("f.yaml"), list)


@RELAXED
@given(st.lists(YAML_BITS, max_size=12).map("".join), st.text(max_size=12))
def test_any_setting_is_applied_or_a_fault(bits: str, text: str) -> None:
    Path("s.yaml").write_text(json.dumps(VALID), encoding="utf-8")
    loaded = load_scenario("s.yaml")
    for setting in (
        bits,
        text,
        f"title={bits}",
        f"framework.layers.{text}=1",
        f"guarantors={bits}",
    ):
        faults = attempt(partial(patch_scenario, loaded, [setting]))
        assert all(fault.file == "--set" or fault.line for fault in faults)
    assert all(fault.file == "--set" for fault in attempt(lambda: parse_value(text)))


def names_of(model: type[Record]) -> set[str]:
    return set(fields_of(model)) | {
        name for entry in fields_of(model).values() for name in names_in(entry.shape)
    }


def names_in(shape: Shape) -> set[str]:
    parts = (*shape.arms, *([shape.item] if shape.item else []))
    own = names_of(shape.model) if shape.model else set()
    return own | set(shape.choices) | {name for part in parts for name in names_in(part)}


KEYS = sorted(names_of(Scenario) | names_of(Framework) | {"DE", "grab", "value", "distribution"})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from([*KEYS, "3 d", "40 %", "2026-01-01", "uniform", "normal", "all", "none"]),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=4)), inner, max_size=4),
    ),
    max_leaves=8,
)


def spots(node: Any) -> list[tuple[Any, Any]]:
    """Return every place in a document that can be changed, as its holder and key."""
    if isinstance(node, dict):
        keys: list[Any] = list(node)
    elif isinstance(node, list):
        keys = list(range(len(node)))
    else:
        return []
    return [(node, key) for key in keys] + [spot for key in keys for spot in spots(node[key])]


@settings(RELAXED, max_examples=size(150, 3000))
@given(st.data())
def test_any_mutation_of_a_scenario_is_a_scenario_or_faults(data: st.DataObject) -> None:
    document = copy.deepcopy(VALID)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(spots(document)))
        match data.draw(st.sampled_from(["replace", "drop", "add"])):
            case "replace":
                holder[key] = data.draw(JUNK)
            case "drop":
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[data.draw(st.sampled_from(KEYS))] = data.draw(JUNK)
        if not document:
            return
    Path("s.yaml").write_text(json.dumps(document), encoding="utf-8")
    faults = attempt(lambda: load_scenario("s.yaml"))
    assert faults == sorted(set(faults))
    "".join(str(fault) for fault in faults).encode("utf-8")


@settings(RELAXED, max_examples=size(60, 1000))
@given(JUNK)
def test_any_document_is_a_scenario_or_faults(document: Any) -> None:
    Path("s.yaml").write_text(json.dumps(document), encoding="utf-8")
    assert isinstance(validate_path("s.yaml"), list)
