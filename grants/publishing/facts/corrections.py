"""Published figures that were changed later, from the ledger by one rule.

A figure is corrected by an entry that reverses an earlier one, takes back what was paid to a
grantee, or fits a commitment to amended terms. Nobody writes this history: it has each such entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.models import Entry, Posting
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.core.kernel.taxonomies import Term
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.announcements.public_references import public_reference
from grants.deciding.awards.models import Award
from grants.granting.changes.models import GrantChange
from grants.publishing.facts.grants import MOVED, public_awards
from grants.publishing.facts.money import contribution_entries


class CorrectedFigure(Term):
    """Which published figure was changed."""

    AWARDED = "awarded", _l("Awarded")
    PAID = "paid_less_returned", _l("Paid less returned")
    CONTRIBUTION = "contribution", _l("Received")


class Cause(Term):
    """Why a figure was changed."""

    AMENDED = "amended", _l("the grant was amended")
    PAYMENT_RETURNED = "payment_returned", _l("the bank returned a payment")
    REFUNDED = "refunded", _l("the organisation returned money")
    REVERSED = "reversed", _l("an entry was reversed")


@dataclass(frozen=True, slots=True)
class Correction:
    """A published figure before and after a correction, in USD."""

    fund: str
    number: int
    """Of the entry in the ledger that made the correction."""
    on: date
    figure: CorrectedFigure
    reference: str
    """Of the grant; of a contribution the number of its entry."""
    before: Money
    after: Money
    cause: Cause

    @property
    def sentence(self) -> str:
        """The correction in the reader's language."""
        facts = {
            "day": plain_day(self.on),
            "before": plain_money(self.before),
            "after": plain_money(self.after),
            "why": self.cause.label,
        }
        if self.figure is CorrectedFigure.AWARDED:
            return _(
                "On %(day)s the amount awarded was corrected from %(before)s to %(after)s: "
                "%(why)s.",
                **facts,
            )
        if self.figure is CorrectedFigure.PAID:
            return _(
                "On %(day)s the amount paid less returned was corrected from %(before)s to "
                "%(after)s: %(why)s.",
                **facts,
            )
        return _(
            "On %(day)s the amount received was corrected from %(before)s to %(after)s: %(why)s.",
            **facts,
        )


def corrections_after(
    session: Session, fund: Fund | None, number: int = 0, most: int | None = None
) -> list[Correction]:
    """Corrections in the order of the books; the next `most` after an entry."""
    assert fund is not None
    kinds = (_of_payments, _of_awards, _of_contributions)
    rows = [row for kind in kinds for row in kind(session, fund, number, most)]
    return sorted(rows, key=attrgetter("number"))[:most]


def corrections_of(session: Session, fund: Fund, award: Award) -> list[Correction]:
    """The corrections of one grant, the oldest first."""
    kinds = (_of_payments, _of_awards)
    rows = [row for kind in kinds for row in kind(session, fund, 0, None, award)]
    return sorted(rows, key=attrgetter("number"))


def newest_corrections(session: Session, fund: Fund, most: int) -> list[Correction]:
    """The latest corrections of a fund, the newest first."""
    return corrections_after(session, fund)[-most:][::-1]


def _of_payments(
    session: Session, fund: Fund, number: int, most: int | None, award: Award | None = None
) -> Iterator[Correction]:
    cents = func.sum(Posting.usd_minor)
    running = func.sum(cents).over(partition_by=Posting.subject, order_by=Entry.id)
    movements = (
        select(
            Posting.subject,
            Entry.id,
            Entry.booked_on,
            Entry.event,
            Entry.reverses_id,
            cents.label("cents"),
            running.label("after"),
        )
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Entry.fund_id == fund.id,
            Posting.account == Account.GRANT_EXPENSE,
            Entry.event.in_(MOVED),
        )
        .group_by(Posting.subject, Entry.id)
    )
    if award is not None:
        movements = movements.where(Posting.subject == award.account)
    row = movements.subquery().c
    query = select(row.subject, row.id, row.booked_on, row.event, row.cents, row.after).where(
        or_(row.cents < 0, row.reverses_id.is_not(None)), row.id > number
    )
    rows = session.execute(query.add_columns(row.reverses_id).order_by(row.id).limit(most)).all()
    names = _public_references(session, fund, {line.subject for line in rows})
    for subject, entry, on, event, change, after, reverses in rows:
        cause = Cause.REVERSED if reverses else _CAUSES[event]
        before, now = usd(int(after) - int(change)), usd(int(after))
        yield Correction(
            fund.code, entry, on, CorrectedFigure.PAID, names[subject], before, now, cause
        )


_CAUSES = {
    Event.INSTALMENT_RETURNED: Cause.PAYMENT_RETURNED,
    Event.GRANTEE_REFUNDED: Cause.REFUNDED,
    Event.INSTALMENT_PAID: Cause.REVERSED,
}


def _public_references(session: Session, fund: Fund, subjects: set[str]) -> dict[str, str]:
    if not subjects:
        return {}
    numbers = [int(subject.removeprefix("award:")) for subject in subjects]
    awards = session.scalars(public_awards(fund).where(Award.id.in_(numbers)))
    return {award.account: public_reference(award) for award in awards}


def _of_awards(
    session: Session, fund: Fund, number: int, most: int | None, award: Award | None = None
) -> Iterator[Correction]:
    """An amendment that changes the amount changes what is unpaid, and so what is committed."""
    query = (
        select(Entry.id, Entry.booked_on, GrantChange)
        .join(GrantChange, Entry.key == func.concat("grant_change:", cast(GrantChange.id, String)))
        .where(
            Entry.fund_id == fund.id,
            Entry.event == Event.COMMITMENT_ADJUSTED,
            Entry.reverses_id.is_(None),
            GrantChange.before["amount"] != GrantChange.after["amount"],
            Entry.id > number,
        )
        .order_by(Entry.id)
        .limit(most)
    )
    if award is not None:
        query = query.where(GrantChange.award_id == award.id)
    rows = session.execute(query).all()
    names = _public_references(session, fund, {row[2].award.account for row in rows})
    for entry, on, change in rows:
        before, after = (
            Money.parse(terms["amount"], FUNCTIONAL_CURRENCY)
            for terms in (change.before, change.after)
        )
        name = names.get(change.award.account)
        if name is not None:
            yield Correction(
                fund.code, entry, on, CorrectedFigure.AWARDED, name, before, after, Cause.AMENDED
            )


def _of_contributions(
    session: Session, fund: Fund, number: int, most: int | None
) -> Iterator[Correction]:
    undone = aliased(Entry)
    query = (
        contribution_entries(fund)
        .join(undone, undone.id == Entry.reverses_id)
        .add_columns(undone.id)
        .group_by(undone.id)
        .where(Entry.id > number)
        .limit(most)
    )
    for entry, on, _subject, _currency, _minor, cents, reversed_entry in session.execute(query):
        before, name = usd(-int(cents)), str(reversed_entry)
        yield Correction(
            fund.code,
            entry,
            on,
            CorrectedFigure.CONTRIBUTION,
            name,
            before,
            usd(0),
            Cause.REVERSED,
        )
