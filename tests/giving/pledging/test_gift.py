"""The shortest way to give: one page, then how to pay; an account is for who wants one."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.giving.pledging.gift import proposals
from grants.platform.messages.models import Message
from tests.books.ledger.books import publish_rates
from tests.factories import a_donor, member, staff
from tests.platform.web.client import SignInAs, StrictClient

PAGE = "/give/UNVTF"
GIFT = {"proposed": "100.00", "kind": "individual", "name": "Lena Ojo", "email": "lena@ojo.example"}
GIFT |= {"other-currency": "USD", "country": "PT", "public_name": "y"}


@pytest.fixture(autouse=True)
def _fund_there(session: Session) -> None:
    session.commit()


def _pledges(session: Session) -> list[Pledge]:
    session.expire_all()
    return list(session.scalars(select(Pledge).order_by(Pledge.id)))


def _give(client: StrictClient, **answers: str) -> str:
    """What the page answers, or where it leads."""
    response = client.submit(PAGE, GIFT | answers)
    return response.location or response.get_data(as_text=True)


def test_a_person_gives_on_one_page_and_may_open_an_account_by_the_link(
    client: StrictClient, session: Session
) -> None:
    assert _give(client) == "/pledge/UNVTF/sent"
    (pledge,) = _pledges(session)
    assert (pledge.amount, pledge.state) == (Money(10_000, "USD"), PledgeState.UNCONFIRMED)
    assert pledge.earmarking is Earmarking.UNEARMARKED
    assert pledge.public_name
    assert pledge.instalments, "a gift has its day"
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    (link,) = re.findall(r"/pledge/confirm/\S+", message.text)
    client.submit(link)
    (pledge,) = _pledges(session)
    assert pledge.state is not PledgeState.UNCONFIRMED
    assert pledge.donor is not None
    assert (pledge.donor.name, pledge.donor.kind) == ("Lena Ojo", DonorKind.INDIVIDUAL)
    page = client.get(f"/giving/{pledge.reference}").get_data(as_text=True)
    assert "Please do not pay yet" not in page


def test_the_same_page_sent_twice_is_one_gift(client: StrictClient, session: Session) -> None:
    key = {"key": "the same page"}
    assert _give(client, **key) == _give(client, **key) == "/pledge/UNVTF/sent"
    assert "different answers" in _give(client, **key, proposed="250.00")
    assert len(_pledges(session)) == 1


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"proposed": "75.00"}, "Choose an amount."),
        ({"proposed": "other"}, "Enter the amount."),
        ({"proposed": "other", "other-amount": "0"}, "Enter an amount greater than 0."),
        ({"kind": "foundation"}, "Enter the name of the organisation."),
        ({"kind": "member_state"}, "Choose an answer"),
        ({"name": ""}, "Your name"),
        ({"email": "lena"}, "e-mail address"),
        ({"country": "XX"}, "Choose an answer"),
        ({"key": "k" * 65}, "Shorten it by 1 character"),
    ],
)
def test_what_is_missing_is_said_at_its_question(
    client: StrictClient, session: Session, answers: dict[str, str], complaint: str
) -> None:
    page = _give(client, **answers)
    assert "There is a problem" in page
    assert complaint in page
    assert not _pledges(session)


def test_another_amount_of_a_foundation_in_its_own_currency(
    client: StrictClient, session: Session
) -> None:
    other = {"proposed": "other", "other-amount": "1,234.50", "other-currency": "CHF"}
    _give(client, **other, kind="foundation", organisation="Lantern Foundation", public_name="")
    (pledge,) = _pledges(session)
    assert pledge.amount == Money(123_450, "CHF")
    facts = {"name": "Lantern Foundation", "kind": "foundation", "contact": "Lena Ojo"}
    assert facts.items() <= pledge.promise.items()


def test_a_reader_is_asked_in_the_currency_of_their_country_where_there_is_a_rate(
    client: StrictClient, session: Session
) -> None:
    publish_rates(session)
    session.commit()
    page = client.get(PAGE, headers={"Accept-Language": "de-AT,de;q=0.9"}).get_data(as_text=True)
    assert 'value="100.00"' in page
    assert re.search(r"EUR\s100", page)
    page = client.get(PAGE, headers={"Accept-Language": "da-DK"}).get_data(as_text=True)
    assert re.search(r"USD\s100", page), "no rate for Danish kroner"


@pytest.mark.parametrize(
    ("currency", "rate", "proposed"),
    [("USD", "1", 10_000), ("JPY", "150.2", 10_000), ("KWD", "0.307", 50_000 // 5)],
)
def test_proposals_are_round_amounts_in_every_currency(
    currency: str, rate: str, proposed: int
) -> None:
    assert proposals(currency, Decimal(rate))[1] == Money(proposed, currency)


def test_who_has_signed_in_is_asked_only_what_is_not_known(
    sign_in_as: SignInAs, session: Session
) -> None:
    donor = a_donor(session, name="Sisters of the Harbour", kind=DonorKind.NGO)
    person = member(session, donor, Role.DONOR)
    session.commit()
    client = sign_in_as(person)
    page = client.get(PAGE).get_data(as_text=True)
    assert 'name="email"' not in page
    assert 'name="country"' not in page
    assert client.submit(PAGE, {"proposed": "50.00"}).location.startswith("/giving/")
    (pledge,) = _pledges(session)
    assert pledge.donor_id == donor.id
    assert not pledge.public_name


def test_a_person_who_has_signed_in_gives_for_the_first_time(
    sign_in_as: SignInAs, session: Session
) -> None:
    person = member(session, a_donor(session, name="Elsewhere"), Role.ORGANISATION_EDITOR)
    session.commit()
    client = sign_in_as(person)
    assert 'name="email"' not in client.get(PAGE).get_data(as_text=True)
    client.submit(PAGE, {"proposed": "50.00", "kind": "individual", "country": "PT"})
    (pledge,) = _pledges(session)
    assert pledge.donor is not None
    assert pledge.donor.name == person.name
    assert session.scalars(select(Organisation).where(Organisation.name == person.name)).one()


def test_the_funds_own_people_enter_gifts_elsewhere(sign_in_as: SignInAs, session: Session) -> None:
    client = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert client.get(PAGE).location == "/pledges/new?fund=UNVTF"
