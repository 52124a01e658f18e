"""`flask suppress`, as contract.md has it."""

import json
from pathlib import Path

import pytest
from flask import Flask

TABLE = {"name": "age", "rows": ["women", "men"], "columns": ["12–17", "18+"]}


def test_the_tables_come_back_with_totals_and_small_groups_as_null(
    app: Flask, tmp_path: Path
) -> None:
    path = tmp_path / "tables.json"
    path.write_text(json.dumps({"tables": [{**TABLE, "cells": [[40, 60], [4, 900]]}]}))
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["suppress", str(path), "--k", "11", "--json"])
    nothing = [None, None]
    assert json.loads(answer.stdout) == {
        "tables": [
            {
                **TABLE,
                "cells": [nothing, nothing],
                "row_totals": [100, 904],
                "column_totals": [44, 960],
                "total": 1004,
            }
        ]
    }
    assert "women\t–\t–\t100" in runner.invoke(args=["suppress", str(path)]).stdout


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("{", "not valid JSON"),
        ("{}", "needs a list “tables”"),
        (json.dumps({"tables": [{**TABLE, "cells": [[1, 2]]}]}), "2 rows of 2 counts"),
        (json.dumps({"tables": [{**TABLE, "cells": [[1, 2], [3, -1]]}]}), "whole number"),
        (json.dumps({"tables": [{**TABLE, "rows": ["a", "a"]}]}), "different names"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_2(
    app: Flask, tmp_path: Path, told: str, said: str
) -> None:
    path = tmp_path / "tables.json"
    path.write_text(told)
    answer = app.test_cli_runner().invoke(args=["suppress", str(path), "--json"])
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert said in answer.stderr
