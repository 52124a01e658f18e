"""`make run` serves until Ctrl-C, and leaves nothing behind: no process, no taken port."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import psycopg
import pytest

from grants.core.kernel.processes import PATIENCE
from grants.receiving import GRACE
from tests.collector import collecting, facts_of

ROOT = Path(__file__).parents[1]


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(
    port: int, data: Path, told: TextIO | int = subprocess.PIPE, *options: str, **more: str
) -> subprocess.Popen[str]:
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(data), **more}
    environment.pop("BASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "serve", *options],
        cwd=ROOT,
        env=environment,
        stdout=told,
        stderr=told,
        text=True,
        start_new_session=True,
    )


def until_it_answers(port: int, seconds: int = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}/sign-in") as answer:
                assert answer.status == 200
                return
        except (URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail(f"nothing answers on port {port}")


def assert_prometheus_is_answered(port: int) -> None:
    """On its own port, from the counts of all web processes, about this database."""
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        figures = answer.read().decode()
    told = 'paragraph20_requests_total{method="GET",page="signin.sign_in",status="200"} '
    assert told in figures
    assert 'paragraph20_request_duration_seconds_count{page="signin.sign_in"} ' in figures
    assert "paragraph20_database_up 1.0" in figures
    assert 'paragraph20_jobs{state="failed"} 0.0' in figures


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """The data of an installation that has been set up; not in pytest's folder, which it closes."""
    with tempfile.TemporaryDirectory(prefix="p20-", ignore_cleanup_errors=True) as folder:
        set_up(folder)
        yield Path(folder)


def set_up(folder: str) -> None:
    command = [sys.executable, "-m", "flask", "setup"]
    environment = {**os.environ, "DATA_DIR": folder}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_being_told_to_stop_ends_every_process(how: signal.Signals, data: Path) -> None:
    port, watching = free_port(), free_port()
    server = serve(port, data, METRICS_LISTEN=str(watching), LOG_FORMAT="json", LOG_LEVEL="info")
    until_it_answers(port)
    assert_prometheus_is_answered(watching)
    started = psutil.Process(server.pid).children(recursive=True)
    assert len(started) >= 3  # the worker, gunicorn, and gunicorn's own
    os.killpg(server.pid, how)
    output, complaints = server.communicate(timeout=60)
    assert server.returncode == 0
    assert "Stopping." in output
    assert "Traceback" not in complaints
    lines = [json.loads(line) for line in complaints.splitlines()]
    assert {"request": "signin.sign_in"} in [{line["event"]: line.get("page")} for line in lines]
    assert [process for process in started if is_alive(process)] == []


def everything_of(server: subprocess.Popen[str], data: Path) -> list[psutil.Process]:
    """What an installation has running: its parts, what they have started, and its database."""
    postmaster = int((data / "postgresql" / "postmaster.pid").read_text().splitlines()[0])
    parts = psutil.Process(server.pid).children(recursive=True)
    return [*parts, psutil.Process(postmaster)]


def test_when_it_is_killed_nothing_is_left_behind_and_it_starts_again_at_once(data: Path) -> None:
    port = free_port()
    server = serve(port, data)
    until_it_answers(port)
    started = everything_of(server, data)
    assert len(started) >= 4  # the worker, gunicorn, gunicorn's own, PostgreSQL
    server.kill()
    server.communicate(timeout=60)
    end = time.monotonic() + 60
    while any(is_alive(process) for process in started):
        assert time.monotonic() < end, [process for process in started if is_alive(process)]
        time.sleep(0.1)
    again = serve(port, data)
    until_it_answers(port)
    again.terminate()
    assert again.communicate(timeout=60)[1] == ""


