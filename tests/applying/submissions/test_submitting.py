"""Submitting: once, in time, complete, and provable."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission
from grants.applying.applications.queries import application_by_reference
from grants.applying.applications.workflow import ApplicationState
from grants.applying.drafts import service as drafts
from grants.applying.drafts.work import Work
from grants.applying.submissions import service
from grants.applying.submissions.dossier import dossier
from grants.applying.submissions.service import Incomplete, problems_of, submit
from grants.applying.submissions.snapshot import canonical, sha256_of
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from grants.platform.questions.reading import Fault
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft,
    a_submission,
    act_of,
    complete,
    member,
    writer_of,
)


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are sent inside."""
    sent = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_complete_draft(session, a_call(session, fund))


def test_a_submission_has_number_time_hash_and_facts(
    session: Session, application: Application
) -> None:
    by = writer_of(session, application)
    submission = submit(session, application, by)
    assert application.state is ApplicationState.SUBMITTED
    assert application.reference == f"{application.call.reference}-0001"
    assert application.submitted_at == submission.submitted_at == by.at
    assert application.title == "A safe place for girls from the coast"
    assert application.requested == usd(1_200_000)
    assert application.country == "HN"
    assert submission.snapshot["answers"]["beneficiaries"]["direct_beneficiaries"] == {
        "female": {"12-17": 40, "18-24": 25}
    }
    assert len(submission.snapshot["files"]) == 4


def test_the_hash_is_that_of_the_snapshot_even_after_the_database_had_it(
    session: Session, application: Application
) -> None:
    submission = submit(session, application, writer_of(session, application))
    session.expire_all()
    kept = session.get_one(Submission, application.id)
    assert sha256_of(kept.snapshot) == kept.sha256 == submission.sha256
    assert sha256_of(json.loads(canonical(kept.snapshot))) == kept.sha256


def test_submitting_twice_is_submitting_once(session: Session, application: Application) -> None:
    by = writer_of(session, application)
    first = submit(session, application, by)
    second = submit(session, application, Act(by.actor, at=by.at + timedelta(seconds=2)))
    assert second is first
    assert len(session.scalars(select(Message)).all()) == 1


def test_each_writer_gets_a_copy_and_many_take_no_more_questions_than_two(
    session: Session, fund: Fund
) -> None:
    asked = list[int]()
    call = a_call(session, fund)
    for writers, country in ((2, "KE"), (6, "UG")):
        application = a_complete_draft(session, call, name=f"Writers {writers}", country=country)
        by = writer_of(session, application)
        for number in range(writers - 1):
            name = f"{country} {number}"
            member(session, application.organisation, Role.ORGANISATION_EDITOR, name)
        session.flush()
        with counted(session.connection()) as statements:
            submit(session, application, by)
        asked.append(len(statements))
        name = f"application:{application.id}:submitted:%"
        told = session.scalars(select(Message).where(Message.event.like(name))).all()
        assert len({message.recipient for message in told}) == len(told) == writers
    assert asked[0] == asked[1]


def test_twenty_clicks_at_once_make_one_submission(real_database: Database) -> None:
    with real_database.transaction() as session:
        application = a_complete_draft(session, a_call(session, fund_by_code(session, "UNVTF")))
        reference = application.reference
        by = writer_of(session, application)

    def click(_number: int) -> str:
        with real_database.transaction() as own:
            return submit(own, application_by_reference(own, reference), by).sha256

    with ThreadPoolExecutor(20) as threads:
        hashes = list(threads.map(click, range(20)))
    assert len(set(hashes)) == 1
    with real_database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_everybody_who_writes_gets_a_copy_by_e_mail(
    session: Session, application: Application
) -> None:
    member(session, application.organisation, Role.ORGANISATION_EDITOR, "Rosa Paz")
    submission = submit(session, application, writer_of(session, application))
    messages = session.scalars(select(Message).order_by(Message.recipient)).all()
    assert [m.recipient for m in messages] == [
        "luz.of.casa.segura@example.org",
        "rosa.paz@example.org",
    ]
    for message in messages:
        assert application.reference in message.subject
        assert submission.sha256 in message.text
        assert message.attachments == [
            {"document": "submission", "reference": application.reference}
        ]


