"""The fund's usual form, eligibility checklist and criteria: where every new call begins.

Its questions are the dossier that the fund has always asked for, and what its experts score.
"""

from grants.applying.calls.standard.applicant import (
    DOCUMENTS,
    EXPERIENCE,
    GRANTEE,
    ORGANISATION,
    OTHER_PAPERS,
    SAFEGUARDING,
)
from grants.applying.calls.standard.concept import CONCEPT_FORM
from grants.applying.calls.standard.criteria import STANDARD_CRITERIA, STANDARD_ELIGIBILITY
from grants.applying.calls.standard.project import (
    BENEFICIARIES,
    BUDGET,
    EXPLOITATION,
    OBJECTIVES,
    PROBLEM,
    PROJECT,
    SERVICES,
)
from grants.platform.questionnaires.form import Form

STANDARD_FORM = Form(
    sections=(
        ORGANISATION,
        EXPERIENCE,
        GRANTEE,
        PROJECT,
        PROBLEM,
        OBJECTIVES,
        BENEFICIARIES,
        EXPLOITATION,
        SERVICES,
        SAFEGUARDING,
        BUDGET,
        DOCUMENTS,
    ),
    facts={
        "title": "title",
        "country": "country",
        "requested": "budget",
        "months": "months",
        "starts_on": "starts_on",
    },
)


__all__ = [
    "CONCEPT_FORM",
    "DOCUMENTS",
    "OTHER_PAPERS",
    "STANDARD_CRITERIA",
    "STANDARD_ELIGIBILITY",
    "STANDARD_FORM",
]
