"""What the secretariat checks and what reviewers score, unless a call says otherwise."""

from typing import Any

from grants.applying.calls.standard.words import en


def _criterion_row(key: str, label: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": en(label), **more}


STANDARD_ELIGIBILITY: list[dict[str, Any]] = [
    _criterion_row("registered", "It is registered at home and in the country of the project."),
    _criterion_row("registered_by", "It was registered by the date set in the call."),
    _criterion_row(
        "experience",
        "It has directly assisted victims of trafficking.",
        ask=en("Has your organisation itself directly assisted victims of trafficking?"),
        remedy=en("Apply together with an organisation that has this experience."),
    ),
    _criterion_row(
        "direct",
        "It will carry out the project itself and is not an intermediary.",
        ask=en("Will your organisation carry out the project itself?"),
        remedy=en("The organisation that carries out the project must apply."),
    ),
    _criterion_row(
        "account",
        "It has a bank account in its own name.",
        ask=en("Does your organisation have a bank account in its own name?"),
        remedy=en("Open an account in the name of the organisation, then apply."),
    ),
    _criterion_row(
        "safeguarding",
        "It has measures against sexual exploitation and abuse.",
        ask=en("Does your organisation have measures against sexual exploitation and abuse?"),
        remedy=en("Adopt such measures first. The secretariat can send you a model policy."),
    ),
    _criterion_row("accounts", "Signed audited accounts for the last year have been provided."),
    _criterion_row("references", "Two reference letters have been provided."),
    _criterion_row("limits", "Amount, duration and start are within the rules of the call."),
    _criterion_row("reports", "No report on an earlier grant is overdue."),
]
"""What the secretariat checks before an application goes to review."""
DOCUMENTS = {"accounts": "audited_accounts", "references": "reference_letters"}
"""Lines of the checklist, and the question of the form that asks for the documents they name."""


STANDARD_CRITERIA: list[dict[str, Any]] = [
    _criterion_row(
        "need",
        "Need and relevance",
        help=en(
            "Is the problem real and supported by figures, and is the target group the right one?"
        ),
        weight=20,
    ),
    _criterion_row(
        "victims",
        "Victims at the centre",
        help=en(
            "Direct benefit to victims, participation of survivors, attention to age and "
            "gender, and the “do no harm” principle."
        ),
        weight=20,
    ),
    _criterion_row(
        "approach",
        "Approach and results",
        help=en("Do the services lead to the results, and can the results be measured?"),
        weight=25,
    ),
    _criterion_row(
        "capacity",
        "Capacity and safeguarding",
        help=en("Experience, team, partners, protection of people and data."),
        weight=15,
    ),
    _criterion_row(
        "budget",
        "Budget",
        help=en("Clear, reasonable and spent mainly on victims."),
        weight=10,
    ),
    _criterion_row(
        "sustainability",
        "Sustainability",
        help=en("Will the results last beyond the grant?"),
        weight=10,
    ),
]
"""What reviewers score; weights add up to 100."""
