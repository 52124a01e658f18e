"""All answers under a call in one list and one file, for those who read applications alone."""

import csv
import io
from datetime import timedelta

from sqlalchemy.orm import Session

from grants.applying.drafts.service import save_section
from grants.applying.drafts.work import Work
from grants.applying.secretariat.answers import BRIEF, TOTAL, AnswerColumn
from grants.applying.submissions.clarifying import ClarificationRequest, answer, ask
from grants.applying.submissions.dossier import values_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from tests.applying.applications.answers import complete_answers
from tests.factories import a_call, a_draft, a_submission, act_of, staff, writer_of
from tests.platform.web.client import SignInAs, StrictClient


def test_every_question_is_a_column_and_every_submitted_application_a_row(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_call(session, fund)
    sent = [
        a_submission(session, call),
        a_submission(session, call, name="Casa de la Luz"),
    ]
    a_draft(session, call, "Not submitted yet")
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser = sign_in_as(manager)
    page = browser.get(f"/calls/{call.reference}/answers").text
    assert all(one.reference in page for one in sent)
    text = browser.get(f"/calls/{call.reference}/answers?format=csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["Number"] for row in rows] == [one.reference for one in reversed(sent)]
    titles = [question.title for question in call.questionnaire.questions]
    assert set(titles) <= set(rows[0])
    submission = sent[0].submission
    assert submission is not None
    given = {k: v for part in submission.snapshot["answers"].values() for k, v in part.items()}
    asked = {question.key: question.title for question in call.questionnaire.questions}
    assert rows[1][asked["title"]] == given["title"]
    assert "Total" in rows[1][asked["budget"]]


def test_a_total_stands_beside_a_question_that_is_called_so() -> None:
    total, question = (
        AnswerColumn("Text", str, question=key) for key in (f"{TOTAL}budget", "total_budget")
    )
    assert total.key != question.key


def test_a_chosen_question_is_shown_by_its_beginning(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_call(session, fund)
    submission = a_submission(session, call).submission
    assert submission is not None
    written = " ".join(values_of(submission)["summary"].split())
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser, here = sign_in_as(manager), f"/calls/{call.reference}/answers"
    assert written[:40] not in browser.get(here).text
    chosen = {"column": ["organisation", "answer-summary"], "back": here, "rows": "compact"}
    assert browser.submit("/lists/columns", chosen, page=here).status_code == 302
    page = browser.get(here).text
    assert written[:40] in page
    assert (written in page) == (len(written) <= BRIEF)


def test_all_answers_are_for_those_who_read_applications(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    call = a_call(session, fund)
    reviewer = staff(session, Role.REVIEWER)
    session.commit()
    assert sign_in_as(reviewer).get(f"/calls/{call.reference}/answers").status_code == 403


def test_what_was_clarified_stands_in_the_file_and_says_since_when(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    sent = a_submission(session, a_call(session, fund))
    sent.call.deadline_at = clock.now() - timedelta(days=1)
    manager = staff(session, Role.FUND_MANAGER)
    asked = ClarificationRequest(
        ("problem",), "Which figures do you mean?", clock.now() + timedelta(days=3)
    )
    clarification = ask(session, sent, asked, act_of(session, manager))
    by = writer_of(session, sent)
    typed = {**complete_answers("HN", 12_000)["problem"], "q_problem": ["Forty of a hundred."]}
    version = Work.of(session, sent).part("problem").version
    save_section(session, sent, "problem", typed, version, by)
    answer(session, clarification, by)
    session.commit()
    row = rows_for(sign_in_as(manager), sent.call.reference)[0]
    titles = {question.key: question.title for question in sent.call.questionnaire.questions}
    assert row[titles["problem"]] == "Forty of a hundred."
    assert row["Clarified on"] == clock.today().isoformat()
    assert row[titles["registration_certificate"]] != ""


def test_the_totals_of_a_budget_and_of_people_are_figures_of_their_own(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    sent = a_submission(session, a_call(session, fund))
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    row = rows_for(sign_in_as(manager), sent.call.reference)[0]
    titles = {question.key: question.title for question in sent.call.questionnaire.questions}
    assert sent.requested is not None
    assert row[f"{titles['budget']}: total"] == str(sent.requested)
    assert row[f"{titles['direct_beneficiaries']}: total"] == "65"
    assert row[f"{titles['forms']}: total"] == "65"
    assert row["Clarified on"] == ""


def rows_for(browser: StrictClient, reference: str) -> list[dict[str, str]]:
    text = browser.get(f"/calls/{reference}/answers?format=csv").get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
