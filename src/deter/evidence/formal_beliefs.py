"""Formal cases of beliefs: Beta records, forgetting, log-odds, record against current interests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from deter.evidence.formal_case import Answer, BadInputError, Case, Inputs, Shape, shape
from deter.theory import chance, choice, credibility

MOST = 100_000
FORGETTING = ("gamma", "forgetting", "discount")
RECORDS = ("sequence", "outcomes", "history", "observations", "record", "actions", "events")
PRIORS = ("prior", "q0", "p0", "prior_q", "q_prior", "q")
RATIOS = ("likelihood_ratios", "LR", "lr", "LRs", "ratios", "log_lr", "llr")


def recorded(
    alpha: float, beta: float, record: Sequence[bool], forgetting: float = 1.0
) -> tuple[float, float]:
    """Return a Beta belief after a record of honoured and reneged crises, in order.

    Examples
    --------
    >>> recorded(2.0, 2.0, [False, True])
    (3.0, 3.0)
    """
    for honoured in record:
        alpha, beta = credibility.beta_after(alpha, beta, honoured, forgetting)
    return float(alpha), float(beta)


def _counted(given: Inputs) -> list[bool]:
    """Return the record of counts: the honoured first."""
    honoured = given.whole("honoured", 0, MOST)
    return [True] * honoured + [False] * given.whole("reneged", 0, MOST)


def _prior(given: Inputs) -> tuple[float, float]:
    return given.number("alpha", 1e-9, 1e9), given.number("beta", 1e-9, 1e9)


def _described(alpha: float, beta: float) -> dict[str, float]:
    total = alpha + beta
    return {
        "alpha": alpha,
        "beta": beta,
        "mean": alpha / total,
        "var": alpha * beta / (total * total * (total + 1.0)),
        "p_gt_half": 1.0 - float(chance.regularised_beta(alpha, beta, 0.5)),
        "n_eff": total,
    }


def _beta(_case: Case, given: Inputs) -> Answer:
    return Answer(_described(*recorded(*_prior(given), _counted(given))))


def _forgetting(case: Case, given: Inputs) -> Answer:
    gamma = given.number(given.first(*FORGETTING), 0.0, 1.0)
    if any(key in given for key in RECORDS):
        record = [x > 0.5 for x in given.numbers(given.first(*RECORDS), 0.0, 1.0)]
    else:
        record = _counted(given)
    got: dict[str, Any] = _described(*recorded(*_prior(given), record, gamma))
    limit = 1.0 / (1.0 - gamma) if gamma < 1.0 else math.inf
    for key in case.expected:
        if any(word in key for word in ("max", "limit", "bound")):
            got[key] = limit
        elif any(word in key for word in ("eff", "ess", "size", "total")):
            got[key] = got["n_eff"]
    return Answer(got)


def _current(_case: Case, given: Inputs) -> Answer:
    alpha, beta = _prior(given)
    after = recorded(alpha, beta, _counted(given))
    credible = credibility.nested_credibility(
        given.number("q_current", 0.0, 1.0),
        alpha / (alpha + beta),
        after[0] / (after[0] + after[1]),
        given.number("w", 0.0, 10.0),
    )
    return Answer({"credibility": float(credible)})


def _log_odds(case: Case, given: Inputs) -> Answer:
    """Add the log likelihood ratios of independent signals to the prior's log-odds."""
    prior = given.number(given.first(*PRIORS), 1e-12, 1.0 - 1e-12)
    path = [float(choice.logit(prior))]
    for ratio in _ratios(given):
        path.append(path[-1] + ratio)
    final = float(choice.expit(path[-1]))
    got: dict[str, Any] = {
        "log_odds": path[-1],
        "posterior": final,
        "sum_log_lr": path[-1] - path[0],
    }
    for key, value in case.expected.items():
        if key in got:
            continue
        steps = path[1:] if "odds" in key else [float(choice.expit(x)) for x in path[1:]]
        if isinstance(value, list):
            got[key] = steps if len(value) == len(steps) else [path[0], *steps]
        elif "odds" in key:
            got[key] = path[-1]
        elif any(word in key for word in ("post", "belief", "q", "p", "mean", "credib")):
            got[key] = final
    return Answer(got)


def _ratios(given: Inputs) -> Iterator[float]:
    """Yield the log likelihood ratio of each signal, however the signals are written."""
    for key in RATIOS:
        if key in given:
            logs = key in ("log_lr", "llr")
            for ratio in given.numbers(key, -1e6 if logs else 1e-12, 1e12):
                yield ratio if logs else math.log(ratio)
            return
    if "signals" in given:
        for n, item in enumerate(given.raw("signals")):
            yield _ratio_of(item, f"inputs.signals[{n}]")
        return
    yield from _paired(given)


