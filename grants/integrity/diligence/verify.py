"""What must hold of due diligence on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _

TRIGGERS = {
    "due_diligence_kept": "due_diligence",
    "due_diligence_not_deleted": "due_diligence",
    "due_diligence_evidence_not_deleted": "due_diligence_evidence",
    "sanctions_list_not_deleted": "sanctions_list",
    "sanctions_entry_not_deleted": "sanctions_entry",
    "sanctions_hit_not_deleted": "sanctions_hit",
}
"""The database's own rules about examinations and the sanctions list, and their tables."""


def two_persons_decided(session: Session) -> Iterator[str]:
    """Every decision is another person's than the recommendation, and in the trail."""
    for row in session.execute(
        text(
            "SELECT name FROM due_diligence JOIN organisation ON organisation.id = organisation_id"
            " WHERE state NOT IN ('open', 'recommended') AND NOT taken_over"
            "   AND (recommended_by IS NULL OR decided_by IS NULL OR recommended_by = decided_by"
            "     OR NOT EXISTS (SELECT FROM trail WHERE subject = 'due_diligence'"
            "       AND subject_id = due_diligence.id AND person_id = decided_by"
            "       AND action IN ('clear', 'clear_with_conditions', 'refuse')))"
        )
    ):
        yield _(
            "Due diligence on %(donor)s was not decided by two different persons.", donor=row.name
        )


def clearances_say_what_they_rest_on(session: Session) -> Iterator[str]:
    """A person who was cleared here has an answer with evidence for each criterion, and was
    screened.
    """
    for row in session.execute(
        text(
            "SELECT name FROM due_diligence JOIN organisation ON organisation.id = organisation_id"
            " WHERE state IN ('cleared', 'conditions') AND NOT taken_over"
            "   AND (NOT screened ? 'list' OR EXISTS ("
            "     SELECT FROM jsonb_array_elements(criteria) AS asked"
            "     WHERE coalesce(answers -> (asked ->> 'key') ->> 'evidence', '') = ''))"
        )
    ):
        yield _("%(donor)s was cleared without an answer to each criterion.", donor=row.name)


CHECKS = (two_persons_decided, clearances_say_what_they_rest_on)