COLLECT = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
VALUES ('default', 'webhooks.collect', '{"timestamp": 0}')
"""
DOING = (
    "SELECT true FROM procrastinate_jobs WHERE task_name = 'webhooks.collect' AND status = 'doing'"
)


def superuser(data: Path) -> str:
    """Of the embedded database, for libpq."""
    return f"host={data / 'postgresql'} dbname=paragraph20 user=postgres"


def a_job_that_waits(data: Path) -> psycopg.Connection:
    """The connection that locks what the worker needs for the job that it is at."""
    url = superuser(data)
    lock = psycopg.connect(url)
    lock.execute("LOCK TABLE webhook")
    with psycopg.connect(url, autocommit=True) as asking:
        asking.execute(COLLECT)
        end = time.monotonic() + 60
        while asking.execute(DOING).fetchone() is None:
            assert time.monotonic() < end, "the worker does not begin the job"
            time.sleep(0.05)
    return lock


@pytest.mark.parametrize("comes_to_its_end", [True, False])
def test_the_database_waits_for_a_job_when_the_server_is_killed_but_not_for_ever(
    data: Path, comes_to_its_end: bool
) -> None:
    port = free_port()
    server = serve(port, data)
    until_it_answers(port)
    started = everything_of(server, data)
    lock = a_job_that_waits(data)
    server.kill()
    if comes_to_its_end:
        time.sleep(1)
        lock.close()
    _output, complaints = server.communicate(timeout=2 * PATIENCE)
    assert "Error" not in complaints
    lock.close()
    end = time.monotonic() + PATIENCE
    while any(is_alive(process) for process in started):
        assert time.monotonic() < end, [process for process in started if is_alive(process)]
        time.sleep(0.1)


def test_each_process_tells_a_collector_what_it_has_done(data: Path) -> None:
    port = free_port()
    with collecting() as collector:
        server = serve(
            port,
            data,
            LOG_FORMAT="json",
            LOG_LEVEL="info",
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        )
        until_it_answers(port)
        with psycopg.connect(superuser(data), autocommit=True) as asking:
            asking.execute(COLLECT)
        job = collector.until("webhooks.collect")
        server.terminate()
        _output, complaints = server.communicate(timeout=60)
        page = collector.until("GET /sign-in", 0.5)  # sent at the latest when its process ends
    lines = [json.loads(line) for line in complaints.splitlines()]
    told = [(line.get("task") or line.get("page"), line.get("trace")) for line in lines]
    assert ("signin.sign_in", page.trace_id.hex()) in told
    assert ("webhooks.collect", job.trace_id.hex()) in told
    assert facts_of(page)["paragraph20.database.questions"]


@contextmanager
def slow_senders(port: int) -> Iterator[None]:
    """Forty who never end their headers, and forty who never send the form that they announce."""
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\na=b"
    with ExitStack() as held:
        for number in range(80):
            sock = held.enter_context(socket.create_connection(("127.0.0.1", port)))
            sock.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + form * (number % 2))
        yield


def test_slow_senders_keep_nobody_waiting_and_are_cut_off(data: Path) -> None:
    port = free_port()
    server = serve(port, data)
    until_it_answers(port)
    with slow_senders(port):
        for _time in range(10):
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=GRACE / 2) as answer:
                assert answer.status == 200
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.settimeout(60)
            slow.sendall(b"GET / HTTP/1.1\r\nHost: loc")
            assert slow.recv(1) == b""  # cut off
    server.terminate()
    server.communicate(timeout=60)


def test_a_taken_port_is_told_with_the_mend(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = serve(port, data)
        _output, complaints = server.communicate(timeout=60)
    assert server.returncode == 2
    assert complaints == f"Port {port} is already in use. Choose another: PORT=5001 make run\n"


HALF_A_STORY = """
import seeds.story
from grants.core.people.service import enter_person
from grants.platform.documents.store import store

def plant(session, today, scale=1):
    enter_person(session, "half@example.org", "Half a story")
    session.flush()
    store().put("ab" * 32, b"half")
    raise ValueError("day is out of range for month")

seeds.story.plant = plant
"""


def test_a_fund_starts_empty_where_the_demonstration_cannot_be_planted(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HALF_A_STORY, "utf-8")
    port, before = free_port(), set((data / "files").glob("??/*"))
    server = serve(
        port, data, subprocess.PIPE, "--prepare", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}"
    )
    until_it_answers(port)
    os.killpg(server.pid, signal.SIGTERM)
    output, complaints = server.communicate(timeout=60)
    assert complaints.splitlines()[:2] == [
        (
            "The demonstration data could not be created, and nothing was kept: "
            "day is out of range for month"
        ),
        "The fund starts empty. For its first administrator: flask admin invite EMAIL",
    ]
    assert "Sign in with" not in output
    assert set((data / "files").glob("??/*")) == before
