"""What may be taken back for a moment after it was done: both stand in the trail."""

from datetime import datetime, timedelta

from grants.core.audit.act import Act
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

SECONDS = 10


def require_soon(done_at: datetime | None, act: Act) -> None:
    """DomainError when it is too late to take back what was done then."""
    if done_at is None or act.at - done_at > timedelta(seconds=SECONDS):
        raise DomainError(
            _("It is too late to undo this: more than %(most)s seconds have passed.", most=SECONDS)
        )
