"""What each kind of change does to the terms of a grant: one row for each kind. No database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, total
from grants.core.texts.formats import plain_money
from grants.granting.changes.remaking import settled_at, with_amount, with_budget_of, with_end
from grants.granting.changes.terms import Terms
from grants.granting.changes.workflow import UNSIGNED, ChangeKind

Asked = Mapping[str, Any]
"""What is asked for, as JSON: amounts as USD with two decimals, days in ISO form."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change.

    `propose` makes the terms that are asked for of those in force; DomainError for what cannot be.
    """

    code: ChangeKind
    hint: str
    propose: Callable[[Terms, Asked], Terms]
    of_grantee: bool = True
    """May the organisation ask for it?"""
    in_time: bool = True
    """Has the organisation to ask for it by the fund's deadline?"""

    @property
    def is_signed(self) -> bool:
        """Do both parties sign an amendment?"""
        return self.code not in UNSIGNED


def _extend_grant(terms: Terms, asked: Asked) -> Terms:
    ends_on = date.fromisoformat(asked["ends_on"])
    if ends_on <= terms.ends_on:
        raise DomainError(_("Enter a day after the present end of the grant."))
    longer = with_end(terms, ends_on)
    return with_amount(longer, terms, terms.amount, ends_on)


def _topped_up(terms: Terms, asked: Asked) -> Terms:
    more = Money.parse(asked["amount"], "USD")
    if more.minor <= 0:
        raise DomainError(_("Enter an amount above 0."))
    ends_on = date.fromisoformat(asked["ends_on"])
    if ends_on < terms.ends_on:
        raise DomainError(_("The grant cannot end earlier. Enter its present end, or a later day."))
    longer = with_end(terms, ends_on)
    amount = terms.amount + more
    paid_from = date.fromisoformat(asked["from"])
    return with_budget_of(with_amount(longer, terms, amount, paid_from), amount)


def _revise_budget(terms: Terms, asked: Asked) -> Terms:
    wanted = {code: Money.parse(text, "USD") for code, text in asked["lines"].items()}
    if not any(line.amount.minor for line in terms.budget):
        raise DomainError(_("This grant has no budget to revise."))
    lines = tuple(
        replace(line, amount=wanted.get(line.category, line.amount)) for line in terms.budget
    )
    before, after = (total(line.amount for line in budget) for budget in (terms.budget, lines))
    if before != after:
        raise DomainError(
            _(
                "The lines add up to %(after)s, and the budget is %(before)s. They must be equal.",
                after=plain_money(after),
                before=plain_money(before),
            )
        )
    if lines == terms.budget:
        raise DomainError(_("This is the present budget. Change the amount of a line."))
    return replace(terms, budget=lines)


def _with_partner(terms: Terms, asked: Asked) -> Terms:
    return replace(terms, partner=asked["partner"])


def _move_instalment(terms: Terms, asked: Asked) -> Terms:
    return replace(terms, country=asked["country"], place=asked["place"])


def _signed_by_another(terms: Terms, asked: Asked) -> Terms:
    return replace(terms, signatory=f"{asked['name']}, {asked['title']}")


def _suspend_grant(terms: Terms, asked: Asked) -> Terms:
    if terms.suspended_on:
        raise DomainError(_("The grant is already suspended."))
    return replace(terms, suspended_on=date.fromisoformat(asked["from"]))


def _terminate_grant(terms: Terms, asked: Asked) -> Terms:
    ends_on = date.fromisoformat(asked["ends_on"])
    if ends_on > terms.ends_on:
        raise DomainError(_("A termination ends the grant early. Enter an earlier day."))
    amount = Money.parse(asked["amount"], "USD")
    if amount > terms.amount:
        raise DomainError(_("The grant cannot be more than it is now."))
    return replace(settled_at(terms, ends_on, amount), suspended_on=None)


def _reduce_award(terms: Terms, asked: Asked) -> Terms:
    amount = Money.parse(asked["amount"], "USD")
    if not 0 < amount.minor < terms.amount.minor:
        raise DomainError(
            _("Enter an amount above 0 and below %(award)s.", award=plain_money(terms.amount))
        )
    reduced = with_amount(terms, terms, amount, terms.ends_on)
    is_reported = all(not report.is_open for report in terms.reports)
    return reduced if is_reported else with_budget_of(reduced, amount)


ROWS = (
    Kind(
        ChangeKind.EXTENSION,
        _l("More time for the same money: instalments and reports follow the new end."),
        _extend_grant,
    ),
    Kind(
        ChangeKind.TOP_UP,
        _l("More money, and more time if it is needed. The fund must have the money available."),
        _topped_up,
    ),
    Kind(
        ChangeKind.BUDGET,
        _l("The same money on other lines. A small revision needs no approval, only a notice."),
        _revise_budget,
    ),
    Kind(
        ChangeKind.PARTNER,
        _l("Another organisation helps to carry out the project."),
        _with_partner,
    ),
    Kind(ChangeKind.PLACE, _l("The work is done in another country or place."), _move_instalment),
    Kind(
        ChangeKind.SIGNATORY,
        _l("Another person signs for the organisation."),
        _signed_by_another,
        in_time=False,
    ),
    Kind(
        ChangeKind.SUSPENSION,
        _l("Payments and reminders stop until the suspension is lifted."),
        _suspend_grant,
        of_grantee=False,
    ),
    Kind(
        ChangeKind.TERMINATION,
        _l("The grant ends early. What is not paid yet is available to the fund again."),
        _terminate_grant,
        in_time=False,
    ),
    Kind(
        ChangeKind.REDUCTION,
        _l("Less money for the same time: instalments not paid yet are reduced."),
        _reduce_award,
        in_time=False,
    ),
)
KINDS: Mapping[ChangeKind, Kind] = {row.code: row for row in ROWS}

if missing := set(ChangeKind) - KINDS.keys():
    raise ValueError(f"give them a row in ROWS: {sorted(missing)}")


def is_within(baseline: Terms, after: Terms, tolerance: Decimal) -> bool:
    """Does no line of the budget depart from the approved one by more than so many per cent?"""
    approved = {line.category: line.amount for line in baseline.budget}
    return all(
        abs(line.amount.minor - approved[line.category].minor)
        <= approved[line.category].share(tolerance).minor
        for line in after.budget
    )
