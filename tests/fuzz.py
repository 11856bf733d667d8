"""Change files that a user may hand in at random, and read each: python3 go.py fuzz [NUMBER] [--first N]

Scenarios (read, and run if they are small), studies, tipping and budget files, menus, patterns, ensembles,
the manifests and tables of results, a city's own tables, and what the folder of a city holds: its table of
estates, key, mapping, scenario and manifest, of which it is loaded, run and made again. Whatever a change
makes of a file, reading it ends well or in an EstateError that says something in every language; everything
else is a failure. Mutation number N is always the same, so a failure is repeated with `--first N` and 1. The
tests try a few hundred; this command ten thousand (half an hour).
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import random
import shutil
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import tomli_w

import sim
from sim.city.reading import read_table
from sim.city.writing import write_city
from sim.errors import EstateError
from sim.evidence.patterns import load_patterns
from sim.experiments.ensemble import load_ensemble
from sim.experiments.plan import Plan
from sim.experiments.study_file import load_study, load_trap_study
from sim.results.files import seal_of
from sim.results.folder import MANIFEST, json_text, sealed
from sim.size import check_run, households_of
from sim.studies.budget.budget import BudgetStudy
from sim.studies.budget.menu import load_menu
from sim.studies.tipping.tipping import TippingStudy
from sim.text import in_language, languages

NUMBER = 10_000
TOLD_EACH = 500
SMALL = 3_000  # households of a city that is run too
MOST_POINTS = 20  # of a study whose points are all tried
LONG = "x" * 300
# What people and programs put where something else belongs.
VALUES: tuple[Any, ...] = (
    0,
    1,
    -1,
    2,
    3.5,
    -0.0,
    1e308,
    5e-324,
    10**12,
    -(2**63),
    2**63 - 1,
    float("nan"),
    float("inf"),
    True,
    False,
    "",
    "x",
    LONG,
    "0",
    "1e400",
    "../..",
    "/",
    "vicious_cycle",
    "business",
    "\u0000",
    "\u202e",
    "é\n",
    "中文",
    "None",
    "nan",
    [],
    {},
    [1],
    [[]],
    ["x", 1],
    {"x": 1},
    {"zh": "字"},
    {"kind": "retrofit"},
    [{}],
    [{"kind": "x"}],
    [0.5, 0.1],
)
BYTES = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n",
    b'"',
    b"'''",
    b"=",
    b"[",
    b"]]",
    b"{",
    b",",
    b"#",
    b"e9",
    b"-",
    b"\\u",
)

TINY = (Path(__file__).parent / "machine" / "tiny_city.toml").read_text(encoding="utf-8")
STUDY = """
name = "small"
title = { en = "A study", zh = "研究" }
question = { en = "What moves?", zh = "何者起作用？" }
base = "small_city"
replications = 2
seed = 3
outcomes = ["cycle_share", "exits"]
changes = { "payment.base" = 1.0 }
[design]
kind = "grid"
size = 2
[[factors]]
key = "payment.norm_weight"
low = 0.5
high = 2.0
[[factors]]
key = "companies.private"
levels = [10, 12]
"""
MENU = """
[[menu]]
kind = "operating_subsidy"
[menu.settings]
targets = { types = ["three_no"] }
[menu.search]
first_year = { low = 0.1, high = 0.6 }
[[menu]]
kind = "retrofit"
"""
ENSEMBLE = "payment.base,payment.norm_weight,market.retry\n1.0,0.9,2.0\n1.1,1.0,3.0\n1.2,0.8,2.5\n"


# A city's own table with the doubts that such tables have.
SHEET = """序号,所属街道,小区名称,建成年代,户数(户),建筑面积(万平方米),物业费(元/㎡·月),收缴率(%),业委会,物业公司
1,桐花街道,砚台湾,2006,"1,0",0.12,1.85,87.5%,有,甲物业
2,桐花街道,折柳新村,２００４年,９６,0.9,１．６０,79,有,丙物业
3,桐花街道,三眼井,1999,43户,0.41,0.6,0.62,无,社区代管
4,石臼街道,棉纺厂宿舍,80年代,31套,0.22,0.5,六成,无,原单位管理
5,石臼街道,银杏里,2015-2018,120,1.2,1.5-2.1,,筹备中,甲物业
"""
WORKBOOK = Path(__file__).parent / "cases" / "tables" / "t05_ledger_merged.xlsx"
CITY_FILES = ("estates.csv", "key.csv", "mapping.toml", "scenario.toml", "manifest.json")


class Kind(NamedTuple):
    """A kind of file: an example of it, how its text is read as data and written, and who reads it."""

    name: str
    example: bytes
    suffix: str
    parse: Callable[[str], Any] | None
    write: Callable[[Any], str] | None
    read: Callable[[Path], object]


def read_scenario(path: Path) -> None:
    """Load a scenario, and simulate it if it is small."""
    scenario = sim.load(path)
    check_run(scenario)
    if households_of(scenario) <= SMALL and scenario.city.estates <= SMALL and scenario.months <= 24:
        sim.run(scenario, threads=1)


def read_study(path: Path) -> None:
    """Load a study, and try its points if there are few."""
    study, file = load_study(path)
    if study.design.size <= MOST_POINTS and not study.unmeasured and len(study.factors) <= 2:
        Plan(study, file).check_points(None)


def read_result(place: Path) -> None:
    """Load a result and all its tables."""
    found = sim.load_result(place)
    if isinstance(found, sim.Run):
        for table in ("estates", "estate_table", "city", "events", "ledger", "public_cost"):
            getattr(found, table)
        found.outcomes()
    found._repr_html_()


def read_sheet(path: Path) -> None:
    """Read a city's own table and make a city of it."""
    with tempfile.TemporaryDirectory(prefix="estate-fuzz-") as folder, contextlib.chdir(folder):
        write_city(read_table(path.absolute()), "fuzzed")


