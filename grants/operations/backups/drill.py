"""A restoration tried out: into a folder and a database of its own, which are then forgotten."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

from grants.config import environment_with

ELSEWHERE = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "FILES_URL",
    "MAIL_URL",
    "METRICS_LISTEN",
    "TRAIL_ANCHORS",
)
"""Settings that lead to what people work with: a drill touches none of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the drill, how long it took, and what it said."""

    command: str
    seconds: float
    good: bool
    words: str


def steps_of_drill(file: Path, key_file: Path | None) -> Iterator[Step]:
    """Restore a backup beside the running installation, and verify all of it; ends with a fault."""
    key = ["--identity", str(key_file)] if key_file else []
    with TemporaryDirectory(prefix="p20-drill-") as folder:
        environment = environment_with(DATA_DIR=folder, **dict.fromkeys(ELSEWHERE, ""))
        for words in (
            ["restore", str(file), *key],
            ["setup"],  # the backup may be of the version before
            ["ledger", "verify"],
            ["trail", "verify"],
        ):
            step = _run_step(words, environment)
            yield step
            if not step.good:
                return


def _run_step(words: list[str], environment: dict[str, str]) -> Step:
    began = time.monotonic()
    process = run(
        [sys.executable, "-m", "flask", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (process.stdout + process.stderr).strip().splitlines() or [""]
    return Step(" ".join(words[:2]), time.monotonic() - began, process.returncode == 0, lines[-1])
