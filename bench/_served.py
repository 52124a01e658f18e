"""A host that is served: a DATA_DIR and a port of its own, started, asked, killed."""

import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from grants.config import environment_with

ROOT = Path(__file__).parents[1]
SECRET = "nobody signs in here but a benchmark, 1234567890"  # noqa: S105 - of a folder that is deleted
STARTING = 300
"""Seconds in which a host has to be ready."""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Host:
    """A machine that serves: its folder, its port, and the settings that it shares with others."""

    data: Path
    port: int = field(default_factory=free_port)
    shared: dict[str, str] = field(default_factory=lambda: {"SECRET_KEY": SECRET})
    server: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        own = {"DATA_DIR": str(self.data), "PORT": str(self.port)}
        return environment_with(**self.shared, **own, **more)

    def flask(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """A command of this host, begun."""
        self.data.mkdir(exist_ok=True)
        with (self.data / "log").open("ab") as log:
            command, environment = command_of(*words), self.environment(**more)
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def run(self, *words: str, **more: str) -> None:
        """A command that has to succeed."""
        if self.flask(*words, **more).wait():
            self._give_up()

    def start(self) -> None:
        self.server = self.flask("serve")

    def stop(self) -> None:
        assert self.server is not None
        self.server.terminate()
        self.server.wait()

    def kill(self) -> None:
        """As when the power fails: every process of it at once."""
        assert self.server is not None
        parts = [psutil.Process(self.server.pid)]
        parts += parts[0].children(recursive=True)
        for part in parts:
            with suppress(psutil.NoSuchProcess):
                part.kill()
        self.server.wait()

    def is_ready(self) -> bool:
        front = self.shared.get("BASE_URL", "http://localhost").removeprefix("http://")
        with suppress(requests.RequestException):
            url = f"http://127.0.0.1:{self.port}/readyz"
            return requests.get(url, headers={"Host": front}, timeout=30).status_code == 200
        return False

    def until_ready(self) -> float:
        """Seconds until `/readyz` answers 200."""
        began = time.monotonic()
        while not self.is_ready():
            if time.monotonic() - began > STARTING:
                self._give_up()
            time.sleep(0.1)
        return time.monotonic() - began

    def _give_up(self) -> None:
        sys.exit((self.data / "log").read_text()[-3000:])


def command_of(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", *words]
