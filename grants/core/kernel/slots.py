"""What a room needs from rooms above it, which it may not import.

The room declares a slot; grants/assembly.py fills it. A slot that was forgotten raises when the
application is put together, and again when it is asked: nothing starts, and no door stands open.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")

_ALL: "WeakSet[Slot[Any]]" = WeakSet()


class Unfilled(RuntimeError):
    """A slot that nothing was given for."""


class Slot(Generic[T]):
    """Functions or facts that rooms above give, after the room's own ones."""

    def __init__(self, name: str, *defaults: T) -> None:
        """`name` is what a programmer reads who forgot it: module and variable."""
        self.name = name
        self._own = defaults
        self._given: tuple[T, ...] | None = None
        _ALL.add(self)

    def give(self, *items: T) -> None:
        """Fill the slot; what was given before is replaced. ValueError without any item."""
        if not items:
            raise ValueError(f"{self.name}: give at least one")
        self._given = items

    def contents(self) -> tuple[T, ...]:
        """The room's own and what was given; Unfilled if nothing was."""
        if self._given is None:
            raise Unfilled(
                f"{self.name} is not filled: fill it in join_rooms of grants/assembly.py"
            )
        return (*self._own, *self._given)

    def __iter__(self) -> Iterator[T]:
        return iter(self.contents())

    def __len__(self) -> int:
        return len(self.contents())


def refuse_unfilled() -> None:
    """Unfilled, naming the first slot of all imported rooms that nothing was given for."""
    for slot in sorted(_ALL, key=lambda slot: slot.name):
        slot.contents()
