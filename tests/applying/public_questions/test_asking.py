"""Questions about a call: asked until the cut-off, answered to everyone, nobody named."""

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.soundness import rule_faults
from grants.applying.public_questions.models import PublicQuestion
from grants.applying.public_questions.queries import published
from grants.applying.public_questions.service import answer, ask, set_aside
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from tests.factories import a_call, a_draft, act_of, an_organisation, member, staff, writer_of
from tests.platform.web.client import SignInAs, StrictClient

ASKED = "We are the Casa Segura shelter: may the budget include rent?"
PUBLISHED = "May the budget include rent?"
ANSWER = "Yes, for the months of the project."


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    return a_call(session, fund, questions_until=clock.today() + timedelta(days=3))


@pytest.fixture
def asker(session: Session) -> Act:
    return act_of(session, member(session, an_organisation(session, "Otra Casa", "GT")))


def told(session: Session, event: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.event.contains(event))))


def by(session: Session, role: Role = Role.PROGRAMME_OFFICER, reason: str | None = None) -> Act:
    return Act(act_of(session, staff(session, role)).actor, reason)


def test_an_answer_is_published_without_who_asked_and_told_to_writers_and_to_the_asker(
    session: Session, call: Call, asker: Act
) -> None:
    draft = a_draft(session, call)
    question = ask(session, call, ASKED, asker)
    assert published(session, call) == []
    answer(session, question, PUBLISHED, ANSWER, by(session))
    (found,) = published(session, call)
    assert (found.question, found.answer) == (PUBLISHED, ANSWER)
    letters = told(session, "answered")
    writer = writer_of(session, draft).actor.email
    assert {letter.recipient for letter in letters} == {writer, asker.actor.email}
    assert not any("Casa Segura shelter" in letter.text for letter in letters)
    answer(session, question, PUBLISHED, "Yes, up to 20%.", by(session))
    assert published(session, call)[0].answer == "Yes, up to 20%."
    assert len(told(session, "answered")) == 4, "a corrected answer is told again"
    with pytest.raises(DomainError, match="Nothing has been changed"):
        answer(session, question, PUBLISHED, "Yes, up to 20%.", by(session))


def test_questions_end_with_the_cut_off_day_of_the_call(
    session: Session, call: Call, asker: Act, fund: Fund
) -> None:
    last = call.questions_until
    assert last
    noon = datetime.combine(clock.today(), time(12), clock.zone())
    ask(session, call, PUBLISHED, Act(asker.actor, at=noon + timedelta(days=3)))
    with pytest.raises(DomainError, match="could be asked until"):
        ask(session, call, PUBLISHED, Act(asker.actor, at=noon + timedelta(days=4)))
    call.questions_until = None
    with pytest.raises(DomainError, match="does not accept questions"):
        ask(session, call, PUBLISHED, asker)
    call.questions_until, call.answers_on = last, last - timedelta(days=1)
    assert any("Answers must be published" in fault for fault in rule_faults(call))


def test_a_question_about_a_person_is_refused(session: Session, call: Call, asker: Act) -> None:
    with pytest.raises(DomainError):
        ask(session, call, "Maria, aged 15, +504 2233 4455: may we help her?", asker)


def test_a_question_set_aside_is_told_to_its_asker_alone(
    session: Session, call: Call, asker: Act
) -> None:
    a_draft(session, call)
    question = ask(session, call, ASKED, asker)
    with pytest.raises(DomainError, match="reason"):
        set_aside(session, question, by(session))
    set_aside(session, question, by(session, reason="It is answered in the rules."))
    assert [letter.recipient for letter in told(session, "set_aside")] == [asker.actor.email]
    assert published(session, call) == []
    with pytest.raises(Conflict):
        answer(session, question, PUBLISHED, ANSWER, by(session))


def test_only_the_funds_own_people_answer(session: Session, call: Call, asker: Act) -> None:
    question = ask(session, call, ASKED, asker)
    for stranger in (asker, by(session, Role.AUDITOR)):
        with pytest.raises(Forbidden):
            answer(session, question, PUBLISHED, ANSWER, stranger)


def send(browser: StrictClient, path: str, **typed: str) -> Any:
    page = browser.get(path).text
    hidden = dict(re.findall(r'name="(csrf_token|version)"[^>]*value="([^"]*)"', page))
    return browser.post(path, data={**hidden, **typed})


def test_the_pages_from_a_visitors_question_to_the_answer_on_the_calls_page(
    session: Session, call: Call, client: StrictClient, sign_in_as: SignInAs
) -> None:
    session.commit()
    at = f"/calls/{call.reference}"
    assert f"{at}/ask" in client.get(at).text
    reply = send(client, f"{at}/ask", words=ASKED, email="somebody@example.org")
    assert "Check your e-mail" in reply.text
    assert session.scalar(select(PublicQuestion)) is None, "before the address is proved"
    link = re.search(rf"{at}/ask/[\w-]+", told(session, "question:")[0].text)
    assert link
    assert send(client, link[0]).status_code == 302
    assert client.get(link[0]).status_code == 422, "the link works once"
    assert ASKED not in client.get(at).text
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    desk = sign_in_as(officer)
    waiting = desk.get("/calls/questions-asked")
    assert waiting.location.endswith(f"{at}/questions-asked")
    number = session.scalars(select(PublicQuestion.id)).one()
    assert ASKED in desk.get(f"{at}/questions-asked").text
    reply = send(desk, f"{at}/questions-asked/{number}", words=PUBLISHED, answer=ANSWER)
    assert reply.status_code == 302
    page = client.get(at).text
    assert PUBLISHED in page
    assert ANSWER in page
    assert "Casa Segura shelter" not in page
