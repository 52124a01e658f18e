"""What is the same for all who look, worked out once until something happens: public pages, figures
of whole books, public data.

Everything is kept in one place with the end of the trail from just before, and for that minute
(calls open and close by the clock). When either moves, all of it goes. Every act is in the trail in
the transaction that changes a figure, so nobody sees an old one, and visitors cost one question
each. What waits for a person is kept in the same way with what the database has written.
"""

import gzip
from collections.abc import Callable, Collection, Hashable
from functools import cached_property, partial, wraps
from typing import Any, ParamSpec, TypeVar

from flask import Response, current_app, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import end_of_trail
from grants.core.database.moments import seen
from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.reading import preferred
from grants.core.people.viewer import VISITOR
from grants.platform.web.access import viewer
from grants.platform.web.database import session

MOST = 40
"""Values of each process: pages of some 50 kB, documents of a megabyte."""
ADDRESSES = frozenset({"language", "read"})
"""What each address may ask for; with anything else a page is drawn for this visitor alone."""
COOKIES = frozenset({"language", "read"})
"""What a visitor's cookie may hold that the key of a page knows of."""

Facts = TypeVar("Facts")
P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


def while_nothing_happens(key: Hashable, work_out: Callable[[], Facts]) -> Facts:
    """What `work_out` makes of the records as they are now: facts that nobody changes, the same for
    all who may see them, under a key of their own.
    """
    if not current_app.config["KEEP_PAGES"]:
        return work_out()
    return _value_of(_values_since_last_act(), key, work_out)


def while_nothing_is_written(key: Hashable, work_out: Callable[[], Facts]) -> Facts:
    """Facts that also change without an act, such as a draft: until any transaction has written
    anything.
    """
    if not current_app.config["KEEP_PAGES"]:
        return work_out()
    values = _values_since("last write", (seen(session()), _this_minute()))
    return _value_of(values, key, work_out)


def _values_since_last_act() -> dict[Hashable, Any]:
    return _values_since("last act", (end_of_trail(session()), _this_minute()))


def _values_since(name: str, moment: Hashable) -> dict[Hashable, Any]:
    """What is known since a moment, asked before anything is worked out: what is written meanwhile
    makes it new for the next reader.
    """
    places = current_app.extensions.setdefault("unchanged", {})
    if name not in places or places[name][0] != moment:
        places[name] = moment, {}
    values: dict[Hashable, Any] = places[name][1]
    return values


def _value_of(values: dict[Hashable, Any], key: Hashable, work_out: Callable[[], Facts]) -> Facts:
    if key in values:
        value: Facts = values[key]
        return value
    value = work_out()
    if len(values) >= MOST:
        values.clear()
    values[key] = value
    return value


def _this_minute() -> Hashable:
    return clock.now().replace(second=0, microsecond=0)


class Page:
    """A page as it was drawn."""

    def __init__(self, body: str) -> None:
        self.body = body.encode()

    @cached_property
    def zipped(self) -> bytes:
        """The page as it is sent over slow lines, compressed once."""
        return compressed(self.body)


class PageForAll(Response):
    """An answer that others get too, until something happens."""

    page: Page


def compressed(body: bytes) -> bytes:
    """A page in gzip, the same for the same page."""
    return gzip.compress(body, 6, mtime=0)


def same_for_visitors(*parameters: str) -> Callable[[View[P]], View[P]]:
    """Draw once what a view draws for a visitor, as long as it holds no token of a form.
    `parameters`: what else of the address the view knows of.
    """
    understood = ADDRESSES | {*parameters}

    def marked(view: View[P]) -> View[P]:
        @wraps(view)
        def drawn_once(*args: P.args, **names: P.kwargs) -> ResponseReturnValue:
            if not _is_for_all(understood):
                return view(*args, **names)
            values, key = _values_since_last_act(), _key_of_page()
            page: Page | None = values.get(key)
            if page is None:
                drawn = view(*args, **names)
                if not isinstance(drawn, str) or "csrf_token" in drawn:
                    return drawn
                page = _value_of(values, key, partial(Page, drawn))
            answer = PageForAll(page.body, content_type="text/html; charset=utf-8")
            answer.page = page
            return answer

        return drawn_once

    return marked


def _is_for_all(understood: Collection[str]) -> bool:
    return (
        current_app.config["KEEP_PAGES"]
        and viewer() is VISITOR
        and request.method == "GET"
        and all(name in understood for name in request.args)
        and cookie.keys() <= COOKIES
    )


def _key_of_page() -> Hashable:
    return request.url_root, request.full_path, current_language().code, preferred()
