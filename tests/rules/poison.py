"""Sending what no person types to every form of the application."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.routing import Rule

from grants.core.database.db import Database
from grants.platform.web.access import BY_TOKEN, door_of
from tests.rules.access import lookers
from tests.rules.demonstration import Demonstration, browser_of, people
from tests.rules.examples import Examples

LONG = "9" * 30
USUAL = ("version", "reason", "key", "reference", "number", "amount", "name", "turn", "base")
"""Fields that a form without a page of its own may have."""
DAYS = ("day", "month", "year")

STRANGE = (
    "9" * 5000,
    "\udced\udca0\udc80",
    "\u202e\u2066\u200f\ufffe",
    "½",
    "NaN",
    "-1",
    "/x\r\nSet-Cookie: a=b",
    "1e999",
    "٣",
)
"""Numbers without an end, half a character, marks of direction, numbers that are none, a line of
an answer's head."""
LISTS = ("[]", "[0]", "-0", "-9999999999999999999-x")
PARTS = "multipart/form-data; boundary=b"

Poison = dict[str, list[str]]


@dataclass(frozen=True)
class Asked:
    """The fields of a page's forms: those that are typed, and what the others hold."""

    typed: list[str]
    fixed: Poison


def fields_of(page: str) -> Asked:
    """The inputs of every form on a page."""
    typed, fixed = list(USUAL), {}
    for field in html.fromstring(page).xpath(
        "//form//*[self::input or self::textarea or self::select]"
    ):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in ("file", "submit") or name == "csrf_token":
            continue
        if field.tag == "select":
            fixed[name] = [value for value in field.value_options if value][-1:]
        elif kind in ("radio", "checkbox"):
            fixed[name] = [field.get("value", "")]
        else:
            typed.append(name)
    return Asked(typed, fixed)


def poisons(asked: Asked) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what is tried, what the request that tries it holds)"""
    yield "a NUL character", _data(asked.fixed, {name: ["a\x00b"] for name in asked.typed})
    for year, day, odd in (("9999", "31", LONG), ("2026", LONG, "x")):
        days = dict(zip(DAYS, (day, "12", year), strict=True))
        dated = {name: [days.get(name.rpartition("-")[2], LONG)] for name in asked.typed}
        version = {"version": [odd], "turn": [odd]}
        yield f"the day {day} 12 {year}, version {odd}", _data(asked.fixed, dated, version)
    yield "what no keyboard writes", _data(_strange(asked))
    yield "nothing", {"data": {}}
    yield "JSON", {"data": '[["\\ud800", 1], {}]', "content_type": "application/json"}
    yield "a part without an end", {"data": b"--b\r\nContent-D", "content_type": PARTS}


def _data(*forms: Poison) -> dict[str, Any]:
    form = {name: texts for each in forms for name, texts in each.items()}
    body = urlencode(form, doseq=True, errors="surrogateescape")
    return {"data": body, "content_type": "application/x-www-form-urlencoded"}


def _strange(asked: Asked) -> Poison:
    """Each field holds one of the strange texts, twice, and so do names that look like lists."""
    told = {
        name: [text, text]
        for name, text in zip([*asked.typed, *asked.fixed], cycle(STRANGE), strict=False)
    }
    lists = {f"{name}{ending}": texts for name, texts in told.items() for ending in LISTS}
    return told | lists


@contextmanager
def without_traces(demonstration: Demonstration) -> Iterator[Demonstration]:
    """The demonstration over one connection, with everything taken back at the end."""
    with demonstration.database.connect() as connection:
        outer = connection.begin()
        yield Demonstration(Database(connection), demonstration.folder)
        outer.rollback()


@dataclass(frozen=True)
class Answers:
    """What the forms answered."""

    sent: int
    broken: list[str]
    """Failures of the server."""
    shut: set[str]
    """Endpoints whose form nobody could send."""


def broken_forms(demonstration: Demonstration, met: Mapping[str, tuple[str, str, str]]) -> Answers:
    """Send poison to every form: where somebody met it on a page (endpoint → role, page, address),
    else at an example, by everyone in turn.
    """
    app = demonstration.app(FlaskClient)
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    emails = dict(people()) | {looker.heading: looker.email for looker in lookers()}
    browsers = {who: browser_of(app, demonstration, email) for who, email in emails.items()}
    with demonstration.database.session() as session:
        examples = Examples(session)
        rules = [(rule, _address(app, rule, examples)) for rule in _forms(app)]
    sent, broken, shut = 0, [], set()
    for rule, example in rules:
        shown = example if "GET" in (rule.methods or ()) else None
        places = [(who, shown, example) for who in browsers]
        if rule.endpoint in met:
            places.insert(0, met[rule.endpoint])
        for who, page, url in places:
            answers = _sent(browsers[who], page, url)
            sent += len(answers)
            broken += [f"{who}, {url}, {what}: {code}" for what, code in answers if code >= 500]
            if answers:
                break
        else:
            shut.add(rule.endpoint)
    return Answers(sent, broken, shut)


def _sent(browser: FlaskClient, page: str | None, url: str) -> list[tuple[str, int]]:
    """What one person was answered; nothing where this form is not theirs."""
    text = "<form></form>"
    # A form that is offered is open: what is not found then is the poison.
    shut = {401, 403} if page else {401, 403, 404}
    if page:
        shown = browser.get(page)
        if shown.status_code >= 500:
            return [("the page itself", shown.status_code)]
        if shown.status_code != 200:
            return []
        text = shown.get_data(as_text=True)
    answers: list[tuple[str, int]] = []
    for what, request in poisons(fields_of(text)):
        answer = browser.post(url, **request)
        answer.close()
        if not answers and answer.status_code in shut:
            return []
        answers.append((what, answer.status_code))
    return answers


def _forms(app: Flask) -> list[Rule]:
    """Every address that takes a form, but for signing out. Programs with a token send none."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.endpoint not in ("signin.sign_out", "gallery")
        and door_of(app.view_functions[rule.endpoint]) not in (None, BY_TOKEN)
    ]


def _address(app: Flask, rule: Rule, examples: Examples) -> str:
    known: dict[str, Any] = examples.of(rule.rule)
    values = {name: known.get(name, "1") for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)
