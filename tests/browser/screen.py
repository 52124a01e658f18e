"""A screen on which a page of the demonstration is looked at, and who gets which page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from grants.core.kernel import clock
from seeds.cast import STAFF
from tests.browser.serving import served
from tests.rules.access import PAGE, lookers, rows
from tests.rules.demonstration import NOON, Demonstration, browser_of
from tests.rules.examples import Examples

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Screen:
    """A browser's window that shows what the owner of a signed-in browser is answered."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.owner: FlaskClient | None = None

    def open(self, url: str) -> None:
        assert self.owner is not None
        self.page.context.clear_cookies()
        if cookie := self.owner.get_cookie("session"):
            kept = {"name": "session", "value": cookie.value, "url": self.address}
            self.page.context.add_cookies([kept])  # type: ignore[list-item]
        self.page.goto(f"{self.address}{url}")


@contextmanager
def screen(
    chrome: Browser, demonstration: Demonstration, width: int, height: int = 900
) -> Iterator[Screen]:
    """A screen of this size. A server answers, so that style sheets and letters are kept."""
    app = demonstration.app(FlaskClient)
    app.wsgi_app = _on_its_day(app.wsgi_app)  # type: ignore[method-assign, assignment]
    context = chrome.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    context.set_default_timeout(30_000)
    with served(app) as address:
        yield Screen(context.new_page(), address)
        context.close()


def _on_its_day(answering: "WSGIApplication") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        with clock.at(NOON):
            parts = answering(environ, start)
            try:
                return [*parts]
            finally:
                getattr(parts, "close", lambda: None)()

    return answer


def readers(demonstration: Demonstration) -> Iterator[tuple[str, FlaskClient]]:
    """Each page with a person who gets it, as the table of access says: the fund's people first,
    who may do most there.
    """
    app = demonstration.app(FlaskClient)
    staff = {actor.email for actor in STAFF}
    people = lookers()
    browsers = [browser_of(app, demonstration, who.email) for who in people]
    order = sorted(range(len(people)), key=lambda place: people[place].email not in staff)
    table = dict(
        _cells(line) for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")
    )
    with demonstration.database.session() as session:
        pages = list(rows(app, Examples(session)))
    for name, url in pages:
        shown = table.get(name, [])
        for place in (place for place in order if shown[place : place + 1] == ["●"]):
            with browsers[place].get(url) as got:
                is_theirs = got.status_code == 200 and got.mimetype == "text/html"
            if is_theirs:
                yield url, browsers[place]
            break


def _cells(line: str) -> tuple[str, list[str]]:
    """A row of the table of access: the page, and the sign of each person."""
    _start, name, *signs, _end = (cell.strip() for cell in line.split("|"))
    return name, signs
