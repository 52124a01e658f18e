"""The hour of a deadline in small: many write and save, some submit in the last minute.

Writers open a section and save it again and again, as the browser does while they type. Others
upload a paper over a thin line and press “Submit” twice. In the end every save that the server
acknowledged must be there, and each application submitted once.

`.venv/bin/python -m bench.deadline 300 60 60`: writers, submitters, seconds. With more than a
machine serves it tells what is turned away, and that still nothing is lost.
"""

import math
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from pathlib import Path
from random import Random
from threading import Lock, Thread
from urllib.parse import urlencode

from pypdf import PdfWriter
from sqlalchemy import text

from bench._stand import analyse, cookie_for, show
from grants import create_app
from grants.applying.applications.models import Application
from grants.applying.applications.queries import answers_of
from grants.applying.calls.service import Rules, draft_call, open_call
from grants.applying.drafts.service import attach, save_section, start
from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint, enter_organisation, enter_person
from grants.platform.file_checks.checks import Upload
from seeds.applying import PAPERS, answers
from seeds.projects import proposal
from seeds.scans import page_saying

WRITERS, SUBMITTERS, SECONDS = (
    int(sys.argv[place]) if len(sys.argv) > place else usual
    for place, usual in enumerate((300, 60, 60), 1)
)
ROOT = Path(__file__).parents[1]
PAUSE = (4.0, 12.0)
"""Seconds between two saves of a writer, at random between these."""
THIN = 40_000
"""Octets a second of an upload."""
PATIENCE = 60


def paper() -> bytes:
    """A PDF of some 120 kB, as a scan of a page is."""
    writer = PdfWriter(BytesIO(page_saying("Registration certificate")))
    writer.add_metadata({"/Keywords": "x" * 120_000})
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


PDF = paper()


def plant(database: Database, count: int) -> list[tuple[Person, int, str]]:
    """An open call with the fund's usual form of twelve sections, and drafts that are complete, as
    the demonstration writes them: (writer, draft, reference).
    """
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        manager = enter_person(session, "manager@example.org", "Manager")
        appoint(session, manager, Role.FUND_MANAGER)
        act = Act(_viewer(session, manager))
        now = clock.now()
        rules = Rules(
            title={"en": "Deadline"},
            summary={"en": "Deadline"},
            window="SGP1",
            opens_at=now - timedelta(days=1),
            deadline_at=now + timedelta(days=1),
            envelope_minor=10**9,
            lowest_minor=100_00,
            highest_minor=10**7,
            months=24,
        )
        call = draft_call(session, fund, rules, act)
        open_call(session, call, act)
        found = []
        for number in range(count):
            person = enter_person(session, f"writer{number}@example.org", f"Writer {number}")
            name = f"Organisation {number}"
            organisation = enter_organisation(session, name, DonorKind.NGO, "KE")
            appoint(session, person, Role.ORGANISATION_ADMIN, organisation=organisation)
            by = Act(_viewer(session, person))
            draft = start(session, call, organisation, by)
            for section, typed in answers(proposal(number % 60), now.date()).items():
                save_section(session, draft, section, typed, 0, by)
            for question in PAPERS:
                page = page_saying(f"{question} of {name}")
                attach(session, draft, question, Upload(f"{question}.pdf", page), by)
            found.append((person, draft.id, draft.reference))
        return found


def _viewer(session: object, person: Person):  # type: ignore[no-untyped-def] # noqa: ANN202
    viewer = viewer_of(session, person.id)  # type: ignore[arg-type]
    assert viewer is not None
    return viewer


@dataclass
class Results:
    """Milliseconds by kind of request, and what was answered otherwise than hoped for."""

    taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def note(self, kind: str, began: float, status: int | str) -> None:
        with self.lock:
            if isinstance(status, int) and status < 400:
                self.taken[kind].append((time.monotonic() - began) * 1000)
            else:
                self.refused[f"{kind}: {status}"] += 1


