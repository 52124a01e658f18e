"""Replacing a running service by its next version without a refused request.

The process stays, and puts the next program in its own place (exec). The socket on which pages are
asked for is handed on as systemd hands one to a service, and what runs goes on answering until the
processes of the next program do.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from socket import socket

from grants.config import environment_with

SCRIPT = "flask"
FIRST = 3
"""The number of the first file that systemd hands to a service."""
PATIENCE = 120
"""Seconds in which the next program says whether it could start."""


def program() -> list[str]:
    """The command that started this process, as it was typed: where its path leads through a link
    to the folder of a version, it leads to the next version once the link does.
    """
    typed = Path(sys.argv[0])
    options = [option for option in sys.argv[1:] if option != "--prepare"]
    if typed.name == SCRIPT and os.access(typed, os.X_OK):
        return [str(typed), *options]
    return [sys.executable, "-m", "flask", *options]


def home(command: list[str]) -> Path:
    """The folder of the version that a command starts: that of its `.venv`."""
    script = Path(command[0])
    return script.absolute().parents[2] if script.name == SCRIPT else Path.cwd()


def refusal_of(command: list[str]) -> str:
    """Why the next program could not start; empty if it can."""
    try:
        process = subprocess.run(
            [*command, "--check"],
            cwd=home(command),
            env=environment_with(LISTEN_FDS="0"),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return str(fault)
    return process.stderr.strip()[-1000:] or "?" if process.returncode else ""


def hand_over(command: list[str], port: socket | None, running: Mapping[int, str]) -> None:
    """Become the next program; the socket and the running processes are its own from then on."""
    former = " ".join(f"{number}:{name}" for number, name in running.items())
    environment = environment_with(FORMER_PARTS=former, LISTEN_FDS="0")
    if port is not None:
        os.dup2(port.fileno(), FIRST)
        os.set_inheritable(FIRST, True)  # where it had that number already
        environment |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
    os.chdir(home(command))
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)  # which the next program inherits
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, environment)  # noqa: S606 - no shell
