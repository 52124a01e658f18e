"""Who gets which page: every page that can be fetched × everyone who may look, on one example.

`.venv/bin/python -m tests.rules.access` draws docs/access.md again. Read what changed in it: each
cell is a decision about a person's data.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import Rule

from grants.core.kernel import clock
from seeds.cast import COLLEAGUE, DONOR_READER, DONOR_SIGNATORY, DONORS, STAFF, address
from seeds.company import EDITOR, GRANTEE, READER, SIGNATORY
from seeds.projects import proposal
from tests.platform.web.client import StrictClient
from tests.rules.crawling import Addresses, Found
from tests.rules.demonstration import NOON, PSEUDO, Demonstration, browser_of, counting, planted
from tests.rules.example_papers import documents
from tests.rules.examples import Examples, more
from tests.rules.source import ROOT
from tests.rules.speech import Data

PAGE = ROOT / "docs" / "access.md"
COMMAND = ".venv/bin/python -m tests.rules.access"
SKIPPED = frozenset(
    {
        *("static", "gallery", "demonstration.index"),
        *(
            "statements.download",
            "statements.data",
            "statements.spreadsheet",
            "statements.form_in_word",
        ),
    }
)
"""Style sheets, pages that only development has, and documents, which have rows of their own."""

LEGEND = f"""# Who gets which page

Drawn from the demonstration by `{COMMAND}`; a test compares it with
what the application answers.

Each row is one page, asked for with one example of the demonstration. “Its” donor, administrator,
editor, signatory and reader belong to that example; “another” belongs to no part of it. ● shown ·
→ sent on to another page · ⇥ asked to sign in · – refused (403) · nothing: there is no such page
for this person (404) · a number: another answer.

The rows under “reviews” are about applications that the reviewer of the table was assigned, the
others are not. The outbox exists while the application is tried out, never in production.
"""


@dataclass(frozen=True, slots=True)
class Looker:
    """A column: the person who looks."""

    heading: str
    email: str | None


def lookers() -> list[Looker]:
    """A visitor; both sides of the examples, and another person of that kind; the fund's people."""
    inside = {str(actor.role.label): actor.email for actor in reversed(STAFF)}
    return [
        Looker("Visitor", None),
        Looker("Its donor", address(DONORS[0].contact)),
        Looker("Its donor’s officer", address(COLLEAGUE)),
        Looker("Its donor’s signatory", address(DONOR_SIGNATORY)),
        Looker("Its donor’s reader", address(DONOR_READER)),
        Looker("Another donor", address(DONORS[1].contact)),
        Looker("Its administrator", address(proposal(GRANTEE).contact)),
        Looker("Its editor", address(EDITOR)),
        Looker("Its signatory", address(SIGNATORY)),
        Looker("Its reader", address(READER)),
        Looker("Another’s administrator", address(proposal(GRANTEE + 1).contact)),
        *(Looker(role, email) for role, email in reversed(inside.items())),
    ]


def rows(app: Flask, examples: Examples) -> Iterator[tuple[str, str]]:
    """(page, address of an example), one for each rule, with those worth a second look."""
    adapter = app.url_map.bind("localhost")
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    for rule in rules:
        if "GET" in (rule.methods or ()) and rule.endpoint not in SKIPPED:
            yield f"`{rule.rule}`", adapter.build(rule.endpoint, _values(rule, examples))
    yield from more(examples)
    yield from documents(examples)


def _values(rule: Rule, examples: Examples) -> dict[str, Any]:
    known = examples.of(rule.rule)
    missing = set(rule.arguments) - set(known)
    assert not missing, f"tests/rules/examples.py names no {missing} for {rule.rule}"
    return {name: known[name] for name in rule.arguments}


@dataclass
class Asked:
    """What a person was answered, page by page; what was wrong with a page stands in `found`."""

    looker: Looker
    browser: StrictClient
    data: Data
    found: Found
    addresses: Addresses

    def sign(self, url: str) -> str:
        """The answer at an address as one sign."""
        where = f"{self.looker.heading}, {url}"
        try:
            got = self.browser.get(url)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page is broken
            self.found.broken.append(f"{where}: {type(error).__name__}: {error}"[:400])
            return "broken"
        if got.status_code in (301, 302, 303):
            return "⇥" if urlsplit(got.location).path == "/sign-in" else "→"
        if got.status_code == 200:
            endpoint, _values = self.addresses.page_at(urlsplit(url).path)
            self.found.reached.setdefault(endpoint, set()).add(self.looker.heading)
        if got.mimetype == "text/html":
            self.found.hear(got, self.data, where)
        got.close()
        return {200: "●", 403: "–", 404: ""}.get(got.status_code, str(got.status_code))


def ask(demonstration: Demonstration) -> tuple[str, Found]:
    """The whole table, and what was wrong with the pages on the way."""
    app, found, columns = demonstration.app(StrictClient), Found(), []
    browsers = [(who, browser_of(app, demonstration, who.email)) for who in lookers()]
    data, addresses = Data.of(demonstration.database), Addresses(app)
    with demonstration.database.session() as session:
        asked = list(rows(app, Examples(session)))
    for looker, browser in browsers:
        assert isinstance(browser, StrictClient)
        with counting(demonstration, browser):
            browser.get(f"/privacy?language={PSEUDO}")
            one = Asked(looker, browser, data, found, addresses)
            columns.append([looker.heading, ":-:", *(one.sign(url) for _name, url in asked)])
    names = ["page", "---", *(name for name, _url in asked)]
    lines = [f"| {' | '.join(cells)} |" for cells in zip(names, *columns, strict=True)]
    return "\n".join([LEGEND, *lines, ""]), found


def _draw_anew() -> None:
    import os

    from grants.core.database import embedded

    folder = Path(os.environ.get("DATA_DIR", "instance")) / "test-postgresql"
    server = os.environ.get("DATABASE_URL") or embedded.start(folder.resolve())
    with (
        tempfile.TemporaryDirectory() as scratch,
        planted(server, f"p20_access_{os.getpid()}", Path(scratch)) as demonstration,
        clock.at(NOON),
    ):
        PAGE.write_text(ask(demonstration)[0], "utf-8")


if __name__ == "__main__":
    from grants.assembly import join_rooms

    join_rooms()
    _draw_anew()
