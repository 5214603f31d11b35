"""The noise of veil by its definition: Philox4x32-10 (Salmon et al. 2011) and the layout in veil/base/random.h."""

import enum


class Purpose(enum.IntEnum):
    TRAIN_LEVEL = 4
    TRAIN_MASK = 5
    EVALUATION_LEVEL = 7
    EVALUATION_MASK = 8


def philox(counter, key):
    """Four words of 32 bits from four and two."""
    a, b, c, d = counter
    first, second = key
    for _ in range(10):
        low, high = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (high >> 32) ^ b ^ first, high & 0xFFFFFFFF, (low >> 32) ^ d ^ second, low & 0xFFFFFFFF
        first, second = (first + 0x9E3779B9) & 0xFFFFFFFF, (second + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


# Known answers of the authors' library.
assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
assert philox((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)) == (
    0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)


def words(seed, purpose, turn, example, count):
    """The first words of an example, for numbers of turns and examples below 2^32."""
    key = (seed & 0xFFFFFFFF, seed >> 32)
    blocks = (philox((block, example, turn, int(purpose)), key) for block in range((count + 3) // 4))
    return [word for block in blocks for word in block][:count]


def uniform(seed, purpose, turn, example):
    """The first number in (0, 1) of an example, of 52 bits."""
    high, low = words(seed, purpose, turn, example, 2)
    return ((high << 20 | low >> 12) + 0.5) / 2**52
