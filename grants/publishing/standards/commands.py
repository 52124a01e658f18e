"""`flask publish`: the open data files of a fund, or of all."""

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.platform.web.database import database
from grants.publishing.standards.files import FILES, Standard
from grants.publishing.standards.identifiers import fund_identifier

publish = AppGroup("publish", help="Open data files of the funds.")


def _write_files(standard: Standard, out: Path, code: str | None) -> None:
    """Write each file of a standard into a folder, and name it."""
    with database().session() as session:
        funds = [fund_by_code(session, code)] if code else list(all_funds(session))
        for fund in funds:
            if not fund.identifier:
                click.echo(_provisional_note(fund), err=True)
            for name, content in _files_of(session, fund, standard):
                click.echo(_write_file(out / name, content))


def _provisional_note(fund: Fund) -> str:
    return _(
        "%(fund)s has no identifier of a register (org-id.guide); %(code)s is used until one is "
        "entered in its description.",
        fund=fund.code,
        code=fund_identifier(fund),
    )


def _files_of(session: Session, fund: Fund, standard: Standard) -> list[tuple[str, bytes]]:
    return [
        (file.name_of(fund), file.write(session, fund))
        for file in FILES
        if file.standard is standard
    ]


def _write_file(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as trouble:
        raise DomainError(
            _("%(file)s cannot be written: %(why)s.", file=path, why=trouble.strerror)
        ) from trouble
    return path


OUT = click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write them to."
)
FUND = click.option("--fund", help="Code of one fund; without it, of all.")


@publish.command("iati", cls=FundCommand)
@OUT
@FUND
def iati(out: Path, fund: str | None) -> None:
    """Write the IATI 2.03 activity and organisation files."""
    _write_files(Standard.IATI, out, fund)


@publish.command("360giving", cls=FundCommand)
@OUT
@FUND
def giving360(out: Path, fund: str | None) -> None:
    """Write the 360Giving 1.1 file of grants."""
    _write_files(Standard.GIVING360, out, fund)
