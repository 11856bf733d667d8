"""A folder that installs without network: it holds what its own system needs, and
nothing that another one needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from scripts import script

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "{}.{}".format(*sys.version_info[:2])
OWN = "estate-governance-simulator"
PINS = "inner==2.0\nengine==1.5\nwindows-part==1.0\nlinux-part==1.0\nold-part==1.0 ; python_version < '3.0'\n"


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    """bundle/bundle.py."""
    return script("bundle/bundle.py")


def wheel(
    folder: Path, name: str, version: str, requires: Sequence[str] = (), tag: str = "py3-none-any"
) -> Path:
    """A small wheel whose command `estate` prints its version."""
    folder.mkdir(exist_ok=True)
    inside = name.replace("-", "_")
    info = f"{inside}-{version}.dist-info"
    told = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{inside}.py": f"def main():\n    print({version!r})\n",
        f"{info}/METADATA": told + "".join(f"Requires-Dist: {one}\n" for one in requires),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    if name == OWN:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\nestate = {inside}:main\n"
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    path = folder / f"{inside}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for file, text in files.items():
            packed.writestr(file, text)
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of wheels that stands in for the network."""
    shelf = tmp_path / "shelf"
    short = PYTHON.replace(".", "")
    wheel(shelf, "inner", "2.0", ["engine[fast]>=1", "old-part ; python_version < '3.0'"])
    for system in ("win_amd64", "manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "macosx_11_0_arm64"):
        wheel(shelf, "engine", "1.5", ["windows-part ; sys_platform == 'win32'", "linux-part ; platform_system == 'Linux' and extra == 'fast'"], f"cp{short}-cp{short}-{system}")  # fmt: skip
    wheel(shelf, "windows-part", "1.0")
    wheel(shelf, "linux-part", "1.0")
    wheel(shelf, "linux-part", "2.0")  # newer than what is pinned
    return shelf


def packed(
    bundle: ModuleType, shelf: Path, system: str, folder: Path, extras: Sequence[str] = ("app",)
) -> Path:
    """A bundle of small wheels."""
    (folder / "wheels").mkdir(parents=True)
    own = wheel(folder / "wheels", OWN, "0.9", ["inner ; extra == 'app'", f"{OWN}[app] ; extra == 'all'"])
    target = bundle.environment(system, PYTHON)
    fetch = bundle.downloader(system, PYTHON, ["--no-index", "--find-links", str(shelf)])
    wheels = bundle.gather(own, extras, target, bundle.pins(PINS, target), fetch)
    bundle.put_together(folder, wheels, extras, system, PYTHON)
    return folder


def held(folder: Path) -> set[str]:
    return {file.name.partition("-")[0] for file in (folder / "wheels").iterdir()}


ALWAYS = {"estate_governance_simulator", "inner", "engine"}


@pytest.mark.parametrize(
    ("system", "more", "starter"),
    [
        ("win_amd64", {"windows_part"}, "install.cmd"),
        ("manylinux_2_28_x86_64", {"linux_part"}, "install.sh"),
        ("macosx_14_0_arm64", set(), "install.sh"),
    ],
)
def test_a_bundle_holds_what_its_system_needs_whoever_makes_it(
    bundle: ModuleType, shelf: Path, tmp_path: Path, system: str, more: set[str], starter: str
) -> None:
    made = packed(bundle, shelf, system, tmp_path / "made", ["all"])
    assert held(made) == ALWAYS | more
    (engine,) = (made / "wheels").glob("engine-*")
    assert system.split("_")[0] in engine.name
    assert system.rpartition("_")[2] in engine.name
    texts = {file.name for file in made.iterdir()} - {"wheels"}
    assert texts == {"README.txt", "bundle.json", "install.py", "requirements.txt", "words.toml", starter}
    facts = json.loads((made / "bundle.json").read_text(encoding="utf-8"))
    assert (facts["python"], facts["platform"]) == (PYTHON, system)
    for name in texts:
        assert "@" not in (made / name).read_text(encoding="utf-8").replace("@echo", "").replace("@\"", "").replace("$@", "").replace("f'@", "")  # fmt: skip
    if starter == "install.cmd":
        assert (made / starter).read_bytes().isascii()
        assert (made / starter).read_bytes().count(b"\r\n") == (made / starter).read_bytes().count(b"\n") > 10
        assert "双击 install.cmd" in (made / "README.txt").read_text(encoding="utf-8-sig")
    else:
        assert "运行 sh install.sh" in (made / "README.txt").read_text(encoding="utf-8")


def test_a_bundle_without_parts_holds_no_parts(bundle: ModuleType, shelf: Path, tmp_path: Path) -> None:
    assert held(packed(bundle, shelf, "win_amd64", tmp_path / "made", [])) == {"estate_governance_simulator"}


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        ("inner==2.0\n", "no version of engine, which inner-2.0"),
        ("inner==2.0\nengine==0.5\n", "engine==0.5, but inner-2.0.*requires engine"),
    ],
)
def test_what_is_not_pinned_or_not_allowed_ends_it(
    bundle: ModuleType, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pins: str, said: str
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PINS", pins)
    with pytest.raises(SystemExit, match=said):
        packed(bundle, shelf, "win_amd64", tmp_path / "made")


@pytest.mark.parametrize("system", ["windows", "linux_x86_64"])
def test_a_system_that_pip_does_not_know_is_refused(bundle: ModuleType, system: str) -> None:
    with pytest.raises(SystemExit, match=f"found '{system}'; allowed:"):
        bundle.environment(system, "3.12")


# pip and a new environment take their time: what is installed is looked at from all sides at once


@pytest.fixture(scope="module")
def installed(bundle: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A bundle for this computer, installed without network from a folder with Chinese and
    blanks; and what it said."""
    here = bundle.HERE.get((sys.platform, os.uname().machine), "") if hasattr(os, "uname") else ""
    if not here.startswith("manylinux"):
        pytest.skip("made for Linux")
    shelf_place = tmp_path_factory.mktemp("shelf")
    short = PYTHON.replace(".", "")
    wheel(shelf_place, "inner", "2.0", ["engine"])
    wheel(shelf_place, "engine", "1.5", tag=f"cp{short}-cp{short}-{here}")
    made = packed(bundle, shelf_place, here, tmp_path_factory.mktemp("place") / "小区 离线")
    shutil.rmtree(shelf_place)
    around = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONIOENCODING": "gbk",
    }
    # an address where nothing listens, and a setting by which pip would ask it
    around |= {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_EXTRA_INDEX_URL": "http://127.0.0.1:9/"}
    command = bundle.without_network(["sh", str(made / "install.sh")])
    done = subprocess.run(command, env=around, cwd="/", capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr.decode("gbk", "replace")
    return made, done.stdout.decode("gbk")


def test_it_installs_without_network_and_its_command_answers(installed: tuple[Path, str]) -> None:
    made, said = installed
    assert "安装完成。" in said
    assert str(made / "estate") in said
    done = subprocess.run(
        [str(made / "estate"), "--version"], capture_output=True, text=True, cwd="/", check=True
    )
    assert done.stdout.strip() == "0.9"
    inside = made / "installed" / "bin" / "python"
    asked = "from importlib.metadata import version; print(version('inner'), version('engine'))"
    assert subprocess.run(
        [str(inside), "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split() == ["2.0", "1.5"]


@pytest.mark.slow
def test_a_wheel_that_was_changed_on_the_way_is_not_installed(
    installed: tuple[Path, str], tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(installed[0], spoilt, ignore=shutil.ignore_patterns("installed"))
    (found,) = (spoilt / "wheels").glob("inner-*")
    with zipfile.ZipFile(found, "a") as changed:
        changed.writestr("more.py", "")
    done = subprocess.run(
        [sys.executable, str(spoilt / "install.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert "The installation was not finished" in done.stdout


def test_another_python_or_system_is_told_before_anything_is_made(
    installed: tuple[Path, str], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(installed[0], other, ignore=shutil.ignore_patterns("installed"))
    facts = json.loads((other / "bundle.json").read_text(encoding="utf-8"))
    for change in ({"python": "3.99"}, {"sys_platform": "win32", "platform": "win_amd64"}):
        (other / "bundle.json").write_text(json.dumps(facts | change), encoding="utf-8")
        done = subprocess.run([sys.executable, str(other / "install.py")], capture_output=True, text=True, encoding="utf-8", env=os.environ | {"PYTHONIOENCODING": "utf-8"}, check=False)  # fmt: skip
        assert done.returncode == 2
        assert f"this is Python {PYTHON} on {sys.platform}" in done.stdout
        assert not (other / "installed").exists()


# what a bundle is made of


def test_every_package_that_the_project_needs_here_has_its_version_in_the_constraints(
    bundle: ModuleType,
) -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = bundle.pins(text, bundle.environment("manylinux_2_28_x86_64", PYTHON))
    waiting, seen = {(OWN, "dev")}, set[tuple[str, str]]()
    while waiting:
        seen |= waiting
        found: set[tuple[str, str]] = set()
        for name, extra in waiting:
            for one in map(Requirement, metadata.requires(name) or []):
                if one.marker is None or one.marker.evaluate({"extra": extra}):
                    found |= {(str(canonicalize_name(one.name)), more) for more in ("", *one.extras)}
        waiting = found - seen
    needed = {name for name, _ in seen} - {OWN}
    assert len(needed) > 100
    assert needed - set(pinned) == set(), "renew constraints.txt: python3 .ci/renew_constraints.py"
