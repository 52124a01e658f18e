"""Administrators hear of a backup that is missing, from the first day on."""

from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.people.permissions import Role
from grants.operations.backups.noting import LONGEST, NAME, note_backup
from grants.platform.documents.store import store
from tests.factories import staff
from tests.platform.web.client import SignInAs

NEVER = "No backup of this installation has been taken."


@pytest.fixture
def in_production(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = replace(settings, declared_production=True)


@pytest.mark.usefixtures("in_production")
def test_the_start_page_of_an_administrator_says_that_a_backup_is_missing_or_old(
    session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(session, Role.ADMINISTRATOR))
    assert NEVER in browser.get("/start").text
    note_backup(store())
    assert "backup" not in browser.get("/start").text
    old = clock.wall().timestamp() - LONGEST - 60
    store().write(NAME, BytesIO(f"{old:.0f}\n".encode()))
    assert "The last backup was taken on " in browser.get("/start").text


@pytest.mark.usefixtures("in_production")
def test_others_are_not_told(session: Session, sign_in_as: SignInAs) -> None:
    assert NEVER not in sign_in_as(staff(session, Role.FUND_MANAGER)).get("/start").text


def test_a_demonstration_needs_no_backup(session: Session, sign_in_as: SignInAs) -> None:
    assert NEVER not in sign_in_as(staff(session, Role.ADMINISTRATOR)).get("/start").text
