"""Every saved version of an answer: kept beside the newest, looked at, brought back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from grants.applying.applications.models import Answers, AnswerVersion, Application
from grants.core.audit.act import Act
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Person
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import Part, Saved, author_of, part_of
from grants.platform.questionnaires.presentation import Answer, shown_section

MOST_SHOWN = 50
"""So many of the newest versions of an answer are shown."""


def keep_versions(
    session: Session, row: Answers, section: Section, changed: Iterable[str], saved: Saved, act: Act
) -> None:
    """Keep the answers that a save has changed. Text that only goes on replaces its beginning, so
    that typing leaves one version and taking something away another. `saved` is what stood before.
    """
    changed = list(changed)
    with session.no_autoflush:  # what is saved is written once, with its versions
        newest = _newest_versions(session, row.application_id, changed)
    for key in changed:
        question, latest = section.question(key), newest.get(key)
        written = part_of(question, row.given)
        if latest is None and (before := part_of(question, saved.given)):
            by, at = author_of(saved.written, key)
            session.add(_new_version(row, key, before, at or act.at, by))
        if latest and latest.saved_by_id == act.actor.person_id and _goes_on(latest.given, written):
            latest.given, latest.saved_at = dict(written), act.at
            continue
        session.add(_new_version(row, key, written, act.at, act.actor.person_id))


def _new_version(
    row: Answers, key: str, written: Part, at: datetime, by: int | None
) -> AnswerVersion:
    return AnswerVersion(
        application_id=row.application_id,
        section=row.section,
        question=key,
        given=dict(written),
        saved_at=at,
        saved_by_id=by,
    )


def _goes_on(before: Any, after: Any) -> bool:
    """Does every text of an answer begin with what was there before?"""
    return all(
        len(after.get(name, ())) >= len(texts)
        and all(now.startswith(old) for now, old in zip(after[name], texts, strict=False))
        for name, texts in before.items()
    )


def _newest_versions(
    session: Session, application_id: int, questions: Sequence[str]
) -> dict[str, AnswerVersion]:
    """The newest version of each of these answers, by the question."""
    rows = session.scalars(_NEWEST, {"id": application_id, "questions": questions})
    return {row.question: row for row in rows}


_NEWEST = (
    select(AnswerVersion)
    .where(
        AnswerVersion.application_id == bindparam("id"),
        AnswerVersion.question == any_(bindparam("questions", type_=ARRAY(String))),
    )
    .ext(distinct_on(AnswerVersion.question))
    .order_by(AnswerVersion.question, AnswerVersion.id.desc())
)


@dataclass(frozen=True, slots=True)
class Version:
    """An answer as it was at a moment."""

    id: int
    answer: Answer
    at: datetime
    by: str
    stands: bool
    """Is it the answer that stands now?"""


def versions_of(
    session: Session, application: Application, section: Section
) -> dict[str, list[Version]]:
    """The versions of each answer of a section by question key, the newest first. Questions that
    were answered only once are left out.
    """
    rows = session.execute(
        select(AnswerVersion, Person.name)
        .outerjoin(Person, Person.id == AnswerVersion.saved_by_id)
        .where(AnswerVersion.application_id == application.id, AnswerVersion.section == section.key)
        .order_by(AnswerVersion.id.desc())
    ).all()
    by_question: dict[str, list[Version]] = {}
    keys = {question.key for question in section.questions}
    for row, name in rows:
        versions = by_question.setdefault(row.question, [])
        if row.question in keys and len(versions) < MOST_SHOWN:
            versions.append(
                Version(
                    row.id, _shown_version(section, row), row.saved_at, name or "", not versions
                )
            )
    return {key: versions for key, versions in by_question.items() if len(versions) > 1}


def _shown_version(section: Section, row: AnswerVersion) -> Answer:
    values = section.read(row.given).values
    (answer,) = shown_section(section, values, typed=row.given, only=[row.question]).answers
    return answer


def version_called(session: Session, application: Application, number: int) -> AnswerVersion:
    """One version of an answer of this application, or Missing."""
    version = session.scalar(
        select(AnswerVersion).where(
            AnswerVersion.id == number, AnswerVersion.application_id == application.id
        )
    )
    if version is None:
        raise Missing(_("Version not found."))
    return version


def brought_back(
    section: Section, row: Answers | None, version: AnswerVersion
) -> dict[str, Sequence[str]]:
    """The answers of a section with one of them as it was."""
    question = section.question(version.question)
    other_answers = {
        name: texts for name, texts in (row.given if row else {}).items() if not question.owns(name)
    }
    return {**other_answers, **version.given}
