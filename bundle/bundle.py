"""Make a folder that installs the project on a computer without network: python3 go.py bundle [options], --help lists them.

It holds every wheel that the project needs there, in the versions of constraints.txt and with the hash of each, the project's own
wheel, and a starter for the system: a double click on Windows, `sh install.sh` elsewhere. A bundle is for one system and one
version of Python. What is needed is found by reading what each wheel requires under the conditions of that system (pip judges
conditions such as `sys_platform == "win32"` by the computer that downloads).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
PLACE = Path(__file__).resolve().parent
EXTRAS = ("app", "export", "search", "video")
# What pip calls the system of this computer.
HERE = {
    ("linux", "x86_64"): "manylinux_2_28_x86_64",
    ("linux", "aarch64"): "manylinux_2_28_aarch64",
    ("win32", "AMD64"): "win_amd64",
    ("darwin", "arm64"): "macosx_14_0_arm64",
}
STARTERS = {"win32": "install.cmd", "linux": "install.sh", "darwin": "install.sh"}
# sys_platform, os_name, platform_system by the beginning of what pip calls a system.
SYSTEMS = {
    "win_": ("win32", "nt", "Windows"),
    "manylinux_": ("linux", "posix", "Linux"),
    "macosx_": ("darwin", "posix", "Darwin"),
}
OLDEST_GLIBC = 17  # 2.17, which is called manylinux2014 too
Fetch = Callable[[Sequence[str], Path], None]


def environment(system: str, python: str) -> dict[str, str]:
    """The values of the markers of requirements on a system, such as "win_amd64", under a Python, such as "3.12"."""
    begins = next((begin for begin in SYSTEMS if system.startswith(begin)), None)
    if begins is None:
        sys.exit(
            f"--platform: found {system!r}; allowed: what pip calls a system, such as {', '.join(HERE.values())}"
        )
    if not re.fullmatch(r"3\.\d+", python):
        sys.exit(f"--python: found {python!r}; allowed: a version such as 3.12")
    sys_platform, os_name, name = SYSTEMS[begins]
    machine = next(one for one in ("x86_64", "aarch64", "arm64", "amd64", system) if system.endswith(one))
    return {
        "sys_platform": sys_platform,
        "os_name": os_name,
        "platform_system": name,
        "platform_machine": "AMD64" if machine == "amd64" else machine,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "implementation_version": f"{python}.0",
        "platform_release": "",
        "platform_version": "",
    }


def systems(system: str) -> list[str]:
    """All that pip may call a wheel that runs there, best first: a Linux takes what was built for an older one."""
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", system)
    if found is None:
        return [system]
    newest, machine = int(found[1]), found[2]
    older = [f"manylinux_2_{number}_{machine}" for number in range(newest, OLDEST_GLIBC - 1, -1)]
    return [*older, f"manylinux2014_{machine}"]


def pins(text: str, target: Mapping[str, str]) -> dict[str, str]:
    """Version by name, of the lines of a constraints file that count on the target."""
    found = {}
    for line in text.splitlines():
        wanted = line.partition("#")[0].strip()
        if wanted:
            one = Requirement(wanted)
            if one.marker is None or one.marker.evaluate(dict(target)):
                found[canonicalize_name(one.name)] = str(one.specifier).removeprefix("==")
    return found


def requirements(wheel: Path) -> list[Requirement]:
    """What a wheel says that it requires."""
    with zipfile.ZipFile(wheel) as packed:
        name = next(one for one in packed.namelist() if one.endswith(".dist-info/METADATA"))
        told = HeaderParser().parsestr(packed.read(name).decode("utf-8"))
    return [Requirement(one) for one in told.get_all("Requires-Dist", [])]


def in_folder(folder: Path) -> dict[str, Path]:
    """The wheels of a folder by the name of what they install."""
    return {str(parse_wheel_filename(file.name)[0]): file for file in sorted(folder.glob("*.whl"))}


def gather(
    own: Path, extras: Iterable[str], target: Mapping[str, str], pinned: Mapping[str, str], fetch: Fetch
) -> dict[str, Path]:
    """Fetch all that a wheel needs on the target, with these extras, into its folder; every wheel there by name.

    `fetch` brings "name==version" requirements into a folder. Ends where something that is needed has no pinned version, or
    one that another wheel does not allow.
    """
    wheels = in_folder(own.parent)
    (start,) = wheels
    waiting, seen = {(start, extra) for extra in ("", *extras)}, set[tuple[str, str]]()
    while waiting:
        seen |= waiting
        asked: set[tuple[str, str]] = set()
        for name, extra in waiting:
            for one in requirements(wheels[name]):
                if one.marker is not None and not one.marker.evaluate({**target, "extra": extra}):
                    continue
                needed = str(canonicalize_name(one.name))
                if needed != start and needed not in pinned:
                    sys.exit(
                        f"constraints.txt has no version of {needed}, which {wheels[name].name} requires there"
                    )
                if needed != start and not one.specifier.contains(pinned[needed], prereleases=True):
                    sys.exit(
                        f"constraints.txt: {needed}=={pinned[needed]}, but {wheels[name].name} requires {one}"
                    )
                asked |= {(needed, other) for other in ("", *one.extras)}
        new = sorted({name for name, _ in asked} - set(wheels))
        if new:
            fetch([f"{name}=={pinned[name]}" for name in new], own.parent)
        wheels = in_folder(own.parent)
        waiting = asked - seen
    return wheels


def downloader(system: str, python: str, options: Sequence[str] = ()) -> Fetch:
    """What fetches wheels for a system and a Python with pip."""

    def fetch(wanted: Sequence[str], folder: Path) -> None:
        for_system = [part for one in systems(system) for part in ("--platform", one)]
        versions = [
            "--python-version",
            python,
            "--implementation",
            "cp",
            "--only-binary",
            ":all:",
            "--no-deps",
        ]
        pip("download", "--dest", str(folder), *for_system, *versions, *options, *wanted)

    return fetch


def pip(*arguments: str) -> None:
    """Run pip of this Python; ends with what it says where it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", *arguments]
    if subprocess.run(command, check=False).returncode:
        sys.exit("The lines above say why pip could not bring or build this.")


