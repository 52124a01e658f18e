"""Three hosts that share only the database and a bucket; again and again one of them is killed.

Meanwhile people sign in, save, upload in pieces, submit, have statements and a large file prepared
and fetch them, a few requests a second, through nginx with the settings of deploy/nginx.conf. In
the end all that was acknowledged must be there, and a paper of one host is genuine on the others.

`.venv/bin/python -m bench.hosts 12 10`: kills, seconds between two of them.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from threading import Thread

from sqlalchemy import select

from bench import deadline
from bench._at_work import PASSPHRASE, Drill, prepare_file, print_statements, sign_in, upload
from bench._served import ROOT, SECRET, Host, free_port
from bench.deadline import Browser, lost_and_doubled
from grants import create_app
from grants.books.ledger.rates import NewRate, add_rates
from grants.config import Settings
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

KILLS, EVERY = (
    int(sys.argv[place]) if len(sys.argv) > place else usual
    for place, usual in enumerate((12, 10), 1)
)
HOSTS, WRITERS, SUBMITTERS, UPLOADERS = 3, 4, 4, 4
DEEDS = (
    "signed in",
    "files uploaded in pieces",
    "runs of statements fetched",
    "large files fetched",
)
"""What somebody has to have done, for the drill to say something of it."""
deadline.PAUSE = (2.0, 5.0)


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
        hosts[0].run("setup", DATABASE_OWNER_URL=server.url(OWNER, "fund"))
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
    for deed in DEEDS:
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
