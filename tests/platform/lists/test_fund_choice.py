"""A person of several funds chooses the one to work in: lists, counts and to-dos are about it."""

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.people.permissions import Permission, Role
from grants.core.people.service import appoint
from grants.core.people.viewer import Standing, Viewer
from tests.factories import a_donor, a_person, a_pledge
from tests.platform.web.client import SignInAs


def test_a_role_in_every_fund_counts_for_the_chosen_one_and_that_in_another_does_not() -> None:
    outside = Standing(Role.DONOR, organisation_id=5)
    person = Viewer(
        "Ola",
        standings=(
            Standing(Role.AUDITOR),
            Standing(Role.FUND_MANAGER, 1),
            Standing(Role.FINANCE_OFFICER, 2),
            outside,
        ),
    )
    there = person.within(2)
    held = (Standing(Role.AUDITOR, 2), Standing(Role.FINANCE_OFFICER, 2), outside)
    assert there.standings == held
    assert there.funds_with(Permission.PLEDGE_SEE) == frozenset({2})


def test_what_is_chosen_narrows_lists_and_opens_or_shuts_no_record(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    person = a_person(session, "Ola Berg")
    for one in (fund, other):
        appoint(session, person, Role.FUND_MANAGER, fund_id=one.id)
    here = a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    there = a_pledge(session, other, donor=a_donor(session, "Republic of Freedonia"))
    session.commit()
    browser = sign_in_as(person)
    assert "All my funds" in browser.get("/pledges").text
    chosen = {"fund": other.id, "back": "/pledges"}
    assert browser.submit("/lists/fund", chosen, page="/pledges").location == "/pledges"
    narrowed = browser.get("/pledges").text
    assert "Freedonia" in narrowed
    assert "Elbonia" not in narrowed
    assert browser.get(f"/pledges/{here.reference}").status_code == 200, "a link still leads there"
    assert browser.get("/dashboard").location == "/dashboard/OTHER"
    beside = browser.get(f"/pledges/{there.reference}?list=1").text
    assert 'rel="prev"' not in beside, "the neighbours are those of the list"
    assert 'rel="next"' not in beside
    browser.submit("/lists/fund", chosen | {"fund": "0"}, page="/pledges")
    assert "Elbonia" in browser.get("/pledges").text


def test_only_a_fund_of_ones_own_can_be_chosen(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    person = a_person(session, "Ola Berg")
    appoint(session, person, Role.FUND_MANAGER, fund_id=fund.id)
    a_pledge(session, fund, donor=a_donor(session, "Kingdom of Elbonia"))
    session.commit()
    browser = sign_in_as(person)
    assert "All my funds" not in browser.get("/pledges").text, "there is nothing to choose"
    assert browser.submit("/lists/fund", {"fund": other.id}, page="/pledges").status_code == 404
    assert "Elbonia" in browser.get(f"/pledges?only-fund={other.id}").text
