"""A real browser on the real application: own database, real commits, real e-mails as files."""

import email
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel import links
from grants.machine import chromium
from grants.papers.statements.issuing import render_by_name
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.post import PostOffice
from grants.variables import Mailbox
from tests.browser.serving import served

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@dataclass
class Site:
    """A running installation: its address, its database, its mail."""

    app: Flask
    url: str
    database: Database
    post_office: PostOffice

    def letters(self, recipient: str) -> list[EmailMessage]:
        """E-mails that have reached an address, after the worker has done what was queued.

        The worker runs in a thread of its own: Playwright keeps this one's event loop busy.
        """
        with ThreadPoolExecutor(1) as aside:
            aside.submit(run_worker, self.database.url, self.post_office, wait=False).result()
        files = sorted(self.post_office.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime)
        found = [
            email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files
        ]
        return [letter for letter in found if letter["To"] == recipient]

    def link(self, recipient: str, part: str) -> str:
        """The newest address in this person's mail that contains `part`."""
        for letter in reversed(self.letters(recipient)):
            body = letter.get_body(("plain",))
            assert body is not None
            links = re.findall(r"https?://\S+", body.get_content())
            if found := [link for link in links if part in link]:
                return str(found[0])
        raise AssertionError(f"no link with {part} has reached {recipient}")


@pytest.fixture
def site(real_database: Database, tmp_path: Path) -> Iterator[Site]:
    """The application over real connections, served from a thread."""
    settings = Settings(
        data_dir=tmp_path,
        base_url="http://localhost",
        secret_key="browser tests",
        step_up_minutes=120,  # on a busy machine a walk takes longer than a proof is good for
    )
    app = create_app(settings, real_database)
    render = partial(render_by_name, real_database)
    office = PostOffice(real_database, tmp_path / "mail", Mailbox("fund@localhost"), render)
    with served(app) as url:
        links.use_base_url(url)
        yield Site(app, url, real_database, office)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Ended after each file: while Playwright lives, no other test may run an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


OpenBrowser = Callable[..., Page]


@pytest.fixture
def person_at(chrome: Browser, site: Site) -> Iterator[OpenBrowser]:
    """Another person at another machine: a fresh page; any error in its console fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_browser(*, width: int = 1280, javascript: bool = True, locale: str = "en-GB") -> Page:
        context = chrome.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale=locale,
        )
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        contexts.append(context)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert complaints == []
