"""Addressed randomness: the published generator, uniform, and unrelated between streams,
entities, months and seeds."""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.luck import philox as plain_philox
from scipy import stats

from sim.fingerprint import PACKAGE
from sim.model.luck import Kind, Stream, block_of, lognormals, normals, philox, seed_words, uniforms, words_of
from sim.model.month.decisions import uniform
from sim.model.month.owner_passes import draw_words
from sim.model.start.owners import OwnerStream

U64 = np.uint64
MANY = 200_000
OWNER_STREAMS = range(8, 20)  # codes that the traits of owners have for themselves
FULL = 0xFFFFFFFF
# Random123 1.14, tests/kat_vectors: philox4x32 10, counter, key and result
KNOWN_ANSWERS = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((FULL, FULL, FULL, FULL), (FULL, FULL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)
word = st.integers(0, FULL)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_known_answers_of_random123(
    counter: tuple[int, ...], key: tuple[int, ...], answer: tuple[int, ...]
) -> None:
    numbers = [U64(n) for n in (*counter, *key)]
    assert tuple(int(w) for w in philox(*numbers)) == answer, "scalars"
    arrays = philox(*(np.array([n, n]) for n in numbers[:4]), *numbers[4:])
    assert [tuple(int(n) for n in w) for w in arrays] == [(n, n) for n in answer], "arrays"
    assert plain_philox(counter, key) == answer, "the reference"


@settings(deadline=None)
@given(entity=word, month=word, block=word, kind=word, key_0=word, key_1=word)
def test_two_implementations_agree(
    entity: int, month: int, block: int, kind: int, key_0: int, key_1: int
) -> None:
    found = philox(*(U64(n) for n in (entity, month, block, kind, key_0, key_1)))
    assert tuple(int(w) for w in found) == plain_philox((entity, month, block, kind), (key_0, key_1))


@settings(deadline=None)
@given(seed=st.integers(0, 2**63 - 1), first=st.integers(0, 2**31), month=st.integers(0, 1200))
def test_compiled_owner_draws_are_those_of_the_address(seed: int, first: int, month: int) -> None:
    columns = [np.empty(5, np.uint32) for _ in range(4)]
    draw_words(first, U64(month), *(U64(k) for k in seed_words(seed)), *columns)
    for stream, column in zip(
        (Stream.PAY, Stream.REPAY, Stream.COMPLAINT, Stream.PERSUASION), columns, strict=True
    ):
        assert np.array_equal(words_of(seed, stream, month, np.arange(first, first + 5)), column)


@settings(deadline=None)
@given(st.integers(0, 2**63 - 1), st.permutations(range(12)))
def test_a_draw_depends_on_its_address_alone(seed: int, order: list[int]) -> None:
    alone = [float(uniforms(seed, Stream.ESTATE_PRICE, 7, np.array([i]))[0]) for i in range(12)]
    together = uniforms(seed, Stream.ESTATE_PRICE, 7, np.array(order))
    assert [alone[i] for i in order] == list(together)


def test_streams_have_their_own_codes() -> None:
    assert len(Stream.__members__) == len(set(Stream)), "two names for one code would share luck"
    assert len(Kind.__members__) == len(set(Kind))
    assert len(OwnerStream.__members__) == len(set(OwnerStream))
    assert not set(map(int, Stream)) & set(OWNER_STREAMS), "a stream among those of owners' traits"
    assert set(map(int, OwnerStream)) <= set(OWNER_STREAMS)


def test_every_name_of_luck_is_drawn_from_and_every_draw_has_a_name() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    for names in (Stream, OwnerStream, Kind):
        for name in names.__members__:
            assert f"{names.__name__}.{name}" in source, f"{name} is declared and never drawn from"
    for folder in ("model/month", "model/start", "model/programmes"):
        for file in (PACKAGE / folder).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"U64\([1-9]", text), f"{file.name}: a number for a name of luck"


def test_a_block_is_named_by_the_streams_that_it_holds() -> None:
    assert block_of(Stream.PAY, Stream.REPAY) == 0
    assert block_of(Stream.TENDER_VISITOR) == 11
    for wrong in (
        (Stream.REPAY, Stream.PAY),
        (Stream.REPAY, Stream.COMPLAINT),
        (Stream.PAY, Stream.COMPLAINT),
    ):
        with pytest.raises(ValueError, match="not the first words"):
            block_of(*wrong)


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        seed_words(seed)


@pytest.mark.parametrize(
    "stream",
    [Stream.PAY, Stream.VOTE_APPROVE, OwnerStream.INCOME, Stream.LEFT_ALONE, Stream.BALLOT_AT_EXPIRY],
)
def test_draws_are_uniform(stream: IntEnum) -> None:
    words = words_of(11, stream, 3, np.arange(MANY))
    shares = (words.astype(np.float64) + 0.5) / 2**32
    assert stats.kstest(shares, "uniform").pvalue > 1e-3
    single = uniform(words.astype(np.uint32))
    assert single.dtype == np.float32
    assert single.min() >= 0.0 and single.max() < 1.0
    counts = np.histogram(single, bins=256, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    ones = np.array([np.count_nonzero(words >> U64(bit) & U64(1)) for bit in range(32)])
    assert np.all(np.abs(ones - MANY / 2) < 5 * np.sqrt(MANY) / 2), "every bit is fair"


ADDRESSES = {
    "the next stream": (11, Stream.REPAY, 3, 0),
    "another block": (11, OwnerStream.PAYER, 3, 0),
    "the next entity": (11, Stream.PAY, 3, 1),
    "the next month": (11, Stream.PAY, 4, 0),
    "the next seed": (12, Stream.PAY, 3, 0),
    "a seed that differs in its high word": (11 + 2**32, Stream.PAY, 3, 0),
}


@pytest.mark.parametrize("what", ADDRESSES)
def test_neighbouring_addresses_are_unrelated(what: str) -> None:
    seed, stream, month, shift = ADDRESSES[what]
    here = uniforms(11, Stream.PAY, 3, np.arange(MANY))
    there = uniforms(seed, stream, month, np.arange(MANY) + shift)
    assert abs(np.corrcoef(here, there)[0, 1]) < 4 / np.sqrt(MANY)
    squares = np.histogram2d(here, there, bins=16, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(squares.ravel()).pvalue > 1e-3


def test_one_entity_over_months_is_uniform_and_has_no_memory() -> None:
    draws = np.array([uniforms(5, Stream.PAY, month, np.arange(40)) for month in range(1, 2001)])
    assert stats.kstest(draws.ravel(), "uniform").pvalue > 1e-3
    memory = np.corrcoef(draws[1:].ravel(), draws[:-1].ravel())[0, 1]
    assert abs(memory) < 4 / np.sqrt(draws.size)


def test_normal_and_lognormal_draws_have_their_distribution() -> None:
    rows = np.arange(MANY)
    assert stats.kstest(normals(3, Stream.ESTATE_CONDITION, 0, rows), "norm").pvalue > 1e-3
    sizes = lognormals(480.0, 0.6, 3, Stream.ESTATE_HOUSEHOLDS, rows)
    assert stats.kstest(np.log(sizes), "norm", (np.log(480) - 0.18, 0.6)).pvalue > 1e-3
    assert sizes.mean() == pytest.approx(480, rel=0.01)
