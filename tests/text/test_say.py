"""One `say`: the language of the call or the session, gaps, plural forms, and what is a defect."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import EstateError
from sim.text import (
    Later,
    TextError,
    catalog,
    figures,
    in_language,
    language,
    languages,
    message,
    say,
    use_language,
)

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plural};\\n"\n'


@pytest.fixture
def worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Catalogs of English and of a third language, Polish with its three plural
    forms, in folders of their own."""
    texts = {
        "en": HEAD.format(plural="nplurals=2; plural=(n != 1)")
        + 'msgid "figure.marks"\nmsgstr "1,234.5"\n'
        + 'msgid "a.greeting"\nmsgstr "good day, {name}"\n'
        + 'msgid "a.month"\nmsgid_plural "a.month"\nmsgstr[0] "{count} month"\nmsgstr[1] "{count} months"\n',
        "pl": HEAD.format(
            plural="nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"
        )
        + 'msgid "figure.marks"\nmsgstr "1 234,5"\n'
        + 'msgid "a.greeting"\nmsgstr "dzień dobry, {name}"\n'
        + 'msgid "a.month"\nmsgid_plural "a.month"\nmsgstr[0] "{count} miesiąc"\nmsgstr[1] "{count} miesiące"\n'
        + 'msgstr[2] "{count} miesięcy"\n',
    }
    for name, text in texts.items():
        (tmp_path / "catalogs" / name).mkdir(parents=True)
        (tmp_path / "catalogs" / name / "a.po").write_text(text, encoding="utf-8")
    monkeypatch.setattr(catalog, "CATALOGS", tmp_path / "catalogs")
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(tmp_path / "cache"))
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for kept in (catalog.languages, catalog._texts, catalog._marks, figures._money_steps):
        kept.cache_clear()


def test_a_third_language_is_a_folder_of_catalogs(worlds: Path) -> None:
    assert languages() == ("en", "pl")
    with in_language("pl"):
        assert say("a.greeting", name="Anna") == "dzień dobry, Anna"
        assert [say("a.month", count=n) for n in (1, 3, 5, 22, 1200)] == [
            "1 miesiąc",
            "3 miesiące",
            "5 miesięcy",
            "22 miesiące",
            "1 200 miesięcy",
        ]
    assert [say("a.month", count=n) for n in (0, 1, 2, 1.5, 0.5)] == [
        "0 months",
        "1 month",
        "2 months",
        "1.5 months",
        "0.5 months",
    ]


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(EstateError, match=r"lang: 'xx' found, allowed .*en.*zh"), in_language("xx"):
        pass
    with pytest.raises(EstateError, match="allowed"):
        use_language("")
    assert language() == "en"


def test_what_has_no_text_is_a_defect_and_never_english(worlds: Path) -> None:
    with pytest.raises(TextError, match=r"no text for 'a\.absent' in the catalog of 'en'"):
        say("a.absent")
    with pytest.raises(TextError, match="no text with plural forms"):
        say("a.greeting", count=2, name="x")
    with pytest.raises(TextError, match="no value for the gap 'name'"):
        say("a.greeting")
    (worlds / "catalogs" / "pl" / "a.po").write_text(
        HEAD.format(plural="nplurals=1; plural=0"), encoding="utf-8"
    )
    with in_language("pl"), pytest.raises(TextError, match="catalog of 'pl'"):
        say("a.greeting", name="Anna")