def read_city(place: Path) -> None:
    """Load the scenario of a city's folder, run two months of it if it is small, and make the city again."""
    scenario = sim.load(place / "scenario.toml")
    check_run(scenario)
    if households_of(scenario) <= SMALL and scenario.city.estates <= SMALL:
        sim.run(sim.with_overrides(scenario, {"months": 2, "spin_up": 0}), threads=1)
    with contextlib.chdir(place.parent):
        write_city(read_table(place / "sheet.csv", mapping=place / "mapping.toml"), place.name)


def make_city(folder: Path) -> Path:
    """The folder of a city with the table it was made of, to change."""
    (folder / "sheet.csv").write_text(SHEET, encoding="utf-8")
    with contextlib.chdir(folder):
        made = write_city(read_table(folder / "sheet.csv"), "fuzzed").folder.resolve()
    shutil.copy(folder / "sheet.csv", made)
    return made


def changed_city(place: Path, luck: random.Random) -> None:
    """Change one file of a city's folder, and often let the manifest vouch for it."""
    file = place / luck.choice(CITY_FILES)
    parse, write = {
        ".csv": (rows_of, csv_of),
        ".toml": (tomllib.loads, tomli_w.dumps),
        ".json": (json.loads, json.dumps),
    }[file.suffix]
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    content = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    file.write_bytes(changed_text(Kind("city", content, file.suffix, parse, write, read_city), luck))
    if file.name in manifest["files"] and luck.random() < 0.5:
        manifest["files"][file.name] |= seal_of(file)
        (place / MANIFEST).write_text(json_text(sealed(manifest)), encoding="utf-8")


def rows_of(text: str) -> list[list[str]]:
    """A CSV text as its rows."""
    return list(csv.reader(io.StringIO(text)))


def csv_of(rows: Any) -> str:
    """Rows as a CSV text; what is no list of lists becomes one cell."""
    out = io.StringIO()
    csv.writer(out).writerows(
        row if isinstance(row, list) else [row] for row in (rows if isinstance(rows, list) else [rows])
    )
    return out.getvalue()


