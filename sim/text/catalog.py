"""Texts by their ids, and the language they are said in: set once for a call or a session, never passed
from function to function.

`say` looks a text up in the catalog of the current language and fills its gaps. The sources are gettext's PO
files with ids for msgids, so that every language, English too, is a translation. Start-up reads their
compiled form with the standard library, each text when it is asked for; Babel compiles when the sources
have changed, and is imported only then.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar
from zlib import crc32

from sim.cache import cache_root
from sim.errors import EstateError

CATALOGS = Path(__file__).parent / "catalogs"
KINDS = Path(__file__).parent.parent / "studies"
"""Where every folder of a kind of result has its own catalog of each language beside its code."""
T = TypeVar("T")
DEFAULT_LANGUAGE = "en"
"""The language that is spoken unless another is asked for, and that texts of users which lack one are read
in. The only one that the code names: all others are the folders of catalogs (a test asks for it)."""

# A session is a process (a command, a notebook); a call is a context: threads and tasks of a server do not
# share it.
_session = DEFAULT_LANGUAGE
_reader: Callable[[], str | None] | None = None
_of_lack: Callable[[], EstateError | None] | None = None
_call: ContextVar[str | None] = ContextVar("language of the call", default=None)
SHIPPED = Path(__file__).parent / "compiled"
"""Where the package has its catalogs compiled when it was built (`hatch_build.py`): none in a
checkout that is not installed."""
_DAMAGED = (OSError, struct.error, UnicodeError, ValueError, EOFError)


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalog, by their folder names (ISO 639), sorted."""
    return tuple(sorted(folder.name for folder in CATALOGS.iterdir() if any(folder.glob("*.po"))))


def language() -> str:
    """The current language: that of the call, else of whoever reads (`follow`), else of the session
    (DEFAULT_LANGUAGE at first)."""
    return _call.get() or (_reader() if _reader is not None else None) or _session


def known_language(name: str) -> str:
    """The language if there is a catalog for it, else an EstateError that names the ones there are."""
    if not isinstance(name, str) or name not in languages():
        allowed = ", ".join(languages())
        raise EstateError(message("problem.among", place="lang", found=repr(name), allowed=allowed))
    return name


@contextlib.contextmanager
def in_language(name: str | None) -> Iterator[None]:
    """Everything said inside is in this language; None keeps the current one. EstateError
    where there is no catalog.

    A generator must not yield inside it: between two steps the language would be that of nobody.
    """
    token = _call.set(known_language(name) if name is not None else language())
    try:
        yield
    finally:
        _call.reset(token)


def use_language(name: str) -> None:
    """Speak this language from now on in this process, except inside `in_language`. EstateError
    where there is no catalog."""
    global _session
    _session = known_language(name)


def follow(reader: Callable[[], str | None]) -> None:
    """Speak the language of whoever is served: `reader` says it, or None where nobody is (a
    server has many sessions)."""
    global _reader
    _reader = reader


def explain_lack(explain: Callable[[], EstateError | None]) -> None:
    """Ask `explain`, before a missing text is called a defect, whether a whole file of texts is missing."""
    global _of_lack
    _of_lack = explain


def next_language() -> str:
    """The language after the current one, the first after the last: what a button that
    changes languages leads to."""
    known = languages()
    return known[(known.index(language()) + 1) % len(known)]


