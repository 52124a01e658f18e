"""How much of an organisation's files is kept."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.platform.documents.models import Document
from grants.platform.documents.queries import bytes_kept


@dataclass(frozen=True, slots=True)
class Quota:
    """What one organisation may keep in all."""

    size: int = 500 * 1024 * 1024
    """Bytes; the same content counts once."""
    files: int = 5000


_quota = Quota()


def use_quota(quota: Quota) -> None:
    """Set the quota of this installation."""
    global _quota  # noqa: PLW0603 - one process serves one installation
    _quota = quota


def require_room(session: Session, organisation_id: int, sha256: str, size: int) -> None:
    """DomainError if a file would pass the quota of its organisation.

    Uploads of one organisation wait for each other, so that many at once cannot pass together.
    """
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )
    of_theirs = Document.organisation_id == organisation_id
    same = select(Document.id).where(of_theirs, Document.sha256 == sha256).limit(1)
    if session.scalar(same) is None and bytes_kept(session, organisation_id) + size > _quota.size:
        raise DomainError(
            _(
                "Your organisation has used all its storage space (%(quota)s MB). Ask the "
                "secretariat for more.",
                quota=_quota.size // (1024 * 1024),
            )
        )
    files = session.scalar(select(func.count()).select_from(Document).where(of_theirs)) or 0
    if files >= _quota.files:
        raise DomainError(
            _(
                "Your organisation has uploaded %(quota)s files, which is the limit. Ask the "
                "secretariat for more.",
                quota=_quota.files,
            )
        )
