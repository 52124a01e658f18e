"""What people do at an installation that is being broken, and what was acknowledged to them."""

import hashlib
import io
import re
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from urllib.parse import urlencode

import requests
from flask import Flask
from sqlalchemy import text

from bench._stand import cookie_for
from bench.deadline import FORM, PDF, Browser, Results, hidden
from grants.core.database.db import Database
from grants.core.people.models import Person

PASSPHRASE = "seven quiet rivers meet"  # noqa: S105 - of a folder that is deleted
PIECE = 64 * 1024


@dataclass
class Answers(Results):
    """What was answered, and when something was refused."""

    refusals: list[tuple[float, str]] = field(default_factory=list)

    def note(self, kind: str, began: float, status: int | str) -> None:
        super().note(kind, began, status)
        if not isinstance(status, int) or status >= 400:
            self.refusals.append((time.monotonic(), f"{kind}: {status}"))


@dataclass
class Drill:
    """The people, and what was acknowledged to them."""

    port: int
    database: Database
    app: Flask
    over: Event = field(default_factory=Event)
    results: Answers = field(default_factory=Answers)
    counts: Counter[str] = field(default_factory=Counter)
    uploaded: set[tuple[int, str]] = field(default_factory=set)
    """The draft and the SHA-256 of each file that was acknowledged."""
    faults: list[str] = field(default_factory=list)
    paper: bytes = b""
    """A statement that one of the hosts printed."""

    def browser(self, person: Person | None = None) -> Browser:
        cookie = {}
        if person is not None:
            cookie = cookie_for(self.app, self.database, person)
        return Browser(self.port, {"User-Agent": "bench", **cookie}, self.results)

    def check(self, holds: bool, what: str) -> None:  # noqa: FBT001
        if not holds:
            self.faults.append(what)

    def fetch(self, browser: Browser, kind: str, path: str) -> bytes:
        """A file, asked for again as a person does."""
        while not self.over.is_set():
            began = time.monotonic()
            try:
                url = f"http://127.0.0.1:{self.port}{path}"
                answer = requests.get(url, headers=browser.headers, timeout=60)
            except requests.RequestException as lost:
                self.results.note(kind, began, type(lost).__name__)
                time.sleep(1)
                continue
            self.results.note(kind, began, answer.status_code)
            if answer.status_code == 200:
                return answer.content
            time.sleep(1)
        return b""


def sign_in(drill: Drill, people: list[Person]) -> None:
    """One person after the other signs in with a passphrase, and is signed in then at any host."""
    for number in count():
        if drill.over.wait(3):
            return
        browser = drill.browser()
        token = hidden(browser.until("open sign-in", "/sign-in")).get("csrf_token", "")
        typed = {
            "csrf_token": token,
            "email": people[number % len(people)].email,
            "passphrase": PASSPHRASE,
        }
        status, _page = browser.ask("sign in", "/sign-in", urlencode(typed).encode(), FORM)
        if status in (302, 303):
            drill.counts["signed in"] += 1
            if "Sign out" not in browser.until("open the start page", "/start"):
                drill.faults.append("signed in, and not known afterwards")


def upload(drill: Drill, browser: Browser, draft: int, reference: str) -> None:
    """A file in pieces, a second between two; what is not acknowledged is sent again."""
    for number in count():
        if drill.over.is_set():
            return
        content = PDF + f"\n% {reference} {number}\n".encode() * 9000
        name = f"paper-{number}.pdf"
        page = browser.until("open a section", f"/applying/{reference}/sections/documents")
        facts = {
            "csrf_token": hidden(page).get("csrf_token", ""),
            "name": name,
            "mark": "1",
            "total": str(len(content)),
        }
        if _send_pieces(drill, browser, reference, facts, content):
            drill.uploaded.add((draft, hashlib.sha256(content).hexdigest()))
            drill.counts["files uploaded in pieces"] += 1
        if drill.over.wait(15) or number == 2:
            return


