"""The trail as it grows, in files of a folder, for a system that watches over many (SIEM)."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.audit.models import TrailLink
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.trail.export import line_of


def extend_copy(session: Session, folder: Path, since: int = 0) -> int:
    """Write the rows that came since the last line of the folder (where it has none, after row
    `since`), the oldest first, into the file of this day; how many. The last line says how far the
    copy has come, so nothing is there twice or missing, whenever the writing was broken off.

    DomainError where that line is not in this trail.
    """
    with _alone_in(folder):
        last = _last_line(folder)
        if last:
            _require_same(session, last, folder)
            since = last["position"]
        end = since
        with _file_of_today(folder).open("a", encoding="utf-8") as out:
            for link in chain.links(session, since + 1):
                end = link["position"]
                out.write(line_of(link, position=end))
            out.flush()
            os.fsync(out.fileno())
        return end - since


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Another process that writes there is waited for."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("trail-*.jsonl"))


def _file_of_today(folder: Path) -> Path:
    """The file of this day, or a later one if the clock was ahead: the last line stands last."""
    return max([folder / f"trail-{clock.today().isoformat()}.jsonl", *_files_in(folder)])


def _last_line(folder: Path) -> dict[str, Any] | None:
    """The last whole line; a part of one, which a sudden end left, is taken away."""
    for path in reversed(_files_in(folder)):
        text = path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if len(whole) < len(text):
            os.truncate(path, len(whole))
        if whole:
            line: dict[str, Any] = json.loads(whole[:-1].rpartition(b"\n")[2])
            return line
    return None


def _require_same(session: Session, last: dict[str, Any], folder: Path) -> None:
    link = session.get(TrailLink, last["position"])
    if link is None or link.hash != last["hash"]:
        raise DomainError(
            _(
                "Audit trail: row %(position)s, the last in %(folder)s, is not in it. "
                "Use a new folder.",
                position=last["position"],
                folder=folder,
            )
        )
