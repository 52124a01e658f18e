"""The words of submitted answers, kept so that one application among a million is found by them.

Each word is kept behind the number of its block, which is some five thousand applications that were
begun one after another. A search reads the newest block first and stops when it has enough: so a
word that half of them use costs as little as a rare one.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    ScalarSelect,
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

from grants.applying.application_search.within import Among
from grants.applying.applications.models import Application, Clarification, Submission
from grants.applying.applications.workflow import ClarificationState
from grants.core.kernel.bound import Unbound
from grants.core.kernel.db import Base
from grants.core.kernel.words import has, parts_of, parts_sought
from grants.platform.questionnaires.form import Form

BLOCK = 5_000
"""Applications that share a number before their words."""
SAMPLE = 200
"""Of the newest answers, in which a common word is found."""
GROWING = 4
"""So many times as many blocks are read in a further step."""


class AnswerWords(Base):
    """The words of one submitted application's answers, each behind the number of its block."""

    __tablename__ = "answer_words"
    __unbound__ = Unbound.FIGURE
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
    parts = parts_of("\n".join(texts))
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
            yield from (text for _asked, text in questions[key].written_texts(value))


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
            yield from (text for _asked, text in question.written_texts(given.get(question.key)))


def answering(
    session: Session,
    text: str,
    within: Among,
    most: int,
    seldom: Sequence[str],
    newest: int,
    oldest: int = 0,
) -> list[int]:
    """The newest applications in whose answers all words of a text begin words, by their ids, the
    newest first; asked `by_indexes`. `within` says which count, `oldest` and `newest` between which
    ids they are, `seldom` what `seldom_of` found. One more than `most` says that there are more.
    """
    parts = parts_sought(text)
    found: list[int] = []
    block, size = newest // BLOCK, 1
    while parts and block >= max(oldest, 0) // BLOCK and len(found) <= most:
        blocks = range(block, max(block - size, oldest // BLOCK - 1), -1)
        query, values = _speaking(parts, blocks, within, seldom)
        found += session.scalars(query, {**values, "most": most + 1 - len(found)})
        block, size = block - size, size * GROWING
    return found


LAST_ANSWERED = select(func.max(AnswerWords.application_id)).scalar_subquery()


def seldom_of(parts: Any) -> ScalarSelect[Any]:
    """Those of several words that none of the newest answers has, if others have some: by these an
    application is found, and then looked through for the rest. The index would collect every
    application that has the common ones. Asked with `sample`, and `up_to` where not all count.
    """
    up_to = func.coalesce(bindparam("up_to", type_=BigInteger), LAST_ANSWERED)
    newest = select(AnswerWords.application_id, AnswerWords.words)
    newest = newest.where(AnswerWords.application_id <= up_to)
    ordered = newest.order_by(AnswerWords.application_id.desc())
    sample = ordered.limit(bindparam("sample", type_=Integer)).cte("sample")
    part = func.unnest(parts).table_valued("part").render_derived("parts").c.part
    had = select(literal(1)).where(_has(sample.c, part)).select_from(sample)
    none = select(func.array_agg(part, type_=ARRAY(TEXT))).where(~had.exists())
    return none.scalar_subquery()


def _has(row: Any, part: Any) -> ColumnElement[bool]:
    """Does a row of words have one that begins so?"""
    block = func.lpad(cast(row.application_id // BLOCK, Text), 6, "0")
    asked = literal("'").concat(block).concat(part).concat(literal("':*"))
    return has(row.words, cast(asked, TSQUERY))


def all_answering(session: Session, text: str, within: Among) -> Select[int] | None:
    """All of them, for a file; None where the text has no words."""
    parts = parts_sought(text)
    newest = session.scalar(select(LAST_ANSWERED)) or 0
    if not parts:
        return None
    query, values = _speaking(parts, range(newest // BLOCK + 1), within, parts)
    return query.limit(None).params(values)


def _speaking(
    parts: Sequence[str], blocks: Sequence[int], within: Among, seldom: Sequence[str]
) -> tuple[Select[int], dict[str, Any]]:
    """Found by the index, with the `seldom` words, or all if none is."""
    seldom = seldom if len(parts) > 1 and seldom else parts
    asked = " | ".join(
        "(" + " & ".join(f"'{_in_block(block, part)}':*" for part in seldom) + ")"
        for block in blocks
    )
    rest = [part for part in parts if part not in seldom]
    return _spoken(within, rest=bool(rest)), {"asked": asked, "rest": rest}


@lru_cache(maxsize=128)
def _spoken(within: Among, *, rest: bool) -> Select[int]:
    """Found, and then put in order: the database would rather read all, one by one."""
    fits = has(AnswerWords.words, cast(bindparam("asked", type_=Text), TSQUERY))
    columns = (AnswerWords.application_id, *([AnswerWords.words] if rest else []))
    ids = select(*columns).where(fits).cte("found").prefix_with("MATERIALIZED").c
    number = ids.application_id
    query = select(number).order_by(number.desc()).limit(bindparam("most", type_=Integer))
    if rest:
        parts = bindparam("rest", type_=ARRAY(TEXT))
        part = func.unnest(parts).table_valued("part").render_derived("parts").c.part
        query = query.where(~select(part).where(~_has(ids, part)).exists())
    among = within.conditions()
    return query.join(Application, Application.id == number).where(*among) if among else query


def _in_block(block: int, part: str) -> str:
    return f"{block:06}{part}"
