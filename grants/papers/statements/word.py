"""Papers as DOCX files: the blank form of a call, to be filled in and discussed before applying
online, and the note verbale of a mission.
"""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_DIRECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt

from grants.core.kernel.language import current_language, speaking, written_language
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day, plain_moment, plain_money
from grants.papers.statements.builders.calls.applying import AskedQuestion, BlankForm
from grants.papers.statements.builders.donors.verbale import NoteVerbale

ANSWER_LINES = {"long_text": 6}
"""Empty lines below a question; one for all other kinds."""


def blank_form(facts: BlankForm) -> bytes:
    """The file. Its headings are those of Word, so that it can be read by a screen reader."""
    with speaking(written_language(facts.language)):
        return _Form().of(facts)


def _boxes_of(kind: str) -> tuple[str, ...]:
    """What can be ticked below a question that has no list of its own."""
    if kind == "yes_no":
        return _("Yes"), _("No")
    return (_("I confirm this."),) if kind == "declaration" else ()


def note_verbale(facts: NoteVerbale) -> bytes:
    """The text of a note verbale, to be put on the letterhead of a mission."""
    return _Form().of_note(facts)


class _Form:
    """Writes one form; right-to-left in a language that is."""

    def __init__(self) -> None:
        self.document = Document()
        self.right_to_left = current_language().direction == "rtl"
        normal = self.document.styles["Normal"].font
        normal.name, normal.size = "Calibri", Pt(11)

    def of(self, facts: BlankForm) -> bytes:
        self._set_properties(facts)
        self._add_heading(facts.title, 0)
        for line in self._head_lines(facts):
            self._add_text(line)
        self._add_heading(_("Conditions"), 1)
        for rule in facts.conditions:
            self._add_text(_("%(about)s: %(condition)s", about=rule.about, condition=rule.text))
        for number, section in enumerate(facts.sections, 1):
            self._add_heading(_("%(number)s. %(heading)s", number=number, heading=section.title), 1)
            self._add_text(section.intro)
            for question in section.questions:
                self._add_question(question)
        return self._file_bytes()

    def of_note(self, facts: NoteVerbale) -> bytes:
        """The paragraphs of a note, its day, and to whom it goes."""
        for line in (*facts.paragraphs, plain_day(facts.made_on), *facts.to.splitlines()):
            self._add_text(line)
        return self._file_bytes()

    def _file_bytes(self) -> bytes:
        file = BytesIO()
        self.document.save(file)
        return file.getvalue()

    def _set_properties(self, facts: BlankForm) -> None:
        properties = self.document.core_properties
        properties.title, properties.author = facts.title, ""
        properties.language = current_language().code
        properties.created = properties.modified = facts.opens_at.replace(tzinfo=None)

    def _head_lines(self, facts: BlankForm) -> list[str]:
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

    def _add_question(self, question: AskedQuestion) -> None:
        optional = () if question.required else (_("(optional)"),)
        self._add_heading(" ".join((question.question, *optional)), 2)
        if question.when:
            self._add_text(question.when)
        self._add_text(f"{question.help} {question.rule}".strip())
        options = question.options or _boxes_of(question.kind)
        if question.columns:
            self._add_table(question)
        elif options:
            for option in options:
                self._add_text(f"☐ {option}")
        elif question.kind not in ("files", "content"):
            for _line in range(ANSWER_LINES.get(question.kind, 1)):
                self.document.add_paragraph()

    def _add_table(self, question: AskedQuestion) -> None:
        table = self.document.add_table(rows=1, cols=len(question.columns) + 1)
        table.style = "Table Grid"
        if self.right_to_left:
            table.table_direction = WD_TABLE_DIRECTION.RTL
        for cell, head in zip(table.rows[0].cells, ("", *question.columns), strict=True):
            self._write_run(cell.paragraphs[0], head)
        for row in question.rows:
            self._write_run(table.add_row().cells[0].paragraphs[0], row)

    def _add_heading(self, text: str, level: int) -> None:
        self._write_run(self.document.add_heading(level=level), text)

    def _add_text(self, text: str) -> None:
        if text.strip():
            self._write_run(self.document.add_paragraph(), text)

    def _write_run(self, paragraph: Any, text: str) -> None:
        run = paragraph.add_run(text)
        if self.right_to_left:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
            run.font.rtl = True