def language_of(environment: Mapping[str, str]) -> str:
    """The language that the locale variables of an environment ask for, DEFAULT_LANGUAGE where
    there is no catalog for it.

    Of LC_ALL, LC_MESSAGES and LANG the first one that is set decides.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            wanted = environment[name].lower().replace("-", "_").split(".")[0].split("_")[0]
            return wanted if wanted in languages() else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


class TextError(LookupError):
    """A defect of the program, never of the input: an id without a text, or a gap without its value."""


def say(text_id: str, /, count: float | None = None, **values: Any) -> str:
    """The text of an id in the current language, with `values` put into the gaps of the same names.

    `count` chooses the plural form by the rules of the language and fills the gap {count}, with marks between
    thousands; a text has plural forms if and only if it is said with a count. A fraction takes the form of
    two or more. Figures are passed as texts that `sim.text.figures` wrote. TextError for an id without a text
    in this language and for a gap without a value.
    """
    texts = _texts(language())
    if count is None:
        text = texts.gettext(text_id)
    else:
        whole = int(abs(count)) if float(count).is_integer() else max(2, math.ceil(abs(count)))
        text = texts.ngettext(text_id, whole)
        values["count"] = marked(f"{count:,}")
    if text == text_id:
        forms = "" if count is None else " with plural forms"
        lack = _of_lack() if _of_lack is not None else None
        raise lack or TextError(f"no text{forms} for {text_id!r} in the catalog of {language()!r}")
    if not values and "{" not in text:
        return text
    try:
        return text.format(**values)
    except (KeyError, IndexError) as error:
        raise TextError(f"{text_id!r} in {language()!r}: no value for the gap {error.args[0]!r}") from None


def has_text(text_id: str) -> bool:
    """Whether the current language has a text without plural forms for an id; for names
    that may come from outside."""
    return _texts(language()).gettext(text_id) != text_id


def template(text_id: str, name: str) -> str:
    """The text of an id in a language with its gaps as they stand; the id itself where there is none."""
    return _texts(name).gettext(text_id)


class Spoken(Protocol):
    """Words that are there in every language."""

    def in_language(self, name: str) -> str:
        """The words in a language."""
        ...


class Message:
    """A text that is said when it is printed, in the language of that moment; an error may
    carry it between processes."""

    __slots__ = ("count", "text_id", "values")  # no dataclass: making one would cost every start 3 ms

    def __init__(self, text_id: str, count: float | None, values: Mapping[str, Any]) -> None:
        self.text_id, self.count, self.values = text_id, count, values

    def __str__(self) -> str:
        return say(self.text_id, self.count, **self.values)

    def in_language(self, name: str) -> str:
        """The text in another language than the current one; for who still passes
        languages, and pages in several."""
        with in_language(name):
            return str(self)

    def __repr__(self) -> str:
        return f"Message({self.text_id!r}, {self.count!r}, {dict(self.values)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.text_id, self.count, *sorted((name, str(value)) for name, value in self.values.items())


class Later:
    """What a function says when it is printed, such as an amount in the gap of a message."""

    __slots__ = ("say_it", "values")

    def __init__(self, say_it: Callable[..., str], *values: Any) -> None:
        self.say_it, self.values = say_it, values

    def __str__(self) -> str:
        return self.say_it(*self.values)


def message(text_id: str, /, count: float | None = None, **values: Any) -> Message:
    """The text of an id for later: `str` of it is what `say` gives then. For errors, and
    for tables made at import."""
    return Message(text_id, count, values)


def marked(figure: str) -> str:
    """A figure as Python writes it (1,234.5) with the language's marks between
    thousands and before decimals."""
    thousands, point = _marks(language())
    if (thousands, point) == (",", "."):
        return figure
    return figure.translate({ord(","): thousands, ord("."): point})


@cache
def _marks(name: str) -> tuple[str, str]:
    """The two marks of a language, from its way to write the sample 1,234.5 (either may be empty or
    more than one character)."""
    sample = _texts(name).gettext("figure.marks")
    return sample[sample.index("1") + 1 : sample.index("2")], sample[
        sample.index("4") + 1 : sample.index("5")
    ]


def among(texts: Mapping[str, T], name: str) -> T:
    """Of texts by language that their author wrote, the one in a language: else that in
    DEFAULT_LANGUAGE, else the first."""
    return (
        texts[name]
        if name in texts
        else texts[DEFAULT_LANGUAGE]
        if DEFAULT_LANGUAGE in texts
        else next(iter(texts.values()))
    )


def by_language(text: Spoken) -> dict[str, str]:
    """Words in all languages there are, by language: as the texts of a scenario's file and
    of a manifest are written."""
    return {name: text.in_language(name) for name in languages()}


def in_every_language(text: Spoken) -> str:
    """Words in all languages there are, in the order of `languages`, for pages and files
    that have them side by side."""
    return " / ".join(by_language(text).values())


class Family(Mapping[str, str]):
    """The texts of an enumeration, read like a dict: key → text of the id
    "prefix.key" in the current language.

    `counted`: they have plural forms and are said with a count. The test of the catalogs asks that each key
    of each family has its text in each language.
    """

    declared: ClassVar[list[Family]] = []
    """every family there is, for the test of the catalogs"""

    def __init__(self, prefix: str, keys: Iterable[str], counted: bool = False) -> None:
        self.prefix, self.keys_in_order, self.counted = prefix, tuple(keys), counted
        Family.declared.append(self)

    def messages(self) -> dict[str, Message]:
        """The same as messages, for tables that are read in a language later."""
        return {key: message(f"{self.prefix}.{key}") for key in self.keys_in_order}

    def __getitem__(self, key: str) -> str:
        if key not in self.keys_in_order:
            raise KeyError(key)
        return say(f"{self.prefix}.{key}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_in_order)

    def __len__(self) -> int:
        return len(self.keys_in_order)


def sources(name: str) -> dict[str, bytes]:
    """The PO files of a language, sorted: by file name, and by folder and file name for
    those of a kind of result."""
    general = {path.name: path for path in sorted((CATALOGS / name).glob("*.po"))}
    of_kinds = {f"{path.parent.name}/{path.name}": path for path in sorted(KINDS.glob(f"*/{name}.po"))}
    return {file: path.read_bytes() for file, path in (general | of_kinds).items()}


def absent_files(name: str) -> list[Path]:
    """The files of texts that another language has, or that a kind of result must have, and a language lacks,
    sorted."""
    general = {path.name for other in languages() for path in (CATALOGS / other).glob("*.po")}
    needed = [CATALOGS / name / file for file in general]
    needed += [path.with_name(f"{name}.po") for path in KINDS.glob("*/kind.py")]
    return sorted(path for path in needed if not path.is_file())


class Texts:
    """The texts of one language in gettext's compiled form (MO), found by halving its sorted ids
    and decoded when asked for.

    The standard library's reader decodes all some thousand of them first, which every start would wait for.
    One of _DAMAGED is raised where the bytes are no whole file of this form.
    """

    MAGIC = 0x950412DE

    def __init__(self, compiled: bytes) -> None:
        order = "<" if compiled[:4] == self.MAGIC.to_bytes(4, "little") else ">"
        magic, _, self._number, ids, texts = struct.unpack_from(f"{order}5I", compiled)
        if magic != self.MAGIC or not self._number:
            raise ValueError("no compiled catalog")
        self._compiled = compiled
        self._ids = struct.unpack_from(f"{order}{2 * self._number}I", compiled, ids)
        self._places = struct.unpack_from(f"{order}{2 * self._number}I", compiled, texts)
        if sum(self._places[-2:]) >= len(compiled):
            raise ValueError("a compiled catalog that was cut off")
        compiled[self._ids[1] :].decode()
        self._found: dict[str, tuple[str, bool] | None] = {}
        rules = [line for line in self._at(0).splitlines() if line.lower().startswith("plural-forms:")]
        if len(rules) != 1:
            raise ValueError("a compiled catalog without a plural rule")
        self._plural: Callable[[int], int] = c2py(rules[0].partition("plural=")[2].rstrip("; "))

    def gettext(self, text_id: str) -> str:
        """The text of an id, of one with plural forms that for one; the id itself where there is none."""
        entry = self._find(text_id)
        if entry is None:
            return text_id
        text, counted = entry
        return text.split("\0")[self._plural(1)] if counted else text

    def ngettext(self, text_id: str, number: int) -> str:
        """The form that stands with a number; the id itself where there is no text with plural forms."""
        entry = self._find(text_id)
        return entry[0].split("\0")[self._plural(number)] if entry is not None and entry[1] else text_id

    def _find(self, text_id: str) -> tuple[str, bool] | None:
        """The text of an id, its forms apart by zeros, and whether it has plural
        forms; None for no such text."""
        if text_id not in self._found:
            wanted = text_id.encode()
            position = bisect_left(range(self._number), wanted, key=self._id)
            here = self._id(position) if position < self._number else b""
            known, _, plural = here.partition(b"\0")
            self._found[text_id] = (self._at(position), bool(plural)) if known == wanted else None
        return self._found[text_id]

    def _id(self, number: int) -> bytes:
        """The id at a place in their order; after a zero the same again where it has plural forms."""
        length, begin = self._ids[2 * number : 2 * number + 2]
        return self._compiled[begin : begin + length]

    def _at(self, number: int) -> str:
        length, begin = self._places[2 * number : 2 * number + 2]
        return self._compiled[begin : begin + length].decode()


@cache
def _texts(name: str) -> Texts:
    """All texts of a language: compiled at installation or before and kept in the user's
    cache, else compiled now.

    What is compiled now is kept if that can be. Compiled texts are those of their sources only
    under the sources' digest.
    """
    texts = sources(name)
    file = _compiled_name(name, texts)
    with contextlib.suppress(*_DAMAGED), (SHIPPED / file).open("rb") as stream:
        return Texts(stream.read())
    kept = cache_root() / "catalogs" / file
    with contextlib.suppress(*_DAMAGED), kept.open("rb") as stream:
        return Texts(stream.read())
    compiled = compile_catalog(texts, name)
    with contextlib.suppress(OSError):
        _keep(kept, compiled, name)
    return Texts(compiled)


def _compiled_name(name: str, files: Mapping[str, bytes]) -> str:
    """The file that holds a language compiled from just these sources."""
    length = digest = 0
    for file, content in files.items():
        # The same files on Windows: Git may have changed the ends of their lines.
        part = file.encode() + b"\0" + content.replace(b"\r\n", b"\n") + b"\0"
        length, digest = length + len(part), crc32(part, digest)
    # Against sources that were edited, not against anyone who would deceive: loading OpenSSL would cost every
    # start 4 ms.
    return f"{name}-{length:08x}{digest:08x}.mo"


def ship(folder: Path) -> list[Path]:
    """Write every language compiled into a folder in place of what was there; the package
    is built with them in SHIPPED."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.mo"):
        old.unlink()
    shipped = []
    for name in languages():
        files = sources(name)
        shipped.append(folder / _compiled_name(name, files))
        shipped[-1].write_bytes(compile_catalog(files, name))
    return shipped


