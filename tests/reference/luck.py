"""Philox4x32-10 in plain Python, after Salmon, Moraes, Dror and Shaw (2011), figure 2."""

from __future__ import annotations

WORD = 2**32
LOW = WORD - 1


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four 32-bit words for one counter and key, each given as 32-bit words."""
    a, b, c, d = counter
    left, right = key
    for _ in range(10):
        of_a, of_c = a * 0xD2511F53, c * 0xCD9E8D57  # 64 bits: the high word and the low one
        a, b, c, d = (of_c >> 32) ^ b ^ left, of_c & LOW, (of_a >> 32) ^ d ^ right, of_a & LOW
        left, right = (left + 0x9E3779B9) & LOW, (right + 0xBB67AE85) & LOW
    return a, b, c, d


class Luck:
    """All luck of one seed: who (entity), when (month), in what (stream, and a kind where one
    matter comes in several)."""

    def __init__(self, seed: int) -> None:
        """The low word of the seed is the first word of the key."""
        self.key = (seed % WORD, seed // WORD)

    def block(self, entity: int, month: int, block: int, kind: int = 0) -> tuple[int, int, int, int]:
        """The words of the four streams of one block."""
        return philox((entity, month % WORD, block, kind), self.key)

    def word(self, entity: int, month: int, stream: int, kind: int = 0) -> int:
        """The 32-bit word of one stream."""
        return self.block(entity, month, stream // 4, kind)[stream % 4]

    def share(self, entity: int, month: int, stream: int, kind: int = 0) -> float:
        """A number in (0, 1), uniform over streams, entities and months."""
        return (self.word(entity, month, stream, kind) + 0.5) / WORD
