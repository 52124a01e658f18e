"""`pytest --any-order` shuffles the rows of each query of a session that names no order.

PostgreSQL gives rows back as they lie, which is nearly always as they were written: until the room
of a deleted row is used again. A test or a page that counts on it fails once in a thousand runs.
Statements written as text, unions and groups come as they lie.
"""

from sqlalchemy import Select, event, func
from sqlalchemy.orm import ORMExecuteState, RelationshipProperty, Session


def shuffle() -> None:
    """From here on each statement of a session that names no order is given a random one."""
    event.listen(Session, "do_orm_execute", _shuffled)


def _shuffled(asked: ORMExecuteState) -> None:
    statement = asked.statement
    if not isinstance(statement, Select) or asked.is_column_load or _relation_has_order(asked):
        return
    plain = not (statement._order_by_clauses or statement._distinct or statement._group_by_clauses)
    if plain and statement._for_update_arg is None:
        asked.statement = statement.order_by(func.random())


def _relation_has_order(asked: ORMExecuteState) -> bool:
    """Where records of a relation are loaded beside their owners, its order is put in later."""
    if not asked.is_relationship_load or asked.loader_strategy_path is None:
        return False
    relations = [
        step for step in asked.loader_strategy_path.path if isinstance(step, RelationshipProperty)
    ]
    return bool(relations and relations[-1].order_by)
