"""Where a command writes and serves: an empty name is no place, and an address that is taken is
told before anything else."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.errors import EstateError
from sim.text import in_language


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "small_city", "--out", ""),
        ("compare", "small_city", "subsidy_only", "--out="),
        ("study", "run", "any.toml", "--store", ""),
    ],
)
def test_an_empty_name_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*arguments, "--lang", "zh"])
    assert done.exit_code == 2 and "读到空文本" in done.output, done.output
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_taken_is_told_before_the_banner(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("nicegui")
    from sim.app.server import require_free, serve

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EstateError, match=f"--port {port}"):
            serve("127.0.0.1", port, show=False)
        assert capsys.readouterr().out == ""
    require_free("127.0.0.1", port)
    with pytest.raises(EstateError, match=r"203\.0\.113\.7"):
        require_free("203.0.113.7", 8080)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("203.0.113.7", {"en": "no address of this machine", "zh": "不是本机的地址"}),
        ("nowhere.invalid", {"en": "no such address", "zh": "查不到这个地址"}),
    ],
)
def test_why_an_address_cannot_be_served_at_is_said_in_the_language_of_the_reader(
    host: str, words: dict[str, str]
) -> None:
    pytest.importorskip("nicegui")
    from sim.app.server import require_free

    for lang, said in words.items():
        with in_language(lang):
            with pytest.raises(EstateError) as caught:
                require_free(host, 8080)
            assert said in str(caught.value)
