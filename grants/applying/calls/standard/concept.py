"""A concept note: the short form of a first stage.

Its questions have the names of the standard form, so that a full proposal begins with what the
concept note said.
"""

from collections.abc import Sequence
from dataclasses import replace

from grants.applying.calls.standard.applicant import EXPERIENCE, GRANTEE, ORGANISATION
from grants.applying.calls.standard.project import OBJECTIVES, PROBLEM, PROJECT, SERVICES
from grants.applying.calls.standard.words import en
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import Amount, Question


def _questions_of(section: Section, *keys: str) -> Sequence[Question]:
    return [section.question(key) for key in keys]


CONCEPT_FORM = Form(
    sections=(
        replace(
            ORGANISATION,
            questions=(
                *_questions_of(ORGANISATION, "mission", "contact"),
                *_questions_of(EXPERIENCE, "experience_years"),
                *_questions_of(GRANTEE, "direct"),
            ),
        ),
        replace(
            PROJECT,
            questions=(
                *_questions_of(PROJECT, "title", "country", "places", "months", "summary"),
                Amount(
                    key="expected_amount",
                    label=en("How much do you expect to ask for?"),
                    help=en(
                        "An estimate in United States dollars. The full proposal has a budget."
                    ),
                    required=True,
                ),
            ),
        ),
        replace(
            PROBLEM,
            questions=(
                *_questions_of(PROBLEM, "problem", "target_group"),
                *_questions_of(OBJECTIVES, "objective"),
                *_questions_of(SERVICES, "approach"),
            ),
        ),
    ),
    facts={
        "title": "title",
        "country": "country",
        "requested": "expected_amount",
        "months": "months",
    },
)
