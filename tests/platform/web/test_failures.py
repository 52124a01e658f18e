"""A failure is answered with a page of ours, whatever has failed."""

from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from grants.core.kernel.errors import Conflict
from grants.platform.web import refusals
from grants.platform.web.access import public
from grants.platform.web.database import session


def test_a_page_is_shown_even_when_nobody_can_be_looked_up(new_app: Flask) -> None:
    def away(_token: str) -> None:
        raise ConnectionError

    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    new_app.login_manager.user_loader(away)  # type: ignore[attr-defined]
    browser = new_app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "known"
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.get_data(as_text=True)


def test_a_fault_of_ours_is_told_in_plain_words(new_app: Flask) -> None:
    @public
    def broken() -> str:
        raise ZeroDivisionError

    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    new_app.add_url_rule("/broken", "broken", broken)
    answer = new_app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "Try again in a few minutes" in answer.get_data(as_text=True)


FULL = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"


def test_a_full_disk_is_told_and_worth_trying_again_later(new_app: Flask) -> None:
    """Of the files as of the database; before, both were faults of ours."""

    @public
    def files() -> str:
        with Path("/dev/full").open("w", encoding="utf-8") as disk:
            disk.write("a letter")
        return ""

    @public
    def database() -> str:
        session().execute(text(FULL))
        return ""

    @public
    def elsewhere() -> str:
        raise FileNotFoundError

    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    for view in (files, database, elsewhere):
        new_app.add_url_rule(f"/full/{view.__name__}", view.__name__, view)
    browser = new_app.test_client()
    for path in ("/full/files", "/full/database"):
        answer = browser.get(path)
        assert (path, answer.status_code, answer.headers.get("Retry-After")) == (path, 503, "300")
        assert "has not been saved" in answer.get_data(as_text=True)
    assert browser.get("/full/elsewhere").status_code == 500


def test_a_page_that_is_not_there_says_where_to_go(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'href="/"' in answer.get_data(as_text=True)


def test_the_address_of_a_button_opened_as_a_page_says_where_to_go(client: FlaskClient) -> None:
    """It told people to try again in a few minutes."""
    answer = client.get("/sign-out")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 405
    assert "Page not found" in page
    assert "in a few minutes" not in page


def test_what_was_written_on_a_form_that_is_refused_can_be_copied(new_app: Flask) -> None:
    @public
    def refused() -> str:
        raise Conflict("Somebody was quicker.")

    new_app.config["WTF_CSRF_ENABLED"] = False
    new_app.add_url_rule("/refused", "refused", refused, methods=["POST"])
    form = {
        "reason": "It was <b>withdrawn</b>.",
        "version": "7",
        "passphrase": "my own words",
    }
    answer = new_app.test_client().post("/refused", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "It has not been saved. Copy what you need." in page
    assert "It was &lt;b&gt;withdrawn&lt;/b&gt;." in page
    assert "my own words" not in page
    nothing = new_app.test_client().post("/refused", data={"version": "7"})
    assert "Copy what you need" not in nothing.get_data(as_text=True)


def test_a_database_that_comes_and_goes_is_503_even_while_the_page_about_it_is_made(
    new_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    @public
    def ended() -> str:
        raise psycopg.OperationalError("the connection is closed")

    new_app.config["PROPAGATE_EXCEPTIONS"] = False
    new_app.add_url_rule("/ended", "ended", ended)
    browser = new_app.test_client()
    answer = browser.get("/ended")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The database does not answer" in answer.text

    def again(*_asked: object, **_more: object) -> str:
        raise psycopg.OperationalError("the connection is closed")

    monkeypatch.setattr(refusals, "render_template", again)
    answer = browser.get("/ended")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