def test_a_file_of_texts_that_is_not_there_is_named_and_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As beside a new kind of result whose author wrote one language only."""
    for name, path in (("CATALOGS", catalog.CATALOGS), ("KINDS", catalog.KINDS)):
        shutil.copytree(path, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        monkeypatch.setattr(catalog, name, tmp_path / name)
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(tmp_path / "cache"))
    lost = [tmp_path / "KINDS" / "ablation" / "zh.po", tmp_path / "CATALOGS" / "zh" / "size.po"]
    assert all(file.is_file() for file in lost)
    try:
        for file, text_id in zip(lost, ("kind.ablation", "size.city"), strict=True):
            kept = file.read_bytes()
            file.unlink()
            _forget()
            with in_language("zh"):
                for _ in range(2):
                    with pytest.raises(EstateError) as caught:
                        say(text_id)
                    assert str(file) in str(caught.value) and "重新安装" in str(caught.value)
                with pytest.raises(EstateError):
                    say("a.absent")
            assert say(text_id), "the other language has its texts"
            file.write_bytes(kept)
    finally:
        monkeypatch.undo()
        _forget()


def test_the_language_of_a_call_ends_with_it_and_that_of_a_session_stays(worlds: Path) -> None:
    use_language("pl")
    try:
        assert language() == "pl"
        with in_language("en"):
            assert language() == "en"
            with in_language(None):
                assert language() == "en"
        assert language() == "pl"
        heard: list[str] = []
        with in_language("en"):  # another thread is another call, of the same session
            thread = threading.Thread(target=lambda: heard.append(language()))
            thread.start()
            thread.join()
        assert heard == ["pl"]
    finally:
        use_language("en")


def test_a_message_speaks_the_language_of_whoever_prints_it(worlds: Path) -> None:
    error = EstateError(message("a.greeting", name=message("a.month", count=2)))
    sent = pickle.loads(pickle.dumps(error))
    assert str(sent) == "good day, 2 months"
    with in_language("pl"):
        assert str(sent) == "dzień dobry, 2 miesiące"
    assert message("a.month", 2) == message("a.month", 2) != message("a.month", 3)
    assert len({message("a.greeting", name="x"), message("a.greeting", name="x")}) == 1


def test_compiled_catalogs_are_kept_and_follow_their_sources(worlds: Path) -> None:
    say("a.greeting", name="x")
    (first,) = (worlds / "cache" / "catalogs").glob("en-*.mo")
    source = worlds / "catalogs" / "en" / "a.po"
    source.write_text(
        source.read_text(encoding="utf-8").replace("good day", "good evening"), encoding="utf-8"
    )
    _forget()
    assert say("a.greeting", name="x") == "good evening, x"
    (second,) = (worlds / "cache" / "catalogs").glob("en-*.mo")
    assert second.name != first.name
    second.write_bytes(b"cut off")
    _forget()
    assert say("a.greeting", name="x") == "good evening, x"


HELP = """
import sys
from pathlib import Path
from typer.testing import CliRunner
from sim.text import catalog
catalog.SHIPPED = Path(sys.argv[1])
from sim.cli.app import app
told = CliRunner().invoke(app, ["--help"], env={"LC_ALL": sys.argv[2]}).output
print(any(name.split(".")[0] == "babel" for name in sys.modules), "describe" in told)
"""


@pytest.mark.parametrize("cache", ["empty", "unwritable"])
def test_catalogs_that_were_compiled_when_the_package_was_built_need_no_babel(
    tmp_path: Path, cache: str
) -> None:
    place = tmp_path / "cache"
    if cache == "unwritable":
        place.write_text("a file where a folder should be", encoding="utf-8")
    shipped = tmp_path / "compiled"
    assert len(catalog.ship(shipped)) == len(languages())
    for locale in ("en_US.UTF-8", "zh_CN.UTF-8"):
        for folder, babel in ((shipped, "False"), (tmp_path / "none", "True")):
            environment = os.environ | {"ESTATE_CACHE_DIR": str(place)}
            done = subprocess.run(
                [sys.executable, "-c", HELP, str(folder), locale],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout.split() == [babel, "True"], (locale, folder.name)


def test_where_nothing_can_be_kept_everything_is_said_all_the_same(worlds: Path) -> None:
    (worlds / "cache").write_text("a file where the folder of caches should be", encoding="utf-8")
    assert say("a.greeting", name="x") == "good day, x"


def test_one_id_has_one_text(worlds: Path) -> None:
    again = (worlds / "catalogs" / "en" / "a.po").read_text(encoding="utf-8")
    (worlds / "catalogs" / "en" / "b.po").write_text(again, encoding="utf-8")
    with pytest.raises(TextError, match="has a text in another file"):
        say("a.greeting", name="x")


def test_a_language_whose_plurals_nobody_knows_is_refused_by_its_code(worlds: Path) -> None:
    english = (worlds / "catalogs" / "en" / "a.po").read_bytes()
    with pytest.raises(TextError, match=r"a.po: found the language code 'qq'; allowed: a code .* 'fr'"):
        catalog.compile_catalog({"a.po": english.replace(b"Language: en", b"Language: qq")}, "qq")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh-Hans", "LANG": "en_GB"}, "zh"),
        ({"LANG": "xx_YY"}, "en"),
    ],
)
def test_the_environment_says_the_language(environment: dict[str, str], expected: str) -> None:
    assert catalog.language_of(environment) == expected


def test_a_server_speaks_the_language_of_whoever_it_serves(
    worlds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "_reader", None)
    readers: list[str | None] = ["pl", None]
    catalog.follow(lambda: readers[0])
    assert language() == "pl" and catalog.next_language() == "en"
    with in_language("en"):
        assert language() == "en" and catalog.next_language() == "pl"
    readers.pop(0)
    assert language() == "en"


def test_a_gap_may_be_filled_when_the_message_is_printed(worlds: Path) -> None:
    amount = Later(lambda number: say("a.month", count=number), 5)
    text = message("a.greeting", name=amount)
    assert (str(text), text.in_language("pl")) == ("good day, 5 months", "dzień dobry, 5 miesięcy")
