"""The words of submitted answers, kept so that one application among a million is found by them.

Each word is kept behind the number of its block, which is some five thousand applications that were
begun one after another. A search reads the newest block first and stops when it has enough: so a
word that half of them use costs as little as a rare one.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, TSQUERY, TSVECTOR, Insert, insert
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from grants.applying.applications.models import Application, Clarification, Submission
from grants.applying.applications.workflow import ClarificationState
from grants.core.kernel.db import Base
from grants.core.kernel.words import parts_of, parts_sought
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.kinds import Question, Rows, ShortText

BLOCK = 5_000
"""Applications that share a number before their words."""
SAMPLE = 200
"""Of the newest answers, in which a common word is found."""
GROWING = 4
"""So many times as many blocks are read in a further step."""


class AnswerWords(Base):
    """The words of one submitted application's answers, each behind the number of its block."""

    __tablename__ = "answer_words"
    __table_args__ = (Index("ix_answer_words_words", "words", postgresql_using="gin"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    words: Mapped[str] = mapped_column(TSVECTOR, deferred=True)


def keep_words(
    session: Session, application: Application, submission: Submission, *, fresh: bool = False
) -> None:
    """Keep the words of what was submitted, and of what was clarified since; they take the place of
    those kept before. `fresh`: it was submitted just now.
    """
    form = application.call.questionnaire
    texts = list(texts_in(form, submission.snapshot["answers"]))
    texts += () if fresh else _clarified(session, application)
    parts = set().union(*(parts_of(text) for text in texts))
    kept = [_in_block(application.id // BLOCK, part) for part in sorted(parts)]
    session.connection().execute(_kept(), {"application": application.id, "parts": kept})


@cache
def _kept() -> Insert:
    words = func.array_to_tsvector(bindparam("parts", type_=ARRAY(TEXT)))
    row = insert(AnswerWords).values(application_id=bindparam("application"), words=words)
    return row.on_conflict_do_update(index_elements=["application_id"], set_={"words": words})


def _clarified(session: Session, application: Application) -> Iterator[str]:
    """The texts of sections as an organisation sent them again when it was asked to clarify."""
    answered = select(Clarification).where(
        Clarification.application_id == application.id,
        Clarification.state == ClarificationState.ANSWERED,
    )
    questions = {one.key: one for one in application.call.questionnaire.questions}
    for clarification in session.scalars(answered):
        for key, value in (clarification.after or {"answers": {}})["answers"].items():
            yield from _texts(questions[key], value)


AT_ONCE = 2_000


def keep_missing_words(session: Session) -> int:
    """Keep the words of submissions that have none yet, the newest first. Returns how many."""
    there = select(AnswerWords.application_id).where(
        AnswerWords.application_id == Submission.application_id
    )
    missing = session.scalars(
        select(Submission)
        .where(~there.exists())
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
        given = answers.get(section.key, {})
        for question in section.questions:
            yield from _texts(question, given.get(question.key))


def _texts(question: Question, value: Any) -> Iterator[str]:
    match question:
        case ShortText() if isinstance(value, str):
            yield value
        case Rows() if isinstance(value, list):
            for row in value:
                for column in question.row:
                    yield from _texts(column, row.get(column.key))


def answering(
    session: Session,
    text: str,
    among: Sequence[ColumnElement[bool]],
    most: int,
    span: tuple[int, int] | None = None,
) -> list[int]:
    """The newest applications in whose answers all words of a text begin words, by their ids, the
    newest first; asked `by_indexes`. `among` says which count, `span` between which ids they are.
    One more than `most` says that there are more.
    """
    parts = parts_sought(text)
    oldest, newest = span or (0, session.scalar(select(func.max(AnswerWords.application_id))) or -1)
    found: list[int] = []
    block, size = newest // BLOCK, 1
    seldom = _seldom(session, parts, newest)
    while parts and block >= max(oldest, 0) // BLOCK and len(found) <= most:
        blocks = range(block, max(block - size, oldest // BLOCK - 1), -1)
        some = _speaking(parts, blocks, among, seldom)
        found += session.scalars(some.limit(most + 1 - len(found)))
        block, size = block - size, size * GROWING
    return found


def _seldom(session: Session, parts: Sequence[str], newest: int) -> Sequence[str]:
    """Those of several words that none of the newest answers has, if others have some: by these an
    application is found, and then looked through for the rest. The index would collect every
    application that has the common ones.
    """
    if len(parts) < 2:
        return parts
    newest_ones = (
        select(AnswerWords.application_id, AnswerWords.words)
        .where(AnswerWords.application_id <= newest)
        .order_by(AnswerWords.application_id.desc())
        .limit(SAMPLE)
        .subquery()
        .c
    )
    counts = session.execute(
        select(*(func.count().filter(_has(newest_ones, [part])) for part in parts))
    ).one()
    seldom = [part for part, hits in zip(parts, counts, strict=True) if not hits]
    return seldom or parts


def _has(row: Any, parts: Sequence[str]) -> ColumnElement[bool]:
    """Has a row of words each of these?"""
    block = func.lpad(cast(row.application_id // BLOCK, Text), 6, "0")
    asked = [literal("'") + block + literal(f"{part}':*") for part in parts]
    query = cast(func.concat_ws(" & ", *asked), TSQUERY)
    return cast(row.words.op("@@")(query), Boolean)


def all_answering(
    session: Session, text: str, among: Sequence[ColumnElement[bool]]
) -> Select[int] | None:
    """All of them, for a file; None where the text has no words."""
    parts = parts_sought(text)
    newest = session.scalar(select(func.max(AnswerWords.application_id))) or 0
    return _speaking(parts, range(newest // BLOCK + 1), among, parts) if parts else None


def _speaking(
    parts: Sequence[str],
    blocks: Sequence[int],
    among: Sequence[ColumnElement[bool]],
    seldom: Sequence[str],
) -> Select[int]:
    """Found by the index, with the `seldom` words, and then put in order: the database would rather
    read all, one by one.
    """
    asked = " | ".join(
        "(" + " & ".join(f"'{_in_block(block, part)}':*" for part in seldom) + ")"
        for block in blocks
    )
    fits = AnswerWords.words.op("@@")(func.cast(literal(asked), TSQUERY))
    rest = [part for part in parts if part not in seldom]
    columns = (AnswerWords.application_id, *([AnswerWords.words] if rest else []))
    ids = select(*columns).where(fits).cte("found").prefix_with("MATERIALIZED").c
    number = ids.application_id
    query = select(number).order_by(number.desc())
    if rest:
        query = query.where(_has(ids, rest))
    return query.join(Application, Application.id == number).where(*among) if among else query


def _in_block(block: int, part: str) -> str:
    return f"{block:06}{part}"
