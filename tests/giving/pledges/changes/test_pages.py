"""The pages of changes: asked for by one, decided by another, shown to the fund's people."""

from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.pledges.models import ChangeKind, PledgeChange
from tests.factories import a_change, a_donor, a_pledge, a_signed_pledge, member, staff
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def officer(sign_in_as: SignInAs, session: Session, fund: Fund) -> StrictClient:
    return sign_in_as(staff(session, Role.APPROVING_OFFICER))


def _asked(**changed: object) -> dict[str, object]:
    usual = {
        "kind": "write_off",
        "amount": "400",
        "reason": "They closed.",
        "file": (BytesIO(pdf()), "letter.pdf"),
    }
    return usual | changed


def test_a_write_off_from_the_page_of_the_pledge_to_its_approval(
    manager: StrictClient, officer: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_signed_pledge(session, fund)
    session.commit()
    here = f"/pledges/{pledge.reference}"
    assert f"{here}/change" in manager.get(here).text
    assert manager.submit(f"{here}/change", _asked()).status_code == 302
    change = session.scalars(select(PledgeChange)).one()
    page = f"/pledges/changes/{change.id}"
    assert "Your decision" not in manager.get(page).text
    assert officer.get(f"{page}/paper").data == pdf()
    assert "They closed." in officer.get(page).text
    assert officer.submit(f"{page}/approve", page=page).location == here
    session.expire_all()
    assert pledge.standing == usd(60_000)
    assert "600.00 remaining" in manager.get(here).text
    assert pledge.reference.removeprefix("UNVTF-") in manager.get("/pledges/changes").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "1000.01"}, "by more than that"),
        ({"reason": ""}, "Why?"),
        ({"file": (BytesIO(b"text"), "letter.txt")}, "PDF"),
        ({"file": (BytesIO(b""), "")}, "Supporting document"),
    ],
)
def test_what_cannot_be_asked_for_comes_back_with_what_was_typed(
    manager: StrictClient, session: Session, fund: Fund, changed: dict[str, object], said: str
) -> None:
    pledge = a_signed_pledge(session, fund)
    session.commit()
    answer = manager.submit(f"/pledges/{pledge.reference}/change", _asked(**changed))
    assert answer.status_code == 200
    assert said in answer.text
    assert 'value="write_off" checked' in answer.text
    assert session.scalars(select(PledgeChange)).all() == []


def test_an_unsigned_pledge_offers_no_write_off(
    manager: StrictClient, session: Session, fund: Fund
) -> None:
    pledge = a_pledge(session, fund)
    session.commit()
    assert "write_off" not in manager.get(f"/pledges/{pledge.reference}/change").text


def test_a_refusal_needs_its_reason(officer: StrictClient, session: Session, fund: Fund) -> None:
    change = a_change(session, a_pledge(session, fund), ChangeKind.REDUCTION, usd(10))
    session.commit()
    page = f"/pledges/changes/{change.id}"
    assert officer.submit(f"{page}/refuse", page=page).status_code == 200
    assert officer.submit(f"{page}/refuse", {"reason": "No."}, page=page).status_code == 302
    assert "No." in officer.get(page).text


def test_a_donor_sees_nothing_of_a_change_that_is_only_asked_for(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    donor = a_donor(session)
    browser = sign_in_as(member(session, donor, Role.DONOR))
    pledge = a_pledge(session, fund, donor=donor)
    change = a_change(session, pledge, ChangeKind.REDUCTION, usd(10))
    session.commit()
    assert browser.get(f"/pledges/changes/{change.id}").status_code == 403
    assert "Reduced" not in browser.get(f"/giving/{pledge.reference}").text
