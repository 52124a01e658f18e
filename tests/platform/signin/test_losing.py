"""A lost second factor is replaced only after another person and a day."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.errors import Forbidden
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.proofs.losses import WAIT, confirm_loss, end_lost, open_loss, report_loss
from grants.core.proofs.models import FactorLoss
from grants.core.proofs.queries import factors_of
from grants.platform.messages.models import Message
from tests.factories import act_of, staff
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import PASSPHRASE, can_sign_in, code


@pytest.fixture
def officer(session: Session) -> Person:
    return can_sign_in(session, staff(session, Role.FINANCE_OFFICER))


@pytest.fixture
def administrator(session: Session) -> Person:
    person = can_sign_in(session, staff(session, Role.ADMINISTRATOR))
    session.commit()
    return person


def enter(client: StrictClient, person: Person) -> None:
    client.submit("/sign-in", {"email": person.email, "passphrase": PASSPHRASE})


def told(session: Session) -> set[str]:
    return set(session.scalars(select(Message.recipient)))


def test_from_the_report_to_a_new_factor(
    client: StrictClient,
    sign_in_as: SignInAs,
    session: Session,
    officer: Person,
    administrator: Person,
) -> None:
    enter(client, officer)
    client.submit("/sign-in/lost")
    assert told(session) == {officer.email, administrator.email}
    loss = session.scalars(select(FactorLoss)).one()
    desk = sign_in_as(administrator)
    assert "Lost second factor to confirm" in desk.get("/start").text
    assert f"/sign-in/losses/{loss.id}" in desk.get("/people").text
    client.submit("/sign-in/lost", page="/sign-in/code")
    assert factors_of(session, officer.id), "nobody has confirmed"
    desk.submit(f"/sign-in/losses/{loss.id}")
    assert "Lost second factor" not in desk.get("/start").text
    client.submit("/sign-in/lost", page="/sign-in/code")
    assert factors_of(session, officer.id), "the day has not passed"
    with clock.at(clock.now() + WAIT - timedelta(hours=25) + timedelta(hours=1)):
        assert "you must wait" in client.get("/sign-in/lost").text
    session.expire_all()
    assert loss.confirmed_at is not None
    loss.confirmed_at -= WAIT
    session.commit()
    answer = client.submit("/sign-in/lost")
    assert answer.location == "/account/factors"
    assert not factors_of(session, officer.id)
    assert "Your role needs a second factor" in client.get(answer.location).text
    assert client.get("/start").status_code == 302


def test_a_factor_that_is_used_takes_the_report_back(
    client: StrictClient, session: Session, officer: Person, administrator: Person
) -> None:
    report_loss(session, officer, act_of(session, officer))
    session.commit()
    enter(client, officer)
    client.submit("/sign-in/code", {"code": code()})
    session.expire_all()
    assert open_loss(session, officer.id) is None


def test_nobody_confirms_their_own_loss(session: Session, administrator: Person) -> None:
    act = act_of(session, administrator)
    loss = report_loss(session, administrator, act)
    with pytest.raises(Forbidden):
        confirm_loss(session, loss, act)


def test_only_an_administrator_confirms(session: Session, officer: Person) -> None:
    loss = report_loss(session, officer, act_of(session, officer))
    with pytest.raises(Forbidden):
        confirm_loss(session, loss, act_of(session, staff(session, Role.AUDITOR)))
    assert not end_lost(session, officer, act_of(session, officer))
