"""Laws of deciding together: votes, quorums and the time they take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deter.theory.law import law

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

EACH = 0
LEAD = 1
COALITION = 2
MAJORITY = 3
WEIGHTED_MAJORITY = 4
CONSENSUS = 5
SECURITY_COUNCIL = 6
"""Decision rules, in the order of ``vocabulary.RULES``."""


@law
def majority_size(n: int) -> int:
    """Return how many of n members make a majority, floor(n / 2) + 1.

    Parameters
    ----------
    n : int
        Members, a count.

    Source: definition.

    Examples
    --------
    >>> majority_size(9)
    5
    """
    return n // 2 + 1


@law
def kth_highest(votes: IntArray, n: int, k: int) -> int:
    """Return the k-th highest of the first n votes; 0 where there are fewer than k.

    votes_(n - k + 1), the order statistic, for 1 <= k <= n

    Parameters
    ----------
    votes : array of int
        Highest rung each member is ready for, 0 to 4.
    n, k : int
        How many votes count; which one is asked for, from 1.

    Source: a coalition of k acts as far as its k-th most willing member.

    Examples
    --------
    >>> import numpy as np
    >>> kth_highest(np.array([4, 1, 3]), 3, 2)
    3
    """
    if k > n:
        return 0
    for rung in range(4, 0, -1):
        count = 0
        for i in range(n):
            if votes[i] >= rung:
                count += 1
        if count >= k:
            return rung
    return 0


@law
def weighted_rung(votes: IntArray, weights: IntArray, n: int, quota: int) -> int:
    """Return the highest rung whose supporters hold at least ``quota`` of the weights; else 0.

    max {j : sum of weights of members with vote >= j >= quota}

    Parameters
    ----------
    votes, weights : array of int
        Highest rung and weight of each member.
    n, quota : int
        How many members count; weight needed.

    Source: weighted voting game (Felsenthal & Machover 1998).

    Examples
    --------
    >>> import numpy as np
    >>> weighted_rung(np.array([4, 2]), np.array([3, 1]), 2, 3)
    4
    """
    for rung in range(4, 0, -1):
        total = 0
        for i in range(n):
            if votes[i] >= rung:
                total += weights[i]
        if total >= quota:
            return rung
    return 0


@law
def quorum_time(clocks: FloatArray, votes: IntArray, n: int, rung: int, k: int) -> float:
    """Return when the k-th of those voting at least ``rung`` has decided; infinite if fewer vote.

    min {t : #(members with vote >= rung and clock <= t) >= k}

    Parameters
    ----------
    clocks : array of float
        Time each member takes, days.
    votes : array of int
        Highest rung each is ready for.
    n, rung, k : int
        Members that count, rung asked for, order asked for (from 1).

    Source: order statistics (David & Nagaraja 2003).

    Examples
    --------
    >>> import numpy as np
    >>> quorum_time(np.array([5.0, 1.0, 3.0]), np.array([2, 2, 0]), 3, 1, 2)
    5.0
    """
    best = np.inf
    for i in range(n):
        if votes[i] < rung:
            continue
        rank = 0
        for j in range(n):
            if votes[j] >= rung and clocks[j] <= clocks[i]:
                rank += 1
        if rank >= k and clocks[i] < best:
            best = clocks[i]
    return best


@law
def weighted_quorum_time(
    clocks: FloatArray, votes: IntArray, weights: IntArray, n: int, rung: int, quota: int
) -> float:
    """Return when those voting at least ``rung`` and decided first hold the quota of weights.

    min {t : sum of weights of members with vote >= rung and clock <= t >= quota}

    Parameters
    ----------
    clocks : array of float
        Time each member takes, days.
    votes, weights : array of int
        Highest rung and weight of each member.
    n, rung, quota : int
        Members that count; rung asked for; weight needed.

    Source: order statistics with weights.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_quorum_time(np.array([5.0, 1.0]), np.array([1, 1]), np.array([3, 1]), 2, 1, 3)
    5.0
    """
    best = np.inf
    for i in range(n):
        if votes[i] < rung:
            continue
        total = 0
        for j in range(n):
            if votes[j] >= rung and clocks[j] <= clocks[i]:
                total += weights[j]
        if total >= quota and clocks[i] < best:
            best = clocks[i]
    return best


@law
def at_least(probabilities: FloatArray, n: int, k: int, skip: int) -> float:
    """Return the probability that at least k of n independent members say yes.

    P(sum_i X_i >= k), X_i independent with P(X_i = 1) = p_i

    The Poisson-binomial recursion, counts above k - 1 lumped together.

    Parameters
    ----------
    probabilities : array of float
        Of each member.
    n, k : int
        Members that count; yeses needed. 1 where k is 0 or less.
    skip : int
        A member left out of the count; -1 for none.

    Source: Wang 1993; Barlow & Heidtmann 1984.

    Examples
    --------
    >>> import numpy as np
    >>> at_least(np.array([0.5, 0.5, 0.5]), 3, 2, -1)
    0.5
    """
    if k <= 0:
        return 1.0
    below = np.zeros(k)
    below[0] = 1.0
    for i in range(n):
        if i == skip:
            continue
        p = probabilities[i]
        for c in range(k - 1, 0, -1):
            below[c] = below[c] * (1.0 - p) + below[c - 1] * p
        below[0] = below[0] * (1.0 - p)
    total = 0.0
    for c in range(k):
        total += below[c]
    return min(1.0, max(0.0, 1.0 - total))


@law
def others_at_least(
    probabilities: FloatArray,
    n: int,
    k: int,
    first: FloatArray,
    last: FloatArray,
    out: FloatArray,
) -> None:
    """Fill, for each of n independent members, the probability that k of the others say yes.

    out_i = P(sum_{j != i} X_j >= k), X_j independent with P(X_j = 1) = p_j

    At least k. Counts among the members before one (``first``) and after it (``last``) are built
    up once each and joined for every member, n k steps in place of the n^2 k of leaving one out
    at a time.

    Parameters
    ----------
    probabilities : array of float
        Of each member.
    n, k : int
        Members that count; yeses needed among the others. 1 where k is 0 or less.
    first, last : arrays of float, at least (n + 1) * (k + 1)
        Scratch: first[m, c] the probability that the first m members say c yeses, c < k;
        last[m, c] that the members from m on say at least c.
    out : array of float, at least n
        Written.

    Source: Poisson-binomial recursion (Barlow & Heidtmann 1984), forwards and backwards.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros(3)
    >>> others_at_least(np.array([0.5, 0.5, 1.0]), 3, 2, np.zeros(12), np.zeros(12), out)
    >>> out.tolist()
    [0.5, 0.5, 0.25]
    """
    if k <= 0:
        for i in range(n):
            out[i] = 1.0
        return
    width = k + 1
    for c in range(k):
        first[c] = 1.0 if c == 0 else 0.0
        last[n * width + c] = 1.0 if c == 0 else 0.0
    last[n * width + k] = 0.0
    for m in range(n):
        p = probabilities[m]
        here, after = m * width, (m + 1) * width
        first[after] = first[here] * (1.0 - p)
        for c in range(1, k):
            first[after + c] = first[here + c] * (1.0 - p) + first[here + c - 1] * p
    for m in range(n - 1, -1, -1):
        p = probabilities[m]
        here, after = m * width, (m + 1) * width
        last[here] = 1.0
        for c in range(1, k + 1):
            last[here + c] = last[after + c] * (1.0 - p) + last[after + c - 1] * p
    for i in range(n):
        before, after = i * width, (i + 1) * width
        total = 0.0
        below = 0.0
        for c in range(k):
            below += first[before + c]
            total += first[before + c] * last[after + k - c]
        out[i] = min(1.0, max(0.0, total + (1.0 - below)))


@law
def weight_at_least(
    probabilities: FloatArray, weights: IntArray, n: int, quota: int, skip: int
) -> float:
    """Return the probability that the yeses of independent members weigh at least ``quota``.

    P(sum_i w_i X_i >= quota), X_i independent with P(X_i = 1) = p_i

    The recursion over whole weights; :func:`at_least` is the case of unit weights.

    Parameters
    ----------
    probabilities : array of float
        Of each member.
    weights : array of int
        Votes of each member.
    n, quota : int
        Members that count; weight needed.
    skip : int
        A member left out of the count; -1 for none.

    Source: generating function of a weighted voting game (Brams & Affuso 1976).

    Examples
    --------
    >>> import numpy as np
    >>> weight_at_least(np.array([0.5, 0.5]), np.array([3, 1]), 2, 3, -1)
    0.5
    """
    if quota <= 0:
        return 1.0
    below = np.zeros(quota)
    below[0] = 1.0
    for i in range(n):
        if i == skip:
            continue
        p = probabilities[i]
        w = weights[i]
        if w <= 0:
            continue
        for c in range(quota - 1, -1, -1):
            gained = below[c - w] * p if c >= w else 0.0
            below[c] = below[c] * (1.0 - p) + gained
    total = 0.0
    for c in range(quota):
        total += below[c]
    return min(1.0, max(0.0, 1.0 - total))


@law
def all_of(probabilities: FloatArray, n: int, skip: int) -> float:
    """Return the probability that all of n independent members say yes.

    p_1 * p_2 * … * p_n

    Parameters
    ----------
    probabilities : array of float
        p_i of each member.
    n : int
        Members that count.
    skip : int
        A member left out of the product; -1 for none.

    Source: product rule.

    Examples
    --------
    >>> import numpy as np
    >>> all_of(np.array([0.5, 0.5]), 2, -1)
    0.25
    """
    product = 1.0
    for i in range(n):
        if i != skip:
            product *= probabilities[i]
    return product


@law
def others_all(probabilities: FloatArray, n: int, last: FloatArray, out: FloatArray) -> None:
    """Fill, for each of n independent members, the probability that all the others say yes.

    out_i = p_1 * … * p_n without the factor p_i

    Parameters
    ----------
    probabilities : array of float
        Of each member.
    n : int
        Members that count.
    last : array of float, at least n + 1
        Scratch: last[m] the probability that the members from m on all say yes.
    out : array of float, at least n
        Written.

    Source: product rule.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros(3)
    >>> others_all(np.array([0.5, 0.25, 1.0]), 3, np.zeros(4), out)
    >>> out.tolist()
    [0.25, 0.5, 0.125]
    """
    last[n] = 1.0
    for m in range(n - 1, -1, -1):
        last[m] = probabilities[m] * last[m + 1]
    before = 1.0
    for m in range(n):
        out[m] = before * last[m + 1]
        before *= probabilities[m]


@law
def deadline_clock(own: float, deadline: float, complies: bool, silence: bool) -> float:
    """Return the time of a member's decision under a deadline, days.

    Its own clock where that is in time or there is no deadline; the deadline where it complies,
    or where silence counts as assent; infinite where it misses it and a miss is a no.

    Parameters
    ----------
    own : float
        Time it would take by itself.
    deadline : float
        Time allowed; infinite for none.
    complies, silence : bool
        Whether it meets the deadline; whether silence is assent.

    Source: silence procedure (NATO, OSCE practice); compliance is an assumption.

    Examples
    --------
    >>> deadline_clock(10.0, 3.0, True, False)
    3.0
    """
    if own <= deadline:
        return own
    if complies or silence:
        return deadline
    return np.inf
