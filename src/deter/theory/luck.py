"""Luck: addressed draws.

A draw is not the next number of a sequence but the number at an address: seed, replication,
stream, occasion, index. Whoever asks, in whatever order and however often, finds the same
number there; so one replication meets the same luck under every framework, adding an actor
shifts nobody's draws, and any replication replays alone (model.md, section 6).
"""

from __future__ import annotations

import hashlib

import numpy as np

from deter.theory.law import law

__all__ = ["open_unit", "philox4x32", "stream_id", "uniform"]

_WORD = 0xFFFFFFFF
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOST_BITS = np.uint64(12)


def stream_id(name: str) -> int:
    """Return the 32-bit number of the stream called ``name``, such as ``"DE/vote"``.

    The four-byte BLAKE2b digest of the name in UTF-8, read as a little-endian word: the same on
    every machine and in every version of Python, unlike ``hash``. Two names may share a number
    (one chance in four billion a pair); whoever makes the streams of a game checks that none do.

    *Units*: none.

    *Source*: RFC 7693.

    Examples
    --------
    >>> stream_id("DE/vote")
    247803668
    """
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8"), digest_size=4).digest(), "little")


@law
def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Scramble a counter of four 32-bit words under a key of two: Philox4x32-10.

    Ten rounds of two 32 × 32 → 64-bit products, exclusive-or and a Weyl key schedule. It is a
    bijection of the counter for each key, so that distinct addresses never meet one state.
    Only the low 32 bits of each argument count; arithmetic is in uint64.

    *Units*: none.

    *Source*: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as
    1, 2, 3", SC '11; checked against the known answers of the Random123 library.

    Examples
    --------
    >>> [hex(word) for word in philox4x32(0, 0, 0, 0, 0, 0)]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    x0 = np.uint64(c0 & _WORD)
    x1 = np.uint64(c1 & _WORD)
    x2 = np.uint64(c2 & _WORD)
    x3 = np.uint64(c3 & _WORD)
    key0 = np.uint64(k0 & _WORD)
    key1 = np.uint64(k1 & _WORD)
    for _ in range(10):
        product0 = _MULTIPLIER_0 * x0
        product1 = _MULTIPLIER_1 * x2
        x0 = (product1 >> _WORD_BITS) ^ x1 ^ key0
        x1 = product1 & _LOW_WORD
        x2 = (product0 >> _WORD_BITS) ^ x3 ^ key1
        x3 = product0 & _LOW_WORD
        key0 = (key0 + _WEYL_0) & _LOW_WORD
        key1 = (key1 + _WEYL_1) & _LOW_WORD
    return int(x0), int(x1), int(x2), int(x3)


@law
def open_unit(high: int, low: int) -> float:
    """Turn two 32-bit words into a number strictly between 0 and 1: (k + ½)/2⁵².

    k is the top 52 bits of the 64-bit word high·2³² + low. The result lies on a grid of step
    2⁻⁵² symmetric about ½, from 2⁻⁵³ to 1 - 2⁻⁵³, and is exact: nothing is rounded.

    *Units*: none.

    *Source*: the definition; a quantile function never meets the 0 or 1 it cannot take.

    Examples
    --------
    >>> open_unit(0, 0) == 2.0**-53
    True
    """
    k = (np.uint64(high & _WORD) << _WORD_BITS | np.uint64(low & _WORD)) >> _LOST_BITS
    return (float(k) + 0.5) * 2.220446049250313e-16


@law
def uniform(seed: int, replication: int, stream: int, occasion: int, index: int) -> float:
    """Return the uniform draw at an address, strictly between 0 and 1.

    Philox4x32-10 with counter (replication, stream, occasion, index) and the seed as key, low
    word first; the first two output words make the draw, the other two are not used. Each of
    the four is taken modulo 2³² (so occasion -1 is 4294967295) and the seed modulo 2⁶⁴. From
    Python a seed must fit a signed 64-bit integer, or be a ``numpy.uint64``.

    *Units*: none.

    *Source*: Salmon et al. (2011), as :func:`philox4x32`.

    Examples
    --------
    >>> round(uniform(2025, 0, stream_id("DE/vote"), 3, 0), 12)
    0.176043039461
    >>> uniform(1, 0, 0, -1, 0) == uniform(1, 0, 0, 4294967295, 0)
    True
    """
    high, low, _, _ = philox4x32(replication, stream, occasion, index, seed, seed >> 32)
    return open_unit(high, low)
