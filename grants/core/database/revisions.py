"""The migrations by the names of their files: pages ask for the newest without Alembic."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "migrations" / "versions"


@cache
def newest() -> str:
    """The revision that a database which is up to date has: migrations are called by their files,
    in their order.
    """
    return max(path.stem for path in FOLDER.glob("*.py"))
