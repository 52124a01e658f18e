"""Following every link that the application offers to a person of each role."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from flask import Flask
from lxml import etree
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from grants.platform.documents.store import Folder, use_store
from tests.platform.web.client import StrictClient
from tests.platform.web.html import without_tokens
from tests.rules.demonstration import PSEUDO, Demonstration, browser_of, counting, people
from tests.rules.speech import Data, unmarked_texts

FEW, MANY = 1, 4
"""How many addresses of one rule a role follows: so many in any case, so many from as many pages
(a list filtered in another way shows records in another state)."""
STARTS = ("/", "/start")
SKIPPED = ("/static/", "/gallery")


Piece = tuple[str, str, frozenset[str]]
"""An element of HTML: its name, that of the element around it, and its attributes."""


def pieces_of(page: Any) -> frozenset[Piece]:
    """What a page is made of, whatever it says: pages of the same pieces have the same faults."""
    return frozenset(
        (element.tag, "" if around is None else around.tag, frozenset(element.attrib))
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
        page = etree.HTML(source)
        self.made.setdefault(pieces_of(page), (where, source))
        for text in unmarked_texts(page, data):
            self.unmarked.setdefault(text, where)


@dataclass
class Walk:
    """One role's way through the application."""

    role: str
    browser: StrictClient
    app: Flask
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
        parts = urlsplit(url)
        if parts.path.startswith(SKIPPED):
            return False
        try:
            endpoint, values = self._match(parts.path)
        except HTTPException as error:
            self.found.broken.append(f"{self.role}: {source} links to {url}: {error.code}")
            return False
        kind = str(values.get("document", "")) or parse_qs(parts.query).get("format", [""])[0]
        return self._adds_something(f"{endpoint} {kind} {'?' * bool(parts.query)}", source)

    def _adds_something(self, sort: str, source: str) -> bool:
        """Are there few pages of this sort yet, or none that was found on that page?"""
        limit = MANY if (sort, source) not in self.sources else FEW
        if self.followed[sort] >= limit:
            return False
        self.followed[sort] += 1
        self.sources.add((sort, source))
        return True

    def _match(self, path: str) -> tuple[str, dict[str, Any]]:
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(path)
        except RequestRedirect as moved:
            return self._match(urlsplit(moved.new_url).path)
        return str(endpoint), dict(values)

    def _offers(self, page: Any, here: str) -> Iterator[tuple[str, str, str]]:
        """(endpoint, method, address) behind the links and forms of a page."""
        places = [(link, "GET") for link in links_of(page, here)]
        for form in page.iter("form"):
            method = (form.get("method") or "get").upper()
            own = [button.get("formaction") for button in form.iter("button")]
            leads = {form.get("action") or here, *filter(None, own)}
            places += [(urljoin(here, each), method) for each in sorted(leads)]
        for url, method in places:
            try:
                path = urlsplit(url).path
                found, _values = self.app.url_map.bind("localhost").match(path, method=method)
                yield str(found), method, url
            except HTTPException:  # a link that leads nowhere is informed where it is followed
                continue

    def _visit(self, url: str, source: str) -> None:
        endpoint, values = self._match(urlsplit(url).path)
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
            page = etree.HTML(answer.get_data(as_text=True))
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
        if not href or link.get("hreflang"):  # the same page in another language
            continue
        target = urldefrag(urljoin(f"http://localhost{here}", href)).url
        if target.startswith("http://localhost/"):
            yield target.removeprefix("http://localhost")


def crawl(demonstration: Demonstration) -> Found:
    """Let everyone walk, each in a browser of their own."""
    app = demonstration.app(StrictClient)
    use_store(Folder(demonstration.folder / "files"))
    browsers = {role: browser_of(app, demonstration, email) for role, email in people()}
    found, data, printed = Found(), Data.of(demonstration.database), set[str]()
    for role, browser in browsers.items():
        assert isinstance(browser, StrictClient)
        with counting(demonstration, browser):
            browser.get(f"/privacy?language={PSEUDO}")
            Walk(role, browser, app, found, data, printed).go()
    return found
