"""When a request arrived: before its body was read, so a slow upload counts from its beginning."""

from datetime import datetime
from typing import Any

from flask import Flask, Request, has_request_context, request

from grants.core.kernel import clock


class TimedRequest(Request):
    """A request that knows when its first line had come in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arrived_at = clock.now()


def install(app: Flask) -> None:
    app.request_class = TimedRequest


def arrived_at() -> datetime:
    """The moment at which this request began to arrive; outside of one, now."""
    if has_request_context() and isinstance(request, TimedRequest):
        return request.arrived_at
    return clock.now()
