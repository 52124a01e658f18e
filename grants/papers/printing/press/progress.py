"""How far a run has come, for a person who looks at the terminal, or reads its log."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from grants.core.kernel.language import gettext as _
from grants.papers.printing.press.order import Tally
from grants.papers.printing.press.run import Watch

EVERY = 10
"""Seconds between two lines where there is no terminal to draw a bar on."""


@contextmanager
def progress() -> Iterator[Watch]:
    """A bar on a terminal; else a line now and then."""
    with ExitStack() as shown:
        yield _progress_bar(shown) if sys.stdout.isatty() else _progress_lines()


def _progress_bar(shown: ExitStack) -> Watch:
    bars: list[Any] = []

    def watch(tally: Tally) -> None:
        if not bars:
            bar = click.progressbar(length=tally.total, label=_("Statements"), show_pos=True)
            bars.append(shown.enter_context(bar))
        bars[0].update(tally.done - bars[0].pos)

    return watch


def _progress_lines() -> Watch:
    spoken = [0.0]

    def watch(tally: Tally) -> None:
        if time.monotonic() - spoken[0] >= EVERY or tally.done == tally.total:
            spoken[0] = time.monotonic()
            click.echo(_("%(done)s of %(total)s", done=tally.done, total=tally.total))

    return watch
