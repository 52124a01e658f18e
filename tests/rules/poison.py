"""Sending what no person types to every form of the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.routing import Rule

from grants.core.kernel.db import Database
from grants.platform.web.access import door_of
from tests.rules.access import lookers
from tests.rules.demonstration import Demonstration, browser_of
from tests.rules.examples import Examples

LONG = "9" * 30
USUAL = ("version", "reason", "key", "reference", "number", "amount", "name", "turn", "base")
"""Fields that a form without a page of its own may have."""
DAYS = ("day", "month", "year")

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


def poisons(asked: Asked) -> Iterator[tuple[str, Poison]]:
    """(what is tried, the form that tries it)"""
    nul = {name: ["a\x00b"] for name in asked.typed}
    yield "a NUL character", asked.fixed | nul
    for odd in (LONG, "x"):
        version = {name: ["1"] for name in asked.typed} | {"version": [odd], "turn": [odd]}
        yield f"version {odd}", asked.fixed | version
    for year, day in (("9999", "31"), ("2026", LONG)):
        days = dict(zip(DAYS, (day, "12", year), strict=True))
        dated = {name: [days.get(name.rpartition("-")[2], LONG)] for name in asked.typed}
        yield f"the day {day} 12 {year}", asked.fixed | dated


@contextmanager
def without_traces(demonstration: Demonstration) -> Iterator[Demonstration]:
    """The demonstration over one connection, with everything taken back at the end."""
    with demonstration.database.connect() as connection:
        outer = connection.begin()
        yield Demonstration(Database(connection), demonstration.folder)
        outer.rollback()


def broken_forms(demonstration: Demonstration) -> tuple[int, list[str]]:
    """How many forms were sent, and which answers were failures of the server."""
    app = demonstration.app(FlaskClient)
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    browsers = {
        looker.heading: browser_of(app, demonstration, looker.email) for looker in lookers()
    }
    with demonstration.database.session() as session:
        examples = Examples(session)
        targets = [(rule, _address(app, rule, examples)) for rule in _forms(app)]
    sent, broken = 0, []
    for rule, url in targets:
        for who, browser in browsers.items():
            answers = _sent(browser, url, has_page="GET" in (rule.methods or ()))
            sent += len(answers)
            broken += [f"{who}, {url}, {what}: {code}" for what, code in answers if code >= 500]
            if answers:
                break
    return sent, broken


def _sent(browser: FlaskClient, url: str, *, has_page: bool) -> list[tuple[str, int]]:
    """What one person was answered; nothing where this form is not theirs."""
    text = "<form></form>"
    if has_page:
        page = browser.get(url)
        if page.status_code != 200:
            return []
        text = page.get_data(as_text=True)
    answers: list[tuple[str, int]] = []
    for what, form in poisons(fields_of(text)):
        answer = browser.post(url, data=form)
        answer.close()
        if not answers and answer.status_code in (401, 403, 404):
            return []
        answers.append((what, answer.status_code))
    return answers


def _forms(app: Flask) -> list[Rule]:
    """Every address that takes a form, but for signing out."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.endpoint not in ("signin.sign_out", "gallery")
        and door_of(app.view_functions[rule.endpoint]) is not None
    ]


def _address(app: Flask, rule: Rule, examples: Examples) -> str:
    known: dict[str, Any] = examples.of(rule.rule)
    values = {name: known.get(name, "1") for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)
