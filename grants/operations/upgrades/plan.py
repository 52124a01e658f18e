"""Which migrations are still to run: what each is, whether the running version works with it, and
on which tables others wait meanwhile. Read from their code; nothing is run.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, text

from grants.core.database import schema
from grants.core.database.revisions import FOLDER


class Phase(StrEnum):
    """How a migration fits the version that runs while it is made: its `phase`."""

    EXPAND = "expand"
    """It only adds: the running version works with it."""
    CONTRACT = "contract"
    """It takes away or demands what the running version does not know: stop that first."""


class Wait(StrEnum):
    """Who waits on a table until the migration is whole."""

    EVERYONE = "everyone"
    """ALTER TABLE and the like: ACCESS EXCLUSIVE."""
    WRITERS = "writers"
    """CREATE INDEX, a trigger, changed rows."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration that is still to run."""

    revision: str
    subject: str
    phase: Phase | None
    """None: it was written before migrations said so."""
    waits: dict[str, Wait]
    """By table; of tables that it makes itself nobody waits."""
    demands: tuple[str, ...]
    """What the running version would stumble over, as far as the code shows it."""

    @property
    def is_safe(self) -> bool:
        return self.phase is Phase.EXPAND and not self.demands


def pending(connection: Connection) -> list[Migration]:
    """The migrations between the database and this version, in their order."""
    present = schema.revision_of(connection) or ""
    files = sorted(path for path in FOLDER.glob("[0-9]*.py") if path.stem > present)
    return [read_migration(path) for path in files]


def sizes(connection: Connection) -> dict[str, int]:
    """The bytes of each table, with its indexes."""
    rows = connection.execute(
        text(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
    )
    return {name: size for name, size in rows}  # noqa: C416 - rows of a database are no pairs


def read_migration(path: Path) -> Migration:
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in _steps_of_upgrade(tree) if _operation_of(node)]
    made = {_table_of(call) for call in calls if _operation_of(call) == "create_table"}
    waits: dict[str, Wait] = {}
    for call in calls:
        for table, wait in _waits_of(call):
            if table not in made and waits.get(table) is not Wait.EVERYONE:
                waits[table] = wait
    subject = (ast.get_docstring(tree) or "").strip().partition("\n")[0]
    demands = tuple(demand for call in calls if (demand := _demand_of(call, made)))
    return Migration(path.stem, subject, _phase_in(tree), waits, demands)


def _steps_of_upgrade(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything in `upgrade`, and in the functions of the migration that it calls."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    waiting, read = ["upgrade"], set[str]()
    while waiting:
        name = waiting.pop()
        if name in read or name not in functions:
            continue
        read.add(name)
        for node in ast.walk(functions[name]):
            yield node
            if isinstance(node, ast.Name):
                waiting.append(node.id)


def _phase_in(tree: ast.Module) -> Phase | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "phase":
            return Phase(ast.literal_eval(node.value))
    return None


def _operation_of(node: ast.AST) -> str:
    """`add_column` of `op.add_column(…)`; empty for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return ""
    return node.func.attr if getattr(node.func.value, "id", "") == "op" else ""


SEVERAL = "?"
"""A table whose name is worked out when the migration runs."""
SECOND = {
    "create_index",
    "create_check_constraint",
    "create_foreign_key",
    "create_unique_constraint",
    "drop_constraint",
}
"""Operations that name the table after what they make or drop."""
FREE = {"create_table", "f", "get_bind", "drop_index"}


def _table_of(call: ast.AST) -> str:
    assert isinstance(call, ast.Call)
    place = 1 if _operation_of(call) in SECOND else 0
    given = call.args[place] if len(call.args) > place else None
    return str(given.value) if isinstance(given, ast.Constant) else SEVERAL


def _waits_of(call: ast.AST) -> Iterator[tuple[str, Wait]]:
    operation = _operation_of(call)
    if operation == "execute":
        yield from _waits_of_sql(ast.unparse(call))
    elif operation == "create_index":
        yield _table_of(call), Wait.WRITERS
    elif operation not in FREE:
        yield _table_of(call), Wait.EVERYONE


ALTERED = re.compile(
    r"\b(?:ALTER|DROP|TRUNCATE) TABLE (?:IF EXISTS )?(?:ONLY )?\"?(\w+)", re.IGNORECASE
)
CHANGED = re.compile(
    r"\b(?:UPDATE|INSERT INTO|DELETE FROM|CREATE (?:UNIQUE )?INDEX \w+ ON"
    r"|(?:CREATE|DROP)[\w\s]*? TRIGGER [\w\s]*? ON) \"?(\w+)",
    re.IGNORECASE,
)


def _waits_of_sql(sql: str) -> Iterator[tuple[str, Wait]]:
    for table in ALTERED.findall(sql):
        yield table, Wait.EVERYONE
    for table in CHANGED.findall(sql):
        yield table, Wait.WRITERS


TAKING = {"drop_table", "drop_column", "rename_table"}
TAKING_SQL = re.compile(
    r"\bDROP (?:COLUMN|TABLE)\b|\bRENAME (?:COLUMN|TO)\b|\bSET NOT NULL\b|\bDROP DEFAULT\b",
    re.IGNORECASE,
)


def _demand_of(call: ast.AST, made: set[str]) -> str:
    """What of an operation a version that does not know it would stumble over; empty: nothing."""
    assert isinstance(call, ast.Call)
    operation, table = _operation_of(call), _table_of(call)
    words = ast.unparse(call)
    if table in made:
        return ""
    if operation == "execute":
        taken = TAKING_SQL.search(words)
        return f"execute: {taken[0]}" if taken else ""
    if operation in TAKING or (operation == "alter_column" and "new_column_name" in words):
        return f"{operation} {table}"
    if operation == "alter_column" and "server_default=None" in words:
        return f"{operation} {table}: no default"
    must = "nullable=False" in words and "server_default" not in words
    return f"{operation} {table}: NOT NULL" if must and operation.endswith("_column") else ""
