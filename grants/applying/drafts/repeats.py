"""Taking one of several out of a section that is repeated; those behind it move up."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Answers, Application, SectionComment
from grants.applying.drafts.service import save_held, writable
from grants.applying.drafts.work import Work
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.repeated import another_key


def shown_repetitions(work: Work, section: Section) -> list[Section]:
    """Each time that the section of this one is to be filled in, in their order."""
    parts = (part.section for part in work.shown_parts)
    return [part for part in parts if section.origin and part.origin == section.origin]


def is_removable(work: Work, section: Section) -> bool:
    """Are there more of it than the form asks for at least?"""
    return len(shown_repetitions(work, section)) > section.least_times


def remove_repetition(session: Session, application: Application, key: str, act: Act) -> None:
    """Take one partner, place or post out, with its files. Its answers stay among the earlier
    versions.
    """
    application = writable(session, application, act)
    work = Work.of(session, application)
    section = work.form.section(key)
    times = shown_repetitions(work, section)
    if section not in times or not is_removable(work, section):
        raise DomainError(
            _("“%(name)s” cannot be removed: the form asks for it.", name=section.name)
        )
    before = dict(work.answers)
    _move_files(work, section, times, act)
    _move_comments(session, application, times[times.index(section) :], act)
    for target, source in zip(times, [*times[1:], None], strict=True):
        if target.place < section.place:
            source = target  # noqa: PLW2901 - what stands before it stays
        typed = _moved_answers(before, source, target)
        another = f"q_{another_key(target.origin, target.place)}"
        if target.place >= target.least_times and source:
            typed[another] = ["yes" if target.place < len(times) - 1 else "no"]
        row = before.get(target.key)
        saved = save_held(session, application, target.key, typed, row.version if row else 0, act)
        if source and source.key in before:
            saved.attested = list(before[source.key].attested)
    record(session, application, "remove_repetition", act, section=section.name)
    session.flush()


def _moved_answers(
    before: Mapping[str, Answers], source: Section | None, target: Section
) -> dict[str, Sequence[str]]:
    """What is written in one section, under the inputs of another time of it."""
    if source is None or source.key not in before:
        return {}
    return {
        new.name + name.removeprefix(old.name): texts
        for old, new in zip(source.questions, target.questions, strict=False)
        for name, texts in before[source.key].given.items()
        if old.owns(name) and old.asks
    }


def _move_comments(
    session: Session, application: Application, times: Sequence[Section], act: Act
) -> None:
    """Comments of colleagues follow the answers that they are about; those on the first of these,
    which is removed, are resolved.
    """
    moved = {source.key: target.key for target, source in pairwise(times)}
    gone = times[0].key
    for comment in session.scalars(
        select(SectionComment).where(
            SectionComment.application_id == application.id,
            SectionComment.section.in_([gone, *moved]),
        )
    ).all():
        if comment.section != gone:
            comment.section = moved[comment.section]
        elif comment.resolved_at is None:
            comment.resolved_at, comment.resolved_by_id = act.at, act.actor.person_id


def _move_files(work: Work, section: Section, times: Sequence[Section], act: Act) -> None:
    """Files hang on the questions to which their answers have moved."""
    keys: dict[str, str] = {}
    for target, source in pairwise(times[times.index(section) :]):
        keys |= {
            old.key: new.key for old, new in zip(source.questions, target.questions, strict=False)
        }
    gone = {question.key for question in section.questions}
    for file in work.files:
        if file.question in gone:
            file.removed_at = act.at
        else:
            file.question = keys.get(file.question, file.question)
