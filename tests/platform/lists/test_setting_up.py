"""Columns, density and saved views of a list: whose they are, and that nothing else changes."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.choices import service
from grants.core.choices.models import SavedView
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.people.permissions import Role
from tests.factories import a_donor, a_pledge, act_of, member, staff
from tests.platform.web.client import SignInAs, StrictClient

SIGNED = "/pledges?state=signed&order=day"


@pytest.fixture
def manager(session: Session, fund: Fund, sign_in_as: SignInAs) -> StrictClient:
    a_pledge(session, fund)
    return sign_in_as(staff(session, Role.FUND_MANAGER))


def save(browser: StrictClient, **form: Any) -> str:
    sent = {"back": SIGNED, "name": "Signed", "shown": ["donor", "amount"], **form}
    return browser.submit("/lists/views", sent, page="/pledges").headers["Location"]


def test_columns_and_density_are_kept_for_the_person_alone(
    session: Session, manager: StrictClient, sign_in_as: SignInAs
) -> None:
    wanted = {"back": "/pledges", "column": ["donor", "earmarking", "gone"], "rows": "roomy"}
    manager.submit("/lists/columns", wanted, page="/pledges")
    page = manager.get("/pledges").text
    assert all(f'data-label="{name}"' in page for name in ("Donor", "Earmarking"))
    assert 'data-label="Amount"' not in page
    assert "desk--roomy" in page
    other = sign_in_as(staff(session, Role.FUND_MANAGER, "Ola Berg")).get("/pledges").text
    assert 'data-label="Amount"' in other
    assert "desk--roomy" not in other


def test_the_usual_columns_come_back(manager: StrictClient) -> None:
    kept = {"back": "/pledges", "column": ["donor"], "rows": "compact"}
    manager.submit("/lists/columns", kept, page="/pledges")
    assert 'data-label="Amount"' not in manager.get("/pledges").text
    manager.submit("/lists/columns", {**kept, "usual": "1"}, page="/pledges")
    assert 'data-label="Amount"' in manager.get("/pledges").text


def test_a_saved_view_opens_with_its_filters_order_and_columns(manager: StrictClient) -> None:
    opened = save(manager)
    assert parse_qs(urlsplit(opened).query)["state"] == ["signed"]
    assert f'href="{opened.replace("&", "&amp;")}" aria-current="page"' in manager.get(opened).text
    assert "Fund</th>" not in manager.get(opened).text
    assert 'data-label="Fund"' in manager.get("/pledges").text


def test_a_view_is_shared_with_the_people_of_one_fund_by_its_manager_alone(
    session: Session, fund: Fund, manager: StrictClient, sign_in_as: SignInAs
) -> None:
    opened = save(manager, fund=fund.code)
    officer = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    assert "Signed</bdi>" in officer.get("/pledges").text
    refused = officer.submit(
        "/lists/views", {"back": SIGNED, "name": "x", "fund": fund.code}, page="/pledges"
    )
    assert refused.status_code == 403
    number = opened.rpartition("=")[2]
    gone = officer.submit(f"/lists/views/{number}/delete", {"back": "/pledges"}, page="/pledges")
    assert gone.status_code == 403
    manager.submit(f"/lists/views/{number}/delete", {"back": "/pledges"}, page="/pledges")
    assert "Signed</bdi>" not in officer.get("/pledges").text


def test_views_of_another_fund_and_of_a_page_one_may_not_open_do_not_exist(
    session: Session, fund: Fund, manager: StrictClient, sign_in_as: SignInAs
) -> None:
    number = save(manager).rpartition("=")[2]
    officer = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    assert officer.get(f"/pledges?view={number}").status_code == 200
    for path, form in (
        (f"/lists/views/{number}/delete", {"back": "/pledges"}),
        ("/lists/views", {"back": "/people", "name": "x"}),
        ("/lists/columns", {"back": "/nowhere", "column": "donor"}),
    ):
        assert officer.submit(path, form, page="/pledges").status_code == 404, path


def test_one_name_is_one_view_and_there_are_not_more_than_a_person_can_overlook(
    session: Session, manager: StrictClient
) -> None:
    assert save(manager) == save(manager)
    person = session.scalars(select(SavedView)).one().person
    act = act_of(session, person)
    for number in range(service.MOST - 1):
        service.save_view(session, "pledges.index", f"View {number}", "", (), None, act)
    with pytest.raises(DomainError, match="30 views"):
        service.save_view(session, "pledges.index", "One more", "", (), None, act)
    with pytest.raises(DomainError, match="Enter a name"):
        service.save_view(session, "pledges.index", "  ", "", (), None, act)


def test_a_donor_sets_up_no_lists(
    session: Session, manager: StrictClient, sign_in_as: SignInAs
) -> None:
    donor = sign_in_as(member(session, a_donor(session), Role.DONOR))
    assert "lists/columns" not in donor.get("/certified").text
    sent = {"back": "/certified", "column": "x"}
    assert donor.submit("/lists/columns", sent, page="/account").status_code == 404
