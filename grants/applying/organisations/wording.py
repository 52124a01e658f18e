"""The facts of a profile in words, as pages show them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from grants.applying.organisations.profile import Profile, Referee, Safeguards, YearBudget
from grants.core.kernel.formats import plain_day, plain_money
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import LegalStatus

Row = tuple[str, str]


def in_words(value: Any) -> str:
    """A fact of a profile; empty if nothing was said."""
    for kind, words in _WORDS:
        if isinstance(value, kind):
            return words(value)
    if value in set(LegalStatus):
        return str(LegalStatus(value).label)
    return "" if value is None else str(value)


_WORDS: Sequence[tuple[type[Any], Callable[[Any], str]]] = (
    (bool, lambda yes: _("Yes") if yes else _("No")),
    (date, plain_day),
    (YearBudget, lambda one: f"{one.year}: {plain_money(one.amount)}"),
    (Referee, lambda one: ", ".join(filter(None, (one.name, one.organisation, one.email)))),
    (Safeguards, lambda one: "\n".join(": ".join(row) for row in safeguards_in_words(one))),
    (tuple, lambda many: "\n".join(map(in_words, many))),
)
"""How a value of each kind is told."""


def experience_in_words(profile: Profile) -> Sequence[Row]:
    """What it is and does, without what is not said."""
    return _said(
        (_("Legal status"), profile.legal_status),
        (_("Assists victims since the year"), profile.assists_since),
        (_("What it does"), profile.mission),
        (_("Paid staff"), profile.paid_staff),
        (_("Volunteers"), profile.volunteers),
        (_("Number in the UN Partner Portal"), profile.partner_portal),
        (_("Annual budgets"), profile.budgets),
        (_("References"), profile.referees),
    )


def safeguards_in_words(safeguards: Safeguards) -> Sequence[Row]:
    """Its policies and measures, without what is not said."""
    return _said(
        (_("Policy against sexual exploitation and abuse"), safeguards.psea_policy),
        (_("Policy for the protection of children"), safeguards.child_policy),
        (_("How people are kept safe"), safeguards.measures),
        (_("How complaints are handled"), safeguards.complaints),
        (_("How what victims tell is protected"), safeguards.data_protection),
    )


def _said(*facts: tuple[str, Any]) -> Sequence[Row]:
    rows = [(label, in_words(value)) for label, value in facts]
    return [row for row in rows if row[1]]
