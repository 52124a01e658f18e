"""A program with helpers of its own, for tests: prints what became of each task that it is told.

    python -m tests.core.kernel.helping 2 "say one" "hang" "die"

Its words: how many helpers, and the tasks, which are begun all at once; one after the other where
one helper does them.
"""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import click

from grants.core.kernel import apart
from grants.core.kernel.errors import DomainError, Missing
from grants.papers.typesetting.enclosed import Unprintable


def do(task: str) -> str:
    word, _space, more = task.partition(" ")
    match word:
        case "hang":
            time.sleep(600)
        case "wait":
            time.sleep(0.5)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "grow":
            apart.MOST_GROWN = 0
            bytearray(300 * 1024 * 1024)[:] = b"x" * 300 * 1024 * 1024
        case "fail":
            raise ValueError("no such page")
        case "refuse":
            raise Missing("It is not there.")
        case "name":
            raise Unprintable
    return f"{os.getpid()} {more}"


def became_of(task: str) -> str:
    try:
        return f"{task}: {apart.apart(do, task, limit=1 if task == 'hang' else 30)}"
    except (DomainError, Missing, RuntimeError) as refusal:
        return f"{task}: {type(refusal).__name__}: {' '.join(str(refusal).split())}"


if __name__ == "__main__":
    with apart.own_helpers(int(sys.argv[1]), lambda: None):
        click.echo(f"helped by {apart._helpers is not None}")
        if sys.argv[2:] == ["stay"]:
            click.echo(apart.apart(do, "say here"))
            time.sleep(600)
        with ThreadPoolExecutor(1 if sys.argv[1] == "1" else 8) as threads:
            for line in threads.map(became_of, sys.argv[2:]):
                click.echo(line)
