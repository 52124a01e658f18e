"""Contributions outside the fund: told, handed on, confirmed, reported; never in the books."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry, Posting
from grants.books.ledger.queries import balances
from grants.books.settings.service import propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.core.people.viewer import VISITOR
from grants.giving.outside import service
from grants.giving.outside.models import OutsideContribution, Purpose
from grants.giving.outside.queries import count_in_state, totals_by_purpose
from grants.giving.outside.service import Intention, announce
from grants.giving.outside.workflow import OutsideState
from grants.papers.statements.builders.funds.annex import annex
from grants.papers.typesetting.paper import Span
from grants.platform.messages.models import Message
from tests.factories import a_deposit, a_document, a_signed_pledge, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient

OFFICE = "contributions@office.example"


@pytest.fixture
def handing_on(session: Session, fund: Fund) -> Fund:
    fund.outside_email = OFFICE
    session.flush()
    return fund


def told(
    session: Session, fund: Fund, act: Act | None = None, **changed: object
) -> OutsideContribution:
    usual: dict[str, object] = {
        "donor": "Republic of Arcadia",
        "kind": DonorKind.MEMBER_STATE,
        "contact": "Eleni Markou",
        "email": "mission@arcadia.example",
        "amount": usd(250_000_00),
        "purpose": Purpose.PROGRAMME,
        "wording": "Border programme",
    }
    intention = Intention(**(usual | changed))  # type: ignore[arg-type]
    return announce(session, fund, intention, act or Act.by_system("test"))


def handed_on(session: Session, fund: Fund, **changed: object) -> OutsideContribution:
    contribution = told(session, fund, **changed)  # type: ignore[arg-type]
    act = act_of(session, staff(session, Role.FUND_MANAGER))
    service.hand_on(session, contribution, a_document(session), act)
    return contribution


def test_from_telling_to_the_office_no_balance_of_the_fund_moves(
    session: Session, handing_on: Fund
) -> None:
    pledge = a_signed_pledge(session, handing_on, usd(5_000_00))
    a_deposit(session, handing_on, pledge, usd(5_000_00))
    session.flush()
    counted = select(select(func.count(Entry.id)).scalar_subquery(), func.count(Posting.id))
    before = balances(session, handing_on, clock.today()), session.execute(counted).one()
    contribution = handed_on(session, handing_on)
    act = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    service.confirm(session, contribution, clock.today(), "OFF-7", act)
    service.withdraw(
        session,
        handed_on(session, handing_on),
        act_of(session, staff(session, Role.FUND_MANAGER), "No."),
    )
    session.flush()
    assert contribution.state is OutsideState.CONFIRMED
    assert contribution.office == OFFICE
    assert contribution.worth == usd(250_000_00)
    assert before == (balances(session, handing_on, clock.today()), session.execute(counted).one())


def test_donor_and_office_are_written_to(session: Session, handing_on: Fund) -> None:
    handed_on(session, handing_on)
    mails = session.scalars(select(Message).where(Message.event.like("outside:%"))).all()
    assert sorted(mail.recipient for mail in mails) == [
        OFFICE,
        "mission@arcadia.example",
        "mission@arcadia.example",
    ]
    office = next(mail for mail in mails if mail.recipient == OFFICE)
    assert "Border programme" in office.text


def test_an_address_that_nobody_has_proved_gets_no_typed_words(
    session: Session, handing_on: Fund
) -> None:
    staff(session, Role.FUND_MANAGER)
    link = "https://bait.example"
    typed = {"contact": link, "donor": link, "wording": link}
    told(session, handing_on, Act(VISITOR), **typed)
    (mail,) = session.scalars(select(Message)).all()
    assert mail.recipient == "mission@arcadia.example"
    assert link not in f"{mail.subject} {mail.text} {mail.html}"


def test_staff_are_written_to_only_of_what_staff_entered(
    session: Session, handing_on: Fund
) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    told(session, handing_on, act_of(session, officer))
    assert officer.email in session.scalars(select(Message.recipient)).all()


def test_the_public_page_takes_so_many_a_day_and_staff_enter_more(
    session: Session, handing_on: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_FOR_A_FUND", 2)
    for number in range(2):
        told(session, handing_on, Act(VISITOR), email=f"a{number}@x.example")
    with pytest.raises(DomainError, match="write to the fund"):
        told(session, handing_on, Act(VISITOR), email="a3@x.example")
    told(
        session,
        handing_on,
        act_of(session, staff(session, Role.FUND_MANAGER)),
        email="a3@x.example",
    )
    with clock.at(clock.now() + timedelta(days=2)):
        told(session, handing_on, Act(VISITOR), email="a4@x.example")


def test_what_the_office_has_is_reported_beside_the_fund(
    session: Session, handing_on: Fund
) -> None:
    today = clock.today()
    handed_on(session, handing_on)
    handed_on(session, handing_on, email="b@x.example", purpose=Purpose.GENERAL)
    told(session, handing_on, email="c@x.example")
    rows = totals_by_purpose(session, handing_on, today, today)
    assert [(row.purpose, row.number) for row in rows] == [
        (Purpose.GENERAL, 1),
        (Purpose.PROGRAMME, 1),
    ]
    assert not totals_by_purpose(session, handing_on, today + timedelta(1), today + timedelta(9))
    facts = annex(session, handing_on.code, Span(today.replace(day=1), today)).facts
    assert [line.amount for line in facts.outside] == [usd(250_000_00), usd(250_000_00)]
    assert facts.received == facts.pledged == usd(0)


def test_other_roles_do_not_hand_on_and_each_state_waits_for_somebody(
    session: Session, handing_on: Fund
) -> None:
    contribution = told(session, handing_on)
    for role in (Role.AUDITOR, Role.FINANCE_OFFICER):
        with pytest.raises(Forbidden):
            service.hand_on(session, contribution, None, act_of(session, staff(session, role)))
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    session.flush()
    assert session.scalar(count_in_state(manager.actor, OutsideState.ANNOUNCED)) == 1
    service.hand_on(session, contribution, None, manager)
    session.flush()
    assert session.scalar(count_in_state(manager.actor, OutsideState.HANDED_ON)) == 1
    with pytest.raises(DomainError, match="in the future"):
        service.confirm(session, contribution, clock.today() + timedelta(1), "", manager)


def test_one_address_tells_a_few_a_day_and_the_same_thing_once(
    session: Session, handing_on: Fund
) -> None:
    assert told(session, handing_on, key="k1") == told(session, handing_on, key="k1")
    for _time in range(2):
        told(session, handing_on)
    with pytest.raises(DomainError, match="several messages"):
        told(session, handing_on)


def test_a_fund_without_an_office_offers_no_such_way(
    session: Session, client: StrictClient, fund: Fund
) -> None:
    assert client.get(f"/give/{fund.code}/other-purposes").status_code == 404
    assert "other-purposes" not in client.get(f"/give/{fund.code}").text
    with pytest.raises(DomainError):
        told(session, fund)


def test_a_visitor_tells_and_staff_hand_on_by_the_pages(
    handing_on: Fund, session: Session, sign_in_as: SignInAs, client: StrictClient
) -> None:
    address = f"/give/{handing_on.code}/other-purposes"
    assert address in client.get(f"/give/{handing_on.code}").text
    assert "not for the fund" in client.get(address).text
    answer = client.submit(
        address,
        {
            "purpose": "general",
            "amount-amount": "1,200",
            "amount-currency": "USD",
            "donor": "Stiftung Nordlicht",
            "kind": "foundation",
            "contact": "Ruth Amsler",
            "email": "ruth@nordlicht.example",
            "key": "one-key",
        },
    )
    assert answer.location == f"{address}/sent"
    assert client.get(answer.location).status_code == 200
    reference = session.scalars(select(OutsideContribution.reference)).one()
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert reference in manager.get("/outside").text
    page = f"/outside/{reference}"
    assert f"{page}/hand-on" in manager.get(page).text
    assert manager.submit(f"{page}/hand-on", {"version": "1"}).location == page
    assert "With the office" in manager.get(page).text


def test_who_proposed_the_address_of_the_office_hands_nothing_on(
    session: Session, fund: Fund
) -> None:
    proposer, finance = staff(session, Role.FINANCE_OFFICER), staff(session, Role.FINANCE_OFFICER)
    appoint(session, proposer, Role.PROGRAMME_OFFICER, fund_id=fund.id)
    for person, address in ((finance, OFFICE), (proposer, "new@office.example")):
        act = act_of(session, person, "The office has moved.")
        change = propose_change(session, fund, Setting.OUTSIDE_EMAIL, address, act)
        with pytest.raises(Forbidden):
            put_in_force(session, change, act)
        put_in_force(session, change, act_of(session, staff(session, Role.APPROVING_OFFICER)))
    assert fund.outside_email == "new@office.example"
    (mail,) = session.scalars(select(Message).where(Message.recipient == OFFICE))
    assert "new@office.example" in mail.text, "the former office is told"
    contribution = told(session, fund)
    with pytest.raises(Forbidden, match="proposed the address"):
        service.hand_on(session, contribution, None, act_of(session, proposer))
    other = staff(session, Role.PROGRAMME_OFFICER)
    service.hand_on(session, contribution, None, act_of(session, other))
    assert contribution.state is OutsideState.HANDED_ON


def test_the_office_opens_the_letter_by_a_link_that_ends(
    session: Session, handing_on: Fund, client: StrictClient
) -> None:
    contribution = handed_on(session, handing_on)
    session.commit()
    (mail,) = session.scalars(select(Message).where(Message.recipient == OFFICE))
    (link,) = re.findall(r"/outside/paper/\S+", mail.text)
    assert not mail.attachments
    assert contribution.reference in client.get(link).text
    assert client.get(f"{link}/file").status_code == 200
    assert client.get(f"{link[:-1]}x").status_code == 404
    with clock.at(clock.now() + timedelta(days=31)):
        assert client.get(link).status_code == 404
        assert client.get(f"{link}/file").status_code == 404
    act = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    service.confirm(session, contribution, clock.today(), "OFF-7", act)
    session.commit()
    assert client.get(link).status_code == 404, "the office has it"
