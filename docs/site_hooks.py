"""What the documentation site makes while it is built: pages from the code, formulas that need no script, the
language of a page with the way to the same page in the other, and a search that finds Chinese words."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section

from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import as_text, describe, kinds, scenarios_by_kind
from sim.text import in_language
from sim.text.figures import unit_name

ROOT = Path(__file__).resolve().parents[1]
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
CHINESE_BREAK = re.compile(r"(?<=[\u2e80-\uffef])\n[ ]*(?=[\u2e80-\uffef])")
HAN = re.compile(r"(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])")
CHINESE = "zh/"
STATUS_ZH = {"measured": "实测", "calibrated": "校准", "assumed": "假设"}


def on_config(config: Any, **_: Any) -> Any:
    """Pages that nobody has put into the menu come at its end, so that every page can be reached."""
    listed = set(re.findall(r"[\w/-]+\.md", json.dumps(config.nav, ensure_ascii=False)))
    folder = Path(config.docs_dir)
    rest = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.md"))
    missing = [name for name in rest if name not in listed]
    if missing:
        config.nav.append({"More": missing})
    return config


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the pages that are made from code."""
    pages = {
        "parameters.md": parameters("en"),
        "zh/parameters.md": parameters("zh"),
        "intervention-reference.md": interventions("en"),
        "zh/intervention-reference.md": interventions("zh"),
        # one page for both, since its words stand in both side by side
        "zh/glossary.md": (Path(config.docs_dir) / "glossary.md").read_text(encoding="utf-8"),
    }
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Chinese lines broken in the source are joined without the space that a
    browser would put between them."""
    return CHINESE_BREAK.sub("", markdown)


def on_page_content(content: str, **_: Any) -> str:
    """Formulas as MathML, which browsers show by themselves."""
    return FORMULA.sub(_mathml, content)


def _mathml(found: re.Match[str]) -> str:
    made = convert(html.unescape(found[3]).strip(), display="inline" if found[2] == "(" else "block")
    return made.replace("\\_", "_")  # the converter leaves the backslash of names such as grievance\_weight


def on_page_context(context: Any, page: Any, config: Any, nav: Navigation, **_: Any) -> Any:
    """A page is in one language: its menu has the pages of that one, its head the way to the other."""
    chinese = page.url.startswith(CHINESE)
    config.theme["language"] = "zh" if chinese else "en"
    urls = {one.url for one in nav.pages}
    bare = page.url.removeprefix(CHINESE)
    config.extra["alternate"] = [
        {
            "name": name,
            "lang": lang,
            "link": folder + bare if folder + bare in urls else folder + "index.html",
        }
        for name, lang, folder in (("English", "en", ""), ("中文", "zh", CHINESE))
    ]
    items = [item for item in nav.items if (isinstance(item, Section) and item.title == "中文") == chinese]
    own = items[0].children if chinese else items
    shown = Navigation(own, [one for one in nav.pages if one.url.startswith(CHINESE) == chinese])
    shown.homepage = next((one for one in shown.pages if one.url.endswith("index.html")), nav.homepage)
    context["nav"] = shown
    return context


@event_priority(-50)  # after the search has written its index, before it is put into a script
def on_post_build(config: Any, **_: Any) -> None:
    """Chinese is written without spaces: a mark of no width between characters makes each of them a term, so
    that any word is found by those that it has."""
    file = Path(config.site_dir) / "search" / "search_index.json"
    index = json.loads(file.read_text(encoding="utf-8"))
    for entry in index["docs"]:
        for name in ("title", "text"):
            entry[name] = HAN.sub("\u200b", entry[name])
    file.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines of one Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def parameters(lang: str) -> str:
    """Every parameter with its value, range and source, by group."""
    zh = lang == "zh"
    count = Counter(p.status for p in PARAMETERS.values())
    lines = ["# 参数" if zh else "# Parameters", ""]
    if zh:
        lines += [
            f"共{len(PARAMETERS)}个参数："
            + "，".join(f"{STATUS_ZH[key]}{number}个" for key, number in count.most_common())
            + "。",
            "由代码生成；可在情景的 `[parameters.组]` 中修改，或用 `--set 参数=值`。",
            "",
        ]
        head: tuple[str, ...] = ("参数", "含义", "默认", "合理范围", "单位", "性质", "来源")
    else:
        lines += [
            f"{len(PARAMETERS)} parameters: "
            + ", ".join(f"{number} {key}" for key, number in count.most_common())
            + ".",
            "Made from the code. Set them in a scenario under `[parameters.GROUP]`, or with `--set KEY=VALUE`.",
            "",
        ]
        head = ("key", "meaning", "default", "plausible range", "unit", "status", "source")
    for group in dict.fromkeys(p.group for p in PARAMETERS.values()):
        rows = [
            (
                f"`{p.key}`",
                p.label.in_language(lang),
                f"{p.default:g}",
                f"{p.plausible[0]:g} – {p.plausible[1]:g}" if p.plausible else "–",
                unit_in(p.unit, lang),
                STATUS_ZH.get(p.status, p.status) if zh else p.status,
                p.source,
            )
            for p in PARAMETERS.values()
            if p.group == group
        ]
        lines += [f"## {group}", "", *table(head, rows), ""]
    return "\n".join(lines) + "\n"


def unit_in(unit: str, lang: str) -> str:
    """The name of a unit in a language."""
    with in_language(lang):
        return unit_name(unit)


def interventions(lang: str) -> str:
    """Every intervention as it declares itself."""
    users = scenarios_by_kind()
    title = (
        "# 措施\n\n由代码生成，与程序中的设置一致。\n"
        if lang == "zh"
        else "# Every intervention\n\nMade from the code, so that it is what the program does.\n"
    )
    with in_language(lang):
        parts = [as_text(describe(kind, users)) for kind in kinds()]
    return title + "\n" + "\n".join(re.sub(r"^# ", "## ", part) for part in parts)
