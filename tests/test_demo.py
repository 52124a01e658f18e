"""`flask demo` plants into an empty database alone, and says so when it does not."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.people.models import Person
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
