"""Each command that asks: in a copy of this process, with connections of its own. What starting a
process takes is measured by one command.
"""

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NoReturn

import psutil
from flask.cli import ScriptInfo

from bench._browsers import Stand, counting
from bench._cost import Cost, memory_watched
from grants.core.database.db import Database
from tests.rules.examples import Examples

YEAR = ("--from", "2026-01-01", "--to", "2026-12-31", "--json")
COMMANDS = (
    ("ledger", "verify"),
    ("ledger", "balances", "--json"),
    ("trail", "verify"),
    ("trail", "export", "FILE"),
    ("statement", "fund", "UNVTF", *YEAR),
    ("statement", "donor", "DONOR", *YEAR),
    ("statement", "grant", "GRANT", *YEAR),
    ("call", "export", "CALL"),
    ("fund", "export", "UNVTF"),
    ("staff", "list", "--json"),
)
STARTED = ("staff", "list", "--json")
"""What is also done in a process that is started for it."""


def cost_of_command(stand: Stand, words: Sequence[str]) -> Cost:
    """In a copy of this process, with connections of its own."""
    filled, (out, told) = _filled(stand, words), (os.pipe(), os.pipe())
    begun = time.perf_counter()
    number = os.fork()
    if not number:
        _run_command(stand, filled, out[1], told[1])
    for end in (out[1], told[1]):
        os.close(end)
    with memory_watched(psutil.Process(number)) as most:
        first, size = _read_all(out[0], begun)
        with os.fdopen(told[0]) as ending:
            queries = int(ending.read() or 0)
        os.waitpid(number, 0)
    os.close(out[0])
    whole = time.perf_counter() - begun
    return Cost((first or whole) * 1000, whole, size, most[0], queries, "command")


def _run_command(stand: Stand, words: Sequence[str], out: int, told: int) -> NoReturn:
    """What the copy does: the command, and how many questions it asked. It ends without tidying up
    what belongs to the process it is a copy of.
    """
    try:
        database = Database.at(stand.database.url)
        stand.app.extensions["database"] = lambda: database
        sys.stdout = os.fdopen(out, "w")
        script = ScriptInfo(create_app=lambda: stand.app)
        # by SystemExit `ledger verify` says that something is wrong
        with counting(database) as counts, suppress(SystemExit):
            stand.app.cli.main(list(words), "flask", standalone_mode=False, obj=script)
        sys.stdout.flush()
        os.write(told, str(counts.queries).encode())
    except BaseException:  # noqa: BLE001 - whatever it is, this copy ends here
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _read_all(place: int, begun: float) -> tuple[float, int]:
    """Seconds until the first byte, and how many there were."""
    first, size = 0.0, 0
    while part := os.read(place, 65536):
        first = first or time.perf_counter() - begun
        size += len(part)
    return first, size


def cost_of_start(stand: Stand, words: Sequence[str]) -> Cost:
    """In a process that is started for it, as on the command line."""
    settings = [
        f"DATABASE_URL={stand.database.url}",
        f"DATA_DIR={stand.folder}",
        "SECRET_KEY=bench",
    ]
    command = ["/usr/bin/env", *settings, sys.executable, "-m", "flask", *words]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with memory_watched(psutil.Process(process.pid)) as most:
            first, size = _read_all(process.stdout.fileno(), begun)
    return Cost(first * 1000, time.perf_counter() - begun, size, most[0], 0, "command")


def _filled(stand: Stand, words: Iterable[str]) -> list[str]:
    """The words of a command, with a record of the demonstration where one is meant."""
    with stand.database.session() as session:
        examples = Examples(session)
        known = {
            "DONOR": examples.donor.code,
            "GRANT": examples.award.reference,
            "CALL": examples.submitted.call.reference,
            "FILE": os.devnull,
        }
    return [known.get(word, word) for word in words]
