"""What must hold of due diligence on live data; `flask ledger verify` asks it with the rest."""

from grants.core.kernel.breaches import Invariant
from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.diligence.workflow import CLEARED, UNDECIDED

TRIGGERS = {
    "due_diligence_kept": "due_diligence",
    "due_diligence_not_deleted": "due_diligence",
    "due_diligence_evidence_not_deleted": "due_diligence_evidence",
    "sanctions_list_not_deleted": "sanctions_list",
    "sanctions_entry_not_deleted": "sanctions_entry",
    "sanctions_hit_not_deleted": "sanctions_hit",
}
"""The database's own rules about examinations and the sanctions list, and their tables."""


TWO_PERSONS_DECIDED = Invariant(
    _l("Due diligence on %(donor)s was not decided by two different people."),
    "SELECT name AS donor FROM due_diligence JOIN organisation ON organisation.id = organisation_id"
    " WHERE state <> ALL(:undecided) AND NOT taken_over"
    "   AND (recommended_by IS NULL OR decided_by IS NULL OR recommended_by = decided_by"
    "     OR NOT EXISTS (SELECT FROM trail WHERE subject = 'due_diligence'"
    "       AND subject_id = due_diligence.id AND person_id = decided_by"
    "       AND action IN ('clear', 'clear_with_conditions', 'refuse')))",
    {"undecided": UNDECIDED},
)
"""Every decision is another person's than the recommendation, and in the trail."""


CLEARANCES_SAY_WHAT_THEY_REST_ON = Invariant(
    _l("%(donor)s was cleared without an answer to each criterion."),
    "SELECT name AS donor FROM due_diligence JOIN organisation ON organisation.id = organisation_id"
    " WHERE state = ANY(:cleared) AND NOT taken_over"
    "   AND (NOT screened ? 'list' OR EXISTS ("
    "     SELECT FROM jsonb_array_elements(criteria) AS asked"
    "     WHERE coalesce(answers -> (asked ->> 'key') ->> 'evidence', '') = ''))",
    {"cleared": CLEARED},
)
"""A person who was cleared here has an answer with evidence for each criterion, and was
screened.
"""


CHECKS = (TWO_PERSONS_DECIDED, CLEARANCES_SAY_WHAT_THEY_REST_ON)
