"""What a process of the pool does in tests: nothing is printed, and some statements go wrong.

Loads next to nothing, so that a process is there at once.
"""

import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Statement:
    """One that goes wrong by the first letter of its donor: Sleeps, Halts, is Killed; or the server
    behind its process is Frozen (with it) or Gone.
    """

    donor: str


def labour(place: Any, pipe: Connection) -> None:
    """Leave our number at the place, and report on each statement."""
    Path(place, str(os.getpid())).touch()
    pipe.send(None)
    try:
        while batch := pipe.recv():
            for statement, _known in batch:
                _print(statement.donor[0])
                pipe.send(statement)
    except EOFError:
        return


def never_ready(place: Any, _pipe: Connection) -> None:
    """Leave our number, and never say that we are there."""
    Path(place, str(os.getpid())).touch()
    time.sleep(3600)


def _print(fate: str) -> None:
    if fate == "S":
        time.sleep(3600)
    if fate == "G":
        os.kill(os.getppid(), signal.SIGKILL)
    if fate == "F":
        os.kill(os.getppid(), signal.SIGSTOP)
    if fate in "FH":
        os.kill(os.getpid(), signal.SIGSTOP)
    if fate == "K":
        os.kill(os.getpid(), signal.SIGKILL)
