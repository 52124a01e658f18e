"""Where a grantee is paid changes only under two persons, after a call; ways around fail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.books.ledger import verify
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.queries import in_force, waiting_count
from grants.granting.bank_details.service import (
    Call,
    approve,
    not_approve,
    record_call,
    refuse,
    request_details,
    withdraw,
)
from grants.granting.bank_details.workflow import DetailsState
from grants.granting.payments.service import approve as approve_payment
from grants.granting.payments.service import certify, release, send_back
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import act_of, an_organisation, member, staff
from tests.grants import ACCOUNT, Scene, a_file, a_running_grant, paid_to, with_telephone
from tests.platform.web.client import SignInAs

OTHER = replace(ACCOUNT, number="00 5320 1300")


def called_today() -> Call:
    """A call on the day on which the test runs, also where the run goes on over midnight."""
    return Call(clock.today(), "+504 2550 1234", "Luz Reyes")


@pytest.fixture
def running(scene: Scene) -> Scene:
    """A signed grant, paid to nobody yet."""
    a_running_grant(scene.session, scene.award, scene.people.manager)
    with_telephone(scene.session, scene.organisation, scene.people.grantee)
    return scene


def ask(scene: Scene) -> BankDetails:
    """A colleague of the grantee asks for another account."""
    person = scene.people.grantee
    paper = a_file(scene.session, person, "letter.pdf")
    act = act_of(scene.session, person)
    return request_details(scene.session, scene.fund, scene.organisation, OTHER, paper, act)


def called(scene: Scene) -> BankDetails:
    details = ask(scene)
    record_call(scene.session, details, called_today(), act_of(scene.session, scene.people.officer))
    return details


def certified(scene: Scene) -> None:
    act = act_of(scene.session, scene.people.certifier, "Needed now.")
    certify(scene.session, scene.instalments[0], act)


def released(scene: Scene) -> None:
    approve_payment(
        scene.session, scene.instalments[0], act_of(scene.session, scene.people.approver)
    )
    act = act_of(scene.session, scene.people.finance)
    release(scene.session, scene.instalments[0], clock.today(), "TT-1", act)


def test_nothing_is_certified_before_an_account_is_confirmed(running: Scene) -> None:
    with pytest.raises(DomainError, match="No bank details are confirmed yet"):
        certified(running)
    paid_to(running.session, running.fund, running.organisation, running.people)
    certified(running)
    released(running)
    settle(running.session)
    assert verify.breaches(running.session) == []


def test_nothing_is_certified_or_released_while_a_change_is_open(scene: Scene) -> None:
    scene.run()
    certified(scene)
    details = ask(scene)
    with pytest.raises(DomainError, match="is being checked"):
        released(scene)
    officer = act_of(scene.session, scene.people.officer)
    record_call(scene.session, details, called_today(), officer)
    with pytest.raises(DomainError, match="is being checked"):
        released(scene)
    refused = act_of(scene.session, scene.people.approver, "The bank does not know it.")
    not_approve(scene.session, details, refused)
    released(scene)


def test_what_was_certified_for_one_account_is_not_released_to_another(scene: Scene) -> None:
    scene.run()
    certified(scene)
    details = called(scene)
    approve(scene.session, details, act_of(scene.session, scene.people.approver))
    with pytest.raises(DomainError, match="Changed since it was certified"):
        released(scene)
    finance = act_of(scene.session, scene.people.finance, "Another account.")
    send_back(scene.session, scene.instalments[0], finance)
    certified(scene)
    released(scene)


def test_neither_the_asker_nor_the_checker_approves(running: Scene) -> None:
    session, people = running.session, running.people
    details = called(running)
    appoint(session, people.officer, Role.APPROVING_OFFICER)
    with pytest.raises(Forbidden):
        approve(session, details, act_of(session, people.officer))
    appoint(session, people.grantee, Role.APPROVING_OFFICER)
    with pytest.raises(Forbidden):
        approve(session, details, act_of(session, people.grantee))
    for role in (Role.FUND_MANAGER, Role.CERTIFYING_OFFICER, Role.ADMINISTRATOR):
        with pytest.raises(Forbidden):
            approve(session, details, act_of(session, staff(session, role, f"Fresh {role.value}")))
    approve(session, details, act_of(session, people.approver))
    assert in_force(session, running.fund.id, running.organisation.id) == details


def test_nobody_checks_for_an_organisation_that_they_act_for(running: Scene) -> None:
    session = running.session
    insider = staff(session, Role.FINANCE_OFFICER, "Inside Finance")
    appoint(session, insider, Role.ORGANISATION_EDITOR, organisation=running.organisation)
    with pytest.raises(Forbidden):
        record_call(session, ask(running), called_today(), act_of(session, insider))


def test_nothing_is_approved_without_the_call(running: Scene) -> None:
    session, details = running.session, ask(running)
    with pytest.raises(Conflict):
        approve(session, details, act_of(session, running.people.approver))
    for call in (
        replace(called_today(), number=" "),
        replace(called_today(), spoke_to=""),
        replace(called_today(), called_on=clock.today() + timedelta(1)),
        replace(called_today(), called_on=clock.today() - timedelta(1)),
    ):
        with pytest.raises(DomainError):
            record_call(session, details, call, act_of(session, running.people.finance))


def test_only_an_administrator_of_the_organisation_asks(running: Scene) -> None:
    session = running.session
    other = member(session, an_organisation(session, "Another"), name="Eva Paz")
    editor = member(session, running.organisation, Role.ORGANISATION_EDITOR, "Ana Mora")
    for person in (other, editor, running.people.finance, running.people.manager):
        paper = a_file(session, person)
        act = act_of(session, person)
        with pytest.raises(Forbidden):
            request_details(session, running.fund, running.organisation, OTHER, paper, act)


def test_one_request_at_a_time_and_never_the_same_account(scene: Scene) -> None:
    scene.run()
    details = ask(scene)
    with pytest.raises(Conflict):
        ask(scene)
    mine = act_of(scene.session, scene.people.grantee, "A mistake.")
    withdraw(scene.session, details, mine)
    again = ask(scene)
    refuse(scene.session, again, act_of(scene.session, scene.people.finance, "Nobody knew of it."))
    approve(scene.session, called(scene), act_of(scene.session, scene.people.approver))
    with pytest.raises(DomainError, match="already have"):
        ask(scene)


@pytest.mark.parametrize(
    "account",
    [
        replace(OTHER, number="DE89 3704 0044 0532 0130 01"),
        replace(OTHER, number="123456789", bic=""),
        replace(OTHER, number="123456789", bic="NOT A BIC"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused(running: Scene, account: object) -> None:
    session, person = running.session, running.people.grantee
    with pytest.raises(DomainError):
        request_details(
            session,
            running.fund,
            running.organisation,
            account,  # type: ignore[arg-type]
            a_file(session, person),
            act_of(session, person),
        )


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE bank_details SET number = 'DE00'",
        "UPDATE bank_details SET holder = 'Somebody else'",
        "UPDATE bank_details SET state = 'in_force' WHERE state = 'requested'",
        "UPDATE bank_details SET organisation_id = organisation_id + 1",
        "DELETE FROM bank_details",
    ],
)
def test_the_database_keeps_what_was_stated(scene: Scene, attack: str) -> None:
    scene.run()
    ask(scene)
    scene.session.flush()
    with pytest.raises(DBAPIError), scene.session.begin_nested():
        scene.session.execute(text(attack))


def test_an_account_that_one_person_pushed_through_is_found(scene: Scene) -> None:
    scene.run()
    scene.session.execute(text("ALTER TABLE trail DISABLE TRIGGER USER"))
    scene.session.execute(
        text("UPDATE trail SET person_id = :who WHERE subject = 'bank_details'"),
        {"who": scene.people.finance.id},
    )
    found = "\n".join(verify.breaches(scene.session))
    assert "not stated, checked and approved by three people" in found


def test_everyone_of_the_organisation_is_told_at_each_turn(running: Scene) -> None:
    session = running.session
    colleague = member(session, running.organisation, Role.ORGANISATION_EDITOR, "Ana Mora")
    approve(session, called(running), act_of(session, running.people.approver))
    for person in (running.people.grantee, colleague):
        subjects = session.scalars(
            select(Message.subject).where(Message.person_id == person.id).order_by(Message.id)
        ).all()
        assert any("New bank details" in subject for subject in subjects)
        assert any("are in use" in subject for subject in subjects)


def test_who_asked_and_whom_to_write_to_is_told_with_new_bank_details(running: Scene) -> None:
    running.fund.contact_email = "unvtf@example.org"
    running.fund.contact_telephone = "+43 1 26060"
    called(running)
    letter = running.session.scalars(
        select(Message).where(Message.event.like("bank_details:%:requested%"))
    ).first()
    assert letter is not None
    assert f"{running.people.grantee.name} has asked us" in letter.text
    assert f"{running.fund.title}: unvtf@example.org · +43 1 26060" in letter.text


def test_the_to_do_names_each_persons_turn(running: Scene) -> None:
    session, people = running.session, running.people

    def count(person_id: int) -> int:
        viewer = viewer_of(session, person_id)
        assert viewer is not None
        return session.scalar(waiting_count(viewer)) or 0

    details = ask(running)
    assert (count(people.finance.id), count(people.approver.id)) == (1, 0)
    record_call(session, details, called_today(), act_of(session, people.finance))
    assert (count(people.finance.id), count(people.approver.id)) == (0, 1)


def test_from_the_grant_to_the_approval_on_the_pages(
    running: Scene, sign_in_as: SignInAs, session: Session
) -> None:
    details = ask(running)
    session.commit()
    people, path = running.people, f"/bank-details/{details.id}"
    finance, approver = sign_in_as(people.finance), sign_in_as(people.approver)
    assert path in finance.get("/bank-details").text
    today = clock.today()
    typed = {f"called_on-{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    typed |= {"number": "50425501234", "spoke_to": "Luz Reyes"}
    assert approver.get(f"{path}/check").status_code == 403
    assert finance.submit(f"{path}/check", typed).location == path
    assert "Luz Reyes" in approver.get(f"{path}/approve").text
    session.refresh(details)
    seen = {"version": str(details.version)}
    assert approver.submit(f"{path}/approve", seen).location == path
    session.refresh(details)
    assert details.state is DetailsState.IN_FORCE
    grantee = sign_in_as(people.grantee)
    assert "1300" in grantee.get(path).text
    manager = sign_in_as(people.manager)
    assert OTHER.number.replace(" ", "") not in manager.get(path).text
    stranger = sign_in_as(member(session, an_organisation(session, "Another"), name="Eva Paz"))
    assert stranger.get(path).status_code == 404
