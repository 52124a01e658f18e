"""Certifying and checking documents on the command line."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_file
from grants.papers.certification.genuine import Finding, described, examine
from grants.platform.web.database import database

document = AppGroup("document", help="Documents that this installation issued.")


@document.command("verify", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def verify(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Was FILE issued here, unaltered? Exit 0 if it was, 1 if not, 2 if it cannot be read."""
    content = read_file(file)
    with database().session() as session:
        finding = examine(session, content)
    click.echo(_as_json(finding) if as_json else _in_words(finding))
    context.exit(0 if finding.ours else 1)


def _as_json(finding: Finding) -> str:
    day, signature, at = finding.certified_on, finding.signature, finding.signed_at
    return json.dumps(
        {
            "verdict": finding.verdict.value,
            "ours": finding.ours,
            "certificate": finding.certificate or None,
            "certified_on": day.isoformat() if day else None,
            "document": finding.document or None,
            "reference": finding.reference or None,
            "period": finding.period or None,
            "signature": signature.standing.value if signature else None,
            "signed_by": (signature.by or None) if signature else None,
            "signed_at": at.isoformat() if at else None,
        }
    )


def _in_words(finding: Finding) -> str:
    lines = [str(finding.verdict.label)]
    if finding.certificate:
        lines[0] = _(
            "%(verdict)s Certificate %(number)s of %(day)s.",
            verdict=finding.verdict.label,
            number=finding.certificate,
            day=finding.certified_on,
        )
    lines += [f"{label}: {value}" for label, value in described(finding)]
    return "\n".join(lines)
