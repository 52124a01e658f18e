"""What letters say besides the decision: drawn from reviews, edited, and kept as it was sent."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, Forbidden
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.deciding.awards.service import reject
from grants.deciding.board.service import keep_in_reserve, not_recommend
from grants.deciding.decisions.confirming import confirm_reserve
from grants.deciding.feedback.queries import letters_of, sent_with, suggested, to_write_count
from grants.deciding.letters.models import LetterKind, OutcomeLetter
from grants.deciding.letters.writing import Words, write
from grants.deciding.reviews.drafting import Draft, Mark
from grants.deciding.reviews.service import declare_no_conflict, submit
from grants.papers.statements.catalogue import paper_of
from tests.factories import (
    CRITERIA,
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_organisation,
    assigned,
    member,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def applicant(session: Session) -> Person:
    return member(session, an_organisation(session, "Casa"))


@pytest.fixture
def refused(session: Session, fund: Fund, team: Team, applicant: Person) -> Application:
    """Not recommended; both reviewers have a word for the applicant about the method."""
    house = applicant.memberships[0].organisation
    application = a_submitted_application(session, a_closed_call(session, fund), house)
    for review in assigned(session, application, team):
        act = act_of(session, review.reviewer)
        declare_no_conflict(session, review, act)
        said = f"Name a partner, says {review.reviewer.name.split()[0]}."
        marks = {str(one["key"]): Mark(2, "Thin.") for one in CRITERIA}
        submit(session, review, Draft(marks | {"method": Mark(1, "Vague.", said)}), act)
    not_recommend(session, application, act_of(session, team.manager, "Too weak."))
    return application


WORDS = Words("Please apply again.", {"method": "Name a partner.", "need": " ", "nothing": "x"})


def test_what_is_written_goes_out_with_the_letter_and_stays_as_it_was(
    session: Session, refused: Application, team: Team
) -> None:
    officer, approver = act_of(session, team.officer), act_of(session, team.approver, "Too weak.")
    assert session.scalar(to_write_count(officer.actor)) == 1
    assert suggested(session, [refused.id])[refused.id] == {
        "method": "Name a partner, says Ingrid.\n\nName a partner, says Kofi."
    }
    draft = write(session, refused, WORDS, officer)
    assert (draft.paragraph, draft.feedback) == (
        "Please apply again.",
        {"method": "Name a partner."},
    )
    assert session.scalar(to_write_count(officer.actor)) == 0
    assert sent_with(session, refused, LetterKind.REGRET) is None
    reject(session, refused, approver)
    words = paper_of(session, "regret-letter", refused.reference).facts.words
    assert words.paragraph == "Please apply again."
    assert words.feedback == (("Method", "Name a partner."),)
    with pytest.raises(Conflict, match="no longer"):
        write(session, refused, Words("Never mind."), officer)
    assert [one.paragraph for one in letters_of(session, refused)] == ["Please apply again."]


def test_a_letter_without_words_is_kept_as_such(
    session: Session, refused: Application, team: Team
) -> None:
    reject(session, refused, act_of(session, team.approver, "Weak."))
    (kept,) = letters_of(session, refused)
    assert (kept.kind, kept.written_by_id, kept.says_something) == (LetterKind.REGRET, None, False)
    assert paper_of(session, "regret-letter", refused.reference).facts.words.feedback == ()


def test_each_letter_of_an_application_keeps_its_own_words(
    session: Session, fund: Fund, team: Team
) -> None:
    """On the reserve list first, then turned down: both letters can be read afterwards."""
    application = a_submitted_application(session, a_closed_call(session, fund))
    reviewed(session, application, team)
    manager, approver = (
        act_of(session, team.manager, "Next."),
        act_of(session, team.approver, "Too weak."),
    )
    keep_in_reserve(session, application, manager)
    write(session, application, Words("You are next."), manager)
    confirm_reserve(session, application, approver)
    not_recommend(session, application, manager)
    write(session, application, Words("The money did not come."), manager)
    reject(session, application, approver)
    told = [
        paper_of(session, document, application.reference).facts.words.paragraph
        for document in ("reserve-letter", "regret-letter")
    ]
    assert told == ["You are next.", "The money did not come."]


@pytest.mark.parametrize(
    "role", [Role.APPROVING_OFFICER, Role.TRUSTEE, Role.REVIEWER, Role.AUDITOR]
)
def test_only_the_secretariat_writes_it(session: Session, refused: Application, role: Role) -> None:
    with pytest.raises(Forbidden):
        write(session, refused, WORDS, act_of(session, staff(session, role, "Another")))


def test_the_database_keeps_one_draft_and_no_letter_without_its_kind(
    session: Session, refused: Application, team: Team
) -> None:
    write(session, refused, WORDS, act_of(session, team.officer))
    for wrong in (
        {"written_by_id": team.officer.id},
        {"sent_at": refused.submitted_at},
        {"kind": LetterKind.REGRET, "written_by_id": team.officer.id},
    ):
        with session.begin_nested() as aside:
            row = {"application_id": refused.id, "paragraph": "", "feedback": {}, **wrong}
            session.add(OutcomeLetter(**row))
            with pytest.raises(IntegrityError):
                session.flush()
            aside.rollback()


def test_a_text_is_drawn_edited_and_read_on_the_pages(
    session: Session, refused: Application, team: Team, applicant: Person, sign_in_as: SignInAs
) -> None:
    session.commit()
    officer = sign_in_as(team.officer)
    assert refused.reference in officer.get("/feedback").text
    path = f"/feedback/{refused.reference}"
    page = officer.get(path).text
    assert "Name a partner, says Kofi." in page
    assert "Filled in with what the reviewers wrote" in page
    saved = officer.submit(path, {"paragraph": "Apply again.", "told_method": "Name a partner."})
    assert saved.location == f"/decisions/{refused.reference}?part=letters"
    assert "Not sent yet." in officer.get(saved.location).text
    assert refused.reference not in officer.get("/feedback").text
    approver = sign_in_as(team.approver)
    assert "Name a partner." in approver.get(f"/decisions/{refused.reference}/reject").text
    batch = f"/decisions/several/reject?all=1&call={refused.call.reference}"
    assert "Written" in approver.get(batch).text
    _reject_all(approver, batch)
    letter = f"/documents/regret-letter/{refused.reference}.json"
    told = sign_in_as(applicant)
    assert "Name a partner." in told.get(letter).text
    assert "regret-letter" in told.get(f"/applying/{refused.reference}").text
    assert sign_in_as(team.reviewers[0]).get(path).status_code == 403


def _reject_all(browser: StrictClient, batch: str) -> None:
    row = browser.get(batch).text.split('name="row" value="')[1].split('"')[0]
    assert "1 row has been done" in browser.submit(batch, {"row": row}, follow_redirects=True).text


def test_several_letters_take_the_reviewers_feedback_as_it_is(
    session: Session, refused: Application, team: Team, sign_in_as: SignInAs
) -> None:
    silent = a_submitted_application(session, refused.call, an_organisation(session, "Silent"))
    reviewed(session, silent, team)
    not_recommend(session, silent, act_of(session, team.manager, "Weak."))
    session.commit()
    officer, path = sign_in_as(team.officer), "/feedback/several?all=1"
    page = officer.get(path).text
    assert "The reviewers wrote no feedback for the applicant." in page
    row = page.split('name="row" value="')[1].split('"')[0]
    sent = {"row": row, "paragraph": "Thank you."}
    assert "1 row has been done" in officer.submit(path, sent, follow_redirects=True).text
    drafts = session.scalars(select(OutcomeLetter)).all()
    assert [(one.application_id, one.paragraph) for one in drafts] == [(refused.id, "Thank you.")]
    assert "says Kofi" in drafts[0].feedback["method"]
