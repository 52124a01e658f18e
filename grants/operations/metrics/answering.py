"""Figures of how the installation runs, for Prometheus.

Off unless METRICS_LISTEN names an address: figures have a port of their own, and never one of the
pages. `flask serve` answers there. Its web processes leave what they count in files, which it adds
up, so that a process that ends takes nothing with it; what waits in the database is asked for at
each scrape.
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from grants.books.verification.models import Verification
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError
from grants.operations.backups.noting import last_backup
from grants.platform.documents.store import Store
from grants.platform.messages.models import Message
from grants.variables import Listen

PATIENCE = 3
"""Seconds after which the database counts as away for a scrape."""
WAITING = ("todo", "doing", "failed")
"""States of jobs that are shown; the ones done are deleted."""


def fresh(folder: Path) -> Path:
    """The folder of the counts, empty: they begin at nought when the installation starts."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def answer_at(listen: Listen, folder: Path, database: Database, files: Store) -> None:
    """The life of a process that answers Prometheus at this address. It fails if that is taken."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    registry.register(StoredFigures(database, files))
    _server, thread = start_http_server(listen.port, listen.host, registry)
    thread.join()


class StoredFigures(Collector):
    """What stands in the database and beside it at the moment of a scrape."""

    def __init__(self, database: Database, files: Store) -> None:
        self.database = database
        self.files = files

    def collect(self) -> Iterator[Metric]:
        try:
            with self.database.session() as session:
                session.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}s'"))
                metrics = [
                    *_job_metrics(session),
                    *_message_metrics(session),
                    *_verification_metrics(session),
                ]
        except (SQLAlchemyError, DomainError):
            metrics = []
        yield _gauge_of("database_up", "Whether the database answers.", bool(metrics))
        yield from metrics
        backup = last_backup(self.files)
        yield _gauge_of("last_backup_timestamp_seconds", "When a backup was last taken.", backup)

    def describe(self) -> list[Metric]:
        """No metrics: nothing is asked of the database before the first scrape."""
        return []


def _gauge_of(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"paragraph20_{name}", meaning, value=float(value))


def _job_metrics(session: Session) -> Iterator[Metric]:
    rows = session.execute(text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
    counts = {row[0]: row[1] for row in rows}
    jobs = GaugeMetricFamily("paragraph20_jobs", "Jobs of the worker by state.", labels=["state"])
    for state in WAITING:
        jobs.add_metric([state], counts.get(state, 0))
    yield jobs


def _message_metrics(session: Session) -> Iterator[Metric]:
    count, oldest = session.execute(
        select(
            func.count(), func.coalesce(func.extract("epoch", func.now() - func.min(queued)), 0)
        ).where(Message.sent_at.is_(None))
    ).one()
    yield _gauge_of("emails_waiting", "E-mails that have not been sent.", count)
    yield _gauge_of("emails_waiting_seconds", "How long the oldest of them has waited.", oldest)


queued = Message.queued_at


def _verification_metrics(session: Session) -> Iterator[Metric]:
    last = session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))
    when, breaches = (last.at.timestamp(), len(last.breaches)) if last else (0, 0)
    yield _gauge_of("last_verification_timestamp_seconds", "When all checks were last made.", when)
    yield _gauge_of("last_verification_breaches", "Breaches that they found.", breaches)
