"""Taking one of several out of a section that is repeated; those behind it move up."""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Answers, Application, SectionComment
from grants.applying.applications.queries import answers_of
from grants.applying.drafts.service import save_held, writable
from grants.applying.drafts.work import Work
from grants.applying.references.service import move_letters
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.picking import names_of_pick
from grants.platform.questionnaires.repeated import another_key, key_at
from grants.platform.questions import ReferenceLetter
from grants.platform.questions.picked import picks_in


def shown_repetitions(work: Work, section: Section) -> list[Section]:
    """Each time that the section of this one is to be filled in, in their order."""
    hidden = {key for part in work.parts for key in part.hidden}
    return [
        part
        for part in work.form.parts
        if section.origin
        and part.origin == section.origin
        and any(question.key not in hidden for question in part.questions)
    ]


def removable_on(work: Work, page: Section) -> list[Section]:
    """What the applicant may take out of this page."""
    return [
        part
        for part in page.each_part
        if part in shown_repetitions(work, part) and is_removable(work, part)
    ]


def is_removable(work: Work, section: Section) -> bool:
    """Are there more of it than the form asks for at least?"""
    return len(shown_repetitions(work, section)) > section.least_times


def remove_repetition(session: Session, application: Application, key: str, act: Act) -> None:
    """Take one partner, place or post out, with its files. Its answers stay among the earlier
    versions.
    """
    application = writable(session, application, act)
    work = Work.of(session, application)
    section = work.form.part(key)
    times = shown_repetitions(work, section)
    if section not in times or not is_removable(work, section):
        raise DomainError(
            _("“%(name)s” cannot be removed: the form asks for it.", name=section.name)
        )
    _move_files(work, section, times, act)
    _move_comments(session, application, work, times[times.index(section) :], act)
    _move_answers(session, application, work, section, times, act)
    _move_picks(session, application, section, act)
    _move_letters(session, application, times[times.index(section) :], act)
    record(session, application, "remove_repetition", act, section=section.name)
    session.flush()


def _move_answers(
    session: Session,
    application: Application,
    work: Work,
    section: Section,
    times: Sequence[Section],
    act: Act,
) -> None:
    """Save each page on which a time of this section stands, without it: those behind it move up,
    and what else stands on their page stays.
    """
    before = dict(work.answers)
    typed: dict[str, dict[str, Sequence[str]]] = {}
    attested: dict[str, list[str]] = {}
    for target, source in zip(times, [*times[1:], None], strict=True):
        if target.place < section.place:
            source = target  # noqa: PLW2901 - what stands before it stays
        page = work.form.section(target.key).key
        written = typed.setdefault(page, _written_besides(before.get(page), times))
        row = before.get(work.form.section(source.key).key) if source else None
        if source and row:
            written |= _moved_answers(row, source, target)
            attested.setdefault(page, []).extend(row.attested)
        if target.place >= target.least_times and source:
            more = target.place < len(times) - 1
            written[f"q_{another_key(target.origin, target.place)}"] = ["yes" if more else "no"]
    for page, written in typed.items():
        version = before[page].version if page in before else 0
        saved = save_held(session, application, page, written, version, act)
        if page in attested:
            saved.attested = list(dict.fromkeys(attested[page]))


def _written_besides(row: Answers | None, times: Sequence[Section]) -> dict[str, Sequence[str]]:
    """What is written on a page besides these sections."""
    questions = [question for part in times for question in part.questions]
    return {
        name: texts
        for name, texts in (row.given if row else {}).items()
        if not any(question.owns(name) for question in questions)
    }


def _moved_answers(row: Answers, source: Section, target: Section) -> dict[str, Sequence[str]]:
    """What is written in one section, under the inputs of another time of it."""
    return {
        new.name + name.removeprefix(old.name): texts
        for old, new in zip(source.questions, target.questions, strict=False)
        for name, texts in row.given.items()
        if old.owns(name) and old.asks
    }


def _move_picks(session: Session, application: Application, section: Section, act: Act) -> None:
    """What was picked elsewhere follows: the one removed is no longer there, those behind it have
    moved up.
    """
    rows = answers_of(session, application.id)
    for part in application.call.questionnaire.sections:
        row = rows.get(part.key)
        names = {
            name
            for item in part.questions
            for pick in picks_in(item)
            if pick.source_key == section.origin
            for name in names_of_pick(item, pick, row.given if row else {})
        }
        if row and names & set(row.given):
            typed = {
                name: [_place_after(text, section.place) for text in texts]
                if name in names
                else texts
                for name, texts in row.given.items()
            }
            save_held(session, application, part.key, typed, row.version, act)


def _move_letters(
    session: Session, application: Application, times: Sequence[Section], act: Act
) -> None:
    """Letters of reference of the first of these, which is removed, are no longer asked for; those
    of the others move up.
    """
    asked = [[q.key for q in part.questions if isinstance(q, ReferenceLetter)] for part in times]
    ended = asked[0]
    moves = [(key, key_at(key.partition("__")[0], 0)) for key in ended]
    moves += [
        move for later, here in pairwise(reversed(asked)) for move in zip(later, here, strict=True)
    ][::-1]
    if moves:
        move_letters(session, application, moves, ended, act)


def _place_after(code: str, removed: int) -> str:
    """A place once one of them is removed; 0 is none."""
    place = int(code) if code.isdecimal() else 0
    return str(0 if place == removed else place - 1 if place > removed else place)


def _move_comments(
    session: Session, application: Application, work: Work, times: Sequence[Section], act: Act
) -> None:
    """Comments of colleagues follow the answers that they are about; those on the first of these,
    which is removed, are resolved. Where all stand on one page, the comments are on that page.
    """
    if work.form.section(times[0].key).parts:
        return
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
    for file in work.files:
        key, sign, cell = file.question.partition("-")  # of a row of a table: its cell
        if section.place_of(file.question):
            file.removed_at = act.at
        elif key in keys:
            file.question = f"{keys[key]}{sign}{cell}"
