"""Passkeys in real Chromium, with a virtual authenticator."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from grants.core.kernel import clock, links
from grants.core.people import credentials
from grants.core.people.models import Person, SignInAttempt
from grants.core.people.permissions import Role
from grants.core.proofs.models import Factor
from tests.browser.conftest import Site
from tests.browser.walking import answer, press
from tests.factories import staff
from tests.signing_in import PASSPHRASE, redate_sign_ins


@pytest.fixture
def officer(site: Site) -> Person:
    with site.database.transaction() as session:
        person = staff(session, Role.FINANCE_OFFICER)
        credentials.choose_passphrase(session, person, PASSPHRASE)
        return person


@pytest.fixture
def page(chrome: Browser, site: Site) -> Page:
    """A browser with a device that holds passkeys, under the only name passkeys know here."""
    address = site.url.replace("127.0.0.1", "localhost")
    links.use_base_url(address)
    page = chrome.new_context(base_url=address, locale="en-GB").new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_passkey_is_added_and_signs_in_alone(site: Site, officer: Person, page: Page) -> None:
    add_passkey(page, officer)
    page.goto("/account/factors")
    expect(page.locator("main")).to_contain_text("Laptop")
    page.context.clear_cookies()
    guessed_at(site, officer, 200)
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Your account").wait_for()
    let_the_proof_be_old(site, officer)
    page.goto("/account/factors")
    page.get_by_role("button", name="Make new recovery codes").click()
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Keep your recovery codes").wait_for()


def test_a_passkey_that_was_removed_signs_in_nobody(
    site: Site, officer: Person, page: Page
) -> None:
    add_passkey(page, officer)
    with site.database.transaction() as session:
        session.execute(update(Factor).values(ended_at=clock.now()))
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey was not accepted").wait_for()


def test_a_mistaken_press_can_be_taken_back_or_another_way_be_taken(
    site: Site, officer: Person, page: Page
) -> None:
    """The device answers nothing: the wait is cancelled, or ends with a sign-in by passphrase."""
    page.goto("/sign-in")
    page.evaluate(
        "() => { navigator.credentials.get = ({ signal }) =>"
        " new Promise((_, refuse) => signal.addEventListener('abort', refuse)); }"
    )
    asks = page.get_by_role("button", name="Sign in with a passkey")
    said, cancel = page.get_by_text("Your device asks you now."), page.locator("[data-stop]")
    expect(cancel).to_be_hidden()
    asks.click()
    expect(said).to_be_visible()
    cancel.click()
    expect(said).to_be_hidden()
    expect(cancel).to_be_hidden()
    asks.click()
    asks.click()
    expect(said).to_be_visible()
    answer(page, email=officer.email, passphrase=PASSPHRASE)
    press(page, "Sign in")
    expect(page.get_by_role("link", name="Add a passkey")).to_be_visible()


def add_passkey(page: Page, person: Person) -> None:
    """Set up a passkey as the second factor that the role needs."""
    page.goto("/sign-in")
    answer(page, email=person.email, passphrase=PASSPHRASE)
    press(page, "Sign in")
    press(page, "Add a passkey")
    answer(page, name="Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Keep your recovery codes").wait_for()
    press(page, "I have kept them")
    page.wait_for_url("**/start")


def guessed_at(site: Site, person: Person, times: int) -> None:
    """Somebody in the same network guesses this person's passphrase."""
    with site.database.transaction() as session:
        session.add_all(
            SignInAttempt(email=person.email, address="127.0.0.0/24", at=clock.now())
            for _number in range(times)
        )


def let_the_proof_be_old(site: Site, person: Person) -> None:
    with site.database.transaction() as session:
        old = clock.now() - timedelta(hours=3)
        redate_sign_ins(session, person, proved_at=old)
