"""A brief as a Word document, to be changed by whoever must sign it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sim.outputs import style
from sim.outputs.catalog import html_language
from sim.results.provenance import versions
from sim.text import language, message, say

if TYPE_CHECKING:
    from sim.outputs.brief.model import Brief, Cell

PAGE = (210.0, 297.0)  # mm, A4
MARGINS = (14.0, 16.0)  # mm, above and below, left and right
TITLE, PLAIN, SMALL, TABLE = 14.0, 10.0, 8.0, 8.5  # points
DENSE = 8.5  # points of plain text where there is much of it
GREY = "555555"
NAMES = 0.24  # of the width of the table, for the first column
LATIN = "Calibri"
EAST_ASIAN = "Microsoft YaHei"  # a font that offices have; Word takes another where it is not there


def word_document(brief: Brief) -> bytes:
    """The bytes of a .docx of one A4 page, in the current language."""
    from docx import Document
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(length) for length in PAGE)
    section.top_margin = section.bottom_margin = Mm(MARGINS[0])
    section.left_margin = section.right_margin = Mm(MARGINS[1])
    plain = document.styles["Normal"]
    plain.font.name, plain.font.size = LATIN, Pt(PLAIN)
    plain.paragraph_format.space_after = Pt(0)
    _speaks(plain.element)
    _paragraph(document, brief.title, TITLE, bold=True, heading=True)
    _paragraph(document, brief.about, SMALL, colour=GREY, after=4)
    if brief.rows:
        _table(document, brief, PAGE[0] - 2 * MARGINS[1])
    if brief.how_read:
        _paragraph(document, brief.how_read, SMALL, colour=GREY, after=2)
    size = DENSE if brief.dense else PLAIN
    for head, text in brief.points:
        _paragraph(document, head, size, bold=True, before=2 if brief.dense else 4)
        _paragraph(document, text, size)
    made = say("report.made", version=versions()["sim"])
    _paragraph(document, made, SMALL, colour=GREY, before=6)
    about = document.core_properties
    about.title, about.author, about.comments = brief.title, made, ""
    about.language = html_language(language())
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _speaks(element: Any) -> None:
    """Say the language of the text, and the font of its Chinese letters, in a style."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = element.get_or_add_rPr()
    spoken = html_language(language())
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), spoken)
    if style.needs_font(str(message("language.name"))):
        told.set(qn("w:eastAsia"), spoken)
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), EAST_ASIAN)
    properties.append(told)


def _paragraph(
    into: Any,
    text: str,
    size: float,
    *,
    bold: bool = False,
    heading: bool = False,
    colour: str = "",
    before: float = 0,
    after: float = 0,
) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    paragraph = into.add_paragraph()
    if heading:  # so that whoever is read to can go to it
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().append(level)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _table(document: Any, brief: Brief, width: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    table = document.add_table(rows=1 + len(brief.rows), cols=len(brief.heads), style="Table Grid")
    table.autofit = False
    rest = width * (1 - NAMES) / (len(brief.heads) - 1)
    told: list[list[Cell]] = [list(brief.heads), *([row.name, *row.cells] for row in brief.rows)]
    for row, cells in zip(table.rows, told, strict=True):
        for place, (cell, content) in enumerate(zip(row.cells, cells, strict=True)):
            lines = brief.lines_of(content)
            cell.width = Mm(rest if place else width * NAMES)
            paragraph = cell.paragraphs[0]
            if brief.is_number(place):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for number, line in enumerate(lines):
                run = paragraph.add_run(line)
                run.font.size = Pt(TABLE if number == 0 else SMALL)
                run.bold = cells is told[0]
                if number:
                    run.font.color.rgb = RGBColor.from_string(GREY)
                if number + 1 < len(lines):
                    run.add_break()
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)
