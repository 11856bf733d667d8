"""A model's hash says what the model does: it follows numbers, rules and columns, and no word,
layout or place of a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiments.ensemble import load_ensemble
from sim.fingerprint import MODEL_SOURCE, PACKAGE, SPOKEN, fingerprint, model_source_hash

FILES = {
    "units.py": '"""Units."""\nFEN = 100\n',
    "words.py": (
        "class Word:\n    def __init__(self, **texts):\n        self.texts = texts\n\n"
        'STAGES = ("healthy", "collapsed")\nLABELS = {"healthy": Word(zh="良性运转", en="healthy")}\n'
    ),
    "parameters/__init__.py": "from sim.parameters.payment import PAYMENT\n",
    "parameters/registry.py": (
        "class Parameter:\n    key: str\n    default: float\n    low: float\n    high: float\n    unit: str\n"
        '    source: str = "judgement"\n    status: str = "assumed"\n\n\n'
        'def setting(default, low, high, unit, *, source="judgement", **words):\n    return default\n'
    ),
    "parameters/payment.py": (
        "from sim.parameters.registry import Parameter as P, setting\n\n"
        'PAYMENT = (P("payment.base", 1.2, -3, 3, "logit", source="P001"),)\n'
        'RATE = setting(0.5, low=0, high=1, unit="share", en="rate", zh="比率")\n'
    ),
    "month/rules.py": (
        "from sim.parameters import PAYMENT\nfrom sim.units import FEN\nfrom sim.words import STAGES, LABELS, Word\n\n"
        "RISK = Word(zh='风险', en='risk')\n\n\n"
        "def pay(fee: float, trust: float) -> float:\n"
        '    """What is paid."""\n'
        "    if fee < 0:\n        raise ValueError(f'a fee of {fee} is below zero')\n"
        "    return _scaled(fee) * trust  # in fen\n\n\n"
        "def _scaled(fee: float) -> float:\n    return fee * FEN\n\n\n"
        "def stage(code: int) -> str:\n    return STAGES[code]\n"
    ),
    "month/other.py": "def _scaled(fee: float) -> float:\n    return fee / 2\n\n\ndef half(fee: float) -> float:\n    return _scaled(fee)\n",
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def package(tmp_path: Path, cache: Path) -> Path:
    place = tmp_path / "sim"
    for name, text in FILES.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return place


def hash_of(package: Path) -> str:
    return fingerprint(("parameters", "month", "units.py"), package=package)


def change(package: Path, name: str, old: str, new: str) -> None:
    file = package / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def move(package: Path, old: str, new: str) -> None:
    """Move a module, and mend the lines that import it."""
    target = package / new
    target.parent.mkdir(parents=True, exist_ok=True)
    (package / old).rename(target)
    names = ["sim." + name.removesuffix(".py").replace("/", ".") for name in (old, new)]
    for file in package.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"from {names[0]} import", f"from {names[1]} import"), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("parameters/payment.py", "比率", "缴费率"),
        ("parameters/payment.py", 'en="rate"', 'en="share", fr="taux"'),
        ("parameters/payment.py", 'source="P001"', 'source="P002", status="measured"'),
        ("words.py", "良性运转", "良性"),
        ("words.py", '"healthy")}', '"fine")}'),
        ("month/rules.py", "zh='风险', en='risk'", "fr='risque'"),
        ("month/rules.py", "  # in fen", ""),
        ("month/rules.py", "What is paid", "What an owner pays"),
        ("month/rules.py", "is below zero", "is less than nothing"),
        ("month/rules.py", "fee: float, trust: float", "fee: float | None, trust: Any"),
        (
            "month/rules.py",
            "return _scaled(fee) * trust",
            "return (\n        _scaled(fee)\n        * trust\n    )",
        ),
        ("units.py", "100", "1_00"),
    ],
)
def test_words_comments_and_layout_do_not_count(package: Path, name: str, old: str, new: str) -> None:
    before = hash_of(package)
    change(package, name, old, new)
    assert hash_of(package) == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("parameters/payment.py", "1.2", "1.3"),
        ("parameters/payment.py", "-3, 3", "-3, 4"),
        ("parameters/payment.py", "0.5", "0.6"),
        ("parameters/payment.py", "low=0", "low=0.1"),
        ("parameters/payment.py", "payment.base", "payment.basis"),
        ("units.py", "100", "1000"),
        ("words.py", '("healthy", "collapsed")', '("collapsed", "healthy")'),
        ("month/rules.py", "* trust", "+ trust"),
        ("month/rules.py", "fee < 0", "fee <= 0"),
        ("month/rules.py", "raise ValueError", "raise KeyError"),
        ("month/rules.py", "from sim.words import STAGES,", "from sim.words import LABELS as STAGES,"),
        ("month/other.py", "fee / 2", "fee / 3"),
    ],
)
def test_numbers_rules_defaults_and_codes_count(package: Path, name: str, old: str, new: str) -> None:
    before = hash_of(package)
    change(package, name, old, new)
    assert hash_of(package) != before


def test_a_file_that_moves_is_split_or_joined_is_the_same_model(package: Path) -> None:
    before = hash_of(package)
    move(package, "parameters/payment.py", "parameters/paying/base.py")
    move(package, "month/rules.py", "month/all_rules.py")
    assert hash_of(package) == before
    text = (package / "month/other.py").read_text(encoding="utf-8")
    scaled, half = text.split("\n\n\n")
    (package / "month/scaled.py").write_text(scaled + "\n", encoding="utf-8")
    (package / "month/other.py").write_text(
        f"from sim.month.scaled import _scaled\n\n\n{half}", encoding="utf-8"
    )
    assert hash_of(package) == before
    change(package, "parameters/__init__.py", "from sim", "# all of them\nfrom sim")
    change(
        package, "month/all_rules.py", "from sim.parameters import", "from sim.parameters.paying.base import"
    )
    assert hash_of(package) == before


def test_two_functions_of_one_name_are_told_apart(package: Path) -> None:
    before = hash_of(package)
    change(package, "month/rules.py", "return fee * FEN", "return fee / 2")
    change(package, "month/other.py", "return fee / 2", "return fee * FEN")
    change(package, "month/other.py", "def _scaled", "from sim.units import FEN\n\n\ndef _scaled")
    assert hash_of(package) != before  # the same definitions, each in the place of the other


def test_what_the_model_borrows_counts_and_the_rest_of_that_file_does_not(package: Path) -> None:
    before = hash_of(package)
    change(package, "words.py", "LABELS =", "COLUMNS = ('exits',)\nLABELS =")
    assert hash_of(package) == before


def test_the_hash_is_kept_by_the_bytes_it_was_made_from(
    package: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hash_of(package)
    assert len(list(cache.rglob("*.json"))) == 1
    monkeypatch.setattr("sim.fingerprint._Source", refuse("the kept hash was not used"))
    assert hash_of(package) == before
    monkeypatch.undo()
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(cache))
    change(package, "words.py", '"collapsed"', '"failed"')  # a file outside of those that were named
    assert hash_of(package) != before


def test_a_cache_that_is_damaged_or_cannot_be_written_costs_time_and_nothing_else(
    package: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hash_of(package)
    next(cache.rglob("*.json")).write_text('{"hash": "', encoding="utf-8")
    assert hash_of(package) == before
    (package / "a file").write_text("", encoding="utf-8")
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(package / "a file"))
    assert hash_of(package) == before


def refuse(why: str) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise AssertionError(why)

    return fail


def test_the_real_model_follows_its_defaults_and_neither_its_labels_nor_its_files(tmp_path: Path) -> None:
    copy = tmp_path / "sim"
    shutil.copytree(
        PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "app", "cli", "outputs", "_scenarios")
    )
    change(copy, "text/catalogs/zh/parameter.po", "条件合作业主的基础缴费意愿", "条件合作者的基础缴费意愿")
    change(copy, "model/programmes/soe_fallback.py", "国企兜底", "国有企业兜底")
    change(copy, "text/catalogs/zh/enumeration.po", "恶性循环中", "下行中")
    move(copy, "model/month/decisions.py", "model/month/choices.py")
    assert fingerprint(MODEL_SOURCE, SPOKEN, copy) == model_source_hash()
    change(copy, "model/programmes/soe_fallback.py", "0.05, 0, 1", "0.06, 0, 1")
    assert fingerprint(MODEL_SOURCE, SPOKEN, copy) != model_source_hash()


@pytest.mark.slow  # quick, but asked before a release and not at every change of a rule
def test_the_shipped_ensemble_is_of_this_model() -> None:
    held = load_ensemble("calibrated")
    assert held.warnings() == [], (
        "the rules changed: calibrate again; or only their writing did: python benchmarks/carry_ensembles.py"
    )
