"""Tables of people made safe to publish, on the command line: reads a file, writes nothing."""

import json
from pathlib import Path

import click

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_text
from grants.granting.results.disclosure import to_hide
from grants.granting.results.tables import as_json, read_tables, sheet_of


@click.command("suppress", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--k",
    "smallest",
    type=click.IntRange(min=1),
    default=11,
    show_default=True,
    help="The smallest count that may be shown.",
)
@click.option("--json", "in_json", is_flag=True, help="As JSON, for other programs.")
def suppress_tables(file: Path, *, smallest: int, in_json: bool) -> None:
    """The tables of FILE with their totals, with small counts suppressed."""
    try:
        facts = json.loads(read_text(file))
    except ValueError as error:
        raise DomainError(_("The file is not valid JSON: %(why)s.", why=error)) from error
    sheet = sheet_of(read_tables(facts))
    published = as_json(sheet, to_hide(sheet, smallest))
    if in_json:
        click.echo(json.dumps(published, ensure_ascii=False))
        return
    for table in published["tables"]:
        click.echo(table["name"])
        lines = zip(table["cells"], table["row_totals"], strict=True)
        for row, (cells, total) in zip(table["rows"], lines, strict=True):
            click.echo("\t".join([row, *map(_count_text, [*cells, total])]))
        totals = [*table["column_totals"], table["total"]]
        click.echo("\t".join([_("Total"), *map(_count_text, totals)]))


def _count_text(count: int | None) -> str:
    return "–" if count is None else str(count)
