"""A result in one file that can be cited: its folder, the scenarios and the ODD protocol of each, the same
bytes for the same result.

A ZIP whose entries are sorted, not compressed and of one date, so that its SHA-256 does not depend on when,
where or with which library it was packed. In it, below one folder named by the kind and key of the result:

    archive.json          what is in it: kind and key of the result, hash of every file, versions that made it
    result/…              the folder of the result, without how long a run took and when
    scenarios/NAME.toml   every scenario that it is about, whole
    odd/NAME.LANGUAGE.md  what that scenario is, see `sim.outputs.odd`
    README.LANGUAGE.md    how to look at it and check it
"""

from __future__ import annotations

import getpass
import hashlib
import json
import re
import socket
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from sim.errors import EstateError, ResultError
from sim.kinds import kinds, load_result
from sim.outputs.odd import odd_of
from sim.problems import is_file, is_folder, path_of
from sim.results.checking import Checked, check_result, files_below
from sim.results.files import replace, seal_of
from sim.results.folder import (
    DEFINITIONS,
    MANIFEST,
    check_seal,
    json_text,
    read_manifest,
    require_current,
    sealed,
)
from sim.scenario import Scenario, to_toml
from sim.scenario.loading import check
from sim.text import Message, in_language, languages, message, say
from sim.text.system import reason_of
from sim.text.system import told as why

FORMAT = 1
LISTING = "archive.json"
RESULT, SCENARIOS, ODD = "result", "scenarios", "odd"
OF_THE_MOMENT = (
    "wall_seconds",
    "finished",
)  # of a run: how long it took and when, which is no part of what came out
NEVER = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP can say
CITED = 16  # hex digits of a name

Contents = dict[str, bytes | Path]


