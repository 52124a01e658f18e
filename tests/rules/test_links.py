"""Every page is linked from somewhere in the source: told at once, before anybody walks there."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

from flask import Flask
from werkzeug.routing import Rule

from grants.platform.web.access import BY_TOKEN, door_of
from tests.rules.source import ROOT

MARKED = ("_menu_entry", "_beside")
NO_PAGES = ("gallery", "static", "api.nothing")
"""For development, files, and the answer to an address of the interface that there is not."""


@cache
def texts() -> str:
    """All templates and modules of the application, one after the other."""
    paths = [*(ROOT / "grants").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    return "\n".join(path.read_text("utf-8") for path in sorted(paths))


def linked(rule: Rule, view: object, source: str) -> bool:
    """Is a page in the menu, beside a record, or named by a link, a step or an address?"""
    room, _dot, name = rule.endpoint.rpartition(".")
    if any(hasattr(view, mark) for mark in MARKED):
        return True
    if {f"{room}.{name}", f".{name}", f"to({name}"} & _named(source):
        return True
    address = re.sub(r"<[^>]*>", r"\\{[^}]*\\}", re.escape(rule.rule))
    return bool(re.search(rf"""["']{address}["'?]""", _without_routes(source)))


@cache
def _named(source: str) -> frozenset[str]:
    """Everything within quotes that may be an endpoint, and what stands in `to("…")`."""
    endpoints = re.findall(r"""["'](\w*\.\w+)["']""", source)
    here = re.findall(r"""\bto\(["'](\w+)["']""", source)
    return frozenset([*endpoints, *(f"to({name}" for name in here)])


@cache
def _without_routes(source: str) -> str:
    """The source without the lines that say which address a view has."""
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("@"))


def unlinked(app: Flask, rules: Iterable[Rule], source: str) -> list[str]:
    """Endpoints of pages to look at that nothing in the source names."""
    return [
        rule.endpoint
        for rule in rules
        if "GET" in (rule.methods or ())
        and rule.endpoint not in NO_PAGES
        and door_of(app.view_functions[rule.endpoint]) != BY_TOKEN  # programs follow no link
        and not linked(rule, app.view_functions[rule.endpoint], source)
    ]


def test_every_page_is_linked(app: Flask) -> None:
    found = unlinked(app, app.url_map.iter_rules(), texts())
    assert found == [], "link them from a menu (@in_menu), a list, a record's page or a to-do"


def test_a_page_that_nothing_links_is_told(new_app: Flask) -> None:
    new_app.add_url_rule("/pledges/<reference>/notes", "pledges.notes", lambda reference: reference)
    rules = [rule for rule in new_app.url_map.iter_rules() if rule.endpoint == "pledges.notes"]
    assert unlinked(new_app, rules, texts()) == ["pledges.notes"]
    for link in ("url_for('.notes')", 'page="pledges.notes"', "f'/pledges/{pledge}/notes'"):
        assert unlinked(new_app, rules, link) == []


WALKS = (
    *sorted((ROOT / "tests/browser").glob("*_way.py")),
    *(ROOT / "tests/browser" / name for name in ("test_from_nothing.py", "test_three_ways.py")),
    *(ROOT / "tests/browser" / name for name in ("fund_people.py", "walking.py")),
)


def typed_addresses(tree: ast.Module) -> Iterator[str]:
    """Addresses that a walk types: neither the front page's nor one that came in an e-mail."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="goto"), args=[address, *_]):
                if ast.unparse(address) != "'/'" and "link" not in ast.unparse(address):
                    yield ast.unparse(node)


def test_walks_go_by_links_and_buttons_alone() -> None:
    """A typed address hides a page that nobody can reach."""
    trees = [ast.parse(path.read_text("utf-8")) for path in WALKS]
    assert [typed for tree in trees for typed in typed_addresses(tree)] == []


def test_a_typed_address_is_told() -> None:
    walk = "page.goto('/'); page.goto(site.link(email, '/join/')); page.goto(f'/grants/{grant}')"
    assert list(typed_addresses(ast.parse(walk))) == ["page.goto(f'/grants/{grant}')"]
