"""What the documentation site makes while it is built: pages from the code, and
formulas that need no script."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.structure.files import File, Files

from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import as_text, describe, kinds, scenarios_by_kind
from sim.text import in_language
from sim.text.figures import unit_name

ROOT = Path(__file__).resolve().parents[1]
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)
CHINESE_BREAK = re.compile(r"(?<=[\u2e80-\uffef])\n[ ]*(?=[\u2e80-\uffef])")
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
        "zh/interventions.md": interventions("zh"),
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


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
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
