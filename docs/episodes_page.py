"""Write docs/evidence_episodes.md from docs/episodes.json and the record of mappings.

:mod:`generate` writes it with the other pages; ``score_episodes.py`` makes the numbers.
"""

# ruff: noqa: E501 (a paragraph of the page is one line)

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from deter.presentation.backtest import misses, rows, told, verdict
from deter.presentation.markdown import plain, table

DOCS = Path(__file__).resolve().parent
RESULTS = DOCS / "episodes.json"
RECORD = DOCS.parent / "src" / "deter" / "evidence" / "episode_record.yaml"

PACKAGED = DOCS.parent / "src" / "deter" / "evidence" / "calibrated" / "backtest.json"
"""The scores of the latest mapping, as the evidence line of a command tells them."""

Entry = Mapping[str, Any]

INTRO = """\
# Historical episodes

`deter evidence episodes` makes a scenario of each of {n} historical episodes by one rule for all, simulates it, and scores the predicted hazard of a full attack against what happened. **The episodes are prominent cases, not a sample of all guarantees: the scores say how well the model ranks such cases, and nothing of how often guarantees fail.** That holds for every number on this page.

## In short

{short}

The intervals are over which defenders were picked (a bootstrap of whole defenders). They do not cover what the model leaves out, nor that whoever wrote the mapping knew the cases.

Made by `{command}`; `python docs/score_episodes.py` makes all numbers of this page.
"""

MAPPING = """\
## From columns to a scenario

The rules are data: [episode_mapping_2.yaml](../src/deter/evidence/episode_mapping_2.yaml), before it [episode_mapping_1.yaml](../src/deter/evidence/episode_mapping_1.yaml). They are laid over [stylised/episode.yaml](../scenarios/stylised/episode.yaml), the generic pair of rivals for thirty years from peace, the same thirty for all. No date, length of a window or outcome is handed to the code that applies them; a test changes all of those and sees no scenario move.

| column | in the first mapping | in the second |
| --- | --- | --- |
| `commit` | 0: no text. 1: a political duty to consult. 2: an executive agreement to assist. 3: a ratified pact, as deemed necessary. 4: the same with partners. 5: everything owed, and a second stake, the loss being one's own | the same |
| `guarantor_troops` | at the front, with a brigade to follow for every 2,500 | the same |
| `nuclear_guarantor` | the major power of the generic pair is the one committed, else the middle power | the same |
| `milper_ratio` | the protégé has the challenger's forces divided by the root of the ratio; else by the root of `ratio_chal_def` | not used |
| `ratio_chal_def` | with the next column only | sets how often occasions come, by the rates of disputes that neighbours of each class of shares had (1946–2010): .43 to 1.42 of the average |
| `ratio_chal_vs_coalition` | forces of those committed: the generic ones times the root of guarantors per challenger, at most three times | the same |
| missing | the generic pair's 1.37; generic forces of guarantors | the average rate; the median of guarantors known, 3.8 per challenger |

**Order.** The first mapping was committed with its digest (`90d50d1e981c…`, commit 4c3d34c) before any episode had been run. It failed, and the trials below were made to see why. The second was committed with its digest (`5528bcc7f2c1…`, commit 7505f1f) before it was scored itself, but after trials which had shown that leaving the pair's ratio out of the balance at the front raises C. Its numbers come from rates by pair-year and not from the episodes; that it was written at all came of the first score. Only the first score is that of a blind prediction, and even it is not blind to the cases, which anybody knows. `--mapping 1` scores the first at any time, `--rule` tries other rules.
"""

