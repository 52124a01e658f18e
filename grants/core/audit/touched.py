"""Numbers that a long transaction keeps until it commits, in little room: an import touches
hundreds of thousands of records.
"""

from array import array
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby, islice
from typing import Any, TypeVar

T = TypeVar("T")
Key = tuple[Any, ...]
FEW = 1000


class Keys:
    """Keys of records, each once. Most are one number, of which many take eight octets each."""

    def __init__(self) -> None:
        self._last: set[Key] = set()
        self._numbers = array("q")
        self._runs: list[range] = []
        """Places of numbers that are in the order of their texts."""
        self._others: set[Key] = set()

    def add(self, key: Key) -> None:
        self._last.add(key)
        if len(self._last) >= FEW:
            self._put_aside()

    def _put_aside(self) -> None:
        plain = {key for key in self._last if len(key) == 1 and isinstance(key[0], int)}
        self._others |= self._last - plain
        begin = len(self._numbers)
        self._numbers.extend(sorted((key[0] for key in plain), key=str))
        self._runs.append(range(begin, len(self._numbers)))
        self._last.clear()

    def __iter__(self) -> Iterator[Key]:
        """In the order of their texts. What comes in meanwhile is not among them."""
        self._put_aside()
        runs = (map(self._numbers.__getitem__, run) for run in self._runs)
        numbers = ((number,) for number, _same in groupby(merge(*runs, key=str)))
        return merge(numbers, sorted(self._others, key=text_of), key=text_of)


def text_of(key: Key) -> str:
    """A key as the trail writes it."""
    return "/".join(map(str, key))


class Numbers:
    """Numbers, most of which follow each other."""

    def __init__(self) -> None:
        self._runs: list[range] = []

    def add(self, number: int) -> None:
        if self._runs and self._runs[-1].stop == number:
            self._runs[-1] = range(self._runs[-1].start, number + 1)
        else:
            self._runs.append(range(number, number + 1))

    def __iter__(self) -> Iterator[int]:
        """In order. No number is expected twice."""
        for run in sorted(self._runs, key=lambda run: run.start):
            yield from run


def some_at_a_time(things: Iterable[T], most: int) -> Iterator[list[T]]:
    coming = iter(things)
    while some := list(islice(coming, most)):
        yield some
