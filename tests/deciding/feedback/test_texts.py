"""How letters begin and end in a fund's own words, and how they are seen before they go out."""

import io
from datetime import timedelta

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.deciding.awards.service import approve, reject
from grants.deciding.board.service import keep_in_reserve, not_recommend
from grants.deciding.feedback.queries import sent_with
from grants.deciding.letters.models import Letter, LetterKind
from grants.deciding.letters.texts import (
    FACTS,
    Frame,
    filled,
    newest_texts,
    text_of,
    unknown_facts,
    write_text,
)
from grants.deciding.letters.writing import Words, write
from grants.deciding.screening.service import Answer, decide
from grants.papers.statements.catalogue import paper_of
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    advised,
    money_for_awards,
    reviewed,
    staff,
    terms_for,
)
from tests.platform.web.client import SignInAs

OWN = Frame("Dear {organisation}, on “{project}”.", "The secretariat of {fund}")
UNMET = {
    "registered_by": Answer(True),
    "limits": Answer(True),
    "direct": Answer(False, "Passes the work on to a partner."),
}


@pytest.fixture
def application(session: Session, fund: Fund, team: Team) -> Application:
    money_for_awards(session, fund)
    return a_submitted_application(session, a_closed_call(session, fund))


def test_letters_keep_the_words_of_the_moment_of_their_decision(
    session: Session, fund: Fund, application: Application, team: Team
) -> None:
    manager = act_of(session, team.manager)
    write_text(session, fund, Letter.REGRET, "en", OWN, manager)
    reviewed(session, application, team)
    not_recommend(session, application, act_of(session, team.manager, "Too weak."))
    reject(session, application, act_of(session, team.approver, "Too weak."))
    with clock.at(clock.now() + timedelta(hours=1)):
        later = act_of(session, team.manager)
        write_text(session, fund, Letter.REGRET, "en", Frame("Other words.", ""), later)
    frame = paper_of(session, "regret-letter", application.reference).facts.frame
    assert frame.opening == f"Dear {application.organisation.name}, on “{application.title}”."
    assert frame.closing == f"The secretariat of {fund.title}"


def test_empty_words_bring_the_standard_ones_back(
    session: Session, fund: Fund, application: Application, team: Team
) -> None:
    manager = act_of(session, team.manager)
    write_text(session, fund, Letter.AWARD, "en", OWN, manager)
    write_text(session, fund, Letter.AWARD, "en", Frame("  ", ""), manager)
    advised(session, application, team)
    award = approve(
        session, application, terms_for(session, application), act_of(session, team.approver)
    )
    frame = paper_of(session, "award-letter", award.reference).facts.frame
    assert frame.opening.endswith(f"has been selected for support by the {fund.title}.")


def test_the_letter_of_an_award_has_feedback_too(
    session: Session, application: Application, team: Team
) -> None:
    advised(session, application, team)
    write(
        session,
        application,
        Words("Well done.", {"method": "Name a partner."}),
        act_of(session, team.officer),
    )
    award = approve(
        session, application, terms_for(session, application), act_of(session, team.approver)
    )
    sent = sent_with(session, application, LetterKind.AWARD)
    assert sent
    assert sent.paragraph == "Well done."
    words = paper_of(session, "award-letter", award.reference).facts.words
    assert (words.paragraph, words.feedback) == ("Well done.", (("Method", "Name a partner."),))


def test_the_letter_to_who_is_not_eligible_takes_a_paragraph(
    session: Session, application: Application, team: Team
) -> None:
    decide(session, application, UNMET, act_of(session, team.officer), "See the next call.")
    facts = paper_of(session, "regret-letter", application.reference).facts
    assert facts.words.paragraph == "See the next call."
    assert facts.frame.opening.startswith("We regret to inform you that your application could not")


@pytest.mark.parametrize(
    ("role", "words", "language", "error"),
    [
        (Role.PROGRAMME_OFFICER, OWN, "en", Forbidden),
        (Role.FUND_MANAGER, Frame("Dear {name}", ""), "en", DomainError),
        (Role.FUND_MANAGER, Frame("", "{ }"), "en", DomainError),
        (Role.FUND_MANAGER, OWN, "tlh", DomainError),
    ],
)
def test_what_would_leave_a_gap_is_refused(
    session: Session, fund: Fund, role: Role, words: Frame, language: str, error: type[Exception]
) -> None:
    act = act_of(session, staff(session, role))
    with pytest.raises(error):
        write_text(session, fund, Letter.AWARD, language, words, act)
    assert text_of(session, fund.id, Letter.AWARD, language) is None


@given(st.text(alphabet="{}a fundproject", max_size=60))
def test_known_facts_are_all_that_is_filled_in(text: str) -> None:
    facts = dict.fromkeys(FACTS, "!")
    done = filled(text, facts)
    assert filled(done, facts) == done
    if not unknown_facts(text):
        assert unknown_facts(done) == []


def test_a_fund_writes_and_looks_before_it_keeps(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    session.commit()
    pages = sign_in_as(team.manager)
    assert "Award letter" in pages.get("/feedback/texts").text
    path = f"/feedback/texts/{fund.code}/award/en"
    words = {"opening": "Dear {organisation}.", "closing": ""}
    looked = pages.submit(path, {**words, "look": "1"})
    assert "Dear Example Organisation." in looked.text
    assert text_of(session, fund.id, Letter.AWARD, "en") is None
    refused = pages.submit(path, {**words, "closing": "Yours, {who}"})
    assert "{who} is not known." in refused.text
    assert "Dear {organisation}." in refused.text, "nothing typed is lost"
    assert pages.submit(path, words).status_code == 302
    kept = text_of(session, fund.id, Letter.AWARD, "en")
    assert kept
    assert kept.opening == "Dear {organisation}."
    (row,) = trail_of(session, "letter_text", kept.id)
    assert row.action == "write_letter_text"
    assert pages.get(f"/feedback/texts/{fund.code}/award/tlh").status_code == 404


def test_the_newest_words_of_each_letter_are_found_together(
    session: Session, fund: Fund, team: Team
) -> None:
    fund.languages = ["en", "fr"]
    act = act_of(session, team.manager)
    for letter, language, opening in (
        (Letter.AWARD, "en", "First."),
        (Letter.AWARD, "fr", "Autre."),
        (Letter.AWARD, "en", "Second."),
    ):
        write_text(session, fund, letter, language, Frame(opening, ""), act)
    found = newest_texts(session, [fund.id])
    assert {key: one.opening for key, one in found.items()} == {
        (fund.id, Letter.AWARD, "en"): "Second.",
        (fund.id, Letter.AWARD, "fr"): "Autre.",
    }
    for (fund_id, letter, language), one in found.items():
        assert text_of(session, fund_id, letter, language) is one


def test_the_secretariat_sees_a_letter_before_it_goes_out(
    session: Session, application: Application, team: Team, sign_in_as: SignInAs
) -> None:
    reviewed(session, application, team)
    session.commit()
    pages = sign_in_as(team.officer)
    path = f"/applications/{application.reference}/letter.pdf"
    assert "Outcome of your application" in _text(pages.get(path).data)
    keep_in_reserve(session, application, act_of(session, team.manager, "No money."))
    write(session, application, Words("Patience."), act_of(session, team.officer))
    session.commit()
    text = _text(pages.get(path).data)
    assert "on the reserve list" in text
    assert "Patience." in text
    assert "Provisional" in text
    assert sign_in_as(team.reviewers[0]).get(path).status_code in {403, 404}


def _text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