def own_wheel(folder: Path) -> Path:
    """The project's own wheel, built into a folder."""
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (made,) = in_folder(folder).values()
    return made


def put_together(
    folder: Path, wheels: Mapping[str, Path], extras: Sequence[str], system: str, python: str
) -> None:
    """Write what stands beside the wheels: versions with hashes, what the bundle is for, and how to install it."""
    lines = []
    for name, wheel in sorted(wheels.items()):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name}=={parse_wheel_filename(wheel.name)[1]} --hash=sha256:{digest}\n")
    (folder / "requirements.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    target = environment(system, python)
    facts = {
        "python": python,
        "sys_platform": target["sys_platform"],
        "platform": system,
        "extras": list(extras),
    }
    (folder / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")
    starter = STARTERS[target["sys_platform"]]
    windows = target["sys_platform"] == "win32"
    version = next(parse_wheel_filename(wheel.name)[1] for wheel in wheels.values() if "estate" in wheel.name)
    named = f"{'macOS' if target['sys_platform'] == 'darwin' else target['platform_system']} ({system})"
    filled = {"@PYTHON@": python, "@SYSTEM@": named, "@VERSION@": str(version)}
    filled["@ESTATE@"] = "estate.cmd" if windows else "./estate"
    # lines of a text that count on one kind of system only begin with its mark
    mark, other = ("@windows@", "@posix@") if windows else ("@posix@", "@windows@")
    for name in (starter, "README.txt", "install.py", "words.toml"):
        text = (PLACE / name).read_text(encoding="utf-8")
        kept = [
            line.removeprefix(mark) for line in text.splitlines(keepends=True) if not line.startswith(other)
        ]
        text = "".join(kept)
        for gap, value in filled.items():
            text = text.replace(gap, value)
        # Windows' own editor and shell want their own line ends, and older ones the mark of UTF-8
        marked = windows and name == "README.txt"
        newline = "\r\n" if windows else "\n"
        (folder / name).write_text(text, encoding="utf-8-sig" if marked else "utf-8", newline=newline)


def without_network(command: Sequence[str]) -> list[str]:
    """A command that has no network, as far as this computer can take it away."""
    cut = ["unshare", "--net", "--map-root-user"]
    if (
        shutil.which("unshare")
        and not subprocess.run([*cut, "true"], capture_output=True, check=False).returncode
    ):
        return [*cut, *command]
    print("This computer cannot take the network from a program: pip is only told not to use it.")
    return list(command)


def try_out(folder: Path) -> None:
    """Install a bundle of this system into a temporary place, without network, and simulate a year; ends where that fails."""
    with tempfile.TemporaryDirectory(prefix="estate 小区 ") as temporary:
        place = Path(temporary)
        moved = shutil.copytree(folder, place / "bundle 离线")
        around = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))
        }
        around |= {"ESTATE_CACHE_DIR": str(place / "cache"), "PIP_CONFIG_FILE": os.devnull}
        estate = moved / ("estate.cmd" if os.name == "nt" else "estate")
        for command in (
            [sys.executable, str(moved / "install.py")],
            [str(estate), "run", "small_city", "--months", "12", "--out", str(place / "结果 1")],
            [str(estate), "report", str(place / "结果 1"), "--no-pdf", "--lang", "zh"],
        ):
            if subprocess.run(without_network(command), env=around, cwd=place, check=False).returncode:
                sys.exit(f"Trying the bundle out failed: {' '.join(command)}")
    print("Tried out: it installs and runs without network.")