def compile_catalog(files: Mapping[str, bytes], name: str) -> bytes:
    """PO files as one MO file; the header (plural rule) is that of the first. TextError for
    an id that stands twice, and for a language that CLDR does not know."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole: Catalog | None = None
    for file, content in files.items():
        read = read_po(io.BytesIO(content), locale=name, abort_invalid=True)
        if read.locale is None:
            raise TextError(
                f"{file}: found the language code {name!r}; allowed: a code of Unicode's CLDR such as 'fr' or "
                "'pt_BR', by which the rule of its plurals is known"
            )
        if whole is None:
            whole = read
            continue
        for text in read:
            if text.id and whole.get(text.id) is not None:
                raise TextError(f"{file}: {text.id!r} has a text in another file of {name!r} already")
            if text.id:
                whole[text.id] = text
    if whole is None:
        raise TextError(f"no catalog of {name!r}")
    stream = io.BytesIO()
    write_mo(stream, whole)
    return stream.getvalue()


def _keep(file: Path, content: bytes, name: str) -> None:
    """Write a compiled catalog in one step, and take away those of this language that it replaces."""
    import tempfile

    file.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=file.parent, suffix=".part")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.replace(unfinished, file)
    for old in file.parent.glob(f"{name}-*.mo"):
        if old != file:
            old.unlink(missing_ok=True)
