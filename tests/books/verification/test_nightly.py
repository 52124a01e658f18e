"""The nightly verification: kept, shown to those responsible, and told by e-mail."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.verification.models import Verification
from grants.books.verification.service import verify
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.platform.messages.models import Message
from tests.factories import staff
from tests.platform.web.client import SignInAs

NIGHT = Act.by_system("verification")


@pytest.fixture
def auditor(session: Session, fund: Fund) -> Person:
    return staff(session, Role.AUDITOR)


def break_the_books(session: Session) -> None:
    """As somebody with all rights on the database could."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(
        text(
            "INSERT INTO turnover (fund_id, month, event, account, usd_minor)"
            " SELECT min(id), '2026-01-01', 'deposit_received', 'cash', 5 FROM fund"
        )
    )


def test_a_night_without_a_breach_is_kept_and_tells_nobody(
    session: Session, auditor: Person
) -> None:
    result = verify(session, NIGHT)
    assert result.breaches == []
    assert result.checks > 30
    assert session.query(Message).filter(Message.event.like("verification:%")).count() == 0


def test_a_breach_is_e_mailed_to_those_responsible(session: Session, auditor: Person) -> None:
    break_the_books(session)
    result = verify(session, NIGHT)
    assert len(result.breaches) >= 1
    letters = session.query(Message).filter(Message.event.like("verification:%")).all()
    assert auditor.email in {letter.recipient for letter in letters}
    assert result.breaches[0] in letters[0].text


def test_a_breach_is_on_the_start_page_and_on_its_own(
    session: Session, auditor: Person, sign_in_as: SignInAs
) -> None:
    break_the_books(session)
    verify(session, NIGHT)
    session.commit()
    browser = sign_in_as(auditor)
    assert "found by the nightly check" in browser.get("/start").get_data(as_text=True)
    page = browser.get("/nightly-checks").get_data(as_text=True)
    assert "Do not correct anything" in page
    assert "turnover" in page


def test_a_sound_night_is_shown_too(
    session: Session, auditor: Person, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(auditor)
    assert "No check has been made yet" in browser.get("/nightly-checks").get_data(as_text=True)
    verify(session, NIGHT)
    session.commit()
    assert "found nothing wrong" in browser.get("/nightly-checks").get_data(as_text=True)
    assert "found by the nightly check" not in browser.get("/start").get_data(as_text=True)


def test_a_result_is_never_changed(session: Session) -> None:
    verify(session, NIGHT)
    with pytest.raises(DBAPIError):
        session.execute(text("UPDATE verification SET breaches = '[]'"))


def test_the_newest_result_counts(session: Session, auditor: Person) -> None:
    session.add(Verification(at=NIGHT.at, checks=1, breaches=["x"]))
    session.flush()
    assert verify(session, NIGHT).breaches == []
