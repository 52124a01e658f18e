"""Finding files, and how much an organisation keeps here."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.platform.documents.models import Document


def bytes_kept(session: Session, organisation_id: int) -> int:
    """What an organisation's files take in the store; the same content counts once."""
    distinct = (
        select(Document.sha256, Document.size)
        .where(Document.organisation_id == organisation_id)
        .distinct()
        .subquery()
    )
    return int(session.scalar(select(func.coalesce(func.sum(distinct.c.size), 0))) or 0)
