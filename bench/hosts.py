"""Three hosts that share only the database and a bucket; again and again one of them is killed.

Meanwhile people sign in, save, upload in pieces, submit, have statements and a large file prepared
and fetch them, a few requests a second, through nginx with the settings of deploy/nginx.conf. In
the end all that was acknowledged must be there, and a paper of one host is genuine on the others.

`.venv/bin/python -m bench.hosts 12 10`: kills, seconds between two of them.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Thread
from urllib.parse import urlencode

import psutil
import requests
from flask import Flask
from sqlalchemy import select, text

from bench import deadline
from bench._stand import cookie_for
from bench.deadline import FORM, PDF, Browser, Results, hidden, lost_and_doubled
from grants import create_app
from grants.books.ledger.rates import NewRate, add_rates
from grants.config import Settings, environment_with
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people import credentials
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint, enter_organisation, enter_person
from grants.giving.donors.service import welcome
from grants.platform.documents.bucket import Bucket
from grants.platform.documents.models import Document
from tests.operations.backups.passwords import APPLICATION, OWNER, password_server
from tests.platform.documents.storage import object_storage
from tests.test_serving import free_port

KILLS, EVERY = (
    int(sys.argv[place]) if len(sys.argv) > place else usual
    for place, usual in enumerate((12, 10), 1)
)
ROOT = Path(__file__).parents[1]
SECRET = "nobody signs in here but a benchmark, 1234567890"  # noqa: S105 - of a folder that is deleted
PASSPHRASE = "seven quiet rivers meet"  # noqa: S105 - of a folder that is deleted
HOSTS, WRITERS, SUBMITTERS, UPLOADERS = 3, 4, 4, 4
STARTING = 300
"""Seconds in which a host has to be ready."""
PIECE = 64 * 1024
deadline.PAUSE = (2.0, 5.0)


@dataclass
class Answers(Results):
    """What was answered, and when something was refused."""

    refusals: list[tuple[float, str]] = field(default_factory=list)

    def note(self, kind: str, began: float, status: int | str) -> None:
        super().note(kind, began, status)
        if not isinstance(status, int) or status >= 400:
            self.refusals.append((time.monotonic(), f"{kind}: {status}"))


@dataclass
class Host:
    """A machine of the installation: a DATA_DIR and a port of its own."""

    data: Path
    port: int
    shared: dict[str, str]
    server: subprocess.Popen[bytes] | None = None

    def flask(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port)}
        self.data.mkdir(exist_ok=True)
        with (self.data / "log").open("ab") as log:
            command = [sys.executable, "-m", "flask", *words]
            environment = environment_with(**self.shared, **own, **more)
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def set_up(self, owner_url: str) -> None:
        if self.flask("setup", DATABASE_OWNER_URL=owner_url).wait():
            sys.exit((self.data / "log").read_text()[-3000:])

    def start(self) -> None:
        self.server = self.flask("serve")

    def kill(self) -> None:
        """As when the power fails: every process of it at once."""
        assert self.server is not None
        parts = [psutil.Process(self.server.pid)]
        parts += parts[0].children(recursive=True)
        for part in parts:
            with suppress(psutil.NoSuchProcess):
                part.kill()
        self.server.wait()

    def is_ready(self) -> bool:
        with suppress(requests.RequestException):
            front = {"Host": self.shared["BASE_URL"].removeprefix("http://")}
            answer = requests.get(f"http://127.0.0.1:{self.port}/readyz", headers=front, timeout=9)
            return answer.status_code == 200
        return False

    def until_ready(self) -> float:
        began = time.monotonic()
        while not self.is_ready():
            if time.monotonic() - began > STARTING:
                sys.exit((self.data / "log").read_text()[-3000:])
            time.sleep(0.2)
        return time.monotonic() - began


@contextmanager
def proxy(folder: Path, port: int, hosts: list[Host]) -> Iterator[None]:
    """Nginx with the settings of deploy/, but for names, ports and TLS."""
    settings = (ROOT / "deploy/nginx.conf").read_text()
    servers = "".join(
        f"    server 127.0.0.1:{h.port} max_fails=1 fail_timeout=5s;\n" for h in hosts
    )
    settings = settings.replace("    server 127.0.0.1:5000;\n", servers)
    settings = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", settings, flags=re.DOTALL)
    settings = re.sub(r"\n    (listen \[|ssl_|server_name).*", "", settings)
    settings = settings.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    settings = settings.replace("/opt/paragraph20", str(ROOT)).replace(" https;", " http;")
    settings = settings.replace("$host;", "$http_host;")
    head = f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;"
    user = "user root;" if os.geteuid() == 0 else ""
    body = (
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/t;"
    )
    (folder / "nginx.conf").write_text(f"{user} {head} events {{}} {body}\n{settings}\n}}\n")
    server = subprocess.Popen([shutil.which("nginx") or "nginx", "-c", folder / "nginx.conf"])
    try:
        yield
    finally:
        server.terminate()
        server.wait()


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


def plant(database: Database) -> tuple[list[tuple[Person, int, str]], Person]:
    """Drafts with their writers, who have a passphrase; a finance officer, donors and rates."""
    planted = deadline.plant(database, WRITERS + SUBMITTERS + UPLOADERS)
    with database.transaction() as session:
        for person, _draft, _reference in planted:
            credentials.choose_passphrase(session, session.get_one(Person, person.id), PASSPHRASE)
        officer = enter_person(session, "finance@example.org", "Finance")
        appoint(session, officer, Role.FINANCE_OFFICER)
        viewer = viewer_of(session, officer.id)
        assert viewer is not None
        for number in range(3):
            donor = enter_organisation(
                session, f"Donor {number}", DonorKind.NGO, code=f"D-{number}"
            )
            welcome(session, donor, Act(viewer))
        days = (date(2010, 1, 1) + timedelta(days=number) for number in range(2_100))
        rates = [NewRate("EUR", day, Decimal("0.921")) for day in days]
        add_rates(session, rates, Act(viewer))
    return planted, officer


def kill_hosts(drill: Drill, hosts: list[Host]) -> list[float]:
    """One after the other; the next when the two others are ready. The moments."""
    moments = []
    for number in range(KILLS):
        time.sleep(EVERY)
        victim = hosts[number % HOSTS]
        for other in hosts:
            if other is not victim:
                other.until_ready()
        moments.append(time.monotonic())
        victim.kill()
        time.sleep(1)
        victim.start()
        print(f"  {number + 1}: killed; so far {dict(drill.counts)}", flush=True)
    for host in hosts:
        host.until_ready()
    time.sleep(EVERY)
    return moments


def people_at_work(
    drill: Drill, planted: list[tuple[Person, int, str]], officer: Person
) -> tuple[list[Thread], dict[int, str], dict[int, bool]]:
    """Everyone begins; the texts and the submissions that are acknowledged, by draft."""
    texts: dict[int, str] = {}
    sent: dict[int, bool] = {}
    length = KILLS * (EVERY + 5.0)
    until = time.monotonic() + length

    def writes(browser: Browser, draft: int, reference: str) -> None:
        texts[draft] = deadline.write(browser, reference, until, Random(draft))

    def submits(browser: Browser, draft: int, reference: str) -> None:
        sent[draft] = deadline.submit(browser, reference, Random(draft).uniform(0, length * 0.7))

    def uploads(browser: Browser, draft: int, reference: str) -> None:
        upload(drill, browser, draft, reference)

    kinds: list[Callable[[Browser, int, str], None]] = [
        *[writes] * WRITERS,
        *[submits] * SUBMITTERS,
        *[uploads] * UPLOADERS,
    ]
    threads = [
        Thread(target=act, args=(drill.browser(person), draft, reference))
        for act, (person, draft, reference) in zip(kinds, planted, strict=True)
    ]
    threads.append(Thread(target=sign_in, args=(drill, [person for person, *_ in planted])))
    threads += [
        Thread(target=act, args=(drill, drill.browser(officer)))
        for act in (print_statements, prepare_file)
    ]
    for thread in threads:
        thread.start()
    return threads, texts, sent


def lost_files(drill: Drill, files_url: str) -> int:
    """Files whose upload was acknowledged and that are not there, whole."""
    with drill.database.session() as session:
        rows = session.scalars(select(Document.sha256))
        there = set(rows)
    bucket, lost = Bucket(files_url), 0
    for _draft, sha256 in drill.uploaded:
        lost += sha256 not in there or hashlib.sha256(bucket.read(sha256)).hexdigest() != sha256
    return lost


def outages(drill: Drill, moments: list[float]) -> list[float]:
    """For each kill the seconds from it to the last answer that was refused before the next."""
    ends = [*moments[1:], float("inf")]
    return [
        max((at - begin for at, _what in drill.results.refusals if begin <= at < end), default=0.0)
        for begin, end in zip(moments, ends, strict=True)
    ]


def main() -> None:
    with ExitStack() as opened:
        name = opened.enter_context(
            tempfile.TemporaryDirectory(prefix="p20-hosts-", ignore_cleanup_errors=True)
        )
        folder, server = Path(name), opened.enter_context(password_server())
        storage = opened.enter_context(object_storage())
        server.create("fund")
        front = free_port()
        shared = {
            "BASE_URL": f"http://127.0.0.1:{front}",
            "PRODUCTION": "1",
            "TRUSTED_PROXIES": "1",
            "SECRET_KEY": SECRET,
            "DATABASE_URL": server.url(APPLICATION, "fund"),
            "FILES_URL": f"s3://fund/files?endpoint={storage}&region=eu-west-1",
        }
        hosts = [Host(folder / f"host-{number}", free_port(), shared) for number in range(HOSTS)]
        hosts[0].set_up(server.url(OWNER, "fund"))
        database = Database.at(shared["DATABASE_URL"])
        opened.callback(database.dispose)
        settings = Settings(
            folder,
            shared["BASE_URL"],
            declared_production=True,
            secret_key=SECRET,
            files_url=shared["FILES_URL"],
        )
        drill = Drill(front, database, create_app(settings, database))
        planted, officer = plant(database)
        for host in hosts:
            host.start()
            opened.callback(host.kill)
        print(f"ready at first after {max(host.until_ready() for host in hosts):.0f} s", flush=True)
        opened.enter_context(proxy(folder, front, hosts))
        hold(drill, hosts, planted, officer)
        verify(drill, folder, hosts)
    if drill.faults:
        sys.exit("\n".join(drill.faults))


def hold(
    drill: Drill, hosts: list[Host], planted: list[tuple[Person, int, str]], officer: Person
) -> None:
    """People work while hosts are killed; then all that was acknowledged is looked for."""
    threads, texts, sent = people_at_work(drill, planted, officer)
    try:
        moments = kill_hosts(drill, hosts)
    finally:
        drill.over.set()
    for thread in threads:
        thread.join()
    for deed in ("signed in", "files uploaded in pieces", "runs of statements fetched"):
        drill.check(drill.counts[deed] > 0, f"nobody has {deed}")
    lost = lost_and_doubled(drill.database, texts, sent)
    report(drill, moments, [*lost, lost_files(drill, hosts[0].shared["FILES_URL"])])


def verify(drill: Drill, folder: Path, hosts: list[Host]) -> None:
    """Books and trail; and each host is asked about a paper of which it printed at most one."""
    (folder / "paper.pdf").write_bytes(drill.paper)
    genuine = [h.flask("document", "verify", str(folder / "paper.pdf")).wait() for h in hosts]
    sound = [hosts[0].flask(name, "verify").wait() for name in ("ledger", "trail")]
    print(f"  a paper of one host verified on each: exit {genuine}")
    print(f"  ledger verify, trail verify: exit {sound}")
    if any([*genuine, *sound]):
        drill.faults.append(str([*genuine, *sound]))


def report(drill: Drill, moments: list[float], lost: list[int]) -> None:
    times = sorted(outages(drill, moments))
    refused = Counter(drill.results.refused)
    answers = sum(map(len, drill.results.taken.values()))
    print(f"{len(moments)} hosts of {HOSTS} killed, one each {EVERY} s or more; {answers} answers")
    print(f"  acknowledged: {dict(drill.counts)}, saves {len(drill.results.taken['save'])}")
    print(f"  answered: { {kind: len(taken) for kind, taken in drill.results.taken.items()} }")
    print(f"  lost: saves {lost[0]}, submissions {lost[1]}, files {lost[3]}; doubled {lost[2]}")
    print(f"  refused: {dict(refused) or 'nothing'}")
    print(f"  last refusal after a kill: {times[len(times) // 2]:.1f} s (worst {times[-1]:.1f} s)")
    print(f"  {drill.faults}")
    if any(lost) or {what.rpartition(": ")[2] for what in refused} - {"503"}:
        drill.faults.append(f"lost {lost}, refused {dict(refused)}")


if __name__ == "__main__":
    main()
