"""`flask demo` plants into an empty database alone, and says so when it does not."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.people.models import Person
from grants.core.people.service import enter_person
from grants.platform.documents.store import Folder
from grants.platform.documents.store import store as standing_store
from seeds import story
from seeds.files import all_or_none
from tests.desk.moving_in.history.folders import flask, folder


def test_nothing_is_planted_beside_a_history_that_was_taken_over(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    flask(app, "setup")
    assert flask(app, "import", "history", str(folder(tmp_path))).exit_code == 0
    told = flask(app, "demo")
    assert (told.exit_code, told.stdout) == (
        0,
        "The database already contains data, so no demonstration data has been created.\n",
    )
    assert session.scalar(select(func.count(Person.id))) == 0


@pytest.mark.parametrize("scale", ["0", "-1"])
def test_a_demonstration_has_a_size(app: Flask, scale: str) -> None:
    assert flask(app, "demo", "--scale", scale).exit_code == 2


def half_a_story(session: Session, _today: date, _scale: int) -> None:
    """It enters a person, keeps a file, and cannot go on."""
    enter_person(session, "half@example.org", "Half a story")
    session.flush()
    standing_store().put("ab" * 32, b"half")
    raise AssertionError("the story tells of 2027-01-01,\n which has not come yet")


def test_a_demonstration_that_cannot_be_planted_leaves_nothing_behind(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "plant", half_a_story)
    flask(app, "setup")
    before = standing_store()
    kept = set(before.names())
    refused = flask(app, "demo")
    assert (refused.exit_code, refused.stderr) == (
        2,
        (
            "The demonstration data could not be created, and nothing was kept: "
            "the story tells of 2027-01-01, which has not come yet\n"
        ),
    )
    assert "Sign in" not in refused.stdout
    assert session.scalar(select(func.count(Person.id))) == 0
    assert standing_store() is before
    assert set(before.names()) == kept, "the key of the installation alone"


def test_what_waits_to_be_kept_can_be_read_meanwhile(store: Folder) -> None:
    store.put("cd" * 32, b"before")
    with all_or_none():
        waiting = standing_store()
        waiting.put("ab" * 32, b"new")
        assert waiting.read("ab" * 32) == b"new"
        assert sorted(waiting.names()) == ["ab" * 32, "cd" * 32]
        assert list(store.names()) == ["cd" * 32]
    assert standing_store() is store
    assert sorted(store.names()) == ["ab" * 32, "cd" * 32]
