"""When a request arrived: before its body was read, so a slow upload counts from its beginning."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, has_request_context, request

from grants.kernel import clock

_KEY = "paragraph20.arrived_at"


def install(app: Flask) -> None:
    inner = app.wsgi_app

    def stamped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[_KEY] = clock.now()
        return inner(environ, start_response)

    app.wsgi_app = stamped  # type: ignore[method-assign]


def arrived_at() -> datetime:
    """The moment at which this request began to arrive; outside of one, now."""
    if not has_request_context():
        return clock.now()
    arrived: datetime = request.environ.get(_KEY) or clock.now()
    return arrived
