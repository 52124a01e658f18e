"""All answers under a call in one list and one file, for those who read applications alone."""

import csv
import io

from sqlalchemy.orm import Session

from grants.applying.applications.answers import BRIEF
from grants.applying.applications.dossier import values_of
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from tests.factories import a_call, a_draft, a_submission, staff
from tests.platform.web.client import SignInAs


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
