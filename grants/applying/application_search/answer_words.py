"""The words of submitted answers, by whose index applications are found."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, TSQUERY, TSVECTOR, Insert, insert
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from grants.applying.applications.models import Application, Clarification, Submission
from grants.core.database.bound import Unbound
from grants.core.database.db import Base
from grants.core.database.words import has, parts_of, parts_sought
from grants.platform.questionnaires.form import Form


class AnswerWords(Base):
    """The words of one submitted application's answers."""

    __tablename__ = "answer_words"
    __unbound__ = Unbound.FIGURE
    __table_args__ = (Index("ix_answer_words_words", "words", postgresql_using="gin"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    words: Mapped[str] = mapped_column(TSVECTOR, deferred=True)


def keep_words(
    session: Session, application: Application, submission: Submission, *, fresh: bool = False
) -> None:
    """Keep the words of what was submitted, and of what was clarified and translated since; they
    take the place of those kept before. `fresh`: it was submitted just now.
    """
    form = application.call.questionnaire
    texts = list(texts_in(form, submission.snapshot["answers"]))
    if not fresh:
        texts += [*_clarified_texts(session, application), *_translated_texts(application)]
    parts = sorted(parts_of("\n".join(texts)))
    values = {"application": application.id, "parts": parts}
    session.connection().execute(_insert_or_replace(), values)


@cache
def _insert_or_replace() -> Insert:
    words = func.array_to_tsvector(bindparam("parts", type_=ARRAY(TEXT)))
    row = insert(AnswerWords).values(application_id=bindparam("application"), words=words)
    return row.on_conflict_do_update(index_elements=["application_id"], set_={"words": words})


def _clarified_texts(session: Session, application: Application) -> Iterator[str]:
    """The texts of sections as an organisation sent them again when it was asked to clarify."""
    answered = select(Clarification).where(
        Clarification.application_id == application.id,
        Clarification.is_answered,
    )
    questions = {question.key: question for question in application.call.questionnaire.questions}
    for clarification in session.scalars(answered):
        for key, value in (clarification.after or {"answers": {}})["answers"].items():
            yield from (text for _asked, text in questions[key].written_texts(value))


def _translated_texts(application: Application) -> Iterator[str]:
    """The newest version of each translation, so that an answer is found in both languages."""
    versions = {(row.question, row.language): row.text for row in application.translations}
    return iter(versions.values())


AT_ONCE = 2_000


def keep_missing_words(session: Session) -> int:
    """Keep the words of submissions that have none yet, the newest first. Returns how many."""
    existing = select(AnswerWords.application_id).where(
        AnswerWords.application_id == Submission.application_id
    )
    missing = session.scalars(
        select(Submission)
        .where(~existing.exists())
        .options(joinedload(Submission.application).joinedload(Application.call))
        .order_by(Submission.application_id.desc())
        .limit(AT_ONCE)
    ).all()
    for submission in missing:
        keep_words(session, submission.application, submission)
    return len(missing)


def texts_in(form: Form, answers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Everything written in words: texts, and texts in the rows of tables."""
    for section in form.sections:
        section_answers = answers.get(section.key, {})
        for question in section.questions:
            yield from (
                text for _asked, text in question.written_texts(section_answers.get(question.key))
            )


def saying(text: str) -> Select[int] | None:
    """The applications in whose answers each word of a text begins a word; None where it has no
    words.
    """
    words = " & ".join(f"'{part}':*" for part in parts_sought(text))
    if not words:
        return None
    return select(AnswerWords.application_id).where(
        has(AnswerWords.words, cast(literal(words), TSQUERY))
    )
