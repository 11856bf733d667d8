"""What leaves an office: nothing of it says an id, a name, a street, a community, a company or a position of
the city's own, whatever it is wrapped in, unless `--names` asked for it."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import shutil
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image
from typer.testing import CliRunner

import sim
from sim.city.history import add_to_city
from sim.city.key import may_be_quoted
from sim.city.reading import read_table
from sim.city.updating import update_city
from sim.city.writing import write_city
from sim.cli.app import app
from sim.outputs.report import browser

MONTHS = 13
HEAD = "小区编码,小区名称,区,街道,社区,地址,物业公司,经度,纬度,户数,物业费(元/㎡·月),收缴率(%)"
ROWS = (
    "XQ-90731,听雨轩花园,霁明区,桐花街道,折柳社区,砚台路7719号,霁州甲乙物业有限公司,114.305731,30.593117,61,1.6,82.5",
    "XQ-90655,石臼新村,霁明区,桐花街道,三眼井社区,砚台路7721号,霁州甲乙物业有限公司,114.311298,30.588243,48,1.2,64",
    "XQ-90212,澄波苑,霁明区,棉纺街道,澄波社区,纺机巷3306号,霁州丙丁物业有限公司,114.322846,30.601359,75,0.9,41.5",
)
OWN = tuple(dict.fromkeys(cell for row in ROWS for cell in row.split(",")[:9]))
SHOWN = tuple(dict.fromkeys(cell for row in ROWS for cell in row.split(",")[:5]))


# every byte of a file, whatever it is wrapped in


def layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes of a file, and of whatever is embedded, packed or compressed in it."""
    yield data
    if depth > 6:
        return
    inside: list[bytes] = []
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inside += [one.encode() for one in packed.namelist()]
            inside += [packed.read(name) for name in packed.namelist()]
    elif data[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(data))
        inside += [repr((table.to_pydict(), table.schema.metadata)).encode()]
        inside += [repr([field.metadata for field in table.schema]).encode()]
    elif data[:8] == b"\x89PNG\r\n\x1a\n" or data[:3] == b"GIF":
        inside.append(repr(Image.open(io.BytesIO(data)).info).encode())
    elif data[:2] == b"\x1f\x8b":
        inside.append(gzip.decompress(data))
    else:
        for found in re.finditer(rb"[A-Za-z0-9+/_-]{24,}={0,2}", data):
            text = found.group().translate(bytes.maketrans(b"-_", b"+/"))
            try:
                inside.append(base64.b64decode(text + b"=" * (-len(text) % 4), validate=True))
            except ValueError:
                continue
        for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
            try:
                inside.append(zlib.decompress(found.group(1)))
            except zlib.error:
                continue
        for start in (b"\x1f\x8b\x08", b"\x78\x9c", b"\x78\xda"):
            for found in re.finditer(re.escape(start), data):
                try:
                    unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data[found.start() :])
                except zlib.error:
                    continue
                inside.append(unpacked)
    for one in inside:
        if one != data and len(one) > 3:
            yield from layers(one, depth + 1)


