"""Following every link that the application offers to a person of each role."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from grants.platform.documents.store import Folder, use_store
from grants.platform.tables.exports import FORMATS
from tests.platform.web.client import StrictClient
from tests.platform.web.html import tree_of, without_tokens
from tests.rules.demonstration import PSEUDO, Demonstration, browser_of, counting, people
from tests.rules.speech import Data, unmarked_texts

FEW, MANY = 1, 4
"""How many addresses of one rule a role follows: so many in any case, so many from as many pages
(a list filtered in another way shows records in another state). A file of a list: so few."""
STARTS = ("/", "/start")
SKIPPED = ("/static/", "/gallery")


Piece = tuple[str, str, frozenset[str]]
"""An element of HTML: its name, that of the element around it, and its attributes."""


def pieces_of(page: Any) -> frozenset[Piece]:
    """What a page is made of, whatever it says: pages of the same pieces have the same faults."""
    return frozenset(
        (element.tag, "" if around is None else around.tag, frozenset(element.keys()))
        for element in page.iter("*")
        for around in (element.getparent(),)
    )


@dataclass
class Found:
    """What the walk met: pages that failed, texts that nobody can translate, rules it reached."""

    broken: list[str] = field(default_factory=list)
    unmarked: dict[str, str] = field(default_factory=dict)
    """The text → where it was met first."""
    reached: dict[str, set[str]] = field(default_factory=dict)
    """Endpoint → the roles that came there."""
    offered: dict[str, set[str]] = field(default_factory=dict)
    """Endpoint → the roles that a link or a form offered it to."""
    forms: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Endpoint → a role that met a form of it, the page it is on, the address it is sent to."""
    pages: int = 0
    made: dict[frozenset[Piece], tuple[str, str]] = field(default_factory=dict)
    """Pages made of different pieces of HTML: where the first was met, and its source."""
    _heard: set[str] = field(default_factory=set)

    def hear(self, answer: TestResponse, data: Data, where: str) -> None:
        """Look on a page for words without a message, and for new pieces of HTML."""
        source = answer.get_data(as_text=True)
        told = without_tokens(source)
        if told in self._heard:
            return
        self._heard.add(told)
        page = tree_of(source)
        self.made.setdefault(pieces_of(page), (where, source))
        for text in unmarked_texts(page, data):
            self.unmarked.setdefault(text, where)


class Addresses:
    """What stands behind the addresses of an application, each looked up once for all who walk."""

    def __init__(self, app: Flask) -> None:
        self._map = app.url_map.bind("localhost")
        self.behind = cache(self._behind)
        self.sort_of = cache(self._sort_of)

    def _behind(self, path: str, method: str = "GET") -> tuple[str, dict[str, Any]] | HTTPException:
        """(endpoint, values) of a path, or why it leads nowhere."""
        try:
            endpoint, values = self._map.match(path, method=method)
        except HTTPException as error:
            return error
        return str(endpoint), dict(values)

    def page_at(self, path: str) -> tuple[str, dict[str, Any]]:
        """The page that a browser arrives at, where it is sent on too."""
        found = self.behind(path)
        if isinstance(found, RequestRedirect):
            return self.page_at(urlsplit(found.new_url).path)
        if isinstance(found, HTTPException):
            raise found
        return found

    def _sort_of(self, url: str) -> str:
        """Addresses of one sort show the same page of other records."""
        parts = urlsplit(url)
        endpoint, values = self.page_at(parts.path)
        written = parse_qs(parts.query).get("format", [""])[0]
        if written in FORMATS:
            return f"{endpoint} {written}"
        return f"{endpoint} {values.get('document', '')} {'?' * bool(parts.query)}"


