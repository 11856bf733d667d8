"""Draw docs/images/loops.svg and loops.zh.svg, the five loops of the model: python docs/make_loops.py"""

from __future__ import annotations

from pathlib import Path

IMAGES = Path(__file__).with_name("images")
WIDTH, HEIGHT = 206, 56
NODES = {
    "norm": (130, 70, "Payment seen around", "看到的缴费情况"),
    "income": (450, 70, "Company income", "企业收入"),
    "exit": (770, 70, "Company leaves", "企业撤场"),
    "pay": (130, 250, "Owners pay", "业主缴费"),
    "quality": (770, 250, "Service quality", "服务质量"),
    "grievance": (130, 430, "Grievance", "积怨"),
    "satisfaction": (450, 430, "Satisfaction", "满意度"),
    "condition": (770, 430, "Facility condition", "设施状况"),
}
LOOPS = {  # colour (Okabe-Ito), dashes, words
    "service": ("#0072B2", "", "service", "服务循环"),
    "norm": ("#009E73", "9 5", "norm", "规范循环"),
    "decay": ("#E69F00", "2 4", "decay", "失修循环"),
    "exit": ("#D55E00", "12 4 2 4", "exit", "撤场循环"),
    "grievance": ("#CC79A7", "5 3", "grievance", "积怨循环"),
}
ARROWS = (  # loop, from, to, sign, sideways shift
    ("service", "pay", "income", "+", 0),
    ("service", "income", "quality", "+", 0),
    ("service", "quality", "satisfaction", "+", 0),
    ("service", "satisfaction", "pay", "+", 0),
    ("norm", "pay", "norm", "+", 22),
    ("norm", "norm", "pay", "+", 22),
    ("decay", "quality", "condition", "+", 0),
    ("decay", "condition", "satisfaction", "+", 0),
    ("exit", "income", "exit", "−", 0),
    ("exit", "exit", "quality", "−", 0),
    ("grievance", "satisfaction", "grievance", "−", 0),
    ("grievance", "grievance", "pay", "−", 0),
)
WORDS = {
    "en": ("The five loops of the model", "+ more makes more, − more makes less"),
    "zh": ("模型的五个循环", "+ 越多越多，− 越多越少"),
}


def edge(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of a box leaves it."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    part = min(WIDTH / 2 / abs(dx) if dx else 9.0, HEIGHT / 2 / abs(dy) if dy else 9.0)
    return start[0] + dx * part, start[1] + dy * part


def arrow(loop: str, start: str, end: str, sign: str, shift: float) -> str:
    """One arrow with its sign."""
    side = shift if start == "pay" else -shift
    one, other = (NODES[start][0] + side, NODES[start][1]), (NODES[end][0] + side, NODES[end][1])
    (x, y), (u, v) = edge(one, other), edge(other, one)
    colour, dashes = LOOPS[loop][:2]
    across = 14 if abs(v - y) > abs(u - x) else 0
    return (
        f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{u:.0f}" y2="{v:.0f}" stroke="{colour}" stroke-width="3" stroke-dasharray="{dashes}" '
        f'marker-end="url(#{loop})"/><text x="{(x + u) / 2 + across:.0f}" y="{(y + v) / 2 - 8:.0f}" fill="{colour}" font-size="22">{sign}</text>'
    )


def drawing(lang: str) -> str:
    """The whole picture."""
    word = 3 if lang == "zh" else 2
    title, key = WORDS[lang]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 560" role="img" aria-label="{title}" font-family="sans-serif" text-anchor="middle">',
        f"<title>{title}</title>",
        '<rect width="900" height="560" fill="white"/>',
        "<defs>",
    ]
    for loop, (colour, *_) in LOOPS.items():
        parts.append(
            f'<marker id="{loop}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="5" markerHeight="5" orient="auto">'
            f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
        )
    parts += ["</defs>", *(arrow(*one) for one in ARROWS)]
    for x, y, *names in NODES.values():
        parts.append(
            f'<rect x="{x - WIDTH // 2}" y="{y - HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#f5f5f5" stroke="#333"/>'
            f'<text x="{x}" y="{y + 6}" font-size="18">{names[word - 2]}</text>'
        )
    for place, (colour, dashes, *names) in enumerate(LOOPS.values()):
        x = 60 + place * 170
        parts.append(
            f'<line x1="{x}" y1="505" x2="{x + 45}" y2="505" stroke="{colour}" stroke-width="3" stroke-dasharray="{dashes}"/>'
            f'<text x="{x + 55}" y="511" font-size="16" text-anchor="start">{names[word - 2]}</text>'
        )
    parts.append(f'<text x="450" y="545" font-size="15" fill="#444">{key}</text></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write both pictures."""
    for lang, name in (("en", "loops.svg"), ("zh", "loops.zh.svg")):
        (IMAGES / name).write_text(drawing(lang), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
