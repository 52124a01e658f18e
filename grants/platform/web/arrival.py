"""How a request arrives: at what moment, and cleaned of what no database keeps."""

import re
import time
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, abort, has_request_context, request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter
from werkzeug.utils import cached_property

from grants.core.kernel import clock

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LARGEST_ID = 2**31 - 1
LONGEST = timedelta(minutes=10)
"""By how much a slow upload may lie back: one whose first line came in time and the rest much later
is not in time.
"""
began: ContextVar[float | None] = ContextVar("began", default=None)
"""When the web server had the head of this request, by the clock that only goes forward."""


class CleanForms(FormDataParser):
    """Reads a form without NUL characters and halves of characters."""

    def parse(self, *args: Any, **options: Any) -> Any:
        stream, form, files = super().parse(*args, **options)
        return stream, _storable_values(form), files


class TimedRequest(Request):
    """A request that knows when its head had come in, so that a slow upload counts from its
    beginning. Its form and its query hold no NUL characters and no halves of characters.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        since = began.get()
        waited = time.monotonic() - since if since is not None else 0
        self.arrived_at = clock.now() - timedelta(seconds=waited)

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        return _storable_values(super().args)

    form_data_parser_class = CleanForms


class Id(IntegerConverter):
    """A number in an address. What is larger than any id is the address of nothing (404)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID, **options})


def install(app: Flask) -> None:
    app.request_class = TimedRequest
    app.url_map.converters["int"] = Id

    @app.before_request
    def refuse_unstorable_addresses() -> None:
        if _UNSTORABLE.search(request.path):
            abort(404)


def arrived_at() -> datetime:
    """The moment at which this request began to arrive, at most LONGEST ago; outside of one, now.

    Behind a proxy that takes a request in before it hands it on, that is when it was whole.
    """
    if has_request_context() and isinstance(request, TimedRequest):
        return max(request.arrived_at, clock.now() - LONGEST)
    return clock.now()


def without_unstorable(text: str) -> str:
    """A text without what no database keeps: NUL characters and halves of characters."""
    return _UNSTORABLE.sub("", text)


def _storable_values(values: Any) -> ImmutableMultiDict[str, str]:
    """The same names and texts, storable. Most often nothing has to be taken out."""
    pairs = list(values.items(multi=True))
    if not any(_UNSTORABLE.search(name) or _UNSTORABLE.search(text) for name, text in pairs):
        return values  # type: ignore[no-any-return]
    return ImmutableMultiDict(
        [(without_unstorable(name), without_unstorable(text)) for name, text in pairs]
    )


def own_page(target: str | None) -> str:
    """The page that a person wanted, if it is one of ours; else their start page."""
    ours = re.fullmatch(r"/(?![/\\])[^\x00-\x20\x7f\\]*", target or "")
    return ours[0] if ours else url_for("portal.start")
