"""Reads a page as a strict parser would: every element closed in order, ids once,
references that lead somewhere."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Elements, texts, pictures, tables and problems of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.close()
        self.problems += [f"<{name}> is never closed" for name in self.open]
        ids = [given["id"] for _, given in self.elements if "id" in given]
        self.problems += [f"id {one} twice" for one in set(ids) if ids.count(one) > 1]
        for _, given in self.elements:
            for key in ("href", "aria-labelledby"):
                target = (given.get(key) or "").removeprefix("#")
                carried = "download" in given and target.startswith("data:text/csv;base64,")
                if key in given and target not in ids and not carried:
                    self.problems.append(f"{key}={given[key]} leads nowhere")

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag[0] == "h" and tag[1:].isdigit():
            self.headings.append(int(tag[1:]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if "style" not in self.open and data.strip():
            self.words.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.elements if name == tag]

    @property
    def text(self) -> str:
        return "\n".join(self.words)
