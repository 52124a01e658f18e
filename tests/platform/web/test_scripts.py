"""A page loads the scripts that it can need, and no others."""

import json
import re

from sqlalchemy.orm import Session

from grants.platform.web.assets import build
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient

WRITING = {"autosave.js", "kept.js", "marks.js", "drag.js", "rows.js", "totals.js"}
IMPORT = re.compile(r'^(?:import|\}) [^"]*"\./([\w-]+\.js)"', re.MULTILINE)


def loaded_with(script: str) -> set[str]:
    """What a script loads before it starts, and what that loads."""
    path = build.SOURCES / script
    found = set(IMPORT.findall(path.read_text("utf-8") if path.is_file() else ""))
    return found.union(*(loaded_with(name) for name in found))


def script_of(browser: StrictClient) -> list[str]:
    page = browser.get("/privacy").get_data(as_text=True)
    return re.findall(r'<script[^>]*src="/static/([^"]+)"', page)


def test_a_visitor_loads_nothing_that_only_people_who_write_need(
    client: StrictClient, session: Session, sign_in_as: SignInAs
) -> None:
    names = json.loads(build.MANIFEST.read_text("utf-8"))
    person = a_person(session)
    session.commit()
    assert script_of(client) == [names["visitor.js"]]
    assert script_of(sign_in_as(person)) == [names["app.js"]]
    assert not WRITING & loaded_with("visitor.js")
    assert loaded_with("app.js") >= WRITING
