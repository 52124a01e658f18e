"""A task that hangs or kills its helper is answered; the others are done."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

from grants.core.kernel.apart import apart

ROOT = Path(__file__).parents[3]
PROGRAM = [sys.executable, "-m", "tests.core.kernel.helping"]


def helped(number: int, *tasks: str) -> dict[str, str]:
    """What became of each task."""
    command = [*PROGRAM, str(number), *tasks]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines)


def test_what_hangs_or_dies_is_answered_and_the_others_are_done() -> None:
    told = helped(2, "say one", "hang", "die", "say two", "say three")
    assert [told[f"say {word}"].split()[1] for word in ("one", "two", "three")] == [
        "one",
        "two",
        "three",
    ]
    assert told["hang"].startswith("Unfinished: This document was not produced within 1 seconds.")
    assert "stopped twice" in told["die"]


def test_the_fund_s_refusal_comes_back_as_it_was_and_a_fault_with_its_place() -> None:
    told = helped(1, "refuse", "name", "fail", "say one")
    assert told["refuse"] == "Missing: It is not there."
    assert told["name"].startswith(
        "Unprintable: This document refers to a file or address outside itself"
    )
    assert told["fail"].startswith("RuntimeError: __main__.do failed in a helper")
    assert told["fail"].endswith("ValueError: no such page")


def test_a_helper_that_has_grown_is_replaced() -> None:
    told = helped(1, "say one", "grow x", "say two")
    first, grown, second = (told[task].split()[0] for task in ("say one", "grow x", "say two"))
    assert first == grown
    assert second != first


def test_no_helper_outlives_the_process_that_it_helps() -> None:
    with subprocess.Popen([*PROGRAM, "2", "stay"], cwd=ROOT, stdout=subprocess.PIPE) as asking:
        assert asking.stdout
        assert asking.stdout.readline() == b"helped by True\n"
        asking.stdout.readline()
        below = psutil.Process(asking.pid).children(recursive=True)
        assert len(below) == 3  # who keeps them, and two
        asking.kill()
    until = time.monotonic() + 30
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in below):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_without_helpers_the_process_does_it_itself() -> None:
    assert apart(max, 1, 2) == 2