@dataclass
class Walk:
    """One role's way through the application."""

    role: str
    browser: StrictClient
    addresses: Addresses
    found: Found
    data: Data
    printed: set[str]
    waiting: deque[tuple[str, str]] = field(default_factory=deque)
    later: deque[tuple[str, str]] = field(default_factory=deque)
    """What the trail links to: records of every kind, after those that lists lead to."""
    known: set[str] = field(default_factory=set)
    followed: Counter[str] = field(default_factory=Counter)
    sources: set[tuple[str, str]] = field(default_factory=set)

    def go(self) -> None:
        """Follow what the pages offer until nothing new is left within the bounds."""
        for start in STARTS:
            self.waiting.append((start, "the address bar"))
        while self.waiting or self.later:
            url, source = (self.waiting or self.later).popleft()
            if url in self.known:
                continue
            if self._is_wanted(url, source):
                self.known.add(url)
                self._visit(url, source)

    def _is_wanted(self, url: str, source: str) -> bool:
        if url.startswith(SKIPPED):
            return False
        try:
            return self._adds_something(self.addresses.sort_of(url), source)
        except HTTPException as error:
            self.found.broken.append(f"{self.role}: {source} links to {url}: {error.code}")
            return False

    def _adds_something(self, sort: str, source: str) -> bool:
        """Are there few pages of this sort yet, or none that was found on that page?"""
        is_file = sort.rsplit(maxsplit=1)[-1] in FORMATS
        limit = FEW if is_file or (sort, source) in self.sources else MANY
        if self.followed[sort] >= limit:
            return False
        self.followed[sort] += 1
        self.sources.add((sort, source))
        return True

    def _offers(self, page: Any, here: str) -> Iterator[tuple[str, str, str]]:
        """(endpoint, method, address) behind the links and forms of a page."""
        places = [(link, "GET") for link in links_of(page, here)]
        for form in page.iter("form"):
            method = (form.get("method") or "get").upper()
            own = [button.get("formaction") for button in form.iter("button")]
            leads = {form.get("action") or here, *filter(None, own)}
            places += [(urljoin(here, each), method) for each in sorted(leads)]
        for url, method in places:
            found = self.addresses.behind(urlsplit(url).path, method)
            if not isinstance(found, HTTPException):  # reported where the link is followed
                yield found[0], method, url

    def _visit(self, url: str, source: str) -> None:
        endpoint, values = self.addresses.page_at(urlsplit(url).path)
        kind = str(values.get("document", ""))
        if urlsplit(url).path.endswith(".pdf"):
            if (
                kind and kind in self.printed
            ):  # laid out once is enough; who may read it is asked each time
                url = url.replace(".pdf", ".json", 1)
            elif kind:  # in a language whose signs are in the typefaces
                url += ("&" if "?" in url else "?") + "lang=en"
            self.printed.add(kind)
        self.found.pages += 1
        try:
            answer = self.browser.get(url, follow_redirects=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page is broken
            said = f"{type(error).__name__}: {error}"[:400]
            self.found.broken.append(f"{self.role}: {source} → {url}: {said}")
            return
        if answer.status_code != 200:
            self.found.broken.append(f"{self.role}: {source} → {url}: {answer.status_code}")
            return
        self.found.reached.setdefault(endpoint, set()).add(self.role)
        if answer.mimetype == "text/html":
            self.found.hear(answer, self.data, f"{self.role}, {url}")
            page = tree_of(answer.get_data(as_text=True))
            here = answer.request.full_path.rstrip("?")
            queue = self.later if urlsplit(url).path.startswith("/trail") else self.waiting
            queue.extend((link, url) for link in links_of(page, here))
            self._note_offers(page, here)
        answer.close()

    def _note_offers(self, page: Any, here: str) -> None:
        for endpoint, method, where in self._offers(page, here):
            self.found.offered.setdefault(endpoint, set()).add(self.role)
            if method == "POST":
                self.found.forms.setdefault(endpoint, (self.role, here, where))


def links_of(page: Any, here: str) -> Iterator[str]:
    """The application's own addresses behind the links of a page."""
    for link in page.iter("a"):
        href = link.get("href")
        is_same_page = link.get("hreflang") and not href.endswith(".pdf")  # in another language
        if not href or is_same_page:
            continue
        if target := _own(here if href[0] != "/" else "/", href):
            yield target


@lru_cache(maxsize=100_000)
def _own(here: str, href: str) -> str:
    """The address of a link on a page, if it is one of the application's own."""
    target = urldefrag(urljoin(f"http://localhost{here}", href)).url
    return target.removeprefix("http://localhost") if target.startswith("http://localhost/") else ""


def crawl(demonstration: Demonstration) -> Found:
    """Let everyone walk, each in a browser of their own."""
    app = demonstration.app(StrictClient)
    use_store(Folder(demonstration.folder / "files"))
    browsers = {role: browser_of(app, demonstration, email) for role, email in people()}
    found, data, printed = Found(), Data.of(demonstration.database), set[str]()
    addresses = Addresses(app)
    for role, browser in browsers.items():
        assert isinstance(browser, StrictClient)
        with counting(demonstration, browser):
            browser.get(f"/privacy?language={PSEUDO}")
            Walk(role, browser, addresses, found, data, printed).go()
    return found
