"""What must hold of reviews on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _

TRIGGERS = {"former_review_append_only": "former_review"}
"""The database's own rule about what was submitted before a review was reopened."""


def reopened_reviews_are_kept(session: Session) -> Iterator[str]:
    """For each time that a review was reopened, what had been submitted is there."""
    for row in session.execute(
        text(
            "SELECT application.reference FROM review"
            " JOIN application ON application.id = application_id"
            " WHERE (SELECT count(*) FROM trail WHERE subject = 'review'"
            "     AND subject_id = review.id AND action = 'reopen')"
            "   <> (SELECT count(*) FROM former_review WHERE review_id = review.id)"
            " ORDER BY review.id"
        )
    ):
        yield _(
            "A review of %(reference)s was reopened, and its earlier scores are not all there.",
            reference=row.reference,
        )


CHECKS = (reopened_reviews_are_kept,)
