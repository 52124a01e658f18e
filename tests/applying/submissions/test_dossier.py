"""The dossier: what readers see is what was submitted."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications import history
from grants.applying.applications.models import Application
from grants.applying.applications.queries import submission_of
from grants.applying.applications.workflow import APPLICATION
from grants.applying.drafts.service import save_section
from grants.applying.submissions import dossier as dossiers
from grants.applying.submissions.dossier import canonical_text, dossier
from grants.core.audit.advance import advance
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.platform.documents.models import ScanState
from grants.platform.questionnaires.presentation import Answer
from tests.factories import a_call, a_draft, a_submission, act_of, staff, writer_of


@pytest.fixture
def submitted(session: Session, fund: Fund) -> Application:
    return a_submission(session, a_call(session, fund))


def answer(session: Session, application: Application, key: str) -> Answer:
    sections = dossier(session, application).sections
    return next(a for section in sections for a in section.answers if a.key == key)


def test_a_dossier_shows_each_answer_in_the_form_it_has(
    session: Session, submitted: Application
) -> None:
    assert answer(session, submitted, "legal_status").text.startswith("Association")
    assert answer(session, submitted, "experience_years").text == "9 years"
    assert answer(session, submitted, "annual_income").text == "USD\u00a0180,000.00"
    assert answer(session, submitted, "direct").text == "Yes"
    assert answer(session, submitted, "country").text == "Honduras"
    assert answer(session, submitted, "starts_on").text == f"1 September {clock.today().year + 1}"
    assert answer(session, submitted, "services").items == ("Shelter", "Legal aid")
    people = answer(session, submitted, "direct_beneficiaries").table
    assert people is not None
    assert people.rows[0] == ("Women and girls", 0, 40, 25, 0, 0, 65)
    assert people.foot == ("Total", 0, 40, 25, 0, 0, 65)
    forms = answer(session, submitted, "forms").table
    assert forms is not None
    assert forms.rows == (
        ("Exploitation of the prostitution of others or other forms of sexual exploitation", 65),
    )
    budget = answer(session, submitted, "budget").table
    assert budget is not None
    assert budget.foot[-1] == usd(1_200_000)
    assert [file.name for file in answer(session, submitted, "audited_accounts").files] == [
        "audited_accounts.pdf"
    ]
    assert answer(session, submitted, "partners").is_empty


def test_a_dossier_carries_the_proof_of_its_submission(
    session: Session, submitted: Application
) -> None:
    found = dossier(session, submitted)
    submission = submission_of(session, submitted.id)
    assert submission is not None
    assert (found.sha256, found.submitted_at) == (submission.sha256, submission.submitted_at)
    assert found.submitted_by == "Luz of Casa Segura"
    assert found.requested == usd(1_200_000)
    assert dict(found.budget) == {"Direct aid to victims": usd(600_000), "Staff": usd(600_000)}
    assert len(found.files) == 4
    assert '"requested":"12000.00"' in canonical_text(submission)


def test_a_dossier_tells_the_organisation_as_it_was_when_it_applied(
    session: Session, submitted: Application
) -> None:
    submitted.organisation.name = "Renamed"
    session.flush()
    assert dossier(session, submitted).organisation.name == "Casa Segura"


def test_a_dossier_speaks_the_readers_language(session: Session, submitted: Application) -> None:
    with use_language("ar"):
        assert answer(session, submitted, "country").text == "هندوراس"
    with use_language("en-XA"):
        assert answer(session, submitted, "direct").text == "⟦Yes⟧"


def test_a_dossier_that_was_read_before_follows_its_language_and_the_virus_check(
    session: Session, submitted: Application
) -> None:
    first = dossier(session, submitted)
    assert dossier(session, submitted).sections is first.sections, "read once for all readers"
    with use_language("ar"):
        assert answer(session, submitted, "country").text == "هندوراس"
    assert answer(session, submitted, "country").text == "Honduras"
    file = answer(session, submitted, "audited_accounts").files[0]
    attached = next(one for one in submitted.files if one.id == file.id)
    attached.document.scan = ScanState.INFECTED
    session.flush()
    assert answer(session, submitted, "audited_accounts").files[0].scan == "infected"


def test_no_more_submissions_are_kept_than_there_is_room_for(
    session: Session, submitted: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "MOST", 2)
    for code in ("en", "ar", "en-XA"):
        with use_language(code):
            dossier(session, submitted)
    assert len(dossiers._READ) <= 2


def test_a_draft_is_shown_as_typed_where_it_cannot_be_read_yet(
    session: Session, fund: Fund
) -> None:
    draft = a_draft(session, a_call(session, fund))
    typed = {"q_months": ["a few"], "q_title": ["A"], "q_starts_on-day": ["1"]}
    save_section(session, draft, "project", typed, 0, writer_of(session, draft))
    assert answer(session, draft, "months").text == "a few"
    assert answer(session, draft, "title").text == "A"
    assert answer(session, draft, "starts_on").text == "1"
    assert dossier(session, draft).sha256 is None


def test_the_owner_sees_plain_steps_and_no_name_of_the_funds_people(
    session: Session, submitted: Application
) -> None:
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER, "Tomas Varga"))
    advance(session, submitted, APPLICATION, "find_eligible", officer)
    advance(session, submitted, APPLICATION, "assign_reviewers", officer)
    events = history.for_owner(session, submitted)
    assert [(event.title, event.state) for event in events] == [
        ("Draft, not yet submitted", "done"),
        ("Received", "done"),
        ("Eligible, to be reviewed", "done"),
        ("Being reviewed", "now"),
        ("Decision", "next"),
    ]
    assert all("Tomas" not in event.by for event in events)


def test_steps_that_the_owner_cannot_tell_apart_are_one(
    session: Session, submitted: Application
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER), "As the session decided.")
    reviewer = act_of(session, staff(session, Role.REVIEWER))
    for action, by in (
        ("find_eligible", manager),
        ("assign_reviewers", manager),
        ("complete_review", reviewer),
        ("keep_in_reserve", manager),
        ("recommend", manager),
    ):
        advance(session, submitted, APPLICATION, action, by)
    titles = [event.title for event in history.for_owner(session, submitted)]
    assert titles[-2:] == ["Decision pending", "Decision"]
    assert titles.count("Being reviewed") == titles.count("Decision pending") == 1
    staffed = history.for_staff(session, submitted)
    assert [event.title for event in staffed][-2:] == ["Reserve list", "Recommended"]
    assert staffed[-1].by == "Fund Manager"


def test_an_ended_application_has_nothing_to_come(session: Session, submitted: Application) -> None:
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER), "Registered too late.")
    advance(session, submitted, APPLICATION, "find_ineligible", officer)
    events = history.for_owner(session, submitted)
    assert [event.state for event in events] == ["done"] * 3
    assert events[-1].title == "Not eligible"
