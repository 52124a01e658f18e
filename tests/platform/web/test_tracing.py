"""A collector of OpenTelemetry is told how long requests and jobs took, and of nobody who asked."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from flask import Flask
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.kernel import tracing
from grants.core.kernel.tracing import PATIENCE, Collector
from grants.platform.messages.jobs import enqueue, jobs, run_worker
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.journal import HEADER
from tests.collector import Collected, collecting, facts_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def collector() -> Iterator[Collected]:
    with collecting() as collected:
        yield collected


@pytest.fixture
def app(settings: Settings, real_database: Database) -> Flask:
    return create_app(settings, real_database)


def begin(collected: Collected, database: Database) -> None:
    tracing.begin(Collector(collected.url, "paragraph20"), database.pools)


def test_a_request_is_told_by_its_rule_and_never_by_its_address(
    app: Flask, real_database: Database, collector: Collected
) -> None:
    begin(collector, real_database)
    answer = app.test_client().get(
        "/sign-in/passphrase/a-one-time-token?email=ada@un.example",
        headers={"User-Agent": "Ada's telephone", "Referer": "/pledges/PL-7"},
    )
    tracing.end()
    (span,) = collector.spans
    assert (span.name, span.kind) == (
        "GET /sign-in/passphrase/<token>",
        Span.SpanKind.SPAN_KIND_SERVER,
    )
    facts = facts_of(span)
    assert facts.pop("paragraph20.database.questions")
    seconds = facts.pop("paragraph20.database.seconds")
    assert isinstance(seconds, float)
    assert 0 < seconds < (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
    assert facts == {
        "http.request.method": "GET",
        "http.route": "/sign-in/passphrase/<token>",
        "http.response.status_code": answer.status_code,
        "paragraph20.request": answer.headers[HEADER],
    }
    for secret in (b"one-time", b"ada@", b"telephone", b"PL-7", b"127.0.0.1"):
        assert secret not in b"".join(collector.bodies)


def test_the_service_is_named_as_the_settings_say(
    app: Flask, real_database: Database, collector: Collected
) -> None:
    tracing.begin(Collector(f"{collector.url}/", "fund"), real_database.pools)
    app.test_client().get("/nowhere/secret")
    tracing.end()
    (batch,) = collector.batches
    origin = {fact.key: fact.value.string_value for fact in batch.resource.attributes}
    assert origin["service.name"] == "fund"
    assert [span.name for span in collector.spans] == ["GET"]  # the address of nothing


def test_what_is_asked_for_all_the_time_is_not_told(
    app: Flask, real_database: Database, collector: Collected
) -> None:
    begin(collector, real_database)
    for path in ("/healthz", "/readyz"):
        app.test_client().get(path)
    tracing.end()
    assert collector.spans == []


def test_of_an_error_its_kind_is_told_and_not_its_message(
    app: Flask, real_database: Database, collector: Collected
) -> None:
    @public
    def broken() -> str:
        raise RuntimeError("typed by Ada")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["signin.sign_in"] = broken
    begin(collector, real_database)
    assert app.test_client().get("/sign-in").status_code == 500
    tracing.end()
    (span,) = collector.spans
    assert span.status.code == Status.StatusCode.STATUS_CODE_ERROR
    assert facts_of(span)["error.type"] == "RuntimeError"
    assert b"Ada" not in b"".join(collector.bodies)


@pytest.mark.parametrize(("proxies", "kept"), [(0, False), (1, True)])
def test_a_trace_is_taken_up_from_a_proxy_of_our_own_alone(
    app: Flask,
    settings: Settings,
    real_database: Database,
    collector: Collected,
    proxies: int,
    kept: bool,
) -> None:
    app.extensions["settings"] = replace(settings, trusted_proxies=proxies)
    begin(collector, real_database)
    app.test_client().get("/sign-in", headers={"traceparent": PARENT})
    app.test_client().get("/sign-in", headers={"traceparent": "00-nonsense"})
    tracing.end()
    first, second = collector.spans
    assert (first.trace_id.hex() == TRACE) is kept
    assert bool(first.parent_span_id) is kept
    assert not second.parent_span_id


def test_lines_of_the_log_carry_the_number_of_the_trace(
    app: Flask, real_database: Database, collector: Collected
) -> None:
    told: list[str] = []

    @public
    def page() -> str:
        told.append(structlog.contextvars.get_contextvars().get("trace", ""))
        return ""

    app.add_url_rule("/page", "page", page)
    app.test_client().get("/page")
    begin(collector, real_database)
    app.test_client().get("/page")
    tracing.end()
    assert told == ["", collector.spans[0].trace_id.hex()]


@jobs.task(name="tests.traced")
def traced_job(*, word: str) -> None:
    if word == "fail":
        raise ValueError(word)


def test_a_job_is_told_by_its_name_and_not_by_what_it_was_given(
    real_database: Database, collector: Collected, tmp_path: Path
) -> None:
    with real_database.transaction() as opened:
        for word in ("secret", "fail"):
            enqueue(opened, traced_job, word=word)
    begin(collector, real_database)
    run_worker(real_database.url, None, wait=False, database=real_database)
    tracing.end()
    spans = [span for span in collector.spans if span.name == "tests.traced"]
    assert {span.kind for span in spans} == {Span.SpanKind.SPAN_KIND_CONSUMER}
    errors = [facts_of(span).get("error.type") for span in spans]
    assert sorted(errors, key=str) == [None, "ValueError"]
    assert b"secret" not in b"".join(collector.bodies)


@pytest.fixture
def silent() -> Iterator[str]:
    """A collector that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def port_of_nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def without_threads_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Who still tries to send draws random numbers, which a later test would be blamed for."""
    before = set(threading.enumerate())
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", str(PATIENCE + 2))
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive(), thread.name


@pytest.mark.usefixtures("without_threads_left")
@pytest.mark.parametrize("is_there", [False, True])
def test_a_collector_that_is_away_or_silent_delays_neither_an_answer_nor_the_end(
    app: Flask, real_database: Database, silent: str, is_there: bool
) -> None:
    @public
    def page() -> str:
        session()
        return "here"

    app.add_url_rule("/page", "page", page)
    browser = app.test_client()
    tracing.begin(
        Collector(silent if is_there else port_of_nobody(), "paragraph20"), real_database.pools
    )
    slowest = 0.0
    for _number in range(600):  # more than one batch, which is sent while others are answered
        began = time.monotonic()
        assert browser.get("/page").text == "here"
        slowest = max(slowest, time.monotonic() - began)
    began = time.monotonic()
    tracing.end()
    assert slowest < 1
    assert time.monotonic() - began < PATIENCE + 1


def test_without_a_collector_nothing_is_traced(app: Flask, real_database: Database) -> None:
    tracing.begin(None, real_database.pools)
    assert tracing.trace_request("GET /") is None
    assert tracing.trace_job("messages.deliver") is None
    tracing.end()