@dataclass
class Browser:
    """A person at a browser, who holds one connection at a time."""

    port: int
    headers: dict[str, str]
    results: Results
    ready: bytes = b""
    """A form that is filled in, to be sent."""

    def ask(
        self,
        kind: str,
        path: str,
        body: bytes | None = None,
        more: dict[str, str] | None = None,
        *,
        thin: bool = False,
    ) -> tuple[int, str]:
        """Status and text; 0 where no answer came."""
        began, status, page = time.monotonic(), 0, ""
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            line.putrequest("POST" if body is not None else "GET", path)
            headers = {**self.headers, **(more or {}), "Content-Length": str(len(body or b""))}
            for name, value in headers.items():
                line.putheader(name, value)
            line.endheaders()
            for first in range(0, len(body or b""), THIN // 4):
                line.send((body or b"")[first : first + THIN // 4])
                if thin:
                    time.sleep(0.25)
            answer = line.getresponse()
            status, page = answer.status, answer.read().decode("utf-8", "replace")
            fresh = answer.headers.get("Set-Cookie", "")
            if fresh.startswith(("session=", "__Host-session=")):
                self.headers["Cookie"] = fresh.split(";")[0]
        except (OSError, HTTPException) as lost:
            self.results.note(kind, began, type(lost).__name__)
            return 0, ""
        finally:
            line.close()
        self.results.note(kind, began, status)
        return status, page

    def until(self, kind: str, path: str) -> str:
        """The page, asked for again after a pause as long as it is refused."""
        for pause in (1, 2, 4, 8, 16, 32):
            status, page = self.ask(kind, path)
            if status == 200:
                return page
            time.sleep(pause)
        return ""


def hidden(page: str) -> dict[str, str]:
    names = "csrf_token|version|sheet|turn|base|hidden|clashes"
    return dict(re.findall(rf'name="({names})"[^>]*? value="([^"]*)"', page))


def write(browser: Browser, reference: str, until: float, chance: Random) -> str:
    """Save the section again and again; returns the last text that was acknowledged."""
    at = f"/applying/{reference}/sections/problem"
    marks = hidden(browser.until("open a section", at))
    acknowledged, story, turn = "", "", 0
    while marks and time.monotonic() < until:
        time.sleep(chance.uniform(*PAUSE))
        turn += 1
        story += f"In month {turn} we go on helping victims where they are. "
        typed = {**marks, **typed_problem(story), "turn": str(turn)}
        status, answer = browser.ask("save", f"{at}/autosave", urlencode(typed).encode(), FORM)
        if status == 200:
            acknowledged = story
            if found := re.search(r'"base":\s*"([^"]*)"', answer):
                marks["base"] = found[1]
            if found := re.search(r'"version":\s*(\d+)', answer):
                marks["version"] = found[1]
    return acknowledged.strip()


def typed_problem(story: str) -> dict[str, str]:
    """The section about the problem, as a browser sends it."""
    texts = answers(proposal(0), clock.today())["problem"]
    return {**{name: text for name, (text,) in texts.items()}, "q_problem": story}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def submit(browser: Browser, reference: str, wait: float) -> bool:
    """Upload a paper over a thin line, then press “Submit” twice; was it acknowledged?"""
    time.sleep(wait)
    at = f"/applying/{reference}"
    marks = hidden(browser.until("open a section", f"{at}/sections/documents"))
    body, kind = _multipart(marks)
    browser.ask(
        "upload a paper", f"{at}/sections/documents", body, {"Content-Type": kind}, thin=True
    )
    for _time in range(6):
        token = hidden(browser.until("check the answers", f"{at}/check")).get("csrf_token", "")
        typed = urlencode({"csrf_token": token, "true": "yes"}).encode()
        press = ("submit", f"{at}/submit", typed, FORM)
        presses = [Thread(target=browser.ask, args=press) for _press in range(2)]
        _together(presses)
        status, page = browser.ask("see the receipt", f"{at}/submitted")
        if status == 200 and "SHA-256" in page:
            return True
        time.sleep(2)
    return False


def _multipart(marks: dict[str, str]) -> tuple[bytes, str]:
    parts = [
        f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in marks.items()
    ]
    head = (
        '--line\r\nContent-Disposition: form-data; name="q_other_papers"; filename="paper.pdf"\r\n'
    )
    file = head.encode() + b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--line--\r\n"
    return b"".join(parts) + file, "multipart/form-data; boundary=line"


def _together(threads: Sequence[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def served(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """The installation as it is served in life: gunicorn and the worker."""
    facts = [f"DATA_DIR={folder}", f"PORT={port}"]
    with (folder / "log").open("ab") as log:
        command = ["/usr/bin/env", *facts, sys.executable, "-m", "flask", "serve"]
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    began = time.monotonic()
    while True:
        line = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/readyz")
            if line.getresponse().status == 200:
                return server
        except OSError:
            time.sleep(0.2)
        finally:
            line.close()
        if time.monotonic() - began > 120:
            sys.exit((folder / "log").read_text()[-3000:])


def crowd(
    browsers: Sequence[Browser], planted: Sequence[tuple[int, str]]
) -> tuple[dict[int, str], dict[int, bool]]:
    """Everyone at once. Returns the text acknowledged, and whether a submission was, by draft."""
    texts: dict[int, str] = {}
    sent: dict[int, bool] = {}
    until = time.monotonic() + SECONDS

    def writer(place: int) -> None:
        draft, reference = planted[place]
        texts[draft] = write(browsers[place], reference, until, Random(place))

    def submitter(place: int) -> None:
        draft, reference = planted[place]
        sent[draft] = submit(browsers[place], reference, Random(place).uniform(0, SECONDS / 2))

    acts: list[tuple[Callable[[int], None], int]] = [
        (writer if place < WRITERS else submitter, place) for place in range(len(planted))
    ]
    _together([Thread(target=act, args=(place,)) for act, place in acts])
    return texts, sent


def lost_and_doubled(
    database: Database, texts: dict[int, str], sent: dict[int, bool]
) -> tuple[int, int, int]:
    """Acknowledged saves that are not there, submissions that are not, and doubles."""
    with database.session() as session:
        stands = {draft: answers_of(session, draft)["problem"].given for draft in texts}
        lost = sum(
            story not in stands[draft].get("q_problem", [""])[0] for draft, story in texts.items()
        )
        states = {draft: session.get_one(Application, draft).submitted_at for draft in sent}
        missing = sum(done and states[draft] is None for draft, done in sent.items())
        query = (
            "SELECT count(*) - count(DISTINCT subject_id) FROM trail"
            " WHERE subject = 'application' AND action = 'submit'"
        )
        doubled = session.scalar(text(query)) or 0
    return lost, missing, doubled


def percentile(taken: Sequence[float], share: float) -> str:
    return f"{taken[min(len(taken) - 1, math.ceil(len(taken) * share) - 1)]:,.0f}"


@contextmanager
def deadline_day(people: int) -> Iterator[tuple[Database, list[Browser], list[tuple[int, str]]]]:
    """An installation that is served as in life, and so many people, each with a browser and a
    draft: its id and its reference.
    """
    folder = Path(tempfile.mkdtemp(prefix="p20-deadline-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = ["/usr/bin/env", f"DATA_DIR={folder}", sys.executable, "-m", "flask", "setup"]
    subprocess.run(environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    server = served(folder, port)
    database = Database.at(f"postgresql://application@/paragraph20?host={folder / 'postgresql'}")
    try:
        planted = plant(database, people)
        analyse(database)
        settings = Settings(
            data_dir=folder,
            base_url=f"http://127.0.0.1:{port}",
            secret_key=(folder / "secret-key").read_text().strip(),
        )
        app, results = create_app(settings, database), Results()
        browsers = [
            Browser(port, {"User-Agent": "bench", **cookie_for(app, database, person)}, results)
            for person, _draft, _reference in planted
        ]
        yield database, browsers, [(draft, reference) for _person, draft, reference in planted]
    finally:
        server.terminate()
        server.wait(120)
        database.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    with deadline_day(WRITERS + SUBMITTERS) as (database, browsers, planted):
        texts, sent = crowd(browsers, planted)
        lost = lost_and_doubled(database, texts, sent)
        report(browsers[0].results, *lost, sum(sent.values()))


def report(results: Results, lost: int, missing: int, doubled: int, submitted: int) -> None:
    rows = [
        [kind, str(len(taken)), *(percentile(sorted(taken), share) for share in (0.5, 0.95, 0.99))]
        for kind, taken in results.taken.items()
    ]
    title = f"{WRITERS} writing, {SUBMITTERS} submitting, {SECONDS} s"
    show(title, ["", "answered", "p50 ms", "p95 ms", "p99 ms"], rows)
    print(f"  turned away or lost on the line: {dict(results.refused) or 'none'}")
    print(f"  submitted: {submitted} of {SUBMITTERS}; doubles: {doubled}")
    print(f"  acknowledged saves lost: {lost}; acknowledged submissions lost: {missing}")
    if lost or missing or doubled:
        sys.exit(1)


if __name__ == "__main__":
    main()
