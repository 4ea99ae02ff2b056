"""The library of guarantee frameworks: complete, sourced, named freely, and coded as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import deter
from deter.spec.framework import Framework, Layer, Obligation
from deter.spec.loading import library_root, load_framework
from deter.spec.quantities import Value
from deter.spec.tree import plain
from deter.spec.yaml_reader import read_table
from deter.vocabulary import RUNGS

CODED = {
    "none": None,
    "budapest_1994": "memorandum",
    "istanbul_2022_ua": "guarantee",
    "istanbul_2022_ru": "guarantee",
    "kyiv_compact_2022": "core",
    "g7_vilnius_2023": "declaration",
    "bilateral_2024": "others",
    "bilateral_us_2024": "us",
    "bilateral_uk_2024": "uk",
    "bilateral_pl_2024": "pl",
    "eu_commitments_2024": "union",
    "ukraine_compact_2024": "compact",
    "nato_art5": "alliance",
    "nato_art4": "article_4",
    "eu_42_7": "article_42_7",
    "us_rok_1953": "treaty",
    "us_japan_1960": "treaty",
    "us_roc_1954": "treaty",
    "taiwan_relations_1979": "statute",
    "us_israel_mou_2016": "memorandum",
    "meloni_24h_2025": "signatories",
    "us_draft_nov2025": "guarantee",
    "plan28_nov2025": "guarantee",
    "plan20_dec2025": "guarantee",
    "berlin_dec2025": "europe",
    "paris_jan2026": "response",
    "ladder_ft_feb2026": "coalition",
    "us_guarantee_2026": "us",
}
"""Every framework the facts code, with the layer its row is about."""

COMPARATORS = {"us_rok_1953", "us_japan_1960", "us_roc_1954"}
COMPARATORS |= {"taiwan_relations_1979", "us_israel_mou_2016"}
"""Texts made for another protégé."""

FRAMEWORKS = library_root() / "frameworks"
NAMES = sorted(path.stem for path in FRAMEWORKS.glob("*.yaml"))


def document(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = plain(read_table(path, path.name))
    return read


CODINGS = document(Path(__file__).parent / "data" / "framework_codings.yaml")


def framework(name: str) -> Framework:
    return load_framework(name)[1]


def layer_of(name: str, layer: str) -> Layer:
    return next(each for each in framework(name).layers if each.id == layer)


def coded_layers() -> Iterator[tuple[str, Layer]]:
    """Yield each coded framework but none, with the layer its row is about."""
    for name, layer in CODED.items():
        if layer is not None:
            yield name, layer_of(name, layer)


# ------------------------------------------------------------------------- files and sources


def catalogue() -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for path in (library_root() / "sources").glob("*.yaml"):
        keys |= document(path)
    return keys


def number_sources(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, below in node.items():
            if key == "source" and isinstance(below, str):
                yield below
            else:
                yield from number_sources(below)
    elif isinstance(node, list):
        for below in node:
            yield from number_sources(below)


def test_every_coded_framework_is_in_the_library() -> None:
    assert len(CODED) == 28
    assert set(CODED) == set(CODINGS)
    assert set(CODED) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_framework_loads_and_names_its_sources_by_keys(name: str) -> None:
    loaded = framework(name)
    assert loaded.title
    assert loaded.summary
    assert bool(loaded.sources) == (name != "none")
    cited = [*loaded.sources, *number_sources(document(FRAMEWORKS / f"{name}.yaml"))]
    keys = [re.match(r"\[([a-z][a-z0-9_]{3,})\]", text) for text in cited]
    assert all(keys), [text for text, key in zip(cited, keys, strict=True) if not key]
    assert {key[1] for key in keys if key} <= set(catalogue())


@pytest.mark.parametrize("name", NAMES)
def test_the_head_of_a_file_says_what_is_source_and_what_assumption(name: str) -> None:
    text = (FRAMEWORKS / f"{name}.yaml").read_text(encoding="utf-8")
    head = text[: text.index("\ntitle:")]
    assert all(line.startswith("#") for line in head.splitlines())
    assert "Sources:" in head
    assert "ssumption" in head


def test_every_source_of_the_agreements_is_used() -> None:
    mine = set(document(library_root() / "sources" / "agreements.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in FRAMEWORKS.glob("*.yaml")]
    assert mine <= set(re.findall(r"\[([a-z][a-z0-9_]{3,})\]", "\n".join(texts)))


def test_a_text_made_for_another_protege_says_so() -> None:
    for name in COMPARATORS:
        assert framework(name).title.endswith("applied here")
        assert [layer.members for layer in framework(name).layers] == [["US"]]


# --------------------------------------------------------------------------------- the name


@pytest.mark.parametrize("name", ["none", "nato_membership", "bilateral_2024", "plan28_nov2025"])
def test_a_file_by_another_name_changes_nothing_but_the_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A framework is its clauses: no rule anywhere may know it by its name."""
    (tmp_path / "frameworks").mkdir()
    copy = tmp_path / "frameworks" / "anything_else.yaml"
    copy.write_bytes((FRAMEWORKS / f"{name}.yaml").read_bytes())
    (tmp_path / "here.yaml").write_text(
        "extends: [ukraine/ceasefire, actors/guarantors, actors/guarantors_signatories]\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    rows = {
        given: deter.run("here.yaml", given, n=25, seed=5, engine="compiled").frame
        for given in (name, copy.stem)
    }
    for given, table in rows.items():
        assert set(table["framework"]) == {given}
    texts = [table.drop(columns="framework").to_csv().encode() for table in rows.values()]
    assert texts[0] == texts[1]


