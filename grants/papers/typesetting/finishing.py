"""From the HTML of a document to the file that is handed out: printed, sealed and signed."""

from collections.abc import Mapping
from typing import Any

from grants.config import Settings
from grants.platform.documents import origin
from grants.platform.documents.origin import sealed
from grants.platform.pdf_signing.installing import Desk
from grants.platform.pdf_signing.signing import signed, use_signer


def prepare_signing(settings: Settings) -> None:
    """Set the seal key and who signs."""
    origin.use_seal_key(settings.secret())
    desk = Desk(settings)
    use_signer(desk.current, desk.known)


def printed_here(options: Mapping[str, Any]) -> bytes:
    """Printed, sealed and signed by this process: what `pdf.printed` takes, its place for a
    signature included.
    """
    from grants.papers.typesetting import pdf

    content = pdf.printed(**options)
    return signed(content, sealed) if options.get("place") else sealed(content)
