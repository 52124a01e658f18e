"""Every page is guarded, and reading never writes."""

import re

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from grants.core.kernel import clock
from grants.core.people.models import SignInAttempt
from grants.platform.web.access import door_of, public
from grants.platform.web.database import session
from tests.rules.source import ROOT


def test_every_page_carries_a_mark(app: Flask) -> None:
    unmarked = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and door_of(app.view_functions[rule.endpoint]) is None
    ]
    assert unmarked == []


def test_a_page_without_a_mark_stays_shut(new_app: Flask) -> None:
    new_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert new_app.test_client().get("/forgotten").status_code == 404


def test_a_get_that_writes_is_refused_by_the_database(new_app: Flask) -> None:
    @public
    def writes() -> str:
        session().add(SignInAttempt(email="a@b.example", address="", at=clock.now()))
        session().flush()
        return "written"

    new_app.add_url_rule("/writes", "writes", writes)
    with pytest.raises(DBAPIError, match="read-only"):
        new_app.test_client().get("/writes")


def test_no_template_marks_its_text_as_safe() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "templates").rglob("*.html")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"\|\s*safe\b", line)
    ]
    assert found == []


GATHERED = 3
"""Rows that templates still gather by themselves; the views of the others hand them over. It only
falls: set it to what is left.
"""


def test_templates_gather_fewer_rows_by_themselves() -> None:
    found = sum(path.read_text().count("{% do ") for path in (ROOT / "templates").rglob("*.html"))
    assert found <= GATHERED, "hand typed rows to the table (grants/platform/tables/cells.py)"
    assert found == GATHERED, f"fewer are left: set GATHERED to {found}"


BY_BROWSER = {"templates/layout/macros.html": 1, "templates/applying/writing/papers.html": 1}
"""Links to files beside text that is being written, whose page must stay open."""


def test_a_link_to_a_file_saves_no_page_in_its_place() -> None:
    """A browser told to download saves whatever answers: a sign-in page, or that of a file which is
    still to be prepared.
    """
    marked = re.compile(r"<a\b[^>]*\sdownload[\s>]")
    for path in [*(ROOT / "templates").rglob("*.html"), ROOT / "grants/platform/tables/cells.py"]:
        name = str(path.relative_to(ROOT))
        assert len(marked.findall(path.read_text("utf-8"))) == BY_BROWSER.get(name, 0), name


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "templates").rglob("*.html")
        if path.name not in ("email.html", "document.html") and "/email/" not in str(path)
        for line in re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL).splitlines()
        if inline.search(line)
    ]
    assert found == []