def kinds() -> list[Kind]:
    """Every kind of file that is text, with its example."""
    shipped = Path(sim.__file__).parent
    patterns = tomllib.loads((shipped / "evidence" / "patterns.toml").read_text(encoding="utf-8"))
    few = tomli_w.dumps({"patterns": patterns["patterns"][:3]})
    studies = Path(__file__).resolve().parents[1] / "scenarios" / "studies"
    whole = (studies.parent / "vicious_cycle.toml").read_bytes()

    def toml(name: str, text: str | bytes, read: Callable[[Path], object]) -> Kind:
        example = text.encode() if isinstance(text, str) else text
        return Kind(name, example, ".toml", tomllib.loads, tomli_w.dumps, read)

    return [
        toml("scenario", TINY, read_scenario),
        toml("scenario", TINY, read_scenario),
        toml("scenario", whole, lambda path: check_run(sim.load(path))),
        toml("study", STUDY, read_study),
        toml(
            "tipping",
            (studies / "tipping_map.toml").read_bytes(),
            lambda path: load_trap_study(path, TippingStudy),
        ),
        toml(
            "budget",
            (studies / "budget_search.toml").read_bytes(),
            lambda path: load_trap_study(path, BudgetStudy),
        ),
        toml("menu", MENU, load_menu),
        toml("pattern", few, load_patterns),
        Kind("ensemble", ENSEMBLE.encode(), ".csv", rows_of, csv_of, load_ensemble),
        Kind("sheet", SHEET.encode(), ".csv", rows_of, csv_of, read_sheet),
        Kind("workbook", WORKBOOK.read_bytes(), ".xlsx", None, None, read_sheet),
    ]


def results(folder: Path) -> list[Path]:
    """Small results to change: a run and a comparison, made once."""
    tiny = folder / "tiny.toml"
    tiny.write_text(TINY, encoding="utf-8")
    run = sim.run(tiny, months=3).save(folder / "run")
    other = sim.with_programmes(sim.load(tiny), name="plain", keep=False)
    made = sim.compare(other, tiny, replications=2, engine=sim.InProcess(), store=folder / "store")
    return [run, made.save(folder / "comparison")]


