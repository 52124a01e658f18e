"""The schedule of a grant under new terms: what was paid or submitted stays as it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.texts.formats import plain_day, plain_money
from grants.granting.changes.terms import BudgetTerm, PaymentTerm, ReportTerm, Terms
from grants.granting.reporting.schedule import INTERIM_DAYS, is_long, reports_until

ADVANCE = (80, 20)
"""Per cent of additional money that is paid at once, and after the final report, where every
instalment of the agreement is paid already."""


def with_end(terms: Terms, ends_on: date) -> Terms:
    """The grant ends on another day: reports not submitted yet cover it to its new end. Where
    the last one would cover more than six months, it becomes an interim one to the earlier end.

    DomainError when the final report was submitted, or when the end is within what was reported.
    """
    fixed = [report for report in terms.reports if not report.is_open]
    pending = [report for report in terms.reports if report.is_open]
    if ends_on <= terms.starts_on:
        raise DomainError(_("The grant must end after it starts."))
    if not terms.reports:
        return replace(terms, ends_on=ends_on)
    if not pending:
        raise DomainError(_("The final report has been submitted: the period is over."))
    begins = fixed[-1].covers_to + timedelta(1) if fixed else terms.starts_on
    if ends_on < begins:
        raise DomainError(
            _(
                "The grant is reported up to %(day)s. Enter a later day as its end.",
                day=plain_day(fixed[-1].covers_to),
            )
        )
    ends = _interim_ends(pending, begins, ends_on, terms.ends_on)
    final = pending[-1]
    days = [*ends, (ends_on, ends_on + (final.due_on - final.covers_to))]
    planned = reports_until(begins, days)
    reports = [
        ReportTerm(number, plan.kind, plan.covers_from, plan.covers_to, plan.due_on)
        for number, plan in enumerate(planned, len(fixed) + 1)
    ]
    return replace(terms, ends_on=ends_on, reports=(*fixed, *reports))


def _interim_ends(
    pending: Sequence[ReportTerm], begins: date, ends_on: date, before: date
) -> list[tuple[date, date]]:
    """Last day covered and day due of each interim report that is still to be written. `before`:
    when the grant was to end.
    """
    ends = [(report.covers_to, report.due_on) for report in pending[:-1]]
    ends = [(covers_to, due_on) for covers_to, due_on in ends if covers_to < ends_on]
    last = ends[-1][0] + timedelta(1) if ends else begins
    if last <= before < ends_on and is_long(last, ends_on):
        ends.append((before, before + timedelta(INTERIM_DAYS)))
    return ends


def with_amount(terms: Terms, before: Terms, amount: Money, on: date) -> Terms:
    """The award is of this amount: what is not paid yet is shared among the open instalments as
    before, and their days follow the reports. `before`: the terms whose days are followed; `on`:
    from which day additional money may be paid.

    DomainError below what was paid or is on its way.
    """
    fixed = [part for part in terms.instalments if not part.is_open]
    pending = [part for part in terms.instalments if part.is_open]
    left = amount - terms.paid_or_on_its_way
    if left.minor < 0:
        raise DomainError(
            _(
                "%(amount)s has been paid or is being paid. The award cannot be less.",
                amount=plain_money(terms.paid_or_on_its_way),
            )
        )
    shares = [part.amount.minor for part in pending] or ADVANCE
    days = [_day_of(part, terms, before) for part in pending] or [on, _last_day(terms)]
    parts = [
        (share, day) for share, day in zip(left.allocate(shares), days, strict=True) if share.minor
    ]
    if parts and len(fixed) + len(parts) > 1:
        parts[-1] = parts[-1][0], max(parts[-1][1], _last_day(terms))
    new, latest = [], max((part.due_on for part in fixed), default=date.min)
    for number, (share, day) in enumerate(parts, len(fixed) + 1):
        latest = max(latest, day)
        new.append(PaymentTerm(number, share, latest))
    return replace(terms, amount=amount, instalments=(*fixed, *new))


def _last_day(terms: Terms) -> date:
    """When the last of several instalments may be due: with the final report."""
    return terms.reports[-1].due_on if terms.reports else terms.ends_on


def _day_of(part: PaymentTerm, terms: Terms, before: Terms) -> date:
    """An instalment that was due with a report stays due with it."""
    for report, later in zip(before.reports[:-1], terms.reports, strict=False):
        if report.due_on == part.due_on:
            return later.due_on
    is_last = bool(before.reports) and before.reports[-1].due_on == part.due_on
    return _last_day(terms) if is_last else part.due_on


def settled_at(terms: Terms, ends_on: date, amount: Money) -> Terms:
    """The grant ends early: no more than `amount` is paid in all, with the final report. Where
    nothing was paid and nothing is to be, nothing is to be reported either.
    """
    fixed = tuple(part for part in terms.instalments if not part.is_open)
    if not amount.minor and not fixed:
        reports = tuple(report for report in terms.reports if not report.is_open)
        return replace(terms, amount=amount, ends_on=ends_on, instalments=(), reports=reports)
    ended = with_end(terms, ends_on)
    left = amount - terms.paid_or_on_its_way
    if left.minor < 0:
        return with_amount(ended, terms, amount, ends_on)
    last = (PaymentTerm(len(fixed) + 1, left, _last_day(ended)),) if left.minor else ()
    return replace(ended, amount=amount, instalments=(*fixed, *last))


def with_budget_of(terms: Terms, amount: Money) -> Terms:
    """The lines of the budget grow or shrink with the award, in proportion and to the cent."""
    weights = [line.amount.minor for line in terms.budget]
    if not any(weights):
        return terms
    parts = amount.allocate(weights)
    lines = zip(terms.budget, parts, strict=True)
    budget = tuple(BudgetTerm(line.category, line.label, part) for line, part in lines)
    return replace(terms, budget=budget)
