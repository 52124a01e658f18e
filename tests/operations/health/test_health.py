"""What a load balancer is told."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from grants import create_app
from grants.config import Settings
from grants.core.database import schema
from grants.core.database.db import Database
from grants.core.kernel.errors import Away
from grants.platform.documents.store import Folder, use_store
from grants.platform.pdf_signing.installing import key_folder, make_key
from grants.platform.signing_key.installed import settle_key
from tests.platform.web.client import StrictClient
from tests.run import Run, create, drop

AWAY = "postgresql://127.0.0.1:1/fund"


def app_with(database: Database, tmp_path: Path) -> Flask:
    return create_app(Settings(tmp_path, "http://localhost", secret_key="x" * 32), database)


def test_an_installation_that_works_is_alive_and_ready(client: StrictClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_database_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    browser = app_with(Database.at(AWAY), tmp_path).test_client()
    browser.set_cookie("session", "of somebody who had signed in")
    assert browser.get("/healthz").status_code == 200
    answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "reason": {"database": "does not answer"}}
    assert answer.headers["Retry-After"]


def test_an_embedded_database_that_does_not_start_is_a_reason_too(tmp_path: Path) -> None:
    app = app_with(Database.at(AWAY), tmp_path)

    def never() -> Database:
        raise Away("does not start")

    app.extensions["database"] = never
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["reason"] == {"database": "does not answer"}


def test_migrations_that_were_not_run_are_a_reason(
    whole_run: Run, server_url: str, tmp_path: Path
) -> None:
    name = f"{whole_run.own}_old"
    engine = create_engine(create(server_url, name))
    try:
        browser = app_with(Database(engine), tmp_path).test_client()
        assert set(browser.get("/readyz").get_json()["reason"]) == {"migrations"}
        with engine.begin() as connection:
            schema.upgrade(connection, "0001_foundations")
        assert set(browser.get("/readyz").get_json()["reason"]) == {"migrations"}
    finally:
        engine.dispose()
        drop(server_url, name)


def test_files_that_cannot_be_written_are_a_reason(client: StrictClient, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    use_store(Folder(tmp_path / "taken" / "files"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "not ready", "reason": {"files": "cannot be written"}},
    )


def test_a_signing_key_that_is_missing_unreadable_or_another_is_a_reason_in_production(
    real_database: Database, tmp_path: Path
) -> None:
    here = Settings(tmp_path, "https://x.org", secret_key="0123456789abcdef" * 2)
    browser = create_app(here, real_database).test_client()

    def reason() -> str:
        answer = browser.get("/readyz", base_url="https://x.org").get_json()
        assert set(answer.get("reason", {})) <= {"signing key"}
        return str(answer.get("reason", {}).get("signing key", "ready"))

    key = key_folder(here).file
    assert "cannot be read" in reason()
    with real_database.transaction() as session:
        assert settle_key(session, here) == ""
    assert reason() == "ready"
    key.chmod(0o640)
    assert "cannot be read" in reason()
    for another in (False, True):  # it is lost, or another: that of the installation is fetched
        key.unlink()
        if another:
            make_key(here)
        assert reason() == "ready"
    with real_database.transaction() as session:
        shutil.rmtree(tmp_path / "files")  # with the copy
        key.unlink()
        make_key(here)
    assert "another one" in reason()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_no_cookie_and_no_figure_is_in_the_answer(client: StrictClient, path: str) -> None:
    answer = client.get(f"{path}?language=ar")
    assert "Set-Cookie" not in answer.headers
    assert not any(sign.isdigit() for sign in answer.get_data(as_text=True))
