"""What grants wait for, as lines of work that lead to where it is done."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup

from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_money
from grants.core.texts.marks import spaced
from grants.deciding.awards.models import Award
from grants.granting.agreements.owing import Owed
from grants.granting.agreements.step import NextStep

STEP_RECORDS = {
    "report": "reporting.show",
    "change": "changes.show",
    "request": "recovery.show",
    "agreement": "signing.show",
}
"""The page of the numbered record that a step is about; of others it is an instalment."""


STEP_PAGES = {
    "account": "bank_details.of_grant",
    **dict.fromkeys(("accept", "start"), "preparing.acceptance"),
    **dict.fromkeys(("prepare", "clearance"), "agreements.before"),
    **dict.fromkeys(("statement", "certificate", "refund", "close"), "closure.show"),
}
"""Where the organisation does what the grant waits for; the rest is done from the grant's page."""


def step_address(award: Award, step: NextStep) -> str:
    """Where something that a grant waits for is done."""
    if step.kind == "finding":
        return url_for("findings.show", reference=step.reference)
    if not step.number:
        page = STEP_PAGES.get(step.kind, "agreements.show")
        return url_for(page, reference=award.reference)
    page = STEP_RECORDS.get(step.kind, "payments.show")
    return url_for(page, reference=award.reference, number=step.number)


def owed_lines(owed: Sequence[Owed], on: date) -> list[dict[str, Any]]:
    """What one side owes, as lines of work. A person who acts for several organisations reads on
    each line of which it is.
    """
    several = len({each.award.organisation_id for each in owed}) > 1
    return [_owed_line(each, on, each.award.organisation.name if several else "") for each in owed]


def _owed_line(owed: Owed, on: date, organisation: str) -> dict[str, Any]:
    """Of which grant something is owed, and in how many days."""
    text = owed.step.text_for(is_staff=False)
    if owed.amount is not None:
        text = _("%(what)s: %(amount)s", what=text, amount=plain_money(owed.amount))
    waits = spaced(";").join(owed.waits_for)
    facts = [
        owed.award.reference,
        owed.award.title,
        organisation,
        owed.days_in_words(on) or owed.step.days,
        _("awaiting: %(what)s", what=waits) if waits else "",
    ]
    return {
        "text": text,
        "href": step_address(owed.award, owed.step),
        "note": Markup(" · ").join(Markup("<bdi>{}</bdi>").format(fact) for fact in facts if fact),
        "due": owed.step.by,
        "tone": "late" if owed.step.late else "",
    }
