"""Answers as their readers see them: words, lists and tables in the reader's language.

Pages and PDFs draw the same frozen facts, so they cannot differ.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from grants.core.kernel.clock import day_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.texts.formats import language_name, plain_day
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.outcome import conditions_in_words, shown_in
from grants.platform.questionnaires.picking import with_picks
from grants.platform.questionnaires.repeated import times_in_words
from grants.platform.questions import Content, LongText, Question, ShortText
from grants.platform.questions.reading import Grid, Typed, Wording

IN_WORDS = (ShortText.kind, LongText.kind)
"""The kinds of questions, and of columns, that are answered in words."""


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of an answer. `id` is that of its place on the record, for its address."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    scan: str = "clean"
    """The state of the virus check: until it is clean nobody opens the file."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A translation beside an answer: a record of its own, never a part of what was submitted."""

    language: str
    text: str
    number: int
    """Of the version."""
    by_applicant: bool
    written_at: datetime

    @property
    def mark(self) -> str:
        """What readers are told of it; no person is named."""
        facts = {
            "language": language_name(self.language),
            "number": self.number,
            "day": plain_day(day_of(self.written_at)),
        }
        if self.by_applicant:
            return _(
                "Translation into %(language)s by the organisation, version %(number)s, %(day)s",
                **facts,
            )
        return _(
            "Translation into %(language)s by the secretariat, version %(number)s, %(day)s", **facts
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with its answer, in one of the four ways an answer looks."""

    key: str
    kind: str
    question: str
    help: str = ""
    required: bool = False
    rule: str = ""
    """What kind of answer is expected, and how much of it."""
    when: str = ""
    """When the question, and columns of it, are asked, in sentences; empty: always."""
    choices: tuple[str, ...] = ()
    text: str = ""
    items: tuple[str, ...] = ()
    table: Grid | None = None
    written: str = ""
    """The words in the cells of the table, a line each: what a translator reads of it."""
    files: tuple[FileShown, ...] = ()
    link: tuple[str, str] | None = None
    """Of a text between the questions: the words and the address of its link."""
    download: tuple[str, str] | None = None
    """Of a text between the questions: the digest and the name of its file."""
    translations: tuple[Translated, ...] = ()

    @property
    def words(self) -> str:
        """What of the answer can be translated."""
        return self.text if self.kind in IN_WORDS else self.written

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.items or self.table or self.files)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its answers."""

    key: str
    title: str
    intro: str
    answers: tuple[Answer, ...]


def shown_sections(
    form: Form,
    values: Mapping[str, Any],
    *,
    files: Mapping[str, Sequence[FileShown]] | None = None,
    typed: Typed | None = None,
) -> tuple[ShownSection, ...]:
    """The questions that are shown for these answers, with them. What a hidden question was
    answered before is not among them. `typed` is shown, word for word, where it has no value yet.
    """
    counts = {key: len(attached) for key, attached in (files or {}).items()}
    keys = shown_in(form, values, counts) & {question.key for question in form.questions}
    sections = (
        shown_section(part, values, files=files, typed=typed, only=keys) for part in form.parts
    )
    return tuple(section for section in sections if section.answers)


def blank_sections(form: Form) -> tuple[ShownSection, ...]:
    """The whole form before anybody writes, with the conditions of its questions in words."""
    when = conditions_in_words(form)
    form = with_picks(form, {})
    return tuple(shown_section(section, {}, when=when) for section in form.sections)


def shown_section(
    section: Section,
    values: Mapping[str, Any],
    *,
    files: Mapping[str, Sequence[FileShown]] | None = None,
    typed: Typed | None = None,
    only: Collection[str] | None = None,
    when: Mapping[str, str] | None = None,
) -> ShownSection:
    """One section with its answers; with `only`, those to these questions."""
    return ShownSection(
        section.key,
        section.name,
        " ".join(filter(None, (in_language(section.intro), times_in_words(section)))),
        tuple(
            replace(
                _answer_shown(question, values.get(question.key), files or {}, typed or {}),
                when=(when or {}).get(question.key, ""),
                **_parts_of_content(question),
            )
            for question in section.questions
            if only is None or question.key in only
        ),
    )


def _parts_of_content(question: Question) -> dict[str, Any]:
    if not isinstance(question, Content):
        return {}
    link = (in_language(question.link), question.address) if question.address else None
    download = (question.file, question.file_name) if question.file else None
    return {"link": link, "download": download}


def _answer_shown(
    question: Question, value: Any, files: Mapping[str, Sequence[FileShown]], typed: Typed
) -> Answer:
    wording = Wording()
    if value is not None:
        wording = question.wording(value)
    elif not question.is_blank(typed):
        wording = Wording(text=_as_typed(question, typed))
    return Answer(
        key=question.key,
        kind=question.kind,
        question=question.title,
        help=in_language(question.help),
        required=question.required or not question.asks,
        rule=question.rule(),
        choices=tuple(label for _code, label in question.options),
        text=wording.text,
        items=wording.items,
        table=wording.table,
        written="\n".join(_words_in_cells(question, value)) if wording.table else "",
        files=tuple(f for key, row in files.items() if question.place_of(key) for f in row),
    )


def _words_in_cells(question: Question, value: Any) -> Iterator[str]:
    """Of the columns in words, without those that tell who applies."""
    for column, text in question.written_texts(value):
        if column.kind in IN_WORDS and not column.tells_who_applies and text.strip():
            yield text


def _as_typed(question: Question, typed: Typed) -> str:
    return " ".join(t for name, texts in typed.items() if question.owns(name) for t in texts)
