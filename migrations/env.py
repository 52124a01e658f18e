"""Alembic's entry: the schema of every room, over the connection it is given."""

from typing import Any

from alembic import context

from grants.core.database.schema import all_models


def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """procrastinate brings its own tables, and its own migrations."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_models(),
    include_object=ours,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
