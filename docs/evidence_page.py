"""Write the sections of docs/evidence.md on patterns and calibration from what the package holds.

:mod:`generate` puts them into the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from deter.evidence.calibration.bundle import CALIBRATED, PATTERNS, read_manifest
from deter.evidence.calibration.prior import bundled_prior
from deter.evidence.patterns.book import bundled
from deter.evidence.patterns.findings import band_words
from deter.presentation.assumptions import GAP_HEADS, HEADS, cells, gap_rows, how
from deter.presentation.markdown import plain, table

Found = Mapping[str, Any]

UNITS = {"1": "", "times": "×"}


def _patterns() -> Found:
    found: Found = json.loads((CALIBRATED / PATTERNS).read_text("utf-8"))
    return found


def _manifest() -> Found:
    found = read_manifest()
    assert found is not None
    return found


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _numbers(m: Found) -> str:
    if m["estimate"] is None:
        return "not estimated"
    unit = UNITS.get(m["unit"], m["unit"])
    return f"{m['estimate']:.3g} ({m['low']:.3g} to {m['high']:.3g}) {unit}".strip()


def _band(m: Found) -> str:
    return band_words(*m["band"])


def summary() -> str:
    """Return in a paragraph how many patterns pass."""
    found, made = _patterns(), _manifest()
    many = found["counts"]
    failing = [p["id"] for p in found["patterns"] if p["status"] == "fail" and p["counts"]]
    idle = [p["id"] for p in found["patterns"] if not p["counts"]]
    told = (
        f"**{many['passed']} of {many['with_bite']} patterns with bite pass**, "
        f"{many['passed_out_of_fit']} of them out of the fit; "
        f"{many['passed_out_of_fit_on_their_own']} of these follow from no fitted pattern. "
    )
    told += f"Failing: {', '.join(failing) if failing else 'none'}. "
    told += f"Without bite, and so not counted: {', '.join(idle) if idle else 'none'}.\n\n"
    return told + (
        f"Posterior: {made['histories']:,} histories simulated over "
        f"{made['draws']['prior']} draws from the prior and {made['draws']['guided']} near the "
        f"data; "
        f"{made['rows']} rows, effective sample size {made['effective_sample_size']:.0f}. "
        "Measured at "
        f"{found['rows']} rows with {found['histories_of_a_world']} histories of each world, "
        f"seed {found['seed']}, another than the calibration's.\n"
    )


def patterns_table() -> str:
    """Return the table of patterns and measures."""
    rows = [row for p in _patterns()["patterns"] for row in _rows(p)]
    heads = ("pattern", "measure", "simulated (95 %)", "band", "", "rows within", "fitted", "bite")
    return table(heads, rows)


def _rows(p: Found) -> Iterable[tuple[str, ...]]:
    for at, (name, m) in enumerate(p["estimates"].items()):
        first = at == 0
        bite = f"{_percent(p['bite'])}{'' if p['counts'] else ' (none)'}" if first else ""
        yield (
            f"**{p['id']}** {plain(p['title'])}" if first else "",
            name.replace("_", " "),
            _numbers(m),
            _band(m),
            m["status"] if m["status"] == "pass" else "**fail**",
            _percent(m["posterior_share"]),
            ("yes" if p["in_fit"] else "no") if first else "",
            bite,
        )


def observed_table() -> str:
    """Return what was observed, by pattern, with marks and sources."""
    rows = [
        (p.id, plain(p.observed), p.mark, plain("; ".join(p.sources))) for p in bundled().patterns
    ]
    return table(("pattern", "observed", "mark", "sources"), rows)


def failures() -> str:
    """Return why what fails is believed to fail."""
    lines = []
    for p in _patterns()["patterns"]:
        believed = next(b.believed for b in bundled().patterns if b.id == p["id"])
        if p["status"] == "fail":
            told = believed[:1].upper() + believed[1:] or "Not understood yet."
            lines.append(f"- **{p['id']}** {p['title']}. {told}")
    return "\n".join(lines) + "\n" if lines else "No pattern fails.\n"


def population_table() -> str:
    """Return rates in the population, pacts given by threat and by lot."""
    found = _patterns()["populations"]
    rows = [
        (
            _POPULATION[name],
            *(
                f"{found[how][name]['estimate']:.3g} ({found[how][name]['low']:.3g} to "
                f"{found[how][name]['high']:.3g})"
                for how in ("threat", "random")
            ),
        )
        for name in _POPULATION
    ]
    return table(("measure", "pacts go to the threatened", "pacts go by lot"), rows)


_POPULATION = {
    "wars_without": "wars per 100 pair-years, no pact",
    "wars_with": "wars per 100 pair-years, pact",
    "force_without": "force below war per 100 pair-years, no pact",
    "force_with": "force below war per 100 pair-years, pact",
    "incidents_ratio": "incidents, pact over none",
    "war_per_incident": "war per incident, none over pact",
    "limited_share": "share of attacks that are limited",
}


def parameter_table() -> str:
    """Return what the fit made of each parameter."""
    made, rows = _manifest()["parameters"], []
    for p in bundled_prior().parameters:
        held = made[p.name]
        rows.append(
            (
                f"`{p.name}`",
                plain(", ".join(f"`{path}`" for path in p.sets)),
                _interval(held["prior"]),
                _interval(held["posterior"]),
                f"{held['sd_ratio']:.2f}",
                plain(p.origin),
            )
        )
    heads = ("parameter", "sets", "prior", "posterior", "spread left", "prior from")
    return table(heads, rows)


def _interval(three: list[float]) -> str:
    low, middle, high = three
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"


def outcome_table() -> str:
    """Return what was believed of outcomes beforehand, and what the model gives."""
    rows = [
        (
            plain(o["title"]),
            f"{o['range'][0]:.3g} to {o['range'][1]:.3g}",
            _percent(o["prior_within"]),
            _percent(o["guided_within"]),
            _interval(o["guided"]),
        )
        for o in _manifest()["outcomes"].values()
    ]
    heads = ("outcome", "believed", "prior draws within", "draws near the data within", "there")
    return table(heads, rows)


RESTING = ("assumptions_ukraine_ceasefire.json", "assumptions_ukraine_ceasefire_held.json")
"""What was measured of the share that rests on assumptions: all of them, and with two held."""


def _resting(name: str) -> Found:
    found: Found = json.loads((CALIBRATED / name).read_text("utf-8"))
    return found


def resting_table() -> str:
    """Return how much of a full attack's probability rests on assumptions, by framework."""
    lines: list[tuple[str, ...]] = []
    for name in RESTING:
        found = _resting(name)
        held = ", ".join(f"`{path}`" for path in found["held"])
        for framework, under in found["frameworks"].items():
            what = f"{framework}, {held} held" if held else framework
            lines.append((what, *cells(under["outcomes"]["full_attack"])))
    return table(HEADS, lines)