WHY = """\
**What the trials say.** In the first mapping the ratio of personnel outweighs what was promised: the Baltic states in NATO, at a ratio of 205, come out twice as exposed as East Timor with nobody behind it and no ratio known. Among these episodes that is wrong: Finland and the Soviet Union, the Baltic states and Russia before NATO, Cuba and the United States were quiet for decades against challengers a hundred times as strong. Rates by pair-year, which do not rest on these cases, say the same: disputes and wars are most frequent where the challenger has three to nine times the capabilities, and rarer above. The model has nothing by which the very weak accommodate. Second, a missing ratio counted as nearly even, and two in five episodes have none, many of those attacked among them. Giving them a typical ratio mends the log score and not the ranking; smaller exponents, and bystanders without a stake, change little. Taking the ratio out of the balance is what moves C.

What is left is mostly the commitment, as it acts through votes, beliefs and forces in the model, with troops and the guarantors' weight beside it. That such a prediction ranks about as well as the level of commitment by itself says that the mechanics do not spoil the order, and little more. A Cox model with the same columns, fitted to other defenders' episodes, does as well.

**Levels.** More full attacks happened than are simulated, since the sample holds the famous attacks. As simulated, the log score is therefore worse than that of one constant hazard that was fitted to these very cases; with the parameters the model began from, before any was fitted to patterns, the two could not be told apart, because its attacks were more frequent. The posterior has the level of all rival pairs from 1946 on, not of those that became famous, and nothing was moved to meet the latter. With one factor for the level, fitted to other defenders' episodes, and the constant likewise, it can be told what the differences between episodes are worth.
"""

COMMON = """\
Most surprises are attacks within a year or two of the window's beginning. Windows were drawn by people who know when the attack came (the guarantor left, so a window opens), and no rate can foresee that. The second list is the more instructive. Guarantors that stood aside or were themselves the attacker (Cyprus 1974, Nagorno-Karabakh 2023) or a pact both belonged to (Honduras 1969) are in no column; 68 marines on own territory are taken for a promise in full (Falklands 1982); and neighbours of the Soviet Union that were quiet for decades without a guarantee (Finland, Sweden) are taken for as exposed as anybody.
"""

HOW = """\
## How it is scored

- **Prediction.** Full attacks per year without one over the thirty years, for ranking; and hazards by band of years (0–1, 1–2, 2–5, 5–10, 10–20, 20 on, the last going on beyond thirty), for all else. Half an event is added to each episode's histories, so that no hazard is zero.
- **Histories.** The order of episodes with nearly equal hazards depends on how many histories are run: with the second mapping and seed 1, C is .706 with 1,000 of each (the default), .695 with 2,000 and .696 with 10,000.
- **Event.** A full attack at `years_at_risk`; else censored at `years_total`. Limited attacks are not events.
- **Harrell's C.** Of pairs in which it is known who was attacked first, the share in which that one had the higher predicted hazard; ties count half.
- **Cox model.** Commitment, log troops, nuclear guarantor, log ratio of personnel, log ratio to the coalition, standardised, missing values at the mean, a ridge of 1; each episode is predicted from a fit to the episodes of other defenders.
- **Log score.** Log hazard at the event less the hazard gone through, over years at risk.
- **Brier score.** At 5 and 10 years, weighted by the inverse probability of being still watched (Graf et al. 1999).
- **Calibration.** Four groups by predicted risk at 10 years, against one less Kaplan–Meier.
- **Checks.** Scores and Cox model agree with scikit-survival and lifelines where those are installed, with hand-worked cases, and with planted data (`tests/test_survival_scores.py`).

## Your own cases, your own parameters

Any file of the form of [episodes.csv](../src/deter/evidence/episodes.csv) works; ratios may be empty, other columns may stand beside. Every fault of a file is named with its line.

```sh
deter evidence episodes my_cases.csv
deter evidence episodes --set behaviour.binding_slope=0.8      # other parameters
deter evidence episodes --base my_parameters.yaml -o results/episodes
deter evidence episodes --rule commitments.1.obligation=none   # another rule, for a trial
```

`my_parameters.yaml` is a scenario that begins with `extends: stylised/episode.yaml`. Facts carry their marks: codes are from general knowledge [M], ratios are computed from public data [C].
"""


def episodes_page() -> str:
    """Return the page."""
    found = json.loads(RESULTS.read_text("utf-8"))
    record = YAML(typ="safe").load(RECORD.read_text("utf-8"))
    latest = found["latest"]
    return "\n".join(
        [
            INTRO.format(n=latest["n"], short=_short(latest), command=latest["command"]),
            "## Scores\n",
            f"{latest['n']} episodes, {latest['events']} with a full attack, {latest['years']:,.0f} years at risk; mapping {latest['mapping']['number']}, {latest['histories']:,} histories of each episode, seed {latest['seed']}, parameters `{latest['parameters'][:12]}`.\n",
            *(_block(heading, lines) for heading, lines in rows(latest)),
            "![Share attacked against risk predicted](images/episodes_calibration.png)\n",
            MAPPING,
            "## What was scored, in the order of time\n",
            _history(found["scores"], record, latest["parameters"]),
            WHY,
            "## The worst misses\n",
            *(f"**{heading}.**\n\n{_list(found)}\n" for heading, found in misses(latest).items()),
            COMMON,
            HOW,
        ]
    )