def test_an_editor_writes_but_cannot_submit(session: Session, application: Application) -> None:
    editor = member(session, application.organisation, Role.ORGANISATION_EDITOR, "Rosa Paz")
    with pytest.raises(Forbidden):
        submit(session, application, act_of(session, editor))
    assert application.state is ApplicationState.DRAFT


@pytest.mark.parametrize("late", [timedelta(minutes=1), timedelta(days=3)])
def test_after_the_deadline_it_is_refused_with_the_reason_and_the_draft_kept(
    session: Session, application: Application, late: timedelta
) -> None:
    by = writer_of(session, application)
    act = Act(by.actor, at=application.call.deadline_at + late)
    with pytest.raises(DomainError, match="The deadline was"):
        submit(session, application, act)
    assert application.state is ApplicationState.DRAFT
    assert Work.of(session, application).values["title"]


@pytest.mark.parametrize("early", [timedelta(seconds=-59), timedelta(0), timedelta(seconds=1)])
def test_the_whole_minute_of_the_deadline_counts(
    session: Session, application: Application, early: timedelta
) -> None:
    by = writer_of(session, application)
    submit(session, application, Act(by.actor, at=application.call.deadline_at - early))
    assert application.state is ApplicationState.SUBMITTED


def test_arrival_counts_however_long_the_work_takes(
    session: Session, application: Application
) -> None:
    arrived = Act(writer_of(session, application).actor, at=application.call.deadline_at)
    with clock.at(application.call.deadline_at + timedelta(minutes=20)):
        submit(session, application, arrived)
    assert application.submitted_at == application.call.deadline_at


def test_an_unfinished_application_is_refused_with_each_place(session: Session, fund: Fund) -> None:
    draft = a_draft(session, a_call(session, fund))
    with pytest.raises(Incomplete) as refused:
        submit(session, draft, writer_of(session, draft))
    sections = {section.key for section, _problem in refused.value.problems}
    assert sections == {section.key for section in draft.call.questionnaire.sections}
    assert draft.state is ApplicationState.DRAFT


@pytest.mark.parametrize(
    ("section", "name", "typed", "said"),
    [
        ("budget", "q_budget-0-unit_cost", "40,000", "Grants under this call range from"),
        ("budget", "q_budget-1-category", "zebra", "Choose the category"),
        ("project", "q_months", "13", "up to 12 months"),
        ("project", "q_starts_on-year", "2020", "can start on"),
        ("project", "q_starts_on-year", "2090", "must start on 31 December"),
        ("project", "q_country", "FR", "not for projects in France"),
        ("problem", "q_problem", "x" * 3001, "Shorten it by 1 character"),
        ("problem", "q_problem", "Amina, 16 years old", "name and age"),
    ],
)
def test_what_breaks_a_rule_of_the_call_is_told_at_its_question(
    session: Session, fund: Fund, section: str, name: str, typed: str, said: str
) -> None:
    call = a_call(
        session, fund, countries=["HN", "KE"], earliest_start_on=date(clock.today().year + 1, 6, 1)
    )
    application = a_complete_draft(session, call)
    work = Work.of(session, application)
    assert problems_of(work) == []
    part = work.part(section)
    changed = {**part.typed, name: [typed]}
    by = writer_of(session, application)
    drafts.save_section(session, application, section, changed, part.version, by)
    problems = problems_of(Work.of(session, application))
    assert [(found.key, said in problem.message) for found, problem in problems] == [
        (section, True)
    ]


