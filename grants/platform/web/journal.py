"""A line in the log for each request, under a number that people can quote.

The line says which page it was, never its address: that may hold a one-time link or a name.
"""

import re
import secrets
import time
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask.templating import Environment

from grants.config import Settings
from grants.core.kernel.logs import logger
from grants.core.people.guessing import network_of
from grants.platform.web import tracing

HEADER = "X-Request-ID"
LOG = logger(__name__)
OFTEN = ("static", "health.healthz", "health.readyz")
"""What is asked for so often that it is not told of."""
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without those that look alike when they are read out."""
_CHANCE = secrets.SystemRandom()
_FOREIGN = re.compile("[A-Za-z0-9-]{8,64}")


class PlainEnvironment(Environment):
    """Templates over what every template may use, and nothing of one template's own: Jinja would
    go through a chain of the two, name by name, for each template of each page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


class JournalledFlask(Flask):
    """What nobody expected is logged by its kind and place, under the request's number."""

    jinja_environment = PlainEnvironment
    jinja_options = {"cache_size": -1}  # noqa: RUF012 - Flask reads it as a class attribute
    """Every template stays compiled: there are more than the 400 that Jinja keeps by itself."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No page here is a coroutine: not asked of each function of each request."""
        return func

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None] | Any,
    ) -> None:
        """Flask's own line would hold the address of the page."""
        LOG.error("unexpected error", exc_info=exc_info)
        tracing.tell_error(exc_info[1])


def install(app: Flask) -> None:
    """First of all that looks at a request, and so last of all that looks at its answer."""
    app.before_request(_begin_request)
    app.after_request(_log_request)


def request_number() -> str:
    """The number of this request: three groups of four signs, or what our own proxy has given."""
    if "request_number" not in g:
        settings: Settings = current_app.extensions["settings"]
        number_sent = request.headers.get(HEADER, "") if settings.trusted_proxies else ""
        g.request_number = number_sent if _FOREIGN.fullmatch(number_sent) else _new_number()
    number: str = g.request_number
    return number


def _new_number() -> str:
    signs = "".join(_CHANCE.choices(_SIGNS, k=12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _begin_request() -> None:
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()  # a thread has served others before
    structlog.contextvars.bind_contextvars(request=request_number())
    if request.endpoint not in OFTEN:
        tracing.begin_trace(request_number())


def _log_request(response: Response) -> Response:
    response.headers[HEADER] = request_number()
    status, write = response.status_code, LOG.info
    if request.endpoint in OFTEN:
        write = LOG.debug
    write(
        "request",
        method=request.method,
        page=request.endpoint or "none",
        status=status,
        milliseconds=round(1000 * seconds_taken()),
        **_client_facts(),
    )
    tracing.end_trace(status)
    return response


def note(event: str, **facts: str) -> None:
    """What a person who watches over safety looks for: how a sign-in went, what was refused. Who it
    was, and what was typed, is not for the log.
    """
    LOG.info(event, page=request.endpoint or "none", **facts, **_client_facts())


def seconds_taken() -> float:
    """How long this request has taken until now."""
    return time.perf_counter() - float(g.get("begun", time.perf_counter()))


def _client_facts() -> dict[str, str]:
    """Who asked, as far as the setting wants it in the log."""
    settings: Settings = current_app.extensions["settings"]
    address = request.remote_addr or ""
    return {
        "address": {"address": address},
        "network": {"network": network_of(address)},
    }.get(settings.log_client, {})
