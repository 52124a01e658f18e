"""The strict test client: every page that any test fetches is checked, whatever the test is about.

Checked: well-formed HTML, one h1 that begins the title, unique ids, a label for each field, a CSRF
token in each form that posts, security headers, the query budget, and nothing left uncommitted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.core.database.encryption import use_keys
from grants.core.database.seals import use_seals
from grants.core.people.models import Person
from grants.core.proofs.secrets import use_factor_key
from grants.papers.typesetting.installation import prepare_printing
from grants.platform.web.headers import HEADERS
from tests.platform.web.html import parsed, without_tokens
from tests.signing_in import put, token_of

QUERY_BUDGET = 30
"""No page asks the database more often; lists are held to less in their own tests."""
ROW_BUDGET = 1_000
"""No page loads more rows: it would load more than it shows."""


class StrictClient(FlaskClient):
    """A browser that complains."""

    queries = 0
    rows = 0
    csrf = True

    def open(self, *args: Any, **options: Any) -> TestResponse:
        self.queries = self.rows = 0
        response = super().open(*args, **options)
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303):
            check_page(response.get_data(as_text=True))
        for name in HEADERS:
            assert name in response.headers, f"{name} is missing"
        budget = self.application.config.get("QUERY_BUDGET", QUERY_BUDGET)
        if options.get("method", "GET") == "GET":
            assert self.queries <= budget, f"{self.queries} queries for one page"
            if response.mimetype == "text/html":
                most = self.application.config.get("ROW_BUDGET", ROW_BUDGET)
                assert self.rows <= most, f"{self.rows} rows for one page"
        return response

    def submit(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Fetch the page for its CSRF token, then post the form as a browser would."""
        page = self.get(options.pop("page", path))
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
        assert token, f"{path} shows no form to post ({page.status})"
        return self.post(path, data={"csrf_token": token[1], **(data or {})}, **options)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, base_url="http://localhost", secret_key="for tests only", testing=True
    )


@pytest.fixture
def new_app(settings: Settings, database: Database) -> Flask:
    """An application of the test's own, to which it may add pages."""
    application = create_app(settings, database)
    application.test_client_class = StrictClient
    return application


_ASSEMBLED: dict[Settings, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}
"""Applications by their settings, as they were before any test: with their configuration and what
is installed in them."""


@pytest.fixture
def app(settings: Settings, database: Database, request: pytest.FixtureRequest) -> Flask:
    """The whole application over this test's rolled-back connection.

    Putting it together takes longer than most tests, so it is done once for each kind of settings;
    what a test has changed in it is put back before the next.
    """
    if settings.provider:  # it keeps what the provider has told it
        return request.getfixturevalue("new_app")  # type: ignore[no-any-return]
    kind = replace(settings, data_dir=Path())
    if kind not in _ASSEMBLED:
        made: Flask = request.getfixturevalue("new_app")
        _ASSEMBLED[kind] = made, dict(made.config), dict(made.extensions)
    application, config, installed = _ASSEMBLED[kind]
    for now, before in ((application.config, config), (application.extensions, installed)):
        now.clear()
        now.update(before)
    application.extensions.update(settings=settings, database=lambda: database)
    prepare_printing(settings)
    use_factor_key(settings.secret())
    use_keys(settings.secret())
    use_seals(settings.secret())
    return application


@pytest.fixture
def client(app: Flask, connection: Connection) -> Iterator[StrictClient]:
    """A visitor's browser."""
    with _counting(app, connection) as browser:
        yield browser


def rows_of(cursor: Any, statement: str) -> int:
    """How many rows a statement has brought."""
    return max(cursor.rowcount, 0) if statement.startswith(("SELECT", "WITH")) else 0


