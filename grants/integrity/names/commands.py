"""`flask names compare`: are two names one? As the screening against the sanctions list sees it."""

import csv
import io
import json
from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_text
from grants.core.texts.tabular import Problem, UnreadableTable
from grants.integrity.names.comparing import THRESHOLD, Name, likeness

names = AppGroup("names", help="Names of persons and organisations.")


@names.command("compare", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "in_json", is_flag=True, help="As JSON, for other programs.")
def compare_names(file: Path, *, in_json: bool) -> None:
    """Are the two names of each row of FILE (CSV: a, b) one, as the sanctions screening sees it?"""
    comparisons = [_compare_pair(first, second) for first, second in _read_pairs(file)]
    if in_json:
        click.echo(json.dumps(comparisons, ensure_ascii=False))
        return
    for row in comparisons:
        click.echo(f"{row['score']:>3} {'=' if row['match'] else '≠'} {row['a']} | {row['b']}")


def _compare_pair(first: str, second: str) -> dict[str, object]:
    score = likeness(Name(first), Name(second)).score
    return {"a": first, "b": second, "score": score, "match": score >= THRESHOLD}


def _read_pairs(file: Path) -> list[tuple[str, str]]:
    """The rows of a file; UnreadableTable without the two columns."""
    rows = csv.DictReader(io.StringIO(read_text(file).removeprefix("\ufeff"), newline=""))
    if not {"a", "b"} <= set(rows.fieldnames or ()):
        facts = _("missing; expected the columns a and b")
        raise UnreadableTable([Problem(file.name, 1, "a, b", facts)])
    return [(row["a"] or "", row["b"] or "") for row in rows]
