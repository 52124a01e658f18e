"""What a fund usually asks of those whom a call has granted something: in their reports, beside
results, people and money; and about their finances, before the agreement.
"""

from grants.applying.calls.standard.words import en
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import LongText, Question, YesNo

STANDARD_REPORT = Form(
    sections=(
        Section(
            key="story",
            title=en("What was done"),
            intro=en("Describe the work and its results. Do not name anyone who was assisted."),
            questions=(
                LongText(
                    key="narrative",
                    label=en("What did you do in this period, and what were the results?"),
                    help=en("Compare it with what you had planned."),
                    required=True,
                    limit=8000,
                ),
                LongText(
                    key="challenges",
                    label=en("What difficulties did you face, and how will you address them?"),
                    required=True,
                    limit=4000,
                ),
            ),
        ),
    )
)


def _asked_with_reason(
    key: str, label: str, reason: str, *, explained_if: bool
) -> tuple[Question, ...]:
    """A question of yes or no, and why, if the answer is the one that has to be explained."""
    return (
        YesNo(key=key, label=en(label), required=True),
        LongText(
            key=f"{key}_why",
            label=en(reason),
            required=True,
            limit=1000,
            show_when=f"{key} == {'true' if explained_if else 'false'}",
        ),
    )


STANDARD_FINANCE = Form(
    sections=(
        Section(
            key="finances",
            title=en("How the organisation handles money"),
            questions=(
                *_asked_with_reason(
                    "separate",
                    "Will the money of this grant be kept in separate accounts or cost centres?",
                    "Why will the money of this grant not be kept separately?",
                    explained_if=False,
                ),
                *_asked_with_reason(
                    "two_sign",
                    "Do at least two people approve each payment?",
                    "Why do fewer than two people approve a payment?",
                    explained_if=False,
                ),
                *_asked_with_reason(
                    "reconciled",
                    "Is every bank account reconciled each month by a person who does not pay?",
                    "Why is a bank account not reconciled in this way?",
                    explained_if=False,
                ),
                *_asked_with_reason(
                    "cash",
                    "Will part of the grant be spent in cash?",
                    "Why will part of the grant be spent in cash?",
                    explained_if=True,
                ),
                *_asked_with_reason(
                    "procurement",
                    "Are there written rules for buying goods and services?",
                    "Why are there no written rules for buying?",
                    explained_if=False,
                ),
                *_asked_with_reason(
                    "time",
                    "Is the time of staff who are paid by several donors recorded?",
                    "Why is the time of these staff not recorded?",
                    explained_if=False,
                ),
                *_asked_with_reason(
                    "others",
                    "Do other donors pay for the same activities?",
                    "Which donors pay for the same activities, and for what?",
                    explained_if=True,
                ),
                *_asked_with_reason(
                    "audited",
                    "Were the accounts of last year audited by an independent auditor?",
                    "Why were the accounts of last year not audited?",
                    explained_if=False,
                ),
            ),
        ),
    )
)
