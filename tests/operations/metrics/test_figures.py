"""What Prometheus is told about what waits, and when something was last done."""

from datetime import timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy.orm import Session

from grants.books.verification.models import Verification
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.operations.backups.noting import last_backup, note_backup
from grants.operations.metrics.answering import StoredFigures
from grants.platform.documents.store import Folder
from grants.platform.messages.service import Recipient, send
from tests.platform.web.client import StrictClient

PLAIN = "platform/signin/passphrase_link"


def figures(database: Database, folder: Path) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(StoredFigures(database, Folder(folder)))
    lines = generate_latest(registry).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name.removeprefix("paragraph20_"): float(value) for name, value in pairs}


def test_a_new_installation_has_nothing_waiting(database: Database, tmp_path: Path) -> None:
    assert figures(database, tmp_path) == {
        "database_up": 1,
        'jobs{state="todo"}': 0,
        'jobs{state="doing"}': 0,
        'jobs{state="failed"}': 0,
        "emails_waiting": 0,
        "emails_waiting_seconds": 0,
        "last_verification_timestamp_seconds": 0,
        "last_verification_breaches": 0,
        "last_backup_timestamp_seconds": 0,
    }


def test_the_alarms_that_are_recommended_ring_before_the_first_backup_and_verification(
    database: Database, tmp_path: Path
) -> None:
    """As Prometheus compares them: a figure that is absent is greater than nothing."""
    shown = figures(database, tmp_path)
    for what in ("backup", "verification"):
        assert clock.wall().timestamp() - shown[f"last_{what}_timestamp_seconds"] > 90_000


def test_what_waits_is_counted_and_the_last_checks_and_backup_have_their_moment(
    database: Database, session: Session, tmp_path: Path
) -> None:
    message = send(
        session, Recipient("ada@un.example", "Ada"), PLAIN, event="a", url="https://un.example"
    )
    message.queued_at = clock.now() - timedelta(hours=1)
    moment = clock.now()
    session.add(
        Verification(at=moment, checks=40, breaches=["Audit trail: row 3 of the chain is missing."])
    )
    session.commit()
    note_backup(Folder(tmp_path))
    found = figures(database, tmp_path)
    assert found["emails_waiting"] == found['jobs{state="todo"}'] == 1
    assert found["emails_waiting_seconds"] > 0
    assert found["last_verification_timestamp_seconds"] == moment.timestamp()
    assert found["last_verification_breaches"] == 1
    assert abs(found["last_backup_timestamp_seconds"] - moment.timestamp()) < 60


def test_while_the_database_is_away_the_rest_is_told(tmp_path: Path) -> None:
    note_backup(Folder(tmp_path))
    found = figures(Database.at("postgresql://127.0.0.1:1/fund"), tmp_path)
    assert found == {
        "database_up": 0,
        "last_backup_timestamp_seconds": last_backup(Folder(tmp_path)),
    }


def test_no_page_of_ours_tells_figures(client: StrictClient) -> None:
    assert client.get("/metrics").status_code == 404
