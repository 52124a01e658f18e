"""When a backup was last taken from this installation, for those who watch it."""

from datetime import UTC, datetime
from pathlib import Path

from flask import current_app

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day

NAME = "last-backup"
LONGEST = 90_000
"""Seconds from one nightly backup to the next: a day, and an hour that it may take longer."""


def note_backup(data_dir: Path) -> None:
    """A backup is complete: its moment is kept beside the data, in seconds of the epoch."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / NAME).write_text(f"{clock.wall().timestamp():.0f}\n", "ascii")


def last_backup(data_dir: Path) -> int:
    """Seconds of the epoch; 0 if none was ever taken here, so that an alarm on its age rings."""
    try:
        return int((data_dir / NAME).read_text("ascii"))
    except (OSError, ValueError):
        return 0


def overdue_backup() -> str | None:
    """What administrators are told in production while no backup of the last day is there."""
    settings: Settings = current_app.extensions["settings"]
    last = last_backup(settings.data_dir)
    if not settings.production or clock.wall().timestamp() - last < LONGEST:
        return None
    if not last:
        return _(
            "No backup of this installation has been taken. Tell the owner of the installation."
        )
    day = plain_day(clock.day_of(datetime.fromtimestamp(last, UTC)))
    return _("The last backup was taken on %(day)s. Tell the owner of the installation.", day=day)