def spellings(text: str) -> set[bytes]:
    """A text as files write it: plain, in UTF-16, escaped for JSON, HTML, addresses and Python."""
    found = {text.encode(one) for one in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    found |= {json.dumps(text)[1:-1].encode(), html.escape(text).encode()}
    found |= {urllib.parse.quote(text).encode(), repr(text.encode())[2:-1].encode()}
    found |= {"".join(f"&#{ord(one)};" for one in text).encode()}
    return found


NEEDLES = {text: spellings(text) for text in OWN}


def said_in(data: bytes) -> set[str]:
    """Which of the city's own words and positions a file says somewhere."""
    found: set[str] = set()
    for layer in layers(data):
        found |= {text for text, ways in NEEDLES.items() if any(way in layer for way in ways)}
    return found


def said_below(folder: Path) -> dict[str, set[str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: said for path in files if (said := said_in(path.read_bytes()))}


# the city and its results


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("bureau")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("list.csv").write_text("\n".join((HEAD, *ROWS)) + "\n", encoding="utf-8")
        write_city(read_table("list.csv"), "mycity")
        Path("plan.toml").write_text(
            'extends = "mycity/scenario.toml"\nname = "plan"\n'
            '[[interventions]]\nkind = "retrofit"\nname = "retrofit"\nstart = 2\n',
            encoding="utf-8",
        )
        run = ("run", "mycity/scenario.toml", "--months", str(MONTHS), "--out", "run", "--no-charts")
        compare = (
            "compare",
            "mycity/scenario.toml",
            "plan.toml",
            "--replications",
            "3",
            "--months",
            str(MONTHS),
        )
        command(*run)
        command(*compare, "--no-charts", "--in-process", "--store", "store", "--out", "compared")
        yield folder


@pytest.fixture(autouse=True)
def there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)


def command(*call: str) -> str:
    done = CliRunner().invoke(app, list(call))
    assert done.exit_code == 0, done.output
    return done.output


def test_the_search_finds_a_word_wherever_it_is_hidden() -> None:
    word = "听雨轩花园"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("inner.json", json.dumps({"x": [f"a {word} b"]}))
    picture = io.BytesIO()
    from PIL.PngImagePlugin import PngInfo

    about = PngInfo()
    about.add_itxt("Title", word, zip=True)
    Image.new("P", (2, 2)).save(picture, "png", pnginfo=about)
    for data in (
        packed.getvalue(),
        picture.getvalue(),
        b'<img src="data:image/png;base64,' + base64.b64encode(picture.getvalue()) + b'">',
        b"%PDF stream\n" + zlib.compress(word.encode("utf-16-be")) + b"\nendstream",
        base64.b64encode(gzip.compress(f"{word}{'x' * 40}".encode())),
        b"?q=" + urllib.parse.quote(word).encode(),
    ):
        assert said_in(data) == {word}
    assert said_in("桐花".encode()) == set()


def test_folders_of_results_and_scenario_say_no_name() -> None:
    assert said_below(Path("run")) == {} and said_below(Path("compared")) == {}
    assert said_below(Path("store")) == {}
    for name in ("scenario.toml", "estates.csv", "manifest.json"):
        assert said_in((Path("mycity") / name).read_bytes()) == set()
    assert said_in(Path("mycity/key.csv").read_bytes()) == set(OWN)  # which the search would have found


def test_the_history_of_a_city_and_how_its_forecast_did_say_numbers(tmp_path: Path, monkeypatch) -> None:
    for name in ("mycity", "run"):
        shutil.copytree(name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    past = ("小区编码,日期,事件,变动前", "XQ-90655,2023-05,更换物业公司,霁州甲乙物业有限公司")
    Path("events.csv").write_text("\n".join(past), encoding="utf-8")
    Path("past.csv").write_text("小区名称,2020年收缴率(%)\n听雨轩花园,81.5\n外人苑,20\n", encoding="utf-8")
    for file in ("events.csv", "past.csv"):
        add_to_city("mycity", file)
    rows = (HEAD.replace("收缴率(%)", "2024年收缴率(%)"), *ROWS)
    Path("next.csv").write_text("\n".join(rows), encoding="utf-8")
    update_city("mycity", "next.csv")
    for name in ("measured.csv", "events.csv", "manifest.json"):
        assert said_in((Path("mycity/history") / name).read_bytes()) == set(), name
    for name in ("scenario.toml", "estates.csv", "manifest.json"):
        assert said_in((Path("mycity") / name).read_bytes()) == set(), name
        assert said_in((Path("mycity/versions/1") / name).read_bytes()) == set(), name
    assert not may_be_quoted(Path("mycity/history/notes.csv"))
    assert not may_be_quoted(Path("mycity/changes.csv"))
    assert not may_be_quoted(Path("mycity/versions/1/key.csv"))


@pytest.mark.usefixtures("words_only")  # of a picture only its texts can be searched
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_says_numbers_and_with_names_what_it_was_asked_to_say(lang: str) -> None:
    command("report", "run", "compared", "--out", f"page.{lang}.html", "--no-pdf", "--lang", lang)
    page = Path(f"page.{lang}.html").read_text(encoding="utf-8")
    assert said_in(page.encode()) == set()
    for number in ("1", "2", "3"):
        assert re.search(rf"<t[hd][^>]*>{number}</t[hd]>", page)
    said = command("report", "run", "--out", f"names.{lang}.html", "--no-pdf", "--lang", lang, "--names")
    assert f"names.{lang}.html" in said
    found = said_in(Path(f"names.{lang}.html").read_bytes())
    assert found == set(SHOWN)  # no address, company or position


@pytest.mark.usefixtures("words_only")
def test_a_map_of_positions_is_drawn_only_with_names() -> None:
    from sim.city.naming import names_from
    from sim.outputs.report.located import located

    command("report", "run", "--out", "plain.html", "--no-pdf")
    command("report", "run", "--out", "placed.html", "--no-pdf", "--names")
    plain, placed = (
        Path(page).read_text(encoding="utf-8").count("<img") for page in ("plain.html", "placed.html")
    )
    assert placed == plain + 1
    run = sim.load_result("run")
    positions = names_from(None, [])(run.scenario).positions
    assert positions[3] == (114.322846, 30.601359)
    told = run.kind.get(run.kind.sheets)(run)
    picture = located(told, positions)
    assert picture is not None and located(told, {}) is None
    points = [one.get_offsets().data for one in picture.draw().axes[0].collections if len(one.get_offsets())]
    at = points[0]
    assert at[2, 0] > at[1, 0] > at[0, 0] and at[2, 1] > at[0, 1] > at[1, 1]  # east and north as in the table


@pytest.mark.usefixtures("words_only")
def test_an_archive_says_no_name_even_beside_a_workbook_and_a_page_with_names() -> None:
    command("export", "run", "--xlsx")
    command("report", "run", "--no-pdf", "--names")
    assert any(said_in(path.read_bytes()) for path in Path("run").glob("*.xlsx"))
    command("archive", "run", "--out", "run.zip")
    command("archive", "compared", "--out", "compared.zip")
    assert said_in(Path("run.zip").read_bytes()) == set() == said_in(Path("compared.zip").read_bytes())
    for path in (*Path("run").glob("*.xlsx"), *Path("run").glob("report*")):
        path.unlink()


def test_the_told_life_of_an_estate_its_chart_and_the_film_say_its_number(tmp_path: Path) -> None:
    told = command("explain", "run", "--estate", "3", "--out", str(tmp_path), "--lang", "zh")
    assert said_in(told.encode()) == set() and "3" in told.splitlines()[1]
    households = int(sim.load_result("run").estate_table.set_index("number")["households"][3])
    assert households == 75 and "75" in told
    command("animate", "run", "--out", str(tmp_path / "film.gif"))
    assert said_below(tmp_path) == {}
    refused = CliRunner().invoke(app, ["explain", "run", "--estate", "0"])
    assert refused.exit_code == 2 and said_in(refused.output.encode()) == set()


def test_descriptions_and_errors_say_no_name() -> None:
    assert said_in(command("describe", "mycity/scenario.toml").encode()) == set()
    broken = Path("mycity/estates.csv").read_text(encoding="utf-8-sig").replace("61", "sixty", 1)
    Path("broken.csv").write_text(broken, encoding="utf-8")
    text = Path("mycity/scenario.toml").read_text(encoding="utf-8").replace('"estates.csv"', '"broken.csv"')
    Path("broken.toml").write_text(text, encoding="utf-8")
    refused = CliRunner().invoke(app, ["run", "broken.toml"])
    assert refused.exit_code == 2 and said_in(refused.output.encode()) == set()


def test_an_assistant_is_told_no_name_not_even_by_an_error(tmp_path: Path) -> None:
    from sim.assistants.desk import Desk, Limits
    from sim.assistants.tools import answer

    mapping = Path("mycity/mapping.toml")
    original = mapping.read_text(encoding="utf-8")
    mapping.write_text(f'{original}\n[companies]\n"霁州丙丁物业有限公司" = "soe"\n', encoding="utf-8")
    desk = Desk(tmp_path, Limits())
    try:
        for tool, asked in (
            ("describe", {"name": "mycity/mapping.toml"}),
            ("run", {"scenario": "mycity/mapping.toml"}),
            ("compare", {"scenarios": ["mycity/scenario.toml", "mycity/mapping.toml"]}),
        ):
            with pytest.raises(sim.EstateError, match=r"mapping\.toml") as refused:
                answer(tool, asked, desk)
            assert said_in(str(refused.value).encode()) == set()
    finally:
        mapping.write_text(original, encoding="utf-8")
    assert said_in(answer("describe", {"name": "mycity/scenario.toml"}, desk)[1].encode()) == set()


@pytest.mark.usefixtures("words_only")
def test_what_the_browser_is_sent_says_numbers() -> None:
    from sim.app.core.runs import frames_of, report, tables
    from sim.app.widgets.player import story

    run = sim.run("mycity/scenario.toml", months=MONTHS)
    data = frames_of(run._source.record, run.scenario)  # type: ignore[attr-defined]
    assert any(b'"numbers": [1, 2, 3]' in layer for layer in layers(data))
    for sent in (data, tables(run), report(run, "zh", "link")):
        assert said_in(sent) == set()
    lines = story(run, 2, "en")
    assert said_in("\n".join(lines).encode()) == set() and "75" in lines[0] and "3" in lines[0]


@pytest.mark.usefixtures("words_only")
def test_names_are_refused_without_the_folder_that_holds_them(tmp_path: Path, monkeypatch) -> None:
    run = Path("run").resolve()
    city = Path("mycity").resolve()
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["report", str(run), "--out", "page.html", "--no-pdf", "--names"])
    assert refused.exit_code == 2 and "--names" in refused.output and not Path("page.html").exists()
    command("report", str(run), "--out", "page.html", "--no-pdf", "--city", str(city))
    assert said_in(Path("page.html").read_bytes()) == set(SHOWN)


@pytest.mark.slow
@pytest.mark.skipif(browser() is None, reason="no browser that prints")
def test_a_printed_report_says_names_only_where_it_was_asked_to() -> None:
    from pypdf import PdfReader

    command("report", "run", "--out", "printed.html", "--pdf")
    reader = PdfReader("printed.pdf")
    told = "".join(page.extract_text() for page in reader.pages) + repr(reader.metadata)
    assert said_in(Path("printed.pdf").read_bytes()) == set() == said_in(re.sub(r"\s", "", told).encode())