def _ratio_of(item: Any, path: str) -> float:
    """Return the log ratio of a signal: a ratio, a pair, a pair with what was seen, a mapping."""
    if isinstance(item, dict):
        names = sorted(k for k in item if isinstance(item[k], int | float))
        reliable = [k for k in names if "rel" in k and "unrel" not in k]
        unreliable = [k for k in names if "unrel" in k]
        if len(reliable) != 1 or len(unreliable) != 1:
            raise BadInputError(f"{path} names no likelihood under reliable and under unreliable")
        seen = item.get("observed", item.get("seen", True))
        item = [item[reliable[0]], item[unreliable[0]], seen]
    if isinstance(item, int | float) and not isinstance(item, bool) and item > 0:
        return math.log(item)
    if not isinstance(item, list) or len(item) not in (2, 3):
        raise BadInputError(f"{path} is no likelihood ratio and no pair of likelihoods")
    given = Inputs({"reliable": item[0], "unreliable": item[1]}, path)
    one, other = given.number("reliable", 0.0, 1.0), given.number("unreliable", 0.0, 1.0)
    if len(item) == 3 and not item[2]:
        one, other = 1.0 - one, 1.0 - other
    return _log_ratio(one, other, path)


def _paired(given: Inputs) -> Iterator[float]:
    """Yield the ratios of two lists of likelihoods, under reliable and under unreliable."""
    lists = given.lists()
    unreliable = [k for k in lists if "unrel" in k]
    reliable = [k for k in lists if "rel" in k and k not in unreliable]
    if len(reliable) != 1 or len(unreliable) != 1:
        raise BadInputError("inputs hold no likelihoods under reliable and under unreliable")
    ones, others = given.numbers(reliable[0], 0.0, 1.0), given.numbers(unreliable[0], 0.0, 1.0)
    seen = given.numbers("observed", 0.0, 1.0) if "observed" in given else [1.0] * len(ones)
    if not len(ones) == len(others) == len(seen):
        raise BadInputError("the lists of signals differ in length")
    for one, other, yes in zip(ones, others, seen, strict=True):
        sent = (one, other) if yes > 0.5 else (1.0 - one, 1.0 - other)
        yield _log_ratio(*sent, "inputs")


def _log_ratio(one: float, other: float, path: str) -> float:
    if one <= 0.0 or other <= 0.0:
        raise BadInputError(f"{path}: a likelihood of 0 settles the matter; no log-odds")
    return math.log(one) - math.log(other)


def _honours(case: Case, given: Inputs) -> Answer:
    """Count the honours in a row until the mean of the record reaches what deters."""
    alpha, beta = _prior(given)
    key = given.first("q_star", "q_target", "target", "threshold", "qC_star")
    many = isinstance(given.raw(key), list)
    targets = given.numbers(key, 0.0, 1.0 - 1e-6) if many else [given.number(key, 0.0, 1.0 - 1e-6)]
    needed = [_until(alpha, beta, q) for q in targets]
    if many:
        return Answer(
            {f"q{q:g}": n for q, n in zip(targets, needed, strict=True)}
            | {name: needed for name, value in case.expected.items() if isinstance(value, list)}
        )
    a, b = recorded(alpha, beta, [True] * needed[0])
    before = recorded(alpha, beta, [True] * max(0, needed[0] - 1))
    got: dict[str, Any] = {}
    for name in case.expected:
        if "before" in name:
            got[name] = before[0] / (before[0] + before[1])
        elif "mean" in name or "after" in name:
            got[name] = a / (a + b)
        else:
            got[name] = needed[0]
    return Answer(got)


def _until(alpha: float, beta: float, target: float) -> int:
    """Return how many honours bring the mean to a target, reckoned by the law one by one."""
    for n in range(MOST):
        if alpha >= target * (alpha + beta) - 1e-12:
            return n
        alpha, beta = credibility.beta_after(alpha, beta, True, 1.0)
    raise BadInputError(f"more than {MOST} honours are needed")


BELIEFS: tuple[Shape, ...] = (
    shape("alpha beta honoured reneged", _beta),
    shape("q_current alpha beta honoured reneged w", _current),
    *(shape(f"alpha beta {gamma} {key}", _forgetting) for gamma in FORGETTING for key in RECORDS),
    *(shape(f"alpha beta {gamma} honoured reneged", _forgetting) for gamma in FORGETTING),
    *(shape(f"{prior} {key}", _log_odds) for prior in PRIORS for key in (*RATIOS, "signals")),
    *(shape(prior, _log_odds, words=("log_odds", "log-odds", "log odds")) for prior in PRIORS),
    *(
        shape(f"alpha beta {key}", _honours)
        for key in ("q_star", "q_target", "target", "threshold", "qC_star")
    ),
)
