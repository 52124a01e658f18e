"""The blank form of a call as a DOCX file, to be filled in and discussed before applying online."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt

from grants.core.kernel.formats import plain_moment, plain_money
from grants.core.kernel.language import current_language, speaking, written_language
from grants.core.kernel.language import gettext as _
from grants.papers.statements.builders.applying import AskedQuestion, BlankForm

ANSWER_LINES = {"long_text": 6}
"""Empty lines below a question; one for all other kinds."""


def blank_form(facts: BlankForm) -> bytes:
    """The file. Its headings are those of Word, so that it can be read by a screen reader."""
    with speaking(written_language(facts.language)):
        return _Form().of(facts)


class _Form:
    """Writes one form; right-to-left in a language that is."""

    def __init__(self) -> None:
        self.document = Document()
        self.right_to_left = current_language().direction == "rtl"
        normal = self.document.styles["Normal"].font
        normal.name, normal.size = "Calibri", Pt(11)

    def of(self, facts: BlankForm) -> bytes:
        self._properties(facts)
        self._heading(facts.title, 0)
        for line in self._head(facts):
            self._text(line)
        self._heading(_("Conditions"), 1)
        for one in facts.conditions:
            self._text(_("%(about)s: %(condition)s", about=one.about, condition=one.text))
        for number, section in enumerate(facts.sections, 1):
            self._heading(_("%(number)s. %(heading)s", number=number, heading=section.title), 1)
            self._text(section.intro)
            for question in section.questions:
                self._question(question)
        file = BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _properties(self, facts: BlankForm) -> None:
        properties = self.document.core_properties
        properties.title, properties.author = facts.title, ""
        properties.language = current_language().code
        properties.created = properties.modified = facts.opens_at.replace(tzinfo=None)

    def _head(self, facts: BlankForm) -> list[str]:
        return [
            facts.call,
            _("Deadline: %(moment)s", moment=plain_moment(facts.deadline_at, facts.time_zone)),
            _(
                "%(lowest)s to %(highest)s",
                lowest=plain_money(facts.lowest),
                highest=plain_money(facts.highest),
            ),
            facts.summary,
            _(
                "This form is for information and preparation only. You must apply online, where "
                "your answers are saved and their length is counted."
            ),
        ]

    def _question(self, asked: AskedQuestion) -> None:
        optional = () if asked.required else (_("(optional)"),)
        self._heading(" ".join((asked.question, *optional)), 2)
        if asked.when:
            self._text(_("Asked only if %(condition)s.", condition=asked.when))
        self._text(f"{asked.help} {asked.rule}".strip())
        options = asked.options or ((_("Yes"), _("No")) if asked.kind == "yes_no" else ())
        if asked.columns:
            self._table(asked)
        elif options:
            for option in options:
                self._text(f"☐ {option}")
        elif asked.kind != "files":
            for _line in range(ANSWER_LINES.get(asked.kind, 1)):
                self.document.add_paragraph()

    def _table(self, asked: AskedQuestion) -> None:
        table = self.document.add_table(rows=1, cols=len(asked.columns) + 1)
        table.style = "Table Grid"
        if self.right_to_left:
            table._tblPr.append(OxmlElement("w:bidiVisual"))  # noqa: SLF001 - it has no other way
        for cell, head in zip(table.rows[0].cells, ("", *asked.columns), strict=True):
            self._written(cell.paragraphs[0], head)
        for row in asked.rows:
            self._written(table.add_row().cells[0].paragraphs[0], row)

    def _heading(self, text: str, level: int) -> None:
        self._written(self.document.add_heading(level=level), text)

    def _text(self, text: str) -> None:
        if text.strip():
            self._written(self.document.add_paragraph(), text)

    def _written(self, paragraph: Any, text: str) -> None:
        run = paragraph.add_run(text)
        if self.right_to_left:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))  # noqa: SLF001 - the same
            run.font.rtl = True
