"""Work that takes much memory, done by a process beside the one that answers pages.

A process that answers keeps what it has once loaded, for as long as it lives: what draws a picture
or fills a workbook is loaded in the other, which ends when it has nothing to do.
"""

from collections.abc import Callable
from typing import Any, TypeVar

Made = TypeVar("Made")
Do = Callable[[Callable[..., Any], tuple[Any, ...]], Any]
"""Calls a function of a module with what is given, and returns what it returns."""
_elsewhere: Do | None = None


def work_elsewhere(do: Do | None) -> None:
    """Set who does such work, once, in the assembly. None: this process."""
    global _elsewhere  # noqa: PLW0603 - one process serves one installation
    _elsewhere = do


def apart(function: Callable[..., Made], *given: Any) -> Made:
    """What a function of a module makes of what is given, in the language spoken here. Unfinished
    if it takes too long.
    """
    if _elsewhere is None:
        return function(*given)
    made: Made = _elsewhere(function, given)
    return made
