"""The pages of monthly gifts: chosen with the gift, begun, card changed, stopped in one click."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.workflow import MandateState
from grants.giving.pledges.gifts import page_of
from grants.giving.pledges.models import Pledge
from tests.factories import staff
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.mandates.conftest import Monthly
from tests.giving.cards.stub import StubProvider
from tests.platform.web.client import SignInAs, StrictClient

S = MandateState
ANSWERS = {
    "proposed": "50.00",
    "kind": "individual",
    "name": "Lena Ojo",
    "email": "lena@ojo.example",
    "country": "PT",
}


@pytest.fixture(autouse=True)
def _ready(session: Session) -> None:
    screening(session)
    session.commit()


def test_every_month_is_chosen_with_the_gift_and_begun_on_the_next_page(
    client: StrictClient, session: Session, fund: Fund, provider: StubProvider
) -> None:
    response = client.submit("/give/UNVTF", {**ANSWERS, "rhythm": "monthly"})
    assert response.location.endswith("?every=month")
    page = client.get(response.location)
    assert "Give every month by card" in page.text
    assert "form-action 'self' https://pay.stub.example;" in page.headers["Content-Security-Policy"]
    gift = page_of(session.scalars(select(Pledge)).one())
    led = client.submit(f"{gift}/monthly", page=gift)
    (order,) = provider.orders.values()
    assert (led.status_code, led.location) == (303, f"{provider.host}/page-{order.key}")
    assert (order.amount, order.paid_url.endswith("/monthly")) == (usd(5_000), True)
    assert "please do not start again" in client.get(gift).text
    assert "is being confirmed" in client.get(f"{gift}/monthly").text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"kind": "foundation", "organisation": "Ojo Foundation"}, "Only individuals can give"),
        (
            {"proposed": "other", "other-amount": "50", "other-currency": "GBP"},
            "can be made in these currencies: USD",
        ),
    ],
)
def test_who_cannot_give_every_month_is_told_on_the_form(
    client: StrictClient, fund: Fund, provider: StubProvider, answers: dict[str, str], words: str
) -> None:
    response = client.submit("/give/UNVTF", {**ANSWERS, **answers, "rhythm": "monthly"})
    assert words in response.text


def test_without_keys_nothing_of_it_is_offered(
    client: StrictClient, session: Session, fund: Fund
) -> None:
    assert "Every month" not in client.get("/give/UNVTF").text
    gift = page_of(a_gift(session, fund, usd(5_000)))
    session.commit()
    assert "standing order" in client.get(gift).text
    assert client.submit(f"{gift}/monthly", page=gift).status_code == 404


def test_the_giver_changes_the_card_and_stops_in_one_click(
    client: StrictClient, session: Session, monthly: Monthly
) -> None:
    monthly.provider.charge(monthly.page)
    monthly.ask()
    monthly.provider.charge(monthly.page, refused=True)
    monthly.ask()
    session.commit()
    gift = page_of(monthly.mandate.pledge)
    page = client.get(gift).text
    assert "could not be charged to your card" in page
    assert "Would you like to give every month" not in page
    changed = client.submit(f"{gift}/monthly/card", page=gift)
    assert changed.location == f"{monthly.provider.host}/card/{monthly.page}"
    client.submit(f"{gift}/monthly/stop", page=gift)
    session.expire_all()
    assert monthly.mandate.state is S.STOPPING
    assert "is being stopped" in client.get(gift).text
    assert "being stopped" in client.get(f"{gift}/monthly").text


def test_a_provider_that_is_down_sends_the_giver_back(
    client: StrictClient, session: Session, fund: Fund, provider: StubProvider
) -> None:
    gift = page_of(a_gift(session, fund, usd(5_000)))
    session.commit()
    provider.is_up = False
    response = client.submit(f"{gift}/monthly", page=gift)
    assert "not available at present" in client.get(response.location).text


def test_finance_sees_whose_card_was_refused_and_stops_with_a_reason(
    session: Session, monthly: Monthly, sign_in_as: SignInAs
) -> None:
    for refused in (False, True):
        monthly.provider.charge(monthly.page, refused=refused)
        monthly.ask()
    session.commit()
    client = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    reference = monthly.mandate.pledge.reference
    assert "Monthly gift whose card was refused" in client.get("/start").text
    assert reference in client.get("/contributions/monthly?refused=yes").text
    here = f"/contributions/monthly/{monthly.mandate.id}"
    page = client.get(here).text
    assert "The card was refused" in page
    client.submit(f"{here}/stop", {"reason": "The giver asked for it by telephone."})
    session.expire_all()
    assert session.get_one(CardMandate, monthly.mandate.id).state is S.STOPPING