@dataclass(frozen=True)
class Archive:
    """An archive that was written: where, its SHA-256, of which kind and key, its scenarios, and
    what it left out of the folder."""

    path: Path
    sha256: str
    kind: str
    key: str
    scenarios: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """What checking found: sha256 of the file ("" for a folder), kind, key, how many files, what
    differs, what is no part of it.

    repacked: everything in the file is as it was written, and yet the file is not,
    so that its hash is another.
    """

    path: Path
    sha256: str
    kind: str
    key: str
    files: int
    faults: tuple[Message, ...]
    others: tuple[str, ...]
    repacked: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything is as it was written."""
        return not self.faults and not self.repacked


def archive(result: str | Path, file: str | Path | None = None) -> Archive:
    """Pack the result in a folder into one file (default: the folder's name with ".zip", beside it).

    ResultError, naming the file, if something in the folder is not as it was written, is of another version,
    or says a path or the name of a user or machine; and if the file is there already with other
    content or cannot be written.
    """
    folder = path_of(result, "result", ResultError)
    checked = check_result(folder)
    if checked.faults:
        raise ResultError(message("archive.not_whole", fault=checked.faults[0]))
    require_current(checked.manifest, folder)
    target = _target(folder, file)
    contents = _contents(folder, checked)
    trace = refuse_traces(contents)
    if trace is not None:
        raise ResultError(trace)
    listing = _listing(checked, contents)
    contents[LISTING] = json_text(listing).encode()
    try:
        written = _write(target, _root(checked, contents), contents)
    except OSError as error:
        raise ResultError(message("folder.unwritable", folder=target, error=reason_of(error))) from None
    names = tuple(PurePosixPath(name).stem for name in contents if name.startswith(f"{SCENARIOS}/"))
    return Archive(target, written, checked.kind, checked.key, names, checked.others)


def verify(result: str | Path) -> Verified:
    """Compare an archive, an unpacked one or a folder of a result with what was written.
    ResultError if it is none of these."""
    path = path_of(result, "result", ResultError)
    if is_file(path):
        return _verify_file(path)
    if is_folder(path) and is_file(path / LISTING):
        with_names = {one.relative_to(path).as_posix(): one for one in files_below(path)}
        kind, key, faults, added = _compare(with_names, path)
        return Verified(path, "", kind, key, len(with_names) - len(added), tuple(faults), tuple(added))
    checked = check_result(path)
    return Verified(path, "", checked.kind, checked.key, len(checked.files), checked.faults, checked.others)


# what is packed


def _target(folder: Path, file: str | Path | None) -> Path:
    if file is None:
        named = folder if folder.name not in ("", "..") else folder.resolve()
        return named.with_name(f"{named.name}.zip")
    target = path_of(file, "file", ResultError)
    if target.suffix.lower() != ".zip":
        found, allowed = repr(target.name), message("archive.zip")
        raise ResultError(message("problem.instead", place="--out", found=found, allowed=allowed))
    return target


def _contents(folder: Path, checked: Checked) -> Contents:
    contents: Contents = {}
    for name in checked.files:
        path = folder / name
        contents[f"{RESULT}/{name}"] = _without_moment(path) if path.name == MANIFEST else path
    scenarios, seeds = _asked(folder, checked)
    for scenario in scenarios:
        contents[f"{SCENARIOS}/{scenario.name}.toml"] = to_toml(scenario).encode()
    for lang in languages():
        with in_language(lang):
            readme = say("archive.readme", kind=checked.kind, key=checked.key, root=_root(checked, contents))
            if not scenarios:  # of a score card or an ensemble that was saved before these held them
                readme += "\n" + say("archive.no_scenario") + "\n"
            contents[f"README.{lang}.md"] = readme.encode()
            for scenario in scenarios:
                contents[f"{ODD}/{scenario.name}.{lang}.md"] = odd_of(
                    scenario, seeds, checked.manifest
                ).encode()
    return contents


def _without_moment(path: Path) -> bytes | Path:
    """A manifest without what is otherwise each time that the same run is carried out;
    sealed anew only if there was any."""
    manifest = read_manifest(path.parent, path.name)
    kept = {key: value for key, value in manifest.items() if key not in OF_THE_MOMENT}
    return path if len(kept) == len(manifest) else json_text(sealed(kept)).encode()


def _asked(folder: Path, checked: Checked) -> tuple[list[Scenario], Sequence[int]]:
    """The scenarios of a result, each once and by a name of its own, and the seeds of its runs."""
    registered, manifest = kinds().get(checked.kind), checked.manifest
    if registered is not None and registered.load:
        result = load_result(folder)
        told = registered.get(registered.scenarios)(result) if registered.scenarios else [result.scenario]
        seeds = _seeds(result)
    else:  # no folder of its kind is loaded: its manifest holds the scenarios
        told = [check(data, {}, str(folder)) for data in manifest.get("scenarios", ())]
        seeds = [int(seed) for seed in manifest.get("seeds", ())]
    named: dict[str, Scenario] = {}
    for scenario in told:
        name, number = scenario.name, 2
        while named.get(name, scenario) != scenario:
            name, number = f"{scenario.name}_{number}", number + 1
        named[name] = scenario.model_copy(update={"name": name}) if name != scenario.name else scenario
    return list(named.values()), seeds


def _seeds(result: Any) -> Sequence[int]:
    seeds = getattr(result, "seeds", None) or (getattr(result, "asked", None) or {}).get("seeds") or ()
    return [int(seed) for seed in seeds]


def _listing(checked: Checked, contents: Contents) -> dict[str, Any]:
    manifest = checked.manifest
    told = ("versions", "platform", "git", "model_source_hash", "content_hash", "digest", DEFINITIONS)
    kept = {key: manifest[key] for key in told if key in manifest}
    head = {"archive": FORMAT, "kind": checked.kind, "key": checked.key, **kept}
    return sealed(head | {"files": {name: _seal(contents[name]) for name in sorted(contents)}})


def _seal(content: bytes | Path) -> dict[str, Any]:
    if isinstance(content, Path):
        return seal_of(content)
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _root(checked: Checked, contents: Contents) -> str:
    """The one folder of an archive. A batch has no key of its own: it is named by what is in it."""
    key = checked.key
    if not re.fullmatch(r"[0-9a-f]{8,}", key):
        result = {name: _seal(contents[name]) for name in sorted(contents) if name.startswith(f"{RESULT}/")}
        key = hashlib.sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()[:CITED]
    return f"{checked.kind.replace(' ', '-')}-{key}"


def _write(target: Path, root: str, contents: Contents) -> str:
    """Write the file in one step; returns its SHA-256. ResultError where something else has
    this name; raises OSError."""
    with tempfile.TemporaryDirectory(prefix="estate-archive-") as folder:
        archive_file = Path(folder) / "made.zip"
        with open(archive_file, "wb") as stream:
            _pack(stream, root, contents)
        sha256 = str(seal_of(archive_file)["sha256"])
        if target.exists():
            if target.is_dir() or seal_of(target)["sha256"] != sha256:
                raise ResultError(message("archive.there", file=target))
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        replace(target, lambda part: part.write_bytes(archive_file.read_bytes()))
    return sha256


def _pack(stream: BinaryIO, root: str, contents: Mapping[str, bytes | Path]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"{root}/{name}", NEVER)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on Unix, wherever it is packed
            content = contents[name]
            packed.writestr(entry, content.read_bytes() if isinstance(content, Path) else content)


# what may not be in it

# An absolute path of two folders or more, of Unix or Windows; not a part of an address, of a unit
# (yuan/m2/month) or of a tag.
PATHS = re.compile(
    r"(?<![\w.:/<~+=-])/(?:[\w.@ -]+/)+[\w.@-]+|(?<![A-Za-z])[A-Za-z]:\\{1,2}[^\s\"'<>|]+|\\{2,4}[\w.-]+\\{1,2}\w+"
)
ADDRESSES = re.compile(r"\w+://[^\s\"'<>]+|data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]+")
TAGS = re.compile(r"<[^>]*>")
# Names of accounts and machines that name nobody.
NOBODY = frozenset(
    (
        "root",
        "user",
        "users",
        "admin",
        "administrator",
        "guest",
        "ubuntu",
        "debian",
        "runner",
        "localhost",
        "docker",
        "vagrant",
    )
)
SHORTEST = 3
TEXTS = (".json", ".csv", ".toml", ".md", ".html", ".svg", ".txt")


def refuse_traces(contents: Mapping[str, bytes | Path]) -> Message | None:
    """What must not be published: the first path, user or machine name that a file says, with its
    place; None if none does."""
    names = _own_names()
    for name in sorted(contents):
        for where, text in _said_in(name, contents[name]):
            if (found := trace_in(text, names)) is not None:
                return message("archive.trace", file=name, where=where, found=found)
    return None


def trace_in(text: str, names: Iterable[str]) -> str | None:
    """The first path or one of `names` (as a word) in a text."""
    plain = ADDRESSES.sub(" ", text)
    path = PATHS.search(plain)
    if path is not None:
        return path.group()
    for name in names:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain, re.IGNORECASE):
            return name
    return None


def _own_names() -> list[str]:
    """The names of this user and this machine, unless they are such that a text may say
    them without meaning either."""
    names = [socket.gethostname(), socket.gethostname().partition(".")[0]]
    with suppress(OSError, KeyError, ImportError):  # an account without a name
        names.append(getpass.getuser())
    words = {str(word).lower() for kind in kinds() for word in re.findall(r"\w+", kind)}
    return [
        name for name in dict.fromkeys(names) if len(name) >= SHORTEST and name.lower() not in NOBODY | words
    ]


def _said_in(name: str, content: bytes | Path) -> Iterable[tuple[str, str]]:
    """Every text in a file, with its place in it."""
    suffix = PurePosixPath(name).suffix
    data = content if isinstance(content, bytes) else b""
    if isinstance(content, Path) and suffix in (*TEXTS, ".png"):
        data = content.read_bytes()
    if suffix == ".json":
        yield from _strings(json.loads(data), "")
    elif suffix == ".parquet":
        yield from _of_table(content)
    elif suffix == ".png":
        from PIL import Image

        with Image.open(BytesIO(data)) as picture:
            yield from (
                (str(key), str(value)) for key, value in picture.info.items() if isinstance(value, str)
            )
    elif suffix in TEXTS:
        text = data.decode("utf-8", errors="replace")
        text = TAGS.sub(" ", ADDRESSES.sub(" ", text)) if suffix in (".html", ".svg") else text
        yield from ((str(number), line) for number, line in enumerate(text.splitlines(), 1))


def _strings(value: Any, key_path: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield key_path, value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(item, f"{key_path}[{number}]")
    elif isinstance(value, dict) and "@array" not in value:  # numbers of an array, written as letters
        for key, item in value.items():
            yield key_path, key
            yield from _strings(item, f"{key_path}.{key}" if key_path else key)


def _of_table(content: bytes | Path) -> Iterable[tuple[str, str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(content if isinstance(content, Path) else BytesIO(content), partitioning=None)
    for key, value in (table.schema.metadata or {}).items():
        if key != b"ARROW:schema":
            yield key.decode(errors="replace"), value.decode(errors="replace")
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            for value in table.column(field.name).unique().to_pylist():
                if value is not None:
                    yield field.name, str(value)


# checking


def _verify_file(path: Path) -> Verified:
    try:
        sha256 = str(seal_of(path)["sha256"])
        with zipfile.ZipFile(path) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            roots = {entry.filename.partition("/")[0] for entry in entries}
            contents = {entry.filename.partition("/")[2]: packed.read(entry) for entry in entries}
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise ResultError(message("archive.unreadable", file=path, error=why(error))) from None
    if LISTING not in contents:
        raise ResultError(message("archive.none", file=path, name=LISTING))
    kind, key, faults, added = _compare(contents, path)
    faults += [message("archive.added", file=path / name) for name in added]
    again = BytesIO()
    _pack(again, min(roots), contents)
    repacked = len(entries) != len(contents) or hashlib.sha256(again.getvalue()).hexdigest() != sha256
    return Verified(path, sha256, kind, key, len(contents), tuple(faults), (), repacked and not faults)


def _compare(contents: Mapping[str, bytes | Path], folder: Path) -> tuple[str, str, list[Message], list[str]]:
    """Kind and key of an archive, what in it is not what its list says, and what that does not name.
    ResultError if it cannot be read."""
    held = contents[LISTING]
    try:
        listing = json.loads(held if isinstance(held, bytes) else held.read_bytes())
        said = dict(listing["files"])
        if listing["archive"] != FORMAT:
            found, allowed = repr(listing["archive"]), str(FORMAT)
            where = message("problem.at", file=folder / LISTING, key="archive")
            raise ResultError(message("problem.instead", place=where, found=found, allowed=allowed))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ResultError(message("folder.unreadable", file=folder / LISTING, error=why(error))) from None
    faults: list[Message] = []
    try:
        check_seal(listing, folder / LISTING)
    except EstateError as error:
        faults.append(error.args[0])
    for name in sorted(said):
        if name not in contents:
            faults.append(message("folder.missing", file=folder / name))
        elif (found_seal := _seal(contents[name])) != said[name]:
            faults.append(message("check.damaged", file=folder / name, bytes=found_seal["bytes"]))
    added = sorted(contents.keys() - said.keys() - {LISTING})
    return str(listing.get("kind", "")), str(listing.get("key", "")), faults, added
