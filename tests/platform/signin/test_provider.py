"""Signing in with an organisation's own account: who is let in, by whom, and with what proof."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.models import Person, SignIn
from grants.core.people.permissions import Role
from grants.core.proofs import accounts
from grants.core.proofs.models import ProviderAccount
from grants.platform.messages.models import Message
from grants.variables import DISCOVERY
from tests.factories import a_person, act_of, staff
from tests.platform.signin.provider import CLIENT, START, RunningProvider, challenge_of, running
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import PASSPHRASE, can_sign_in, code

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
# The provider uses what authlib will drop in its version 2.

FRESH = "/account/factors/app"
"""A page that asks first who sits there."""


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with running() as found:
        yield found


@pytest.fixture
def second_factor() -> tuple[str, ...]:
    """What of the provider's `acr` and `amr` counts; a test may say so by its own fixture."""
    return ("mfa",)


@pytest.fixture
def settings(
    settings: Settings, provider: RunningProvider, second_factor: tuple[str, ...]
) -> Settings:
    return replace(settings, provider=provider.configured(*second_factor))


@pytest.fixture
def administrator(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR, "First Administrator")


@pytest.fixture
def officer(session: Session, administrator: Person, provider: RunningProvider) -> Person:
    """One of the fund's people who pays, with a linked account and no factor of their own."""
    person = staff(session, Role.FINANCE_OFFICER)
    linked(session, provider, person, "officer", administrator)
    session.commit()
    return person


def linked(
    session: Session, provider: RunningProvider, person: Person, subject: str, by: Person
) -> ProviderAccount:
    act = act_of(session, by)
    account = accounts.enter_and_link(session, provider.url, subject, person, act)
    accounts.confirm_link(session, account, act_of(session, person))
    return account


def seconds_ago(seconds: int) -> int:
    return int((clock.now() - timedelta(seconds=seconds)).timestamp())


def test_an_unknown_account_gets_in_nowhere_though_its_address_is_known(
    client: StrictClient, session: Session, provider: RunningProvider, administrator: Person
) -> None:
    session.commit()
    provider.knows("stranger", email=administrator.email, email_verified=True, name="A. Stranger")
    answer = provider.comes_back(client, "stranger")
    assert "Your account is not linked yet" in answer.text
    assert "/sign-in?next=" in client.get("/start").location
    provider.comes_back(client, "stranger")
    (waiting,) = session.scalars(select(ProviderAccount)).all()
    assert (waiting.subject, waiting.person_id) == ("stranger", None)


def test_an_administrator_links_it_and_its_owner_confirms_it_by_e_mail(
    client: StrictClient,
    sign_in_as: SignInAs,
    session: Session,
    provider: RunningProvider,
    administrator: Person,
) -> None:
    person = can_sign_in(session, staff(session, Role.FINANCE_OFFICER, "Fina Nance"))
    session.commit()
    provider.knows("fina", email="f.nance@un.example", name="Nance, Fina")
    provider.comes_back(client, "fina")
    desk = sign_in_as(administrator)
    assert "Account to link to a person" in desk.get("/start").text
    (number,) = re.findall(r"/people/accounts/(\d+)", desk.get("/people").text)
    desk.submit(f"/people/accounts/{number}", {"person": str(person.id)})
    assert "we sent you" in provider.comes_back(client, "fina").text, "not before it is confirmed"
    letters = session.scalars(
        select(Message).where(Message.recipient == person.email).order_by(Message.id)
    ).all()
    (confirm,) = re.findall(r"(/sign-in/organisation/confirm/\S+)", letters[-1].text)
    told = session.scalars(select(Message.text).where(Message.recipient == administrator.email))
    assert not [text for text in told if "confirm/" in text], "the link is its owner's alone"
    assert "Nance, Fina" in client.get(confirm).text
    client.submit(confirm)
    entered = provider.comes_back(client, "fina", f"{START}?next=/account")
    assert entered.location == "/sign-in/code?next=/account"
    assert client.submit(entered.location, {"code": code()}).location == "/account"
    assert client.get(confirm).status_code == 422, "the link works once"


