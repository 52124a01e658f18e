"""Documents of real records: what the acts left behind is what they say."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import submission_of
from grants.applying.applications.workflow import ApplicationState
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Missing
from grants.deciding.awards import service as awards
from grants.papers.statements.catalogue import CATALOGUE, paper_of
from grants.papers.statements.issuing import data_of, render
from grants.papers.typesetting.paper import Span
from tests.factories import (
    a_call,
    a_closed_call,
    a_complete_draft,
    a_submission,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    an_award,
    money_for_awards,
)
from tests.papers.typesetting.test_pdf import text_of


def shown(session: Session, document: str, reference: str, span: Span | None = None) -> str:
    return text_of(render(session, document, reference, span)[1])


@pytest.fixture
def application(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


def test_a_submission_shows_number_time_hash_answers_budget_and_files(
    session: Session, application: Application
) -> None:
    text = shown(session, "submission", application.reference).replace("\n", "")
    submission = submission_of(session, application.id)
    assert submission is not None
    assert submission.sha256 in text
    assert application.reference in text
    assert "12,000.00" in text
    assert "Vienna time" in text
    for section in submission.snapshot["answers"].values():
        for value in section.values():
            if isinstance(value, str) and len(value) > 40:
                assert value.splitlines()[0].replace(" ", "") in text.replace(" ", "")
    for file in submission.snapshot["files"]:
        assert file["name"] in text
        assert file["sha256"] in text


def test_of_a_draft_there_is_no_copy(session: Session, fund: Fund) -> None:
    draft = a_complete_draft(session, a_call(session, fund))
    with pytest.raises(DomainError):
        render(session, "submission", draft.reference)


def test_the_copy_of_a_submission_is_byte_identical_next_year(
    session: Session, application: Application
) -> None:
    copy = render(session, "submission", application.reference)
    with clock.at(clock.now() + timedelta(days=400)):
        assert render(session, "submission", application.reference) == copy


def test_the_blank_form_asks_every_question_of_the_call(
    session: Session, application: Application
) -> None:
    call = application.call
    text = shown(session, "blank-form", call.reference).replace("\n", " ")
    for question in call.questionnaire.questions:
        assert question.label["en"].replace(" ", "") in text.replace(" ", ""), question.key


def test_the_award_letter_and_the_agreement_tell_the_award(session: Session, fund: Fund) -> None:
    money_for_awards(session, fund)
    application = a_submitted_application(session, a_closed_call(session, fund))
    award = an_award(session, application, a_team(session))
    letter = shown(session, "award-letter", award.reference)
    assert award.title in letter
    assert ("You requested" in letter) == (application.requested != award.amount)
    assert "USD\u00a0" in letter
    assert "Casa Segura" in letter
    agreement = shown(session, "agreement", award.reference)
    assert "10. Settlement of disputes" in agreement
    assert award.reference in agreement
    facts = json.loads(data_of(paper_of(session, "grant-statement", award.reference)))
    assert facts["award"] == str(award.amount)
    assert facts["paid"] == "0.00"
    assert facts["still_to_pay"] == str(award.amount)


def test_a_regret_letter_exists_once_it_is_decided_and_gives_reason_and_score(
    session: Session, fund: Fund
) -> None:
    money_for_awards(session, fund)
    application = a_submitted_application(session, a_closed_call(session, fund))
    team = a_team(session)
    advised(session, application, team)
    with pytest.raises(DomainError):
        render(session, "regret-letter", application.reference)
    awards.reject(session, application, act_of(session, team.approver, "Others come before it."))
    assert application.state is ApplicationState.REJECTED
    text = shown(session, "regret-letter", application.reference)
    assert "Others come before it." in text
    assert "Weighted score" in text


@pytest.mark.parametrize("document", CATALOGUE)
@pytest.mark.parametrize("reference", ["NOT-THERE", "", "UNVTF-R-2026-0001", "x' OR 1=1 --"])
def test_a_record_that_is_not_there_is_missing(
    session: Session, fund: Fund, document: str, reference: str
) -> None:
    span = Span(date(2026, 1, 1), date(2026, 12, 31)) if CATALOGUE[document].periodic else None
    with pytest.raises(Missing):
        render(session, document, reference, span)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(DomainError):
        Span(date(2026, 2, 1), date(2026, 1, 31))


def test_a_statement_over_time_wants_its_period(session: Session, fund: Fund) -> None:
    with pytest.raises(DomainError):
        render(session, "fund-statement", fund.code)
