"""Statements on the command line: as a PDF, or the same facts as JSON."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import LANGUAGES, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.papers.statements.catalogue import CATALOGUE
from grants.papers.statements.issuing import data, render, workbook
from grants.papers.typesetting.paper import Span

statement = AppGroup("statement", help="Statements of a fund, a donor, a grant.")

Command = Callable[..., None]

_DAY = click.DateTime(["%Y-%m-%d"])
_OPTIONS = (
    click.option("--language", default="en", show_default=True, type=click.Choice(list(LANGUAGES))),
    click.option("--out", type=click.Path(path_type=Path), help="Where to write the PDF."),
    click.option("--json", "as_json", is_flag=True, help="Print the data as JSON."),
)


def _span_options(*, required: bool) -> Callable[[Command], Command]:
    """The options that every statement has; the period may be left out where it is not needed."""

    def options(command: Command) -> Command:
        for option in _OPTIONS:
            command = option(command)
        since = click.option("--from", "since", type=_DAY, required=required, help="First day.")
        until = click.option("--to", "until", type=_DAY, required=required, help="Last day.")
        return since(until(command))

    return options


@statement.command("fund", cls=FundCommand)
@click.argument("code")
@_span_options(required=True)
def of_fund(code: str, **options: Any) -> None:
    """Source and use of funds of the fund CODE. It must reconcile with the ledger."""
    _issue_document("fund-statement", code, **options)


@statement.command("financial", cls=FundCommand)
@click.argument("code")
@_span_options(required=True)
def of_books(code: str, **options: Any) -> None:
    """Financial performance and position of the fund CODE. Not issued unless they reconcile."""
    _issue_document("financial-statements", code, **options)


@statement.command("donor", cls=FundCommand)
@click.argument("code")
@_span_options(required=True)
def of_donor(code: str, **options: Any) -> None:
    """Pledges and contributions of the donor CODE."""
    _issue_document("donor-statement", code, **options)


@statement.command("grant", cls=FundCommand)
@click.argument("reference")
@_span_options(required=False)
def of_grant(reference: str, **options: Any) -> None:
    """Payments and expenditure of the grant REFERENCE."""
    _issue_document("grant-statement", reference, **options)


@statement.command("paper", cls=FundCommand)
@click.argument("name", type=click.Choice(sorted(CATALOGUE)), metavar="NAME")
@click.argument("reference")
@_span_options(required=False)
@click.option("--xlsx", type=click.Path(path_type=Path), help="Where to write the workbook.")
def of_anything(name: str, reference: str, **options: Any) -> None:
    """Any document, by its NAME in the catalogue and the REFERENCE of what it is about.

    A fund's: fund-statement, contributions, annex … A donor's, as AUT or AUT/UNVTF:
    donor-statement, donor-report. Others: receipt UNVTF-R-2026-0001, acknowledgement PLEDGE.
    """
    _issue_document(name, reference, **options)


def _issue_document(
    document: str,
    reference: str,
    *,
    since: datetime | None,
    until: datetime | None,
    language: str,
    **form: Any,
) -> None:
    with _open_database().session() as session, use_language(language):
        _write_out((session, document, reference, _span_of(since, until)), **form)


def _write_out(document: Any, *, as_json: bool, out: Path | None, xlsx: Path | None = None) -> None:
    if [out is not None, xlsx is not None, as_json].count(True) != 1:
        raise DomainError(_("Use --out FILE.pdf for the document, or --json for its data."))
    if out:
        _write_file(out, render(*document)[1])
    elif xlsx:
        _write_file(xlsx, workbook(*document)[1])
    else:
        click.echo(data(*document)[1])


def _span_of(since: datetime | None, until: datetime | None) -> Span | None:
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise DomainError(_("Enter the first and the last day of the period: --from and --to."))
    return Span(_day_of(since), _day_of(until))


def _day_of(moment: datetime) -> date:
    return moment.date()


def _write_file(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=out, why=trouble.strerror)
        ) from trouble
    click.echo(out)


def _open_database() -> Database:
    database: Database = current_app.extensions["database"]()
    return database