def main(arguments: Sequence[str]) -> int:
    """Make one bundle."""
    here = HERE.get((sys.platform, platform.machine()), "")
    this = "{}.{}".format(*sys.version_info[:2])
    parser = argparse.ArgumentParser(
        prog="go.py bundle", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="where it is made (default: bundles/NAME)")
    parser.add_argument(
        "--platform",
        default=here,
        help=f"for which system, as pip names it: {', '.join(HERE.values())} (default: {here or 'none'})",
    )
    parser.add_argument("--python", default=this, help=f"for which Python (default: {this})")
    parser.add_argument(
        "--extra",
        action="append",
        choices=["", *EXTRAS, "cluster"],
        help=f'optional part, repeatable; "" for none (default: {", ".join(EXTRAS)})',
    )
    parser.add_argument(
        "--try",
        dest="tried",
        action="store_true",
        help="then install it without network and simulate a year (for this system and Python only)",
    )
    asked = parser.parse_args(arguments)
    target = environment(asked.platform, asked.python)
    if asked.tried and (asked.platform, asked.python) != (here, this):
        sys.exit(
            f"--try: a bundle for {asked.platform} and Python {asked.python} cannot run on this computer"
        )
    extras = [one for one in (EXTRAS if asked.extra is None else asked.extra) if one]
    folder = asked.folder or ROOT / "bundles" / f"estate-{asked.platform}-py{asked.python.replace('.', '')}"
    if folder.exists():
        sys.exit(f"{folder} is already there; take it away or name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=folder.parent) as temporary:
        made = Path(temporary) / folder.name
        (made / "wheels").mkdir(parents=True)
        print(f"Fetching wheels for {asked.platform} and Python {asked.python} ...", flush=True)
        own = own_wheel(made / "wheels")
        pinned = pins((ROOT / "constraints.txt").read_text(encoding="utf-8"), target)
        wheels = gather(own, extras, target, pinned, downloader(asked.platform, asked.python))
        put_together(made, wheels, extras, asked.platform, asked.python)
        if asked.tried:
            try_out(made)
        made.rename(folder)
    size = sum(wheel.stat().st_size for wheel in (folder / "wheels").iterdir())
    print(
        f"{folder}: {len(wheels)} wheels, {size / 1e6:.0f} MB. Copy it as it is; README.txt says how it is installed."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
