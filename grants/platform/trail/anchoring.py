"""Keeping the head of the trail outside the database: in a file, stamped, and with people."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.audit import chain
from grants.core.audit.chain import Head
from grants.core.kernel import clock
from grants.platform.messages.service import Recipient, send
from grants.platform.trail.anchors import Anchorage

if TYPE_CHECKING:
    from grants.platform.trail.stamps import StampingAuthority


def authority_of(settings: Settings) -> "StampingAuthority | None":
    """The time-stamping authority of this installation, if it has one."""
    from grants.platform.trail.stamps import StampingAuthority

    url = settings.timestamp_url
    return StampingAuthority(url, settings.timestamp_roots) if url else None


def keep_head(session: Session, settings: Settings) -> tuple[Head, Path]:
    """Write the signed head, have it time-stamped, and send it to those whom the settings name.

    DomainError if the folder cannot be written; an authority that does not answer is asked again
    the next time.
    """
    head = chain.head(session)
    path = Anchorage.at(settings.anchors, settings.secret()).write(head, clock.wall())
    authority = authority_of(settings)
    if authority:
        from grants.platform.trail.stamps import stamp_heads

        stamp_heads(authority, settings.anchors)
    for address in settings.anchor_mail:
        _send_anchor(session, settings, address, path)
    return head, path


def _send_anchor(session: Session, settings: Settings, address: str, path: Path) -> None:
    """The whole anchor as text: the person can compare it in years, whatever becomes of us."""
    text = path.read_text("utf-8")
    send(
        session,
        Recipient(address, address),
        "platform/trail/anchor",
        event=f"anchor:{path.stem}",
        host=settings.host,
        file=path.name,
        head=json.loads(text),
        text=text,
    )