class _counting:  # noqa: N801 - reads as a verb where it is used
    def __init__(self, app: Flask, connection: Connection) -> None:
        self.connection = connection
        self.browser = app.test_client()

    def __enter__(self) -> StrictClient:
        event.listen(self.connection, "before_cursor_execute", self._count)
        event.listen(self.connection, "after_cursor_execute", self._loaded)
        assert isinstance(self.browser, StrictClient)
        return self.browser

    def __exit__(self, *_error: object) -> None:
        event.remove(self.connection, "before_cursor_execute", self._count)
        event.remove(self.connection, "after_cursor_execute", self._loaded)

    def _loaded(self, _connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        self.browser.rows += rows_of(cursor, statement)  # type: ignore[attr-defined]

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")):
            self.browser.queries += 1  # type: ignore[attr-defined]


SignInAs = Callable[[Person], StrictClient]


@pytest.fixture
def sign_in_as(app: Flask, session: Session, connection: Connection) -> Iterator[SignInAs]:
    """A browser in which a person has signed in (each call: another browser)."""
    opened: list[_counting] = []

    def browser_of(person: Person) -> StrictClient:
        token = token_of(session, person)
        session.commit()
        counting = _counting(app, connection)
        browser = counting.__enter__()
        opened.append(counting)
        put(token, browser)
        return browser

    yield browser_of
    for counting in opened:
        counting.__exit__()


_sound: set[str] = set()
"""Pages that this process has checked, but for their tokens."""


def check_page(html: str) -> None:
    """Everything a page owes its reader; the assertion says what is missing."""
    told = without_tokens(html)
    if told in _sound:
        return
    assert "&lt;Macro" not in html, "a macro is shown in place of what it draws"
    page = parsed(html)
    _check_headings(page)
    _check_ids(page)
    _check_fields(page)
    _check_forms(page)
    _check_attributes(page)
    _check_references(page)
    _sound.add(told)


_NEVER_EMPTY = frozenset({
    "action", "autocomplete", "class", "dir", "for", "href", "id", "inputmode", "lang", "name",
    "role", "src", "type",
})  # fmt: skip
_OWN_ROLES = {
    "table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row",
    "td": "cell", "th": "columnheader rowheader", "nav": "navigation", "main": "main",
    "button": "button", "ul": "list", "li": "listitem", "form": "form", "dialog": "dialog",
}  # fmt: skip
"""What elements are anyway: to say so again is a fault of HTML."""


_SAYS_NOTHING = etree.XPath("//@*[.='' or .='None']")
_WITH_ROLE = etree.XPath("//*[@role]")


def _check_attributes(page: etree._Element) -> None:
    empty = [
        etree.tostring(value.getparent())
        for value in _SAYS_NOTHING(page)
        if value.attrname in _NEVER_EMPTY
    ]
    assert empty == [], f"attributes that say nothing: {empty[:3]}"
    for element in _WITH_ROLE(page):
        role, own = element.get("role"), _OWN_ROLES.get(str(element.tag), "").split()
        assert role not in own, f"role {role!r} of a {element.tag!r}"


_MAY_BE_REFERENCE = re.compile(r"(?<![\w/.@=#-])[A-Z]{2}\w*(-[A-Z])?-20\d\d-[\w-]*(?![\w/@-]|\.\w)")
_YEARS = etree.XPath("//body//text()[contains(., '-20')]")
_SAID_BARE = {"option", "textarea", "script", "svg", "text", "title", "desc", "tspan"}


def _check_references(page: etree._Element) -> None:
    """A reference is read on one line and in its order: kernel/references.py sees to it."""
    for text in _YEARS(page):
        around = text.getparent()
        if around.tag in _SAID_BARE or around.get("class") == "reference":
            continue
        assert not _MAY_BE_REFERENCE.search(text), f"a reference that may break: {text.strip()}"


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _check_headings(page: etree._Element) -> None:
    headings = page.findall(".//h1")
    assert len(headings) == 1, f"{len(headings)} h1 on the page"
    title = _text(page.find(".//title"))
    assert page.get("lang"), "no language"
    assert page.get("dir"), "no direction"
    heading = page.find(".//h1//*[@data-title]")
    shown = _text(headings[0] if heading is None else heading)
    assert title.removeprefix("Error: ").startswith(shown) or shown in title, f"{title} ≠ {shown}"


def _check_ids(page: etree._Element) -> None:
    seen = Counter(str(element.get("id")) for element in page.iterfind(".//*[@id]"))
    double = [name for name, times in seen.items() if times > 1]
    assert not double, f"ids twice: {double}"
    for element in page.iterfind(".//*[@aria-describedby]"):
        missing = set(str(element.get("aria-describedby")).split()) - set(seen)
        assert not missing, f"described by nothing: {missing}"


def _check_fields(page: etree._Element) -> None:
    labelled = {element.get("for") for element in page.iterfind(".//label")}
    for kind in ("input", "select", "textarea"):
        for field in page.iterfind(f".//{kind}"):
            if field.get("type") in ("hidden", "submit"):
                continue
            named = field.get("id") in labelled or field.get("aria-label")
            assert named or field.get("aria-labelledby"), f"no label: {etree.tostring(field)!r}"


def _check_forms(page: etree._Element) -> None:
    for form in page.iterfind(".//form"):
        if (form.get("method") or "get").lower() == "post":
            assert form.find(".//input[@name='csrf_token']") is not None, "a form without CSRF"