def places(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in plain data, the whole excepted."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*place, key)
        yield from places(value, (*place, key))


def changed_data(data: Any, luck: random.Random) -> Any:
    """Plain data with one entry put out of order: another value, gone, twice, under another name."""
    every = list(places(data))
    if not every:
        return luck.choice(VALUES)
    place = luck.choice(every)
    holder = data
    for part in place[:-1]:
        holder = holder[part]
    last, way = place[-1], luck.randrange(6)
    if way == 0:
        del holder[last]
    elif way == 1 and isinstance(holder, dict):
        name = luck.choice(("x", "", LONG, "x.y", "kind", str(last).upper(), f"{last}s"))
        holder[name] = holder.pop(last)
    elif way == 1 or (way == 2 and isinstance(holder, list)):
        holder.append(json.loads(json.dumps(holder[last], default=str)))
    elif way in (2, 3) and (number := number_in(holder[last])) is not None:
        near = number * luck.choice((-1, 0, 0.5, 0.9, 1.1, 2, 1000, 1e-9, 1e12))
        whole = isinstance(holder[last], int) and luck.random() < 0.7
        holder[last] = str(near) if isinstance(holder[last], str) else int(near) if whole else near
    elif way == 3:
        other = data
        for part in luck.choice(every):
            other = other[part]
        holder[last] = json.loads(json.dumps(other, default=str))
    else:
        holder[last] = luck.choice(VALUES)
    return data


def number_in(value: Any) -> float | None:
    """The number that a value is or says."""
    try:
        return None if isinstance(value, bool | list | dict) or value is None else float(value)
    except (ValueError, OverflowError):
        return None


def changed_bytes(content: bytes, luck: random.Random) -> bytes:
    """A file with something put in, taken out, repeated or cut off."""
    at = luck.randrange(len(content) + 1)
    length = luck.choice((1, 1, 2, 5, 40))
    return luck.choice(
        (
            content[:at] + luck.choice(BYTES) + content[at:],
            content[:at] + content[at + length :],
            content[:at] + content[at : at + 40] * 2 + content[at + 40 :],
            content[:at],
            content[:at] + bytes([luck.randrange(256)]) + content[at + 1 :],
            content[:at] + "统".encode("gbk") + content[at:],
        )
    )


def changed_text(kind: Kind, luck: random.Random) -> bytes:
    """An example of a kind of file with one to three changes, of its data or its bytes."""
    content = kind.example
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        if kind.parse is not None and kind.write is not None and luck.random() < 0.75:
            try:
                content = kind.write(changed_data(kind.parse(content.decode("utf-8")), luck)).encode()
                continue
            except (
                Exception
            ):  # what was changed before is no longer of the kind, or cannot be written: change bytes
                pass
        content = changed_bytes(content, luck)
    return content


def change_result(place: Path, luck: random.Random) -> None:
    """Change a manifest or a table of a result, and often let the manifest vouch for the change as
    an editing hand could not."""
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    tables = sorted(place.glob("*.parquet"))
    way = luck.randrange(6)
    if way == 0:
        (place / MANIFEST).write_bytes(changed_bytes((place / MANIFEST).read_bytes(), luck))
    elif way <= 2:
        data = changed_data(manifest, luck)
        data = data if isinstance(data, dict) else {}
        text = json_text(sealed(data)) if way == 1 else json.dumps(data, default=str)
        (place / MANIFEST).write_text(text, encoding="utf-8")
    else:
        table = luck.choice(tables)
        if way == 3:
            table.write_bytes(changed_bytes(table.read_bytes(), luck))
        elif way == 4:
            table.unlink()
        else:
            change_table(table, luck)
        if luck.random() < 0.7 and table.exists():
            manifest["files"][table.name] |= seal_of(table)
            (place / MANIFEST).write_text(json_text(sealed(manifest)), encoding="utf-8")


def change_table(path: Path, luck: random.Random) -> None:
    """Another column or row than there was."""
    frame = pd.read_parquet(path)
    name = luck.choice(list(frame.columns))
    way = luck.randrange(5)
    if way == 0:
        frame = frame.drop(columns=name)
    elif way == 1:
        frame = frame.rename(columns={name: "x"})
    elif way == 2:
        frame[name] = luck.choice(("text", 1, np.nan, -1.5, 10**12, True))
    elif way == 3:
        frame = frame.head(luck.choice((0, 1, len(frame) // 2)))
    else:
        frame = pd.concat([frame, frame])
    frame.to_parquet(path)


class Fuzz:
    """The examples, and a folder to change them in."""

    def __init__(self, folder: Path) -> None:
        """Make the results that are changed in `folder`."""
        self.folder, self.kinds, self.results = folder, kinds(), results(folder)
        self.city = make_city(folder)

    def tried(self, number: int) -> str:
        """Carry out mutation `number`; the traceback and the input if it fails, else ""."""
        luck = random.Random(number)
        folders = [self.city, *self.results]
        chosen = luck.randrange(len(self.kinds) + 2 * len(folders))  # a folder has more to change
        place = self.folder / "changed"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        if chosen < len(self.kinds):
            kind = self.kinds[chosen]
            name, read = kind.name, kind.read
            file = place / f"changed{kind.suffix}"
            file.write_bytes(changed_text(kind, luck))
        else:
            source = folders[(chosen - len(self.kinds)) // 2]
            name = source.name
            read, change = (read_city, changed_city) if source == self.city else (read_result, change_result)
            file = Path(shutil.copytree(source, place / name))
            change(file, luck)
        try:
            read(file)
        except EstateError as error:
            for language in languages():
                with in_language(language):
                    if len(str(error)) < 5:
                        return f"mutation {number} ({name}): says nothing in {language!r}: {error!r}"
        except Exception:
            text = file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
            return f"mutation {number} ({name}):\n{traceback.format_exc()}{text[-3000:]}"
        return ""


def main() -> int:
    """Try as many mutations as asked for; the exit code is 1 if any failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", nargs="?", type=int, default=NUMBER)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="estate-fuzz-") as folder:
        fuzz = Fuzz(Path(folder))
        for number in range(asked.first, asked.first + asked.number):
            if told := fuzz.tried(number):
                failed += 1
                print(told, flush=True)
            if (done := number - asked.first + 1) % TOLD_EACH == 0:
                print(f"{done} of {asked.number} tried, {failed} failed", file=sys.stderr, flush=True)
    print(f"{asked.number} mutations, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
