"""When a backup was last taken from this installation, for those who watch it."""

from pathlib import Path

from grants.core.kernel import clock

NAME = "last-backup"


def note_backup(data_dir: Path) -> None:
    """A backup is complete: its moment is kept beside the data, in seconds of the epoch."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / NAME).write_text(f"{clock.now().timestamp():.0f}\n", "ascii")


def last_backup(data_dir: Path) -> int | None:
    """Seconds of the epoch; None if none was ever taken here."""
    try:
        return int((data_dir / NAME).read_text("ascii"))
    except (OSError, ValueError):
        return None
