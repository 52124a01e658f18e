"""Bringing a backup into an empty installation, and comparing what is there then with it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.operations.backups.archive import DUMP
from grants.operations.backups.figures import figures_of, files_in_use
from grants.operations.backups.taking import Places
from grants.operations.backups.tools import tools_for
from grants.platform.signing_key.installed import COPIES

USED = ("person", "organisation", "donor", "entry", "document", "pledge", "application")
"""Tables in which `flask setup` leaves nothing."""


def refuse_unless_empty(database: Database, places: Places) -> None:
    """DomainError unless nobody has used this installation yet."""
    with database.session() as session:
        used = [name for name in USED if _has_rows(session, name)]
        of_setup = set(session.scalars(COPIES)) if _has_rows(session, "trail") else set()
    if used or set(places.store.names()) - of_setup:
        raise DomainError(
            _("This installation already holds data. Restore into an empty one: a new DATA_DIR.")
        )


def _has_rows(session: Session, table: str) -> bool:
    if session.scalar(text("SELECT to_regclass(:name)"), {"name": table}) is None:
        return False
    return bool(session.scalar(text(f"SELECT EXISTS (SELECT FROM {table})")))  # noqa: S608 - ours


def restore(database: Database, places: Places, folder: Path) -> None:
    """Bring what was unpacked into this installation. The database comes whole or not at all."""
    with database.session() as session:
        tools = tools_for(session)
    with database.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    tools.restore(database.url, folder / DUMP)
    for path in sorted((folder / "files").glob("*")):
        places.store.put(path.name, path.read_bytes())
    for path in sorted((folder / "anchors").glob("trail-*.*")):
        places.anchors.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, places.anchors / path.name)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is there after a restoration, and how it differs from the backup."""

    trial_balance: dict[str, dict[str, str]]
    trail: dict[str, Any]
    files: int
    differences: list[str]


def compare(database: Database, places: Places, manifest: dict[str, Any]) -> Comparison:
    """Read the restored installation again: balance, every row of the trail, every file."""
    names = {name[6:] for name in manifest["files"] if name.startswith("files/")}
    with database.session() as session:
        figures = figures_of(session)
        differences = [
            *_tell_difference(
                _("the trial balance"), manifest["trial_balance"], figures.trial_balance
            ),
            *_tell_difference(_("the head of the audit trail"), manifest["trail"], figures.trail),
            *chain.breaches(session),
            *_tell_unreadable(places, names | files_in_use(session)),
        ]
    return Comparison(figures.trial_balance, figures.trail, len(names), differences)


def _tell_difference(what: str, expected: object, actual: object) -> Iterator[str]:
    if expected != actual:
        yield _(
            "Different: %(what)s was %(wanted)s and is %(found)s.",
            what=what,
            wanted=expected,
            found=actual,
        )


def _tell_unreadable(places: Places, names: set[str]) -> Iterator[str]:
    for name in sorted(names):
        try:
            places.store.read(name)
        except Missing:
            yield _("Different: the file %(name)s is missing or damaged.", name=name)
