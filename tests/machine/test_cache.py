"""A machine without a place for caches simulates all the same, and says once what that
costs and how to end it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cache
from sim.cache import cache_root, refused_folder

KERNEL = """
import numpy as np
from sim.model.kernel import cache_folder, kernel

@kernel
def doubled(x):
    return x + x

assert doubled(21) == 42
assert list(cache_folder().rglob("*.nbi")), "the compiled kernel was kept"
print(cache_folder())
"""
TWO_CITIES = """
import sim
few = {"city.estates": 10, "city.households": 300, "companies.private": 3, "months": 1, "spin_up": 0}
few |= {f"types.{name}.households_mean": 30 for name in ("commodity", "unit_built", "three_no", "resettlement")}
scenario = sim.with_overrides(sim.load("small_city"), few)
for seed in (1, 2):
    with sim.City(scenario, seed=seed) as city:
        assert len(city.owners) > 0
"""


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that cannot be made, since a file stands where it would be: that
    holds for the superuser too."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    folder = tmp_path / "file" / "estate"
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(folder))
    monkeypatch.setattr(cache, "_refused", [])
    return folder


def process(code: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONUTF8": "1", "TMPDIR": str(cwd)} | variables
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )


def test_a_folder_that_cannot_be_made_is_replaced_by_one_private_folder(refused: Path) -> None:
    found = cache_root()
    assert found != refused
    assert found.is_dir()
    assert found.stat().st_mode & 0o077 == 0, "nobody else may put compiled code there"
    assert cache_root() == found == Path(os.environ["ESTATE_CACHE_DIR"]), "workers use the same"
    assert (refused_folder(), refused_folder()) == (refused, None), "said once"


def test_a_user_without_a_home_gets_no_folder_in_the_place_where_he_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESTATE_CACHE_DIR", "")
    monkeypatch.setattr(cache, "_refused", [])
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: "~/.cache/estate")
    assert cache_root().is_absolute()
    assert list(tmp_path.iterdir()) == []


def test_kernels_compile_without_a_cache_and_the_folder_goes_with_the_process(
    refused: Path, tmp_path: Path
) -> None:
    module = tmp_path / "doubling.py"
    module.write_text(KERNEL, encoding="utf-8")
    folder = tmp_path / "temporary"
    folder.mkdir()
    done = process("import doubling", tmp_path, NUMBA_DISABLE_JIT="0", TMPDIR=str(folder))
    assert Path(done.stdout.strip()).is_relative_to(folder)
    assert list(folder.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "cannot be written: what was compiled"), ("zh", "无法写入：编译结果只保留到本进程结束")],
)
def test_it_is_said_once_with_the_remedy(refused: Path, tmp_path: Path, lang: str, said: str) -> None:
    code = f"import sim\nsim.use_language({lang!r})\n{TWO_CITIES}"
    done = process(code, tmp_path, NUMBA_DISABLE_JIT="1")
    assert done.stderr.count(said) == 1
    assert str(refused) in done.stderr
    assert "ESTATE_CACHE_DIR" in done.stderr


def test_where_the_cache_can_be_written_nothing_is_said(tmp_path: Path) -> None:
    done = process(
        TWO_CITIES, tmp_path, NUMBA_DISABLE_JIT="1", ESTATE_CACHE_DIR=str(tmp_path / "new" / "one")
    )
    assert done.stderr == ""


def test_matplotlib_has_a_place_where_the_home_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.cli import _house_matplotlib

    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("ESTATE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    _house_matplotlib()
    assert "MPLCONFIGDIR" not in os.environ, "a home of one's own is left as it is"
    monkeypatch.setenv("HOME", str(tmp_path / "there is none"))
    monkeypatch.setenv("MPLCONFIGDIR", "mine")
    _house_matplotlib()
    assert os.environ["MPLCONFIGDIR"] == "mine"
    monkeypatch.delenv("MPLCONFIGDIR")
    _house_matplotlib()
    assert os.environ["MPLCONFIGDIR"] == str(tmp_path / "cache" / "matplotlib")
