"""A public page is drawn once for all visitors, and again as soon as anything has happened."""

import gzip
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.desk.fund_setup.service import describe_fund
from grants.platform.web import unchanged
from tests.factories import a_call, a_deposit, a_person, a_signed_pledge, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient

MOMENT = clock.now().replace(second=10, microsecond=0)


@pytest.fixture
def stands(app: Flask) -> Iterator[Flask]:
    """The application as it is served, at a moment that stands still."""
    app.config["KEEP_PAGES"] = True
    with clock.at(MOMENT):
        yield app
    app.config["KEEP_PAGES"] = False


@pytest.fixture
def drawn(stands: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each page that is drawn."""
    names: list[str] = []

    def counted(name: str, **facts: object) -> str:
        names.append(name)
        return render_template(name, **facts)

    monkeypatch.setattr("grants.desk.portal.views.render_template", counted)
    return names


def seen(client: FlaskClient, page: str, **options: object) -> str:
    return client.get(page, **options).get_data(as_text=True)


def test_a_page_is_drawn_once_for_all_visitors(
    app: Flask, client: StrictClient, fund: Fund, drawn: list[str]
) -> None:
    page = f"/funds/{fund.code}"
    first = seen(client, page)
    assert client.queries > 1
    assert seen(client, page) == first
    assert client.queries == 1, "only if anything has happened is asked"
    assert seen(app.test_client(), page) == first
    assert len(drawn) == 1


ACTS: dict[str, Callable[[Session, Fund], object]] = {
    "a deposit": lambda session, fund: a_deposit(
        session, fund, a_signed_pledge(session, fund), usd(70_000)
    ),
    "a signed pledge": a_signed_pledge,
    "a call that opens": a_call,
    "another text of the fund": lambda session, fund: describe_fund(
        session,
        fund,
        {"purpose": {"en": "Safe houses and legal aid."}},
        act_of(session, staff(session, Role.FUND_MANAGER)),
    ),
}


@pytest.mark.usefixtures("stands")
@pytest.mark.parametrize("act", ACTS)
def test_what_happens_is_seen_at_once(
    app: Flask, client: StrictClient, session: Session, fund: Fund, act: str
) -> None:
    pages = ("/", f"/funds/{fund.code}", f"/funds/{fund.code}/need", "/calls")
    before = [seen(client, page) for page in pages]
    ACTS[act](session, fund)
    session.commit()
    after = [seen(client, page) for page in pages]
    assert after != before
    app.config["KEEP_PAGES"] = False
    assert after == [seen(client, page) for page in pages]


def test_with_the_next_minute_a_page_is_drawn_again(
    client: StrictClient, fund: Fund, drawn: list[str]
) -> None:
    for seconds in (0, 49, 50):
        with clock.at(MOMENT + timedelta(seconds=seconds)):
            seen(client, f"/funds/{fund.code}")
    assert len(drawn) == 2


def test_nobody_gets_the_page_of_another_reader(
    app: Flask, client: StrictClient, session: Session, sign_in_as: SignInAs, drawn: list[str]
) -> None:
    person = a_person(session, "Ama Mensah")
    session.commit()
    signed_in = sign_in_as(person)
    assert "Ama Mensah" in seen(signed_in, "/privacy")
    assert "Ama Mensah" not in seen(client, "/privacy")
    assert "Ama Mensah" in seen(signed_in, "/privacy")
    assert 'lang="ar"' in seen(app.test_client(), "/privacy?language=ar")
    assert 'lang="en"' in seen(app.test_client(), "/privacy")
    french = {"headers": {"Accept-Language": "fr"}}
    seen(app.test_client(), "/privacy", **french)
    assert len(drawn) == 5, "two for the person, and one for English, Arabic, readers of French"


def test_what_an_address_or_a_cookie_asks_for_besides_is_not_kept(
    app: Flask, client: StrictClient, drawn: list[str]
) -> None:
    for number in range(3):
        seen(client, f"/privacy?page={number}")
    with client.session_transaction() as cookie:
        cookie["_flashes"] = [("message", "You have signed out.")]
    assert "You have signed out." in seen(client, "/privacy")
    assert "You have signed out." not in seen(app.test_client(), "/privacy")
    assert len(drawn) == 5
    assert len(app.extensions["unchanged"]["last act"][1]) == 1


def test_not_more_is_kept_than_there_is_room_for(
    app: Flask, client: StrictClient, stands: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "MOST", 3)
    for code in ("de", "fr", "it", "ja", "ko", "pt", "sw", "tr"):
        seen(client, "/privacy", headers={"Accept-Language": code})
    assert len(stands.extensions["unchanged"]["last act"][1]) <= 3


def test_a_reader_of_a_language_beyond_the_six_gets_no_page_of_another(
    app: Flask, client: StrictClient, drawn: list[str]
) -> None:
    for code in ("de", "it", "de"):
        seen(client, "/privacy", headers={"Accept-Language": code})
    assert len(drawn) == 2


def test_a_kept_page_is_sent_small_too(app: Flask, fund: Fund, drawn: list[str]) -> None:
    browser = FlaskClient(app, app.response_class)
    plain = browser.get("/privacy")
    for _time in range(2):
        packed = browser.get("/privacy", headers={"Accept-Encoding": "gzip"})
        assert packed.content_encoding == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.content_length == len(packed.data)
    assert len(drawn) == 1
