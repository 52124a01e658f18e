"""What a collector of OpenTelemetry is told of a request: its page, as the code writes the address,
and how it ended.
"""

import structlog
from flask import current_app, g, request

from grants.config import Settings
from grants.core.kernel.tracing import Trace, trace_request

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""All others are called `_OTHER`: what people send as a method may be anything."""


def begin_trace(number: str) -> None:
    """Trace this request from now on, if a collector is named, and say its number there in each
    line of the log. Of a trace that began before us, a proxy of our own alone may tell.
    """
    settings: Settings = current_app.extensions["settings"]
    method = request.method if request.method in METHODS else "_OTHER"
    route = request.url_rule.rule if request.url_rule else ""
    sent = request.headers.get("traceparent", "") if settings.trusted_proxies else ""
    trace = trace_request(f"{method} {route}".rstrip(), sent)
    if trace is None:
        return
    g.trace = trace
    trace.note({"http.request.method": method, "paragraph20.request": number})
    if route:
        trace.note({"http.route": route})
    structlog.contextvars.bind_contextvars(trace=trace.number)


def tell_error(error: BaseException | None) -> None:
    """Nobody expected this error."""
    trace: Trace | None = g.get("trace")
    if trace and error:
        trace.fail(type(error).__name__)


def end_trace(status: int) -> None:
    """The answer of this request is ready."""
    trace: Trace | None = g.pop("trace", None)
    if trace is None:
        return
    trace.note({"http.response.status_code": status})
    if status >= 500:
        trace.fail(str(status))
    trace.end()
