"""Every language says everything, everything that is said has its text, and no text is left over."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from catalogs import PACKAGE, catalog, gaps, is_counted, said

import sim
from sim.assistants.tools import TOOLS
from sim.evidence.patterns import Compare, Measure, Measured, Pattern, Patterns, Target
from sim.evidence.register import register
from sim.experiments.study_file import Design, Factor, Study, TrapStudy
from sim.model.parameters import PARAMETERS
from sim.model.programmes.base import Intervention
from sim.model.programmes.describe import kinds
from sim.results.columns import ESTATE_UNITS
from sim.results.outcomes import OUTCOMES, SERIES
from sim.runner import resolve
from sim.scenario import (
    CitySettings,
    CompanySettings,
    EstateSettings,
    EstateType,
    Figure,
    GovernmentSettings,
    LoopSettings,
    MechanismSettings,
    Programme,
    Scenario,
    Table,
    Targets,
    load_programmes,
)
from sim.scenario.conditions import CityCondition, EstateCondition, Growth, When, Where
from sim.studies.budget.budget import BudgetStudy
from sim.studies.budget.menu import Menu, MenuItem, Range
from sim.studies.tipping.tipping import TippingStudy
from sim.text import Family, Message, figures, in_language, languages
from sim.text.catalog import CATALOGS, KINDS
from tests.sources import nodes_of

CHINESE = re.compile(
    "[\u3400-\u4dff\u4e01-\u9ffe]"
)  # the ends of the block stand in patterns that recognise Chinese


def test_english_and_chinese_are_there() -> None:
    assert {"en", "zh"} <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_every_language_says_everything(language: str) -> None:
    own, english = catalog(language), catalog("en")
    assert sorted(own) == sorted(english)
    for text_id, forms in own.items():
        assert is_counted(forms) == is_counted(english[text_id]), f"{text_id}: plural in one language only"
        assert gaps(forms) == gaps(english[text_id]), f"{language}: other gaps in {text_id}"
        assert all(form.strip() for form in (forms[1:] if is_counted(forms) else forms)), (
            f"{text_id} is empty"
        )


@pytest.mark.parametrize("language", languages())
def test_files_of_a_language_are_those_of_the_others(language: str) -> None:
    names = {path.name for path in (CATALOGS / language).iterdir()}
    assert names == {path.name for path in (CATALOGS / "en").iterdir()}
    assert {path.parent.name for path in KINDS.glob(f"*/{language}.po")} == {
        path.parent.name for path in KINDS.glob("*/en.po")
    }


def test_english_has_no_chinese() -> None:
    # Estates have no English names, and some terms of the evidence no English word: they stand there as the
    # source has them.
    texts = {
        key: forms
        for key, forms in catalog("en").items()
        if not key.startswith(("evidenced.", "place.", "reading_note.", "weakness."))
    }
    assert [key for key, forms in texts.items() if any(map(CHINESE.search, forms))] == []


def test_everything_that_is_said_has_a_text() -> None:
    known = catalog("en")
    for one in said():
        if one.is_pattern:
            meant = [text_id for text_id in known if one.means(text_id)]
        else:
            meant = [text_id for text_id in (one.text_id,) if text_id in known]
        assert meant, f"{one.place}: no text for {one.pattern}"
        for text_id in meant:
            if one.counted is not None:
                assert is_counted(known[text_id]) == one.counted, f"{one.place}: {text_id} and its count"
            if one.values is not None and not one.is_pattern:
                assert gaps(known[text_id]) == one.values, f"{one.place}: gaps of {text_id} and values given"


def test_every_text_is_said_somewhere() -> None:
    written_out = {one.text_id for one in said() if not one.is_pattern}
    computed = {one.pattern: one for one in said() if one.is_pattern}.values()

    def read(text_id: str) -> bool:
        return text_id in written_out or any(one.means(text_id) for one in computed)

    # The sample of marks is read by its id, not said.
    assert [text_id for text_id in catalog("en") if not read(text_id) and text_id != "figure.marks"] == []


def test_every_member_of_every_enumeration_has_its_text() -> None:
    for found in pkgutil.walk_packages(sim.__path__, "sim."):
        if found.name != "sim.__main__":
            importlib.import_module(found.name)
    assert Family.declared
    for language in languages():
        known = catalog(language)
        for family in Family.declared:
            own = re.escape(family.prefix) + r"\..+"
            missing = [key for key in family if f"{family.prefix}.{key}" not in known]
            assert not missing, f"{language}: {family.prefix} has no text for {missing}"
            strays = [
                text_id
                for text_id in known
                if text_id.startswith(family.prefix + ".")
                and text_id.removeprefix(family.prefix + ".") not in family.keys_in_order
                and not any(one.means(text_id) for one in said() if one.pattern != own)
            ]
            assert not strays, f"{language}: nobody has the words {strays}"


def test_settings_parameters_and_kinds_have_their_texts_and_no_others_are_left() -> None:
    tables: list[type[Table]] = [
        Scenario,
        CitySettings,
        CompanySettings,
        GovernmentSettings,
        LoopSettings,
        MechanismSettings,
        EstateSettings,
        EstateType,
        Figure,
        Targets,
        When,
        Where,
        CityCondition,
        EstateCondition,
        Growth,
        Programme,
        TrapStudy,
        TippingStudy,
        BudgetStudy,
        Menu,
        MenuItem,
        Range,
        Measure,
        Target,
        Measured,
        Compare,
        Pattern,
        Patterns,
        Factor,
        Design,
        Study,
        *(tool.asked for tool in TOOLS.values()),
    ]
    known_kinds = [load_programmes()[kind] for kind in kinds()]
    acting = [made for made in known_kinds if made.__module__.startswith("sim.")]  # not those of other tests
    wanted = {f"parameter.{key}" for key in PARAMETERS}
    wanted |= {
        f"programme.{made.programme_kind}.{what}"
        for made in acting
        for what in ("label", "mechanism", "risk")
    }
    for table in (*tables, Intervention, *acting):
        for key in table.model_fields:
            label = table.label_of(key)
            assert isinstance(label, Message), f"{table.__name__}.{key}"
            wanted.add(label.text_id)
    for language in languages():
        known = {key for key in catalog(language) if key.startswith(("parameter.", "programme.", "setting."))}
        assert known == wanted


def test_no_chinese_stands_in_the_code() -> None:
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        lines = chinese_lines(file.read_text(encoding="utf-8"))
        if lines:
            found[str(file.relative_to(PACKAGE))] = lines
    assert found == {}


def chinese_lines(source: str) -> list[int]:
    """Lines of texts with Chinese in them; docstrings may give examples."""
    told = {id(node.value) for node in nodes_of(source) if isinstance(node, ast.Expr)}
    return [
        node.lineno
        for node in nodes_of(source)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in told
        and CHINESE.search(node.value)
    ]


def test_help_of_the_command_imports_no_localisation_library(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "import sim.text.catalog\n"
        f"sim.text.catalog.SHIPPED = Path({str(tmp_path / 'not_built')!r})\n"  # as in a checkout that nobody installed
        "sys.argv = ['estate', '--help']\n"
        "from sim.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(repr('babel' in sys.modules))"
    )
    for compiled_before in (
        False,
        True,
    ):  # the first time ever, the catalogs are compiled; their place is this test's own
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"ESTATE_CACHE_DIR": str(tmp_path)},
        )
        assert "estate" in done.stdout and done.stderr == str(not compiled_before)


def test_the_wheel_takes_the_catalogs_along() -> None:
    # Hatch takes every file of the package that Git does not ignore.
    ignored = (Path(sim.__file__).parents[1] / ".gitignore").read_text(encoding="utf-8")
    assert ".po" not in ignored


@cache
def declared_units() -> dict[str, str]:
    """Every unit that something declares, with what declares it."""
    found = {one.unit: f"parameter {one.key}" for one in PARAMETERS.values()}
    found |= {one.unit: f"outcome {name}" for name, one in (OUTCOMES | SERIES).items()}
    found |= {unit: f"column {name}" for name, unit in ESTATE_UNITS.items()}
    found |= {one.unit: f"evidence {name}" for name, one in register().figures.items()}
    for kind, programme in load_programmes().items():
        found |= {unit: f"setting of {kind}" for unit in units_of_settings(programme)}
    for file in sorted((Path(sim.__file__).parents[1] / "scenarios").glob("*.toml")):
        found |= {one.unit: f"{file.name}: {one.key}" for one in resolve(file).figures}
    return {unit: what for unit, what in found.items() if unit}


def units_of_settings(table: type) -> set[str]:
    extras = [field.json_schema_extra for field in table.model_fields.values()]
    return {extra["unit"] for extra in extras if isinstance(extra, dict) and extra.get("unit")}


@pytest.mark.parametrize("language", languages())
def test_every_unit_that_is_declared_has_a_name(language: str) -> None:
    own = catalog(language)
    assert not [(unit, what) for unit, what in declared_units().items() if f"unit.{unit}" not in own]
    if language == "zh":  # a unit written in Latin letters is a name nobody gave
        latin = [unit for unit in declared_units() if re.search("[A-Za-z]{2}", str(own[f"unit.{unit}"]))]
        assert not latin


def test_reported_values_stand_with_their_unit_in_the_language() -> None:
    with in_language("zh"):
        assert figures.in_unit(545.0, "households") == "545户"
        assert figures.in_unit("904 / 117600", "household / m2") == "904 / 117600（户/平方米）"
    with in_language("en"):
        assert figures.in_unit(545.0, "households") == "545 households"
        assert figures.in_unit(0.25, "share of standard cost") == "0.25 (share of standard cost)"


HALF_WIDTH = re.compile(r"[\u4e00-\u9fff}”》）] ?[,:;?!()] ?[\u4e00-\u9fff{“《（]")


def test_no_half_width_mark_stands_between_chinese_words() -> None:
    found = {key: form for key, forms in catalog("zh").items() for form in forms if HALF_WIDTH.search(form)}
    assert found == {}
    assert all(map(HALF_WIDTH.search, ("改动: 甲", "种子,月数", "{name}: {value}", "小区(失管)的")))


def test_a_name_and_its_value_are_joined_as_the_language_does_it() -> None:
    joined = re.compile(r"""\b_?say\([^()]*\)\}[:;,] """)
    lines = {
        f"{file.relative_to(PACKAGE)}: {line.strip()}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if joined.search(line)
    }
    assert lines == set() and joined.search("""f"{say('changed')}: {words}" """)
