"""The kinds of result there are: each is a folder of `sim.studies` whose file `kind.py`
says what it has and where.

Loading, charts, reports, commands and public names read this registry, so that a new kind
of result is one new folder.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from sim.errors import ResultError
from sim.problems import is_folder
from sim.text import message, say

PACKAGE = "sim.studies"
NONE: Mapping[str, Any] = MappingProxyType({})


class Chart(NamedTuple):  # no dataclass: making one would cost every start 1 ms
    """A chart of a kind of result; its title is the text "chart.NAME".

    draw: where the function is that draws it: (result, ax=None, **options) -> Axes or Figure, in the current
    language.
    alt: where the one is that says in words what it shows, of the result and the same options ("": the
    result's sentences).
    needs: options without which it cannot be drawn, so that it is drawn only when asked for by name; the text
    "chart.NAME.of" then says what is shown with them. public: its name in
    `sim.charts`, where that is another.
    """

    draw: str
    alt: str = ""
    needs: tuple[str, ...] = ()
    public: str = ""


class Kind(NamedTuple):
    """What a kind of result has, and where: "file:name" within its folder, or "sim.other.module:name".

    id: as manifests state it, never changed. results: its classes. load: reads one from its folder ("": it is
    saved only beside another, or what is saved does not hold all of it). recognises: tells such a folder
    where its manifest does not say so ("": the manifest does). sentences, warnings: functions of a result, in
    the current language; shown: another, for its title, a line of facts and the table that a notebook shows.
    report: its section of a report, a `Part` ("": it has none, or is told of in those of others). apart: its
    figures are defined otherwise than those of today, so that it is reported beside no other kind. reproduce:
    carries a saved one out again; beforehand: sentences about a saved one that are said before that.
    scenarios: those that a result is about ("": its attribute `scenario`). weighs: of a result that says what
    its outcomes rest on, the shares of each outcome that rest on assumptions, for reports of others of its
    scenario. charts: by public name. commands: adds its commands to a Typer app. files: tables of the files
    that are written by hand for it, by kind of file; that of its own id asks a question of its command (see
    `sim.experiments.study_file`). functions: public names of `sim` and where they are. saved: ids of its
    classes in saved files (see `sim.results.saved`); an id stays, wherever the class moves. later: names
    of its tables that folders saved before there were such tables lack, which is then no difference. sheets:
    what a workbook of it says (`sim.results.sheets.Sheets`, of the result): of each estate, and in words for
    its columns and codes ("": its tables with the words that all kinds share). brief: its page that decides,
    a `Brief` (see `sim.outputs.brief`).
    """

    id: str
    results: tuple[str, ...]
    sentences: str
    load: str = ""
    report: str = ""
    shown: str = ""
    reproduce: str = ""
    beforehand: str = ""
    warnings: str = ""
    recognises: str = ""
    scenarios: str = ""
    weighs: str = ""
    apart: bool = False
    charts: Mapping[str, Chart] = NONE
    commands: str = ""
    files: Mapping[str, str] = NONE
    functions: Mapping[str, str] = NONE
    saved: Mapping[str, str] = NONE
    later: tuple[str, ...] = ()
    sheets: str = ""
    brief: str = ""
    folder: str = ""

    @property
    def title(self) -> str:
        """What it is called, in the current language."""
        return say(f"kind.{self.id}")

    def module_of(self, where: str) -> str:
        """The module that "file:name" or "sim.module:name" is in."""
        module = where.partition(":")[0]
        return module if module.startswith("sim.") else f"{PACKAGE}.{self.folder}.{module}"

    def get(self, where: str) -> Any:
        """What "file:name" or "sim.module:name" names; its module is imported now."""
        return getattr(import_module(self.module_of(where)), where.partition(":")[2])


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of result by its id, sorted."""
    package_folder = Path(__file__).parent / PACKAGE.partition(".")[2]
    kinds: dict[str, Kind] = {}
    for folder in sorted(one.name for one in pkgutil.iter_modules([str(package_folder)]) if one.ispkg):
        kind = import_module(f"{PACKAGE}.{folder}.kind").KIND._replace(folder=folder)
        kinds[kind.id] = kind
    return kinds


def kind_of_result(result: object) -> Kind | None:
    """The kind of a result, None for something that is none."""
    class_names = {f"{one.__module__}:{one.__name__}" for one in type(result).__mro__}
    for kind in kinds().values():
        if any(f"{kind.module_of(where)}:{where.partition(':')[2]}" in class_names for where in kind.results):
            return kind
    return None


def recognised(folder: Path) -> Kind | None:
    """The kind of result that a folder is known to hold by something else than what its
    manifest says; None for no such."""
    if not is_folder(folder):
        return None
    for kind in kinds().values():
        if kind.recognises and kind.get(kind.recognises)(folder):
            return kind
    return None


def load_result(path: str | Path) -> Any:
    """What was saved in a folder, of whatever kind. ResultError if there is none that can be read."""
    from sim.results.folder import kind_of, read_manifest

    folder = Path(path)
    known = recognised(folder)
    if known is not None:
        return known.get(known.load)(folder)
    kind_id = kind_of(read_manifest(folder))
    allowed = [name for name, kind in kinds().items() if kind.load and not kind.apart]
    if kind_id not in allowed:
        raise ResultError(
            message("folder.kind", folder=folder, found=repr(kind_id), allowed=", ".join(allowed))
        )
    load: Callable[[Path], Any] = kinds()[kind_id].get(kinds()[kind_id].load)
    return load(folder)
