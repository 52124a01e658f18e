"""Writing together: versions kept and brought back, who writes where, copies, “it is ready”."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import AnswerVersion, Application
from grants.applying.applications.queries import answers_of, files_of
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.drafts.service import save_section
from grants.applying.drafts.versions import versions_of
from grants.applying.submissions.service import remind_of_deadlines, submit, withdraw
from grants.applying.writing.team import (
    bring_back,
    copy_answers,
    reopen,
    tell_ready,
    writing_now,
)
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from tests.applying.public_questions.test_asking import send
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft,
    a_submission,
    act_of,
    member,
    writer_of,
)
from tests.platform.web.client import SignInAs


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    return a_call(session, fund)


@pytest.fixture
def draft(session: Session, call: Call) -> Application:
    return a_draft(session, call)


def write(session: Session, draft: Application, act: Act, **texts: str) -> None:
    row = answers_of(session, draft.id).get("problem")
    typed = {**(row.given if row else {}), **{f"q_{key}": [text] for key, text in texts.items()}}
    save_section(session, draft, "problem", typed, row.version if row else 0, act)


def texts_of(session: Session, draft: Application) -> list[str]:
    rows = session.scalars(select(AnswerVersion).order_by(AnswerVersion.id))
    return [row.given.get("q_problem", [""])[0] for row in rows if row.question == "problem"]


def test_typing_on_leaves_one_version_and_taking_away_leaves_another(
    session: Session, draft: Application
) -> None:
    me = writer_of(session, draft)
    for text in ("Girls", "Girls on the coast", "Boys", "", "Boys and girls"):
        write(session, draft, me, problem=text)
    assert texts_of(session, draft) == ["Girls on the coast", "Boys", "Boys and girls"]


def test_another_persons_words_are_another_version_and_can_be_brought_back(
    session: Session, draft: Application
) -> None:
    luz, eva = writer_of(session, draft), act_of(session, member(session, draft.organisation))
    write(session, draft, luz, problem="By Luz")
    write(session, draft, eva, problem="By Luz, gone on by Eva", target_group="Girls")
    section = draft.call.questionnaire.section("problem")
    (held,) = versions_of(session, draft, section).values()
    assert [(v.answer.text, v.by, v.stands) for v in held] == [
        ("By Luz, gone on by Eva", eva.actor.name, True),
        ("By Luz", luz.actor.name, False),
    ]
    row = bring_back(session, draft, held[1].id, eva)
    assert row.given == {"q_problem": ["By Luz"], "q_target_group": ["Girls"]}
    assert texts_of(session, draft)[-1] == "By Luz", "and the other text is kept too"
    other = a_draft(session, draft.call, "Otra")
    with pytest.raises(Missing):
        bring_back(session, other, held[1].id, writer_of(session, other))


def test_it_is_shown_who_is_writing_where_for_some_minutes(
    session: Session, draft: Application
) -> None:
    luz, eva = writer_of(session, draft), act_of(session, member(session, draft.organisation))
    write(session, draft, luz, problem="By Luz")
    now = luz.at + timedelta(minutes=1)
    assert writing_now(session, draft, eva.actor.person_id, now) == {"problem": [luz.actor.name]}
    assert writing_now(session, draft, luz.actor.person_id, now) == {}
    assert writing_now(session, draft, eva.actor.person_id, now + timedelta(minutes=6)) == {}


def test_an_earlier_application_is_copied_where_nothing_is_written(
    session: Session, fund: Fund, call: Call
) -> None:
    earlier = a_complete_draft(session, call)
    me = writer_of(session, earlier)
    withdraw(session, earlier, Act(me.actor, "Another call fits better."))
    later = a_draft_of_the_same(session, fund, earlier, me)
    write(session, later, me, problem="Newer words")
    copied = copy_answers(session, later, earlier, me)
    assert copied > 30
    before, after = answers_of(session, earlier.id), answers_of(session, later.id)
    assert after["budget"].given == before["budget"].given
    assert after["problem"].given["q_problem"] == ["Newer words"]
    assert len(files_of(session, later.id)) == len(files_of(session, earlier.id))
    assert copy_answers(session, later, earlier, me) == 0
    stranger = a_draft(session, call, "Otra")
    with pytest.raises(DomainError, match="your own"):
        copy_answers(session, stranger, earlier, writer_of(session, stranger))


def test_a_submitted_application_is_changed_until_the_deadline_and_nothing_is_lost(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    sent = a_submission(session, a_call(session, fund))
    administrator = session.get_one(Person, writer_of(session, sent).actor.person_id)
    session.commit()
    browser, here = sign_in_as(administrator), f"/applying/{sent.reference}"
    assert f"{here}/reopen" in browser.get(here).text
    assert "the fund has no application from you" in browser.get(f"{here}/reopen").text
    answer = browser.submit(f"{here}/reopen")
    draft = session.scalars(select(Application).order_by(Application.id.desc())).first()
    assert draft is not None
    session.expire_all()
    assert answer.location.endswith(f"/applying/{draft.reference}")
    assert sent.state is ApplicationState.WITHDRAWN
    assert sent.submission is not None
    before, after = answers_of(session, sent.id), answers_of(session, draft.id)
    assert {key: row.given for key, row in after.items()} == {
        key: row.given for key, row in before.items()
    }
    again = submit(session, draft, writer_of(session, draft)).snapshot
    for fact in ("answers", "requested", "organisation"):
        assert again[fact] == sent.submission.snapshot[fact]
    assert browser.submit(f"{here}/reopen", page=here).status_code == 409


def test_a_screened_or_late_application_is_not_changed(session: Session, fund: Fund) -> None:
    begun = a_submission(session, a_call(session, fund))
    begun.state = ApplicationState.ELIGIBLE
    with pytest.raises(Conflict):
        reopen(session, begun, writer_of(session, begun))
    late = a_submission(session, a_call(session, fund))
    act = writer_of(session, late)
    with pytest.raises(Conflict):
        reopen(session, late, Act(act.actor, at=late.call.deadline_at + timedelta(hours=1)))


def a_draft_of_the_same(session: Session, fund: Fund, earlier: Application, me: Act) -> Application:
    from grants.applying.drafts.service import start

    return start(session, a_call(session, fund), earlier.organisation, me)


def test_an_editor_tells_the_administrators_that_it_is_ready(
    session: Session, draft: Application, sign_in_as: SignInAs
) -> None:
    editor = member(session, draft.organisation, role=Role.ORGANISATION_EDITOR)
    told = tell_ready(session, draft, act_of(session, editor))
    tell_ready(session, draft, act_of(session, editor))
    letters = session.scalars(select(Message).where(Message.event.contains(":ready:"))).all()
    assert [letter.recipient for letter in letters] == [person.email for person in told]
    write(session, draft, act_of(session, editor), problem="One")
    write(session, draft, act_of(session, editor), problem="Two")
    session.commit()
    browser = sign_in_as(editor)
    at = f"/applying/{draft.reference}"
    assert f"Tell \u2068{told[0].name}\u2069 that it is ready" in browser.get(at).text
    page = browser.get(f"{at}/versions/problem").text
    assert "Restore this version" in page
    number = session.scalars(select(AnswerVersion.id).order_by(AnswerVersion.id)).first()
    assert send(browser, f"{at}/versions/problem", number=str(number)).status_code == 302
    assert ">\nOne</textarea>" in browser.get(f"{at}/sections/problem").text
    assert "no other application" in browser.get(f"{at}/copy").text


def test_writers_are_reminded_14_7_and_2_days_before_the_deadline_once(
    session: Session, draft: Application
) -> None:
    due = draft.call.deadline_at
    sent = {days: remind_of_deadlines(session, due - timedelta(days=days)) for days in range(16)}
    assert {days for days, count in sent.items() if count} == {14, 7, 2}
    remind_of_deadlines(session, due - timedelta(days=7))
    reminders = select(Message).where(Message.event.contains(":due:")).order_by(Message.id)
    letters = session.scalars(reminders).all()
    assert len(letters) == 3
    assert "7 days left" in letters[1].subject
    assert clock.now() < due