def _send_pieces(
    drill: Drill, browser: Browser, reference: str, facts: dict[str, str], content: bytes
) -> bool:
    url = f"http://127.0.0.1:{drill.port}/applying/{reference}/questions/other_papers/upload"
    offset = 0
    while not drill.over.wait(1):
        began = time.monotonic()
        try:
            answer = requests.post(
                url,
                {**facts, "offset": str(offset)},
                files={"piece": ("piece", content[offset : offset + PIECE])},
                headers=browser.headers,
                timeout=60,
            )
        except requests.RequestException as lost:
            drill.results.note("piece", began, type(lost).__name__)
            continue
        drill.results.note("piece", began, answer.status_code)
        if answer.status_code == 422:
            drill.faults.append(answer.text)
            return False
        if answer.status_code == 200:
            if answer.json().get("attached"):
                return True
            if answer.json()["received"] < offset:
                drill.counts["pieces sent again from the beginning"] += 1
            offset = answer.json()["received"]
            drill.counts["pieces"] += 1
    return False


def print_statements(drill: Drill, browser: Browser) -> None:
    """Order every donor's statement, wait, and fetch them from whichever host answers."""
    period = {
        f"{end}-{part}": value
        for end, day in (("since", (1, 1)), ("until", (31, 12)))
        for part, value in zip(("day", "month", "year"), (*map(str, day), "2025"), strict=True)
    }
    while not drill.over.is_set():
        page = browser.until("open printing", "/statements/runs/new")
        token = hidden(page).get("csrf_token", "")
        typed = {"csrf_token": token, "fund": "*", "language": "own", **period}
        status, _page = browser.ask(
            "order statements", "/statements/runs/new", urlencode(typed).encode(), FORM
        )
        if status != 303:
            continue
        with drill.database.session() as session:
            run = session.scalar(text("SELECT max(id) FROM statement_run"))
        here = f"/statements/runs/{run}"
        while "statements.zip" not in browser.until("watch printing", here):
            if drill.over.wait(1):
                return
        content = drill.fetch(browser, "fetch statements", f"{here}/statements.zip")
        if content:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                pdfs = [name for name in archive.namelist() if name.endswith(".pdf")]
                if archive.testzip() or len(pdfs) != 3:
                    drill.faults.append(f"run {run}: {archive.namelist()}")
                drill.paper = archive.read(pdfs[0])
            drill.counts["runs of statements fetched"] += 1
        drill.over.wait(5)


def prepare_file(drill: Drill, browser: Browser) -> None:
    """Order a workbook of 2,100 rows, wait, and fetch it from whichever host answers."""
    while not drill.over.wait(2):
        page = _page_of_order(drill, browser)
        if not page:
            return
        token = hidden(browser.until("order a large file", page)).get("csrf_token", "")
        typed = urlencode({"csrf_token": token}).encode()
        if browser.ask("order a large file", page, typed, FORM)[0] != 303:
            continue
        link = None
        while not link and not drill.over.wait(1):
            shown = browser.until("watch a large file", page)
            link = re.search(r'href="([^"]*ready=1[^"]*)"', shown)
        path = link[1].replace("&amp;", "&") if link else ""
        content = drill.fetch(browser, "fetch a large file", path)
        if content:
            drill.check(zipfile.ZipFile(io.BytesIO(content)).testzip() is None, "a workbook")
            drill.counts["large files fetched"] += 1


def _page_of_order(drill: Drill, browser: Browser) -> str:
    """The page to which a person is led who asks for the workbook."""
    url = f"http://127.0.0.1:{drill.port}/ledger/rates?format=xlsx"
    while not drill.over.wait(1):
        began = time.monotonic()
        try:
            led = requests.get(url, headers=browser.headers, timeout=60, allow_redirects=False)
        except requests.RequestException:
            continue
        drill.results.note("ask for a large file", began, led.status_code)
        if led.status_code == 302:
            return led.headers["Location"]
    return ""