def test_the_question_is_one_of_a_kind_and_the_answer_fits_it(
    client: StrictClient, provider: RunningProvider
) -> None:
    first, second = provider.question(client), provider.question(client)
    assert first["response_type"] == "code"
    assert first["code_challenge_method"] == "S256"
    assert "openid" in first["scope"].split()
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 20
        assert first[name] != second[name]


def test_the_verifier_is_that_of_the_challenge(
    client: StrictClient, provider: RunningProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = client.get

    def noting(path: str, **options: Any) -> Any:
        answer = real(path, **options)
        seen.extend(re.findall(r"code_challenge=([\w-]+)", answer.location or ""))
        return answer

    monkeypatch.setattr(client, "get", noting)
    provider.asked.clear()
    provider.comes_back(client, "anybody")
    assert challenge_of(provider.asked[-1]["code_verifier"]) == seen[-1]


def test_an_answer_to_another_browser_is_refused(
    app: Flask, client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    back = provider.signs_in(client, "officer", START)
    with app.test_client() as other:
        assert other.get(back).location == "/sign-in"
        assert other.get("/sign-in/organisation/continue").location == "/sign-in"


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": "https://login.example.org"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"nonce": "of another sign-in"},
        {"exp": 1},
    ],
    ids=["issuer", "audience", "authorized party", "nonce", "expired"],
)
def test_a_token_that_was_not_made_for_this_sign_in_is_refused(
    client: StrictClient, provider: RunningProvider, officer: Person, forged: dict[str, Any]
) -> None:
    provider.knows("officer", **forged)
    refused = provider.comes_back(client, "officer")
    assert refused.location.startswith("/sign-in?")
    assert "has not confirmed who you are" in client.get(refused.location).text
    provider.knows("officer")