def packaged() -> dict[Path, str]:
    """Return what the package itself keeps of the scores, by its place."""
    latest = json.loads(RESULTS.read_text("utf-8"))["latest"]
    named = ("command", "n", "events", "years", "histories", "seed", "parameters", "scores")
    held = {name: latest[name] for name in named} | {"mapping": latest["mapping"]["number"]}
    return {PACKAGED: json.dumps(held, indent=1, ensure_ascii=False) + "\n"}


def _short(latest: Entry) -> str:
    scores = latest["scores"]

    def has(name: str, scale: float = 1.0) -> str:
        return told(scores[name], scale, signed="over" in name)

    def says(name: str, *, more: bool = True) -> str:
        return verdict(scores[name], more=more)

    return "\n".join(
        [
            f"- **Ranking.** Harrell's C is {has('c_index')}, against {has('c_index_commitment')} for the level of commitment alone: a difference of {has('c_over_commitment')}, {says('c_over_commitment')}; and against {has('c_index_baseline')} for a Cox model, {says('c_over_baseline')}.",
            f"- **Log score per 100 years, against a constant hazard.** As simulated {has('log_over_constant', 100)}: {says('log_over_constant')}. With the level of both fitted to other defenders' episodes {has('log_level_over_constant', 100)}: {says('log_level_over_constant')}.",
            f"- **Brier score at 10 years, against a constant hazard.** As simulated {has('ipcw_brier_10y_over_constant')}: {says('ipcw_brier_10y_over_constant', more=False)}. With its level fitted {has('ipcw_brier_10y_level_over_constant')}: {says('ipcw_brier_10y_level_over_constant', more=False)}.",
            "- **The first mapping, the only one written blind, failed**: see below.",
        ]
    )


def _block(heading: str, lines: list[tuple[str, str, str]]) -> str:
    return table((heading, "estimate (95 %)", ""), ((plain(a), b, c) for a, b, c in lines))


def _history(scores: list[Entry], record: Entry, parameters: str) -> str:
    heads = (
        "mapping",
        "what changed",
        "C",
        "less commitment alone",
        "log score less constant, per 100 y: as simulated",
        "level fitted",
        "histories",
    )
    now = list(_lines(scores, record, parameters))
    page = table(heads, now)
    earlier = [e for e in scores if e["parameters"] != parameters]
    for other in dict.fromkeys(entry["parameters"] for entry in earlier):
        page += f"\nUnder earlier parameters `{other[:12]}`:\n\n"
        page += table(heads, _lines(scores, record, other))
    return page


def _lines(scores: list[Entry], record: Entry, parameters: str) -> Iterator[tuple[str, ...]]:
    known = {
        (e["mapping"]["number"], tuple(e["mapping"]["changes"])): e
        for e in scores
        if e["parameters"] == parameters
    }
    trials = [(t["mapping"], tuple(t["rules"]), t["why"]) for t in record["tried"]]
    listed = []
    for entry in record["mappings"]:
        number = entry["number"]
        listed.append((number, (), f"**{entry['change']}**"))
        listed += [trial for trial in trials if trial[0] == number]
    for number, rules, why in listed:
        if (number, rules) in known:
            yield _line(known[number, rules], f"{number}{' tried' if rules else ''}", rules, why)


def _line(entry: Entry, name: str, rules: tuple[str, ...], why: str) -> tuple[str, ...]:
    scores = entry["scores"]
    changes = f" (`{'`, `'.join(rules)}`)" if rules else ""
    return (
        name,
        f"{plain(why)}{changes}",
        told(scores["c_index"], 1.0),
        told(scores["c_over_commitment"], 1.0, signed=True),
        told(scores["log_over_constant"], 100.0, signed=True),
        told(scores["log_level_over_constant"], 100.0, signed=True),
        f"{entry['histories']:,}",
    )


def _list(sentences: list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
