"""Catalogues of sources: keys that are cited are there, and the bibliography has them all."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deter import vocabulary
from deter.cli import app
from deter.errors import InputError
from deter.presentation.bibliography import (
    bibliography,
    cited_by,
    matches,
    reference,
    works_cited,
)
from deter.presentation.rules import Law, laws
from deter.spec import library
from deter.spec.loading import load_framework, load_scenario, validate_path
from deter.spec.schema import fields_table
from deter.spec.sources import (
    KEY,
    catalogue_files,
    keys_cited,
    keys_in,
    library_sources,
    load_catalogue,
)
from deter.spec.tree import Leaf, Listing
from deter.spec.yaml_reader import read_table
from deter.vocabulary import CODE_TITLES, CODES, GLOSSARY

ROOT = Path(__file__).resolve().parents[1]
SOURCES = library_sources()


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources").mkdir()
    return tmp_path


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(name: str) -> list[str]:
    return [str(fault) for fault in validate_path(name)]


# ------------------------------------------------------------------------- the bundled library

CITING = [
    path
    for path in library.yaml_files(library.library_root())
    if path.parent.name != library.SOURCES
]


def name_of(path: Path) -> str:
    return path.relative_to(library.library_root()).as_posix()


@pytest.mark.parametrize("path", CITING, ids=name_of)
def test_every_entry_of_the_library_begins_with_a_known_key(path: Path) -> None:
    listed = read_table(path, path.name).get("sources")
    for item in listed.items if isinstance(listed, Listing) else ():
        assert isinstance(item, Leaf)
        keys = keys_cited(str(item.value))
        assert keys, f"{name_of(path)}:{item.place.line}: {item.value!r} begins with no key"
        assert set(keys) <= set(SOURCES), f"{name_of(path)}:{item.place.line}"
        assert re.sub(r"\[[^\]]*\]", "", str(item.value)).strip(), "says not what was taken"


def test_the_catalogues_are_valid_and_of_one_piece() -> None:
    assert faults_of("scenarios/sources") == []
    assert {path.stem for path in catalogue_files()} >= {"guarantors", "literature"}
    for path in catalogue_files():
        loaded = load_catalogue(path, path.name)
        assert keys_in(path) == set(loaded), "the quick reading of keys agrees with the whole one"


def test_every_source_is_cited_somewhere() -> None:
    assert sorted(set(SOURCES) - set(cited_by())) == []


def test_defaults_of_the_schema_cite_known_keys() -> None:
    cited = {key for row in fields_table() for key in keys_cited(row.source or "")}
    assert cited
    assert cited <= set(SOURCES)


@pytest.mark.parametrize("law", laws(), ids=lambda law: law.name)
def test_every_work_a_law_cites_is_in_the_catalogues(law: Law) -> None:
    text = f"{law.source} {law.departs}"
    works = works_cited(text)
    for work in works:
        found = [key for key, source in SOURCES.items() if matches(work, source)]
        assert found, f"{law.name} cites {' '.join(work)}, which no catalogue has"
    months = re.sub(r"\b(?:January|February|July|August|September) \d{4}", "", text)
    years = set(re.findall(r"\b(?:1[5-9]\d\d|20\d\d)\b", months))
    assert years <= {year for _, year in works}, f"{law.name}: a work was not read: {text}"


def test_most_laws_rest_on_a_work() -> None:
    assert sum(bool(works_cited(law.source)) for law in laws()) > 50


@pytest.mark.parametrize(
    ("text", "works"),
    [
        (
            "Bueno de Mesquita 1981 (war); Huth 1988",
            [("Bueno de Mesquita", "1981"), ("Huth", "1988")],
        ),
        ("Beck, Katz & Tucker 1998", [("Beck", "1998")]),
        ("Salmon, Moraes, Dror and Shaw (2011), SC '11", [("Salmon", "2011")]),
        ("Leeds et al. 2002", [("Leeds", "2002")]),
        ("the fall in July 2020 (OSCE SMM)", [("OSCE SMM", "")]),
        ("from 1946 on; 2001 of them", []),
        ("assumption.", []),
    ],
)
def test_works_are_read_from_a_text(text: str, works: list[tuple[str, str]]) -> None:
    assert works_cited(text) == works


def test_the_bibliography_has_every_key_with_its_mark() -> None:
    page = (ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")
    assert bibliography() in page
    rows = {
        cells[1].strip(" `"): cells
        for line in page.splitlines()
        if line.startswith("| `")
        for cells in [re.split(r"(?<!\\)\|", line)]
    }
    assert set(rows) == set(SOURCES)
    for key, cells in rows.items():
        assert cells[3].strip() == SOURCES[key].mark
        assert SOURCES[key].title[:20].replace("|", "\\|") in cells[2]
        assert cells[4].strip(), f"{key}: cited by nothing"


def test_a_reference_reads_as_one() -> None:
    one = SOURCES["reiter_poast_2021"]
    assert reference(one).startswith("Reiter, D. and Poast, P. (2021): The truth about tripwires")
    assert reference(one).endswith(".")
    assert "None" not in reference(SOURCES["formal_anchors"])


def test_catalogues_are_in_the_wheel_and_no_scenarios() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        built = tomllib.load(file)["tool"]["hatch"]["build"]
    included = built["targets"]["wheel"]["force-include"]
    assert included["scenarios"] == "deter/library/scenarios"
    assert included["experiments"] == "deter/library/experiments"
    assert (library.library_root() / "sources" / "literature.yaml").is_file()
    assert all("sources" not in path.parts for path in library.scenario_files())


# --------------------------------------------------------------------------------- citations


def test_a_key_is_known_from_the_library_or_from_beside(here: Path) -> None:
    write("sources/mine.yaml", "own_notes_2024: {title: Notes, year: 2024, mark: M}\n")
    write("s.yaml", 'sources: ["[own_notes_2024] a", "[feller_1968] b", plain text]\n')
    write("frameworks/f.yaml", 'sources: ["[own_notes_2024] a"]\n')
    assert faults_of(".") == []
    assert load_framework("frameworks/f.yaml")[0] == "f"
    load_scenario("s.yaml", framework="f")


def test_an_unknown_key_is_a_fault_with_line_and_nearest(here: Path) -> None:
    write("sources/mine.yaml", "own_notes_2024: {title: Notes, year: 2024, mark: M}\n")
    write(
        "s.yaml",
        "title: x\nsources:\n"
        '  - "[own_note_2024] a"\n  - "[feller_1968] [feler_1968] b"\n'
        'protege: {forces: {value: 3, source: "[sipry_2025] c"}}\n'
        "framework:\n  layers: []\n  sources:\n"
        '    - "[kils_2026] d"\n',
    )
    said = faults_of("s.yaml")
    assert [line.split(": ")[0] for line in said] == [f"s.yaml:{n}" for n in (3, 4, 5, 9)]
    for words, near in zip(said, ("own_notes_2024", "feller_1968", "sipri_2025", "k"), strict=True):
        assert f"did you mean '{near}" in words
    assert "sources.0" in said[0]
    assert "protege.forces.source" in said[2]
    assert "framework.sources.0" in said[3]
    with pytest.raises(InputError, match="own_note_2024"):
        load_scenario("s.yaml")
    result = deter_("run", "s.yaml", "-n", "1")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_fault_of_a_frameworks_file_is_told_there(here: Path) -> None:
    write("frameworks/f.yaml", 'layers: []\nsources:\n  - "[feler_1968] x"\n')
    write("s.yaml", "framework: f\n")
    for name in ("s.yaml", "frameworks/f.yaml"):
        (said,) = faults_of(name)
        assert said.startswith("frameworks/f.yaml:3: sources.0: ")
    result = deter_("frameworks", "frameworks/f.yaml")
    assert result.exit_code == 2
    assert "did you mean 'feller_1968'" in result.stderr


def test_sources_of_a_file_that_is_extended_are_known_beside_it(here: Path) -> None:
    write("deep/sources/mine.yaml", "own_notes_2024: {title: Notes, year: 2024, mark: M}\n")
    write("deep/base.yaml", 'sources: ["[own_notes_2024] a"]\n')
    write("s.yaml", "extends: deep/base.yaml\n")
    assert faults_of("s.yaml") == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[V] read", []),
        ("no key", []),
        ("key later [feller_1968]", []),
        ("[feller_1968]", ["feller_1968"]),
        ("  [ feller_1968 ] x", ["feller_1968"]),
        ("[a_2001] [V] [b_2002] x", ["a_2001", "b_2002"]),
        ("[] x", [""]),
        ("[unclosed x", []),
    ],
)
def test_keys_stand_at_the_beginning(text: str, keys: list[str]) -> None:
    assert keys_cited(text) == keys


def test_a_setting_may_cite_too(here: Path) -> None:
    write("s.yaml", "title: x\n")
    good = ["protege.forces={value: 3, source: '[feller_1968] x'}"]
    assert load_scenario("s.yaml", good).scenario.protege.forces.source == "[feller_1968] x"
    with pytest.raises(InputError, match=r"--set: .*'nobody_1900' is unknown"):
        load_scenario("s.yaml", ["protege.forces={value: 3, source: '[nobody_1900] x'}"])


# --------------------------------------------------------------------------------- catalogues

FAULTY = """\
Kiel: {title: a, mark: V}
kiel_2026x: {title: b, year: 2026, mark: V, address: https://x.org}
sipri_2025_: {title: c, year: 2026, mark: V}
bad_one: {titel: c, mark: X}
other: 3
who: {title: c, mark: V}
span_2020: {title: x, year: 2019-20, mark: M}
true_year: {title: x, year: true, mark: M}
half_2020b: {title: x, year: 2020, mark: M}
feller_1968: {title: x, year: 1968, mark: M}
"""


def test_all_faults_of_a_catalogue_come_at_once(here: Path) -> None:
    write("sources/mine.yaml", FAULTY)
    said = faults_of("sources/mine.yaml")
    for words in (
        "mine.yaml:1: key 'Kiel' is no key",
        "mine.yaml:2: kiel_2026x.address: found 'https://x.org'; leave https:// out",
        "mine.yaml:2: key 'kiel_2026x' does not end in its year",
        "mine.yaml:3: key 'sipri_2025_' does not end in its year; write it …_2026",
        "mine.yaml:4: bad_one: key 'titel' is unknown; did you mean 'title'?",
        "mine.yaml:4: bad_one.mark: 'X' is unknown (known: V, M, C)",
        "mine.yaml:4: bad_one.title: is missing",
        "mine.yaml:5: other: found 3; write a mapping",
        "mine.yaml:6: key 'who' is no key",
        "mine.yaml:8: true_year.year: found true; write a year as 2026",
        "mine.yaml:10: key 'feller_1968' is in ",
    ):
        assert any(words in line for line in said), f"{words!r} not in {said}"
    assert not any(f"mine.yaml:{line}:" in words for line in (7, 9) for words in said)
    assert faults_of(".") == said
    result = deter_("validate", "sources/mine.yaml")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "text",
    ["", "[]", "- a\n- b\n", "3", "a_key_1999: [1]\n", "a: b: c\n", "\x00", "x1y2: null\n", "{a"],
)
def test_what_is_no_catalogue_is_refused(here: Path, text: str) -> None:
    write("sources/mine.yaml", text)
    assert faults_of("sources/mine.yaml")
    write("s.yaml", 'sources: ["[feller_1968] a file that cannot be read has no keys"]\n')
    assert faults_of("s.yaml") == []


def test_a_catalogue_is_no_scenario(here: Path) -> None:
    write("sources/mine.yaml", "own_notes_2024: {title: Notes, year: 2024, mark: M}\n")
    for words in (
        ("run", "sources/mine.yaml"),
        ("ledger", "sources/mine"),
        ("trace", "sources/mine"),
    ):
        result = deter_(*words)
        assert result.exit_code == 2, result.output
        assert "is a catalogue of sources" in result.stderr


def test_a_scenario_in_a_folder_of_that_name_is_a_scenario(here: Path) -> None:
    write("sources/s.yaml", "guarantors: {A: {}}\nhorizn: 3\n")
    assert any("horizon" in words for words in faults_of("sources/s.yaml"))


def test_a_new_key_is_seen_at_once(here: Path) -> None:
    write("s.yaml", 'sources: ["[own_notes_2024] a"]\n')
    assert faults_of("s.yaml")
    write("sources/mine.yaml", "own_notes_2024: {title: Notes, year: 2024, mark: M}\n")
    assert faults_of("s.yaml") == []


def test_an_editor_gets_a_schema() -> None:
    schema = json.loads(deter_("schema", "sources").stdout)
    assert schema["additionalProperties"]["required"] == ["title", "mark"]
    assert re.fullmatch(schema["propertyNames"]["pattern"], "feller_1968")
    assert all(KEY.fullmatch(key) for key in SOURCES)


# -------------------------------------------------------------------- glossary, how to cite it


def test_every_public_word_is_in_the_glossary() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for word in GLOSSARY:
        assert f"| **{word}** |" in page
    tuples = {
        name: value
        for name, value in vars(vocabulary).items()
        if name.isupper() and isinstance(value, tuple)
    }
    assert set(CODES) == set(CODE_TITLES) == set(tuples)
    for name, words in tuples.items():
        assert tuple(CODES[name]) == words, f"{name}: every code has a meaning, in order"
        section = page.split(f"### {CODE_TITLES[name]}\n")[1].split("###")[0]
        for word in words:
            assert f"| `{word}` | {CODES[name][word]} |" in section


def test_the_citation_file_names_this_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    path = ROOT / "CITATION.cff"
    table = read_table(path, "CITATION.cff")
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    for key, value in (
        ("cff-version", "1.2.0"),
        ("version", project["version"]),
        ("license", project["license"]),
        ("type", "software"),
    ):
        node = table.get(key)
        assert isinstance(node, Leaf)
        assert str(node.value) == value, key
    assert "- name: The deter developers" in text
    assert "doi" not in text.lower(), "there is none"
