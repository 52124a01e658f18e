"""A process that is killed while a person writes, and people who press at the same moment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from grants.applying.applications.models import Application, Submission
from grants.core.funds.queries import fund_by_code
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.machine import chromium
from tests.browser.conftest import FLAGS, Site
from tests.browser.test_accidents import (
    PASSPHRASE,
    WORDS,
    Desk,
    Writing,
    an_application,
    email_of,
    status,
)
from tests.factories import a_call, a_complete_draft
from tests.rules.source import ROOT

pytestmark = pytest.mark.browser

MORE = " – and more"


@pytest.fixture
def writing(site: Site) -> Writing:
    """A complete application that its administrator goes on writing."""
    with site.database.transaction() as session:
        call = a_call(session, fund_by_code(session, "UNVTF"))
        draft = a_complete_draft(session, call)
        luz = session.query(Person).where(Person.name.startswith("Luz")).one()
        credentials.choose_passphrase(session, luz, PASSPHRASE)
        return an_application(site, draft.reference)


@contextmanager
def desk_at(chrome: Browser, site: Site, url: str) -> Iterator[Desk]:
    """A browser in which she has signed in."""
    context = chrome.new_context(base_url=url, locale="en-GB")
    context.set_default_timeout(60_000)
    desk = Desk(context)
    desk.sign_in(email_of(site, "Luz"))
    yield desk
    context.close()


class Server:
    """The application in a process that can be killed, always at the same address."""

    def __init__(self, site: Site, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = [str(self.port), str(folder), site.database.url]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.killed", *self.arguments],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for _try in range(240):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except OSError:
                time.sleep(0.5)
            else:
                return
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def server(site: Site, tmp_path: Path) -> Iterator[Server]:
    found = Server(site, tmp_path)
    found.start()
    yield found
    found.kill()


@pytest.mark.parametrize("seconds", [3, 12])
def test_a_server_killed_so_long_after_typing_loses_no_word(
    chrome: Browser, site: Site, server: Server, writing: Writing, seconds: int
) -> None:
    with desk_at(chrome, site, server.url) as desk:
        page = desk.context.new_page()
        page.goto(writing.path)
        writing.box(page).fill(WORDS)
        page.wait_for_timeout(seconds * 1_000)
        server.kill()
        writing.box(page).fill(WORDS + MORE)
        expect(status(page)).to_contain_text("Not saved", timeout=30_000)
        server.start()
        expect(status(page)).to_contain_text("Saved ", timeout=90_000)
        assert writing.box(page).input_value() == writing.kept() == WORDS + MORE


def _processes_of(folder: Path) -> list[int]:
    """The browser that keeps its profile in this folder, and its children."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if entry.name.isdecimal() and str(folder).encode() in command:
            found.append(int(entry.name))
    return found


def _signed_in(page: Page, site: Site, writing: Writing) -> None:
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("E-mail address").fill(email_of(site, "Luz"))
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/start")
    page.goto(f"{site.url}{writing.path}")


@pytest.mark.parametrize("seconds", [3, 12])
def test_a_browser_killed_so_long_after_typing_loses_no_word(
    chrome: Browser, site: Site, writing: Writing, tmp_path: Path, seconds: int
) -> None:
    profile, begin = tmp_path / "profile", chrome.browser_type.launch_persistent_context
    page = begin(profile, executable_path=chromium(), args=FLAGS).pages[0]
    _signed_in(page, site, writing)
    writing.box(page).fill(WORDS)
    page.wait_for_timeout(seconds * 1_000)
    for process in _processes_of(profile):
        os.kill(process, signal.SIGKILL)
    with desk_at(chrome, site, site.url) as desk:
        page = desk.context.new_page()
        page.goto(writing.path)
        assert writing.box(page).input_value() == WORDS


def test_all_sections_pressed_in_two_tabs_at_once_keeps_both(
    chrome: Browser, site: Site, writing: Writing
) -> None:
    with desk_at(chrome, site, site.url) as desk:
        tabs = [desk.context.new_page() for _tab in range(2)]
        for tab in tabs:
            tab.goto(writing.path)
        for at, tab in enumerate(tabs):
            writing.box(tab, at).fill(f"{WORDS} {at}")
        for tab in tabs:
            tab.get_by_role("link", name="All sections").first.click(no_wait_after=True)
        for tab in tabs:
            tab.wait_for_url(f"**{writing.address}")
        for _try in range(40):
            if writing.kept(1) == f"{WORDS} 1" and writing.kept(0) == f"{WORDS} 0":
                break
            tabs[0].wait_for_timeout(250)
        assert (writing.kept(0), writing.kept(1)) == (f"{WORDS} 0", f"{WORDS} 1")


SUBMIT_FIVE_TIMES = """
async () => {
  const form = document.querySelector('form[action$="/submit"]');
  const body = () => {
    const data = new URLSearchParams(new FormData(form));
    data.set('true', 'y');
    return data;
  };
  const sent = [1, 2, 3, 4, 5].map(() => fetch(form.action, { method: 'POST', body: body() }));
  return (await Promise.all(sent)).map((answer) => [answer.status, new URL(answer.url).pathname]);
}
"""


def test_five_submits_at_once_are_one_application_one_e_mail_and_one_receipt(
    chrome: Browser, site: Site, writing: Writing
) -> None:
    with desk_at(chrome, site, site.url) as desk:
        page = desk.context.new_page()
        page.goto(f"{writing.address}/check")
        answers = page.evaluate(SUBMIT_FIVE_TIMES)
        assert answers == [[200, f"{writing.address}/submitted"]] * 5
        page.goto(f"{writing.address}/submitted")
        shown = page.locator("main").inner_text()
    with site.database.transaction() as session:
        submission = session.scalars(select(Submission)).one()
        assert session.scalar(select(func.count(Application.id))) == 1
        reference = submission.application.reference
        assert submission.sha256 in shown
    letters = site.letters(email_of(site, "Luz"))
    received = [one for one in letters if list(one.iter_attachments())]
    assert [str(one["Subject"]).count(reference) for one in received] == [1]
