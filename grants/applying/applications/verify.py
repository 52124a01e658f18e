"""The database's own rules about calls, which `flask ledger verify` looks for."""

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

TRIGGERS = {"call_kept": "call"}
"""What keeps published calls, and of which table."""
CHECKS: list[Callable[[Session], Iterator[str]]] = []
