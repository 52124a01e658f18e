"""The key that signs documents, on the command line: show it, replace it."""

from datetime import datetime
from pathlib import Path

import click
from cryptography import x509
from flask import current_app
from flask.cli import AppGroup

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_file
from grants.platform.pdf_signing.installing import key_folder, refuse_pkcs11
from grants.platform.pdf_signing.keys import fingerprint, name_of, new_pair, pair_of
from grants.platform.pdf_signing.signing import known, signer
from grants.platform.signing_key.installed import note_key
from grants.platform.web.database import database

signing_key = AppGroup("signing-key", help="The key that signs the documents we issue.")


@signing_key.command("show", cls=FundCommand)
def show() -> None:
    """Say whose key signs now, until when, and which earlier ones are still known as ours."""
    now = signer().certificate
    click.echo(_line_for(_("In use"), now))
    for certificate in known().values():
        if fingerprint(certificate) != fingerprint(now):
            click.echo(_line_for(_("Replaced"), certificate))


@signing_key.command("rotate", cls=FundCommand)
@click.option("--name", help="Name in the new certificate. Without it: that of the host.")
@click.option(
    "--pem",
    type=click.Path(path_type=Path),
    help="A private key and its certificates, that of the key first, from an authority.",
)
def rotate(name: str | None, pem: Path | None) -> None:
    """Sign with a new key from now on. What the old one signed is still known as ours."""
    settings: Settings = current_app.extensions["settings"]
    refuse_pkcs11(settings)
    pair = pair_of(read_file(pem)) if pem else new_pair(name or settings.host, clock.wall())
    folder = key_folder(settings)
    with database().transaction() as session:
        note_key(session, pair, [*folder.retired(), *folder.current()])
        folder.rotate(pair)
    click.echo(_line_for(_("In use"), pair.certificates[0]))


def _line_for(state: str, certificate: x509.Certificate) -> str:
    return _(
        "%(state)s: %(name)s, valid until %(day)s, SHA-256 %(hash)s",
        state=state,
        name=name_of(certificate),
        day=_day_text(certificate.not_valid_after_utc),
        hash=fingerprint(certificate),
    )


def _day_text(moment: datetime) -> str:
    return clock.day_of(moment).isoformat()