def test_fewer_people_by_form_of_exploitation_than_by_age_are_corrected_or_explained(
    session: Session, application: Application
) -> None:
    by = writer_of(session, application)
    part = Work.of(session, application).part("exploitation")
    fewer = {**part.typed, "q_forms-sexual-people": ["60"]}
    row = drafts.save_section(session, application, "exploitation", fewer, part.version, by)
    (problem,) = problems_of(Work.of(session, application))
    assert problem[1].question == "fewer_by_form"
    assert "Why are there fewer people by form of exploitation" in problem[1].message
    with pytest.raises(Incomplete):
        submit(session, application, by)
    right = {**fewer, "q_forms-labour-people": ["5"]}
    row = drafts.save_section(session, application, "exploitation", right, row.version, by)
    assert problems_of(Work.of(session, application)) == []
    said = {**fewer, "q_fewer_by_form": ["Of five people the form is not known yet."]}
    drafts.save_section(session, application, "exploitation", said, row.version, by)
    submit(session, application, by)
    asked = {a.key: a for s in dossier(session, application).sections for a in s.answers}
    assert asked["fewer_by_form"].text == "Of five people the form is not known yet."


def test_a_warning_about_personal_data_has_to_be_answered(
    session: Session, application: Application
) -> None:
    by = writer_of(session, application)
    part = Work.of(session, application).part("problem")
    typed = {**part.typed, "q_problem": ["Amina, 16 years old, could be anybody."]}
    row = drafts.save_section(session, application, "problem", typed, part.version, by)
    with pytest.raises(Incomplete) as refused:
        submit(session, application, by)
    assert [p.fault for _section, p in refused.value.problems] == [Fault.DOUBT]
    ticked = {**typed, "attested": ["yes"]}
    drafts.save_section(session, application, "problem", ticked, row.version, by)
    submit(session, application, by)
    assert application.state is ApplicationState.SUBMITTED


def test_nothing_changes_after_submission(session: Session, fund: Fund) -> None:
    application = a_submission(session, a_call(session, fund))
    by = writer_of(session, application)
    with pytest.raises(Conflict):
        drafts.save_section(session, application, "problem", {}, 1, by)
    files = Work.of(session, application).files
    with pytest.raises(Conflict):
        drafts.remove_file(session, application, files[0].id, by)


@pytest.mark.parametrize(
    "statement", ["UPDATE submission SET sha256 = 'x'", "DELETE FROM submission"]
)
def test_a_submission_is_never_changed_in_the_database(
    session: Session, fund: Fund, statement: str
) -> None:
    a_submission(session, a_call(session, fund))
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(text(statement))


def test_an_application_without_submission_time_cannot_be_stored_as_submitted(
    session: Session, application: Application
) -> None:
    with pytest.raises(DBAPIError, match="submitted_when"):
        session.execute(text("UPDATE application SET state = 'submitted'"))


def test_withdrawing_needs_a_reason_and_frees_the_place(session: Session, fund: Fund) -> None:
    call = a_call(session, fund)
    application = a_submission(session, call)
    by = writer_of(session, application)
    with pytest.raises(DomainError, match="reason"):
        service.withdraw(session, application, by)
    service.withdraw(session, application, Act(by.actor, "We found other money."))
    assert application.state is ApplicationState.WITHDRAWN
    again = drafts.start(session, call, application.organisation, by)
    assert again.id != application.id
    complete(session, again)
    submit(session, again, by)
    assert again.state is ApplicationState.SUBMITTED


def test_an_organisation_has_one_application_under_a_call(real_database: Database) -> None:
    with real_database.transaction() as session:
        draft = a_draft(session, a_call(session, fund_by_code(session, "UNVTF")))
        call_id, organisation = draft.call_id, draft.organisation
        other = a_draft(session, draft.call, "Hearth", "KE")
        by = writer_of(session, other)
        service.withdraw(session, other, Act(by.actor, "A test"))
        hearth = other.organisation

    def click(_number: int) -> str:
        with real_database.transaction() as own:
            call = own.get_one(type(draft.call), call_id)
            return drafts.start(own, call, own.merge(hearth), by).reference

    with ThreadPoolExecutor(12) as threads:
        references = set(threads.map(click, range(12)))
    assert len(references) == 1
    assert organisation.id != hearth.id
