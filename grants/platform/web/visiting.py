"""Public pages, drawn once for all visitors until something happens.

A page that is the same for all who have not signed in is kept as it was drawn, with the end of
the trail just before. It is sent again while nobody acts, and within the same minute (calls open
and close by the clock). Every act is in the trail in the transaction that changes a figure, so
nobody sees an old one; and visitors cost one question each, however large the books.
"""

import gzip
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec

from flask import Response, current_app, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from grants.core.audit.queries import end_of_trail
from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.reading import preferred
from grants.core.people.viewer import VISITOR
from grants.platform.web.access import viewer
from grants.platform.web.database import session

MOST = 40
"""Pages kept in a process, some 50 kB each."""
ASKED = frozenset({"language", "read"})
"""What each address may ask for; with anything else it is drawn for this visitor alone."""
REMEMBERED = frozenset({"language", "read"})
"""What a visitor's cookie may hold that the key of a kept page knows of."""

Moment = tuple[tuple[int, str], datetime]
P = ParamSpec("P")


class Kept(Response):
    """An answer that others get too, until something happens."""

    page: "Page"


@dataclass(slots=True)
class Page:
    """A page as it was drawn."""

    body: bytes
    moment: Moment
    _zipped: bytes = b""

    def zipped(self) -> bytes:
        """The page as it is sent over slow lines, compressed once."""
        self._zipped = self._zipped or compressed(self.body)
        return self._zipped


def compressed(body: bytes) -> bytes:
    """A page in gzip, the same for the same page."""
    return gzip.compress(body, 6, mtime=0)


View = Callable[P, ResponseReturnValue]


def same_for_visitors(*asked: str) -> Callable[[View[P]], View[P]]:
    """Keep what a view draws for a visitor, as long as it holds no token of a form. `asked`: what
    else of the address the view knows of.
    """
    known = ASKED | {*asked}

    def marked(view: View[P]) -> View[P]:
        @wraps(view)
        def kept_or_drawn(*args: P.args, **names: P.kwargs) -> ResponseReturnValue:
            if not _is_for_all(known):
                return view(*args, **names)
            key, now = _key(), moment()
            page = _pages().get(key)
            if page is None or page.moment != now:
                drawn = view(*args, **names)
                if not isinstance(drawn, str) or "csrf_token" in drawn:
                    return drawn
                page = _keep(key, Page(drawn.encode(), now))
            answer = Kept(page.body, content_type="text/html; charset=utf-8")
            answer.page = page
            return answer

        return kept_or_drawn

    return marked


def _pages() -> dict[Hashable, Page]:
    pages: dict[Hashable, Page] = current_app.extensions.setdefault("kept_pages", {})
    return pages


def _keep(key: Hashable, page: Page) -> Page:
    """Instead of those of another moment; where there are none, of all."""
    pages = _pages()
    if len(pages) >= MOST:
        now = {one: kept for one, kept in list(pages.items()) if kept.moment == page.moment}
        pages.clear()
        pages.update(now if len(now) < MOST else {})
    pages[key] = page
    return page


def _is_for_all(known: Collection[str]) -> bool:
    return (
        current_app.config["KEEP_PAGES"]
        and viewer() is VISITOR
        and request.method == "GET"
        and all(name in known for name in request.args)
        and cookie.keys() <= REMEMBERED
    )


def _key() -> Hashable:
    return request.url_root, request.full_path, current_language().code, preferred()


def moment() -> Moment:
    """When it is, for what is kept until something happens: the end of the trail, and the minute.

    Asked before the page is drawn: what happens meanwhile makes the next visitor's page new.
    """
    return end_of_trail(session()), this_minute()


def this_minute() -> datetime:
    """For what changes by the clock alone."""
    return clock.now().replace(second=0, microsecond=0)
