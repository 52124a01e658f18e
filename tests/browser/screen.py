"""A screen on which a page of the demonstration is looked at, and who gets which page."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask.testing import FlaskClient
from playwright.sync_api import Page, Route

from grants.core.kernel import clock
from seeds.cast import STAFF
from tests.rules.access import lookers, rows
from tests.rules.demonstration import NOON, Demonstration, browser_of
from tests.rules.examples import Examples


@dataclass(frozen=True, slots=True)
class Got:
    """What the application answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Screen:
    """A browser's window whose requests the application answers in this thread, on its own day."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.owner: FlaskClient | None = None
        self.assets: dict[str, Got] = {}
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url.removeprefix("http://localhost")
        got = self.assets.get(url) or self._fetched(url)
        if url.startswith("/static/"):
            self.assets[url] = got
        route.fulfill(status=got.status, headers=got.headers, body=got.body)

    def _fetched(self, url: str) -> Got:
        assert self.owner is not None
        with clock.at(NOON), self.owner.get(url) as answer:
            return Got(answer.status_code, dict(answer.headers), answer.get_data())

    def open(self, url: str) -> None:
        self.page.goto(f"http://localhost{url}")


def readers(demonstration: Demonstration) -> Iterator[tuple[str, FlaskClient]]:
    """Each page with a person who gets it: the fund's people first, who may do most there."""
    app = demonstration.app(FlaskClient)
    staff = {actor.email for actor in STAFF}
    order = sorted(lookers(), key=lambda who: who.email not in staff)
    browsers = [browser_of(app, demonstration, who.email) for who in order]
    with demonstration.database.session() as session:
        pages = list(rows(app, Examples(session)))
    for _name, url in pages:
        for browser in browsers:
            with browser.get(url) as got:
                is_theirs = got.status_code == 200 and got.mimetype == "text/html"
            if is_theirs:
                yield url, browser
                break