def test_a_token_that_another_key_signed_is_refused(
    client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    (kept,) = requests.get(f"{provider.url}/jwks", timeout=5).json()["keys"]
    other = RSAKey.generate_key(2048).as_dict(private=False)
    provider.keys = {"keys": [kept | {"n": other["n"]}]}
    refused = provider.comes_back(client, "officer")
    provider.keys = None
    assert refused.location.startswith("/sign-in?")


def test_the_browser_gets_no_token_of_the_provider(
    client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    provider.comes_back(client, "officer")
    with client.session_transaction() as cookie:
        kept = json.dumps({key: str(value) for key, value in cookie.items()})
    assert "token" not in kept.replace("csrf_token", "")
    assert not re.search(r"eyJ[\w-]+\.[\w-]+\.", kept)


def test_a_discovery_document_of_another_issuer_is_not_believed(
    client: StrictClient, app: Flask, provider: RunningProvider, settings: Settings
) -> None:
    assert settings.provider
    elsewhere = replace(
        settings.provider,
        discovery_url=settings.provider.discovery_url.replace("localhost", "127.0.0.1"),
    )
    app.extensions["settings"] = replace(settings, provider=elsewhere)
    assert client.get(START).location.startswith("/sign-in?")


def test_a_second_factor_of_the_provider_counts_where_it_is_configured(
    client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    provider.knows("officer", amr=["pwd", "mfa"], auth_time=seconds_ago(5))
    assert provider.comes_back(client, "officer").location == "/start"
    assert client.get("/start").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [{"amr": ["pwd"]}, {"acr": "1"}, {}, {"amr": ["mfa"], "auth_time": None}],
    ids=["another way", "another class", "nothing said", "no moment"],
)
def test_it_does_not_count_without_the_word_and_the_moment(
    client: StrictClient, provider: RunningProvider, officer: Person, claims: dict[str, Any]
) -> None:
    provider.knows("officer", **{"auth_time": seconds_ago(5)} | claims)
    assert provider.comes_back(client, "officer").location == "/account/factors?next=/start"
    assert client.get("/start").status_code == 302


class TestOneFactor:
    @pytest.fixture
    def second_factor(self) -> tuple[str, ...]:
        return ()

    @pytest.mark.usefixtures("officer")
    def test_unless_configured_it_never_counts(
        self, client: StrictClient, provider: RunningProvider
    ) -> None:
        provider.knows("officer", amr=["mfa"], acr="mfa", auth_time=seconds_ago(5))
        assert provider.comes_back(client, "officer").location.startswith("/account/factors")


def test_an_old_sign_in_there_asks_again_before_what_needs_a_fresh_proof(
    client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    provider.knows("officer", amr=["mfa"], auth_time=seconds_ago(3600))
    provider.comes_back(client, "officer")
    asked = client.get(FRESH)
    assert asked.location.startswith("/sign-in/again")
    page = client.get(asked.location).text
    assert "Confirm with Example Directory" in page
    assert 'type="password"' not in page, "a passphrase would be less than what is asked"
    again = f"{START}?again=yes&next={FRESH}"
    question = provider.question(client, again)
    assert (question["prompt"], question["max_age"]) == ("login", "0")
    assert provider.comes_back(client, "officer", again).location.startswith("/sign-in/again")
    provider.knows("officer", amr=["pwd"], auth_time=seconds_ago(0))
    assert provider.comes_back(client, "officer", again).location.startswith("/sign-in/again")
    provider.knows("officer", amr=["mfa"], auth_time=seconds_ago(0))
    assert provider.comes_back(client, "officer", again).location == FRESH
    assert client.get(FRESH).status_code == 200


def test_another_persons_account_proves_nothing(
    client: StrictClient,
    session: Session,
    provider: RunningProvider,
    officer: Person,
    administrator: Person,
) -> None:
    linked(session, provider, staff(session, Role.AUDITOR), "auditor", administrator)
    session.commit()
    provider.knows("officer", amr=["mfa"], auth_time=seconds_ago(3600))
    provider.knows("auditor", amr=["mfa"], auth_time=seconds_ago(0))
    provider.comes_back(client, "officer")
    again = f"{START}?again=yes&next={FRESH}"
    assert provider.comes_back(client, "auditor", again).location.startswith("/sign-in/again")
    assert client.get(FRESH).status_code == 302


def test_a_form_that_is_asked_again_leads_to_the_provider_and_goes_on(
    client: StrictClient, session: Session, provider: RunningProvider, administrator: Person
) -> None:
    other = staff(session, Role.ADMINISTRATOR, "Second Administrator")
    linked(session, provider, other, "second", administrator)
    session.commit()
    provider.knows("second", amr=["mfa"], auth_time=seconds_ago(3600))
    provider.comes_back(client, "second")
    number = administrator.id
    asked = client.submit(f"/people/{number}/expertise", {"languages": "fr"})
    assert asked.status_code == 401
    assert "opens in a new tab" in asked.text
    provider.knows("second", amr=["mfa"], auth_time=seconds_ago(0))
    provider.comes_back(client, "second", f"{START}?again=yes")
    carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    assert carried["languages"] == "fr"
    assert client.post(f"/people/{number}/expertise", data=carried).status_code == 302


def test_an_ended_link_signs_out_and_signs_nobody_in(
    client: StrictClient,
    sign_in_as: SignInAs,
    session: Session,
    provider: RunningProvider,
    officer: Person,
    administrator: Person,
) -> None:
    provider.knows("officer", amr=["mfa"], auth_time=seconds_ago(0))
    provider.comes_back(client, "officer")
    desk = sign_in_as(administrator)
    (number,) = re.findall(r"/people/accounts/(\d+)", desk.get(f"/people/{officer.id}").text)
    desk.submit(f"/people/accounts/{number}", {"end": "yes"})
    assert client.get("/start").status_code == 302
    assert "not linked yet" in provider.comes_back(client, "officer").text
    open_rows = select(func.count()).where(
        SignIn.person_id == officer.id, SignIn.ended_at.is_(None)
    )
    assert session.scalar(open_rows) == 0


def test_nobody_links_an_account_to_themselves(
    sign_in_as: SignInAs, session: Session, administrator: Person
) -> None:
    desk = sign_in_as(administrator)
    answer = desk.submit(f"/people/{administrator.id}/account", {"subject": "mine"})
    assert answer.status_code == 403
    assert not session.scalar(select(func.count(ProviderAccount.id)))


def test_a_fund_manager_links_nothing(
    sign_in_as: SignInAs, session: Session, provider: RunningProvider, officer: Person
) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    with pytest.raises(Forbidden):
        accounts.enter_and_link(session, provider.url, "x", officer, act_of(session, manager))


def test_an_account_belongs_to_one_person_and_its_owner_alone_confirms_it(
    session: Session, provider: RunningProvider, officer: Person, administrator: Person
) -> None:
    other, act = a_person(session, "Somebody Else"), act_of(session, administrator)
    with pytest.raises(DomainError):
        accounts.enter_and_link(session, provider.url, "officer", other, act)
    mine = accounts.enter_and_link(session, provider.url, "another", officer, act)
    with pytest.raises(Missing):
        accounts.confirm_link(session, mine, act_of(session, other))
    with pytest.raises(Conflict):
        accounts.link(session, mine, other, act)
    assert accounts.person_of(session, provider.url, "another") is None


def test_the_same_identifier_at_another_provider_is_another_account(
    session: Session, officer: Person
) -> None:
    assert accounts.person_of(session, "https://login.example.org", "officer") is None


def test_a_request_that_nobody_settles_is_forgotten(
    client: StrictClient, session: Session, provider: RunningProvider, officer: Person
) -> None:
    provider.comes_back(client, "stranger")
    accounts.forget_old_requests(session)
    assert len(session.scalars(accounts.requests()).all()) == 1
    with clock.at(clock.now() + accounts.KEPT + timedelta(hours=1)):
        accounts.forget_old_requests(session)
    assert not session.scalars(accounts.requests()).all()
    assert accounts.person_of(session, provider.url, "officer") == officer


def test_signing_out_here_offers_to_sign_out_there(
    client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    provider.knows("officer", amr=["mfa"], auth_time=seconds_ago(0))
    provider.comes_back(client, "officer")
    left = client.submit("/sign-out", page="/account")
    assert left.location == "/sign-in/organisation/signed-out"
    assert f'href="{provider.url}/oauth2/end_session?' in client.get(left.location).text
    assert client.get("/start").status_code == 302


def test_so_it_does_where_the_second_factor_is_ours(
    client: StrictClient, session: Session, provider: RunningProvider, officer: Person
) -> None:
    can_sign_in(session, officer)
    session.commit()
    provider.knows("officer", amr=["pwd"])
    entered = provider.comes_back(client, "officer")
    client.submit(entered.location, {"code": code()})
    left = client.submit("/sign-out", page="/account")
    assert left.location == "/sign-in/organisation/signed-out"
    client.submit("/sign-in", {"email": officer.email, "passphrase": PASSPHRASE})
    client.submit("/sign-in/code", {"code": code(1)})
    assert client.submit("/sign-out", page="/account").location == "/", "they were never there"


def test_a_provider_that_does_not_answer_is_told_beside_the_other_ways(
    client: StrictClient, app: Flask
) -> None:
    app.extensions["provider"]._server_metadata_url = "http://localhost:9/none"
    sent = client.get(START)
    assert "does not answer" in client.get(sent.location).text


def test_an_answer_that_leads_elsewhere_is_not_followed(
    client: StrictClient, app: Flask, provider: RunningProvider
) -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", provider.url + DISCOVERY)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Quiet."""

    with HTTPServer(("localhost", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        app.extensions["provider"]._server_metadata_url = f"http://localhost:{server.server_port}/"
        sent = client.get(START)
        server.shutdown()
    assert asked == ["/"]
    assert "does not answer" in client.get(sent.location).text


def test_the_person_may_refuse_there(client: StrictClient, provider: RunningProvider) -> None:
    question = provider.question(client)
    back = client.get(f"/sign-in/organisation/back?error=access_denied&state={question['state']}")
    assert "has not confirmed who you are" in client.get(back.location).text


def test_what_was_shown_is_good_for_ten_minutes_and_for_one_sign_in(
    client: StrictClient, provider: RunningProvider, officer: Person
) -> None:
    waiting = client.get(provider.signs_in(client, "officer", START)).location
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert client.get(waiting).location == "/sign-in"
    client.submit(waiting)
    assert client.get(waiting).location == "/sign-in"


class TestWithout:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, provider=None)

    def test_nothing_of_it_is_there(self, client: StrictClient) -> None:
        assert "/sign-in/organisation" not in client.get("/sign-in").text
        for page in (START, f"{START}/back", f"{START}/continue", f"{START}/signed-out"):
            assert client.get(page).status_code == 404
