"""The access log: who opened which file, and when. One insert, and no row of the trail."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.platform.documents.models import Opening

LONGEST_ADDRESS = 400
LONGEST_NAME = 250


def log_opening(
    session: Session,
    act: Act,
    name: str,
    address: str,
    fund_id: int | None,
    document_id: int | None,
) -> None:
    """Note that a person was given a file. A visitor is no person, and gets only what is public."""
    if act.actor.person_id is None:
        return
    session.execute(
        insert(Opening),
        {
            "opened_at": act.at,
            "person_id": act.actor.person_id,
            "name": name[:LONGEST_NAME],
            "address": address[:LONGEST_ADDRESS],
            "fund_id": fund_id,
            "document_id": document_id,
        },
    )