# --------------------------------------------------------------------- bilateral agreements

PARTNERS = (
    *("GB", "DE", "FR", "DK", "CA", "IT", "NL", "FI", "LV", "ES", "BE", "PT", "SE", "NO", "IS"),
    *("JP", "US", "EE", "LT", "EU", "PL", "LU", "RO", "CZ", "SI", "IE", "HR", "GR", "AL"),
)


def test_all_partners_of_the_bilateral_agreements_are_members() -> None:
    text = framework("bilateral_2024")
    members = [code for layer in text.layers for code in layer.members]
    assert len(PARTNERS) == 29
    assert sorted(members) == sorted(PARTNERS)
    for code in PARTNERS:
        assert re.search(r"\b20(24|25)\b", text.facts[code]), code
        assert re.search(r"\[[VM]\]", text.facts[code]), code


def test_every_partner_has_an_actor(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(
        "extends: [ukraine/ceasefire, actors/guarantors, actors/guarantors_signatories]\n",
        encoding="utf-8",
    )
    loaded = deter.load(path, framework="bilateral_2024")
    assert set(PARTNERS) <= set(loaded.scenario.guarantors)
    assert loaded.notes == ()


def test_partners_a_scenario_lacks_are_told_in_one_line() -> None:
    loaded = deter.load("ukraine/ceasefire", framework="bilateral_2024")
    assert len(loaded.notes) == 1
    assert "PT" in loaded.notes[0]
    assert "left out" in loaded.notes[0]


def test_a_region_that_is_excluded_and_not_there_is_left_out() -> None:
    """All frameworks can be compared on any scenario: to exclude what is not there is nothing."""
    loaded = deter.load("stylised/rivals", framework="istanbul_2022_ua")
    assert loaded.framework.layers[0].limits.excluded_regions == []
    assert "framework istanbul_2022_ua: donbas is not in this scenario and is left out" in (
        loaded.notes
    )
    there = deter.load("ukraine/ceasefire", framework="istanbul_2022_ua")
    assert there.framework.layers[0].limits.excluded_regions == ["donbas"]


def test_a_framework_of_ones_own_may_not_exclude_what_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("layers: [{id: a, limits: {excluded_regions: [donbas]}}]\n", encoding="utf-8")
    with pytest.raises(deter.InputError, match="there is no region 'donbas'"):
        deter.load("stylised/rivals", framework=str(path))


# ----------------------------------------------------------------------- codes and clauses

OBLIGATION = {0: "none", 1: "consult", 2: "assist", 3: "as_deemed_necessary", 4: "all_means"}
BINDING = {
    0: "political",
    1: "executive_agreement",
    2: "statute",
    3: "ratified_treaty",
    4: "ratified_treaty",
}
DECISION = {
    "self": "each",
    "law": "each",
    "potus": "lead",
    "unsc": "security_council",
    "unanimity_ru": "consensus",
    "consensus": "consensus",
    "coalition": "coalition",
}
ACTIVATION = {
    "sig": "signature",
    "rat": "ratification",
    "cf": "ceasefire",
    "post": "ceasefire",
    "peace": "peace_treaty",
}
DAYS_OF_NOTICE = {None: 0, 6: 182, 12: 365, 24: 730}
RUNGS_OF = {
    "A": ("arms",),
    "I": ("arms",),
    "E": ("sanctions",),
    "S": ("sanctions",),
    "D": ("air",),
    "M": ("air",),
    "C": ("air", "ground"),
    "T": (),  # troops in place: `presence`, which has a test of its own
    "N": (),  # not modelled
}
"""At which rungs the level of obligation stands; for letters in brackets it is consultation."""

DEPARTURES = {
    ("budapest_1994", "instruments"): "none are coded; it consults on whatever there is",
    ("bilateral_uk_2024", "instruments"): "maritime security is named, combat is not: consultation",
    ("nato_art4", "instruments"): "what is only possible under a duty to talk is nothing",
    ("eu_42_7", "decide_h"): "0 h means that no decision is needed, not that one is due at once",
    ("us_israel_mou_2016", "obligation"): "no defence clause: what it gives, it gives in peace",
    ("us_israel_mou_2016", "instruments"): "the same",
    ("us_draft_nov2025", "activation"): "Russia signs too, which it does not before a ceasefire",
}
"""Where a clause is not what the code maps to, and why."""

CLAUSES = (
    "obligation",
    "binding",
    "threshold",
    "ambiguity",
    "decision",
    "instruments",
    "consult_h",
    "decide_h",
    "respond_h",
    "activation",
    "years",
    "notice_months",
)


def levels(layer: Layer) -> dict[str, str]:
    owed = layer.obligation
    one = not isinstance(owed, Obligation)
    return {rung: str(owed) if one else getattr(owed, rung) for rung in RUNGS}


def hours(value: Value | None) -> float | None:
    return None if value is None else round(24 * value.value, 6)


def instruments(coding: dict[str, Any]) -> dict[str, str]:
    """Return what the letters map to, by rung; a firm letter wins over one in brackets."""
    found = dict.fromkeys(RUNGS, "none")
    firm = OBLIGATION[coding["obligation"]]
    letters = str(coding["instruments"] or "").split()
    for letter in sorted(letters, key=lambda each: not each.startswith("(")):
        for rung in RUNGS_OF[letter.strip("()")]:
            found[rung] = "consult" if letter.startswith("(") else firm
    return found


def coded(coding: dict[str, Any]) -> dict[str, Any]:
    """Return the clauses a coding maps to."""
    years = coding["years"]
    return {
        "obligation": OBLIGATION[coding["obligation"]],
        "binding": BINDING[coding["binding"]],
        "threshold": coding["threshold"],
        "ambiguity": coding["ambiguity"],
        "decision": DECISION[coding["decision"]],
        "instruments": instruments(coding),
        "consult_h": coding["consult_h"],
        "decide_h": coding["decide_h"],
        "respond_h": coding["respond_h"],
        "activation": ACTIVATION[coding["activation"]],
        "years": None if years == "indefinite" else years,
        "notice_months": DAYS_OF_NOTICE[coding["notice_months"]],
    }


def written(layer: Layer, coding: dict[str, Any]) -> dict[str, Any]:
    """Return the same clauses as a layer has them."""
    owed = levels(layer)
    ranks = list(OBLIGATION.values())
    return {
        "obligation": max(owed.values(), key=ranks.index),
        "binding": layer.binding,
        # Where the text has no trigger, the layer must have no response for one to matter to.
        "threshold": layer.trigger.threshold.value if coding["threshold"] is not None else None,
        "ambiguity": layer.trigger.ambiguity.value,
        "decision": layer.decision.rule,
        "instruments": owed,
        "consult_h": hours(layer.deadlines.consult),
        "decide_h": hours(layer.deadlines.decide),
        "respond_h": hours(layer.deadlines.respond),
        "activation": layer.activation.response,
        "years": None if layer.duration.years is None else layer.duration.years.value,
        "notice_months": layer.duration.notice.value,
    }


@pytest.mark.parametrize("clause", CLAUSES)
@pytest.mark.parametrize("name", sorted(set(CODED) - {"none"}))
def test_a_clause_is_what_its_code_maps_to(name: str, clause: str) -> None:
    layer = layer_of(name, CODED[name] or "")
    expected, found = coded(CODINGS[name])[clause], written(layer, CODINGS[name])[clause]
    if (name, clause) in DEPARTURES:
        assert found != expected, "no departure any more: take it off the list"
    else:
        assert found == expected


def test_no_guarantee_has_no_clause() -> None:
    assert framework("none").layers == []
    assert CODINGS["none"]["obligation"] == CODINGS["none"]["binding"] == 0


def test_what_a_code_implies_beyond_its_clause() -> None:
    for name, layer in coded_layers():
        coding = CODINGS[name]
        if coding["binding"] == 4:
            assert layer.duration.exit_lock.value > 0, name
        if coding["decision"] == "potus":
            assert layer.decision.lead == "US", name
        if coding["decision"] == "law":
            assert layer.peacetime.arms.value > 0, name
        if coding["decision"] == "unanimity_ru":
            assert (layer.decision.others.n, layer.decision.others.p.value) == (1, 0), name
        if coding["threshold"] is None:
            assert set(levels(layer).values()) == {"none"}, name


NO_TROOPS = {
    "istanbul_2022_ua": "troops are help after an attack; neutrality bars foreign bases before it",
    "us_roc_1954": "advisers were in place, in what number is unknown",
}


def test_troops_in_the_country_are_in_place() -> None:
    for name, layer in coded_layers():
        if "T" in str(CODINGS[name]["instruments"]).split():
            assert bool(layer.presence) == (name not in NO_TROOPS), name


def test_figures_a_text_does_not_give_are_not_called_published() -> None:
    """A deadline, term or notice that the coding counts as an estimate is marked as one."""
    fields = {"consult_h": "consult", "decide_h": "decide", "respond_h": "respond"}
    for name, layer in coded_layers():
        doubted = CODINGS[name]["estimates"]
        marks = {field: getattr(layer.deadlines, clause) for field, clause in fields.items()}
        marks |= {"years": layer.duration.years, "notice_months": layer.duration.notice}
        for field, value in marks.items():
            if field in doubted and value is not None and value.value > 0:
                assert value.evidence != "published", (name, field)


# ------------------------------------------------------------------------- layers in common

SAME = (
    ("bilateral_us_2024", "us", "bilateral_2024", "us", ()),
    ("bilateral_uk_2024", "uk", "bilateral_2024", "uk", ()),
    ("bilateral_pl_2024", "pl", "bilateral_2024", "pl", ()),
    ("berlin_dec2025", "europe", "article5_like", "europe", ()),
    (
        "us_guarantee_2026",
        "us",
        "article5_like",
        "us",
        ("activation.peacetime", "activation.response"),
    ),
    ("nato_art5", "alliance", "nato_membership", "alliance", ("trigger.threats",)),
    ("bilateral_plus_paris", "us", "bilateral_2024", "us", ()),
    ("bilateral_plus_paris", "uk", "bilateral_2024", "uk", ()),
    ("bilateral_plus_paris", "pl", "bilateral_2024", "pl", ()),
    ("bilateral_plus_paris", "others", "bilateral_2024", "others", ()),
    ("bilateral_plus_paris", "support", "paris_jan2026", "support", ()),
    ("bilateral_plus_paris", "response", "paris_jan2026", "response", ()),
    (
        "bilateral_plus_paris",
        "backstop",
        "us_guarantee_2026",
        "us",
        ("activation.peacetime", "activation.response", "binding", "id", "title"),
    ),
    (
        "berlin_plus_us_guarantee",
        "europe",
        "berlin_dec2025",
        "europe",
        ("limits.force_cap", "limits.void_if_protege_attacks", "sanctions.snapback"),
    ),
    (
        "berlin_plus_us_guarantee",
        "us",
        "us_guarantee_2026",
        "us",
        ("limits.void_if_protege_attacks",),
    ),
    ("eu_shield", "article_42_7", "eu_42_7", "article_42_7", ()),
    ("bridge_to_nato", "us", "bilateral_2024", "us", ()),
    ("bridge_to_nato", "uk", "bilateral_2024", "uk", ()),
    ("bridge_to_nato", "pl", "bilateral_2024", "pl", ()),
    ("bridge_to_nato", "others", "bilateral_2024", "others", ()),
    ("bridge_to_nato", "response", "paris_jan2026", "response", ()),
    ("bridge_to_nato", "article_5", "nato_membership", "article_5", ("activation.signature",)),
    ("bridge_to_nato", "alliance", "nato_membership", "alliance", ("activation.signature",)),
    (
        "layered",
        "coalition",
        "ladder_ft_feb2026",
        "coalition",
        ("deadlines.decide", "ladder", "presence", "sanctions.snapback"),
    ),
    (
        "layered",
        "backstop",
        "us_guarantee_2026",
        "us",
        (
            "activation.peacetime",
            "activation.response",
            "deadlines.counted_from",
            "deadlines.respond",
            "id",
            "title",
        ),
    ),
)
"""Layers that are those of another file, with the clauses in which they differ."""


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Yield the clauses in which two layers differ; a number is one clause."""
    numbers = isinstance(one, dict) and "value" in one
    if isinstance(one, dict) and isinstance(other, dict) and not numbers:
        for key in one:
            yield from differences(one[key], other[key], f"{path}.{key}")
    elif one != other:
        yield path.lstrip(".")


@pytest.mark.parametrize(("name", "layer", "origin", "there", "allowed"), SAME)
def test_a_layer_in_common_is_the_same_in_both(
    name: str, layer: str, origin: str, there: str, allowed: tuple[str, ...]
) -> None:
    """Lists cannot be laid over each other by `extends`, so the text stands twice: keep it one."""
    one, other = (layer_of(*which).model_dump() for which in ((name, layer), (origin, there)))
    assert sorted(differences(one, other)) == sorted(allowed)