def gap_table() -> str:
    """Return how much of the difference from no guarantee rests on assumptions."""
    lines = []
    for name in RESTING:
        found = _resting(name)
        more = " (two held)" if found["held"] else ""
        lines += [(f"{row[0]}{more}", *row[1:]) for row in gap_rows(found)]
    return table(GAP_HEADS, lines)


def resting_how() -> str:
    """Return how it was measured, and the commands."""
    first = _resting(RESTING[0])
    commands = "\n".join(_resting(name)["command"] for name in RESTING)
    told = " ".join(plain(line) for line in how(first))
    return f"{told}\n\n```sh\n{commands}\n```\n"


def resting_leading() -> str:
    """Return which assumptions full attacks go with most, with the rank correlations."""
    frameworks = _resting(RESTING[0])["frameworks"]
    ranks = {
        (path, name): _rank(leader["rank_correlation"])
        for name, under in frameworks.items()
        for leader in under["leading"]
        for path in leader["paths"]
    }
    paths = dict.fromkeys(path for path, _ in ranks)
    lines = [(f"`{path}`", *(ranks.get((path, n), "") for n in frameworks)) for path in paths]
    return table(("assumption", *frameworks), lines)


def _rank(score: Found) -> str:
    """Return a correlation with its interval."""
    middle, low, high = (f"{score[k]:.2f}" for k in ("estimate", "low", "high"))
    return f"{middle} ({low} to {high})"


SECTIONS = {
    "patterns summary": summary,
    "patterns": patterns_table,
    "patterns observed": observed_table,
    "patterns failing": failures,
    "population": population_table,
    "calibrated": parameter_table,
    "outcomes believed": outcome_table,
    "resting": resting_table,
    "resting gaps": gap_table,
    "resting leading": resting_leading,
    "resting how": resting_how,
}
