"""What each request and each job took, told to a collector (OpenTelemetry); nothing of it is loaded
unless the settings name one.

A span is called as the code calls the page or the job, never by an address or by what was typed.
"""

import logging
import os
import socket
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

PATIENCE = 2
"""Seconds in which a process that stops may send what it still has."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Where spans are sent, and as whose."""

    url: str
    """OTEL_EXPORTER_OTLP_ENDPOINT; the package itself reads the other variables of its kind."""
    service: str


@dataclass(slots=True)
class Questions:
    """What one request or job has asked of the database."""

    count: int = 0
    nanoseconds: int = 0


_ASKED = "asked_at"
_questions: ContextVar[Questions | None] = ContextVar("questions", default=None)
_provider: "TracerProvider | None" = None


class Trace:
    """A request or a job on its way to the collector."""

    def __init__(self, span: "Span") -> None:
        self._span = span
        self._questions = Questions()
        self._has_failed = False
        _questions.set(self._questions)

    @property
    def number(self) -> str:
        """By which the collector knows it: 32 hexadecimal digits."""
        return f"{self._span.get_span_context().trace_id:032x}"

    def note(self, facts: Mapping[str, str | int | float]) -> None:
        self._span.set_attributes(facts)

    def fail(self, kind: str) -> None:
        """Say that the request or job failed. Of the first error the kind is told: a message may
        hold what was typed.
        """
        from opentelemetry.trace import StatusCode

        if self._has_failed:
            return
        self._has_failed = True
        self._span.set_status(StatusCode.ERROR)
        self._span.set_attribute("error.type", kind)

    def end(self) -> None:
        asked = self._questions
        self.note(
            {
                "paragraph20.database.questions": asked.count,
                "paragraph20.database.seconds": asked.nanoseconds / 10**9,
            }
        )
        _questions.set(None)
        self._span.end()


def trace_request(name: str, traceparent: str = "") -> Trace | None:
    """A request on its way; `traceparent` is of a proxy of ours that traces too. None: no collector
    is named.
    """
    if _provider is None:
        return None
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    sent = {"traceparent": traceparent} if traceparent else {}
    around = TraceContextTextMapPropagator().extract(sent)
    tracer = _provider.get_tracer(__name__)
    return Trace(tracer.start_span(name, around, SpanKind.SERVER))


def trace_job(name: str) -> Trace | None:
    """A job of the worker that begins; None: no collector is named."""
    if _provider is None:
        return None
    from opentelemetry.trace import SpanKind

    return Trace(_provider.get_tracer(__name__).start_span(name, kind=SpanKind.CONSUMER))


def load() -> None:
    """Read the packages, before processes are forked that share their memory."""
    import opentelemetry.exporter.otlp.proto.http.trace_exporter
    import opentelemetry.sdk.trace.export  # noqa: F401


def begin(collector: Collector | None, engines: Iterable[Engine]) -> None:
    """Trace in this process from now on, if there is a collector: a thread of its own sends, so
    that a collector which is away delays nobody, and what it does not take is dropped.
    """
    global _provider  # noqa: PLW0603 - there is one for the process
    if collector is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    origin = {
        "service.name": collector.service,
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
    }
    _provider = TracerProvider(resource=Resource.create(origin), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{collector.url.rstrip('/')}/v1/traces")
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)  # each try again would be a line
    for engine in engines:
        event.listen(engine, "before_cursor_execute", _count_question)
        event.listen(engine, "after_cursor_execute", _add_seconds)


def end() -> None:
    """Send what is left, for PATIENCE at most, and trace no longer."""
    global _provider
    ending, _provider = _provider, None
    if ending is not None:
        sending = Thread(target=ending.shutdown, daemon=True)  # by itself it would take 30 seconds
        sending.start()
        sending.join(PATIENCE)


def _count_question(connection: Connection, *_facts: object) -> None:
    """A statement is about to be sent."""
    if questions := _questions.get():
        questions.count += 1
        connection.info[_ASKED] = time.perf_counter_ns()


def _add_seconds(connection: Connection, *_facts: object) -> None:
    """It has been answered."""
    if questions := _questions.get():
        questions.nanoseconds += time.perf_counter_ns() - connection.info[_ASKED]
