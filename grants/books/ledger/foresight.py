"""What the books hold of many records, found in a few statements for acts on them together."""

from collections.abc import Collection, Mapping

from sqlalchemy import Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import entry_key
from grants.books.ledger.models import Entry, ExchangeRate, Posting
from grants.books.ledger.positions import (
    RECEIPTS,
    Position,
    moved,
    origins,
    position_key,
    received_key,
    standing_entries,
    standing_key,
)
from grants.books.ledger.rates import Place, Quote, rate_key
from grants.core.kernel.money import Money, usd
from grants.core.kernel.once import foresee

_SUBJECTS = any_(bindparam("subjects", type_=ARRAY(Text)))


def foresee_rates(session: Session, places: Collection[Place]) -> None:
    """The rates that hold for these currencies and days; a missing one is asked for, and refused,
    as ever.
    """
    for currency in {currency for currency, _day in places}:
        days = [day for other, day in places if other == currency]
        rows = session.scalars(
            select(ExchangeRate)
            .where(ExchangeRate.currency == currency, ExchangeRate.effective_on <= max(days))
            .order_by(ExchangeRate.effective_on)
        ).all()
        for day in days:
            held = [row for row in rows if row.effective_on <= day]
            if held:
                quote = Quote(held[-1].rate, held[-1].effective_on, held[-1].source)
                foresee(session, rate_key(currency, day), quote)


def foresee_pledges(session: Session, fund_id: int, currencies: Mapping[str, str]) -> None:
    """What pledges (their currency by subject) owe, what came on them, and their agreements."""
    _owed(session, fund_id, currencies)
    _received(session, fund_id, currencies)
    _agreements(session, fund_id, currencies)


def _owed(session: Session, fund_id: int, subjects: Collection[str]) -> None:
    account = Account.CONTRIBUTIONS_RECEIVABLE
    natural = account.kind.natural
    rows = session.execute(
        select(
            Posting.subject,
            Posting.currency,
            func.sum(Posting.amount_minor),
            func.sum(Posting.usd_minor),
        )
        .join(Entry)
        .where(Entry.fund_id == fund_id, Posting.account == account, Posting.subject == _SUBJECTS)
        .group_by(Posting.subject, Posting.currency),
        {"subjects": list(subjects)},
    ).all()
    quotes = origins(session, fund_id, account, [row.subject for row in rows])
    for subject in subjects:
        foresee(session, position_key(fund_id, account, subject), Position(usd(0), 0, None))
    for subject, currency, minor, cents in rows:
        owed = Money(natural * int(minor), currency)
        held = Position(owed, natural * int(cents), quotes.get(subject))
        foresee(session, position_key(fund_id, account, subject), held)


def _received(session: Session, fund_id: int, currencies: Mapping[str, str]) -> None:
    rows = session.execute(
        select(Posting.subject, Posting.currency, func.sum(Posting.amount_minor))
        .join(Entry)
        .where(Posting.subject == _SUBJECTS, *moved(fund_id, *RECEIPTS))
        .group_by(Posting.subject, Posting.currency),
        {"subjects": list(currencies)},
    )
    came = {(subject, currency): -int(minor) for subject, currency, minor in rows}
    for place in currencies.items():
        foresee(session, received_key(fund_id, *place), Money(came.get(place, 0), place[1]))


def _agreements(session: Session, fund_id: int, subjects: Collection[str]) -> None:
    event = Event.AGREEMENT_SIGNED
    standing = session.scalars(
        standing_entries(fund_id, event)
        .where(Entry.subject == _SUBJECTS)
        .ext(distinct_on(Entry.subject))
        .order_by(Entry.subject, Entry.id.desc()),
        {"subjects": list(subjects)},
    )
    found = {entry.subject: entry for entry in standing}
    for subject in subjects:
        foresee(session, standing_key(fund_id, subject), {(event,): found.get(subject)})


def foresee_entries(session: Session, fund_id: int, keys: Collection[str]) -> None:
    """Which of these keys have no entry yet."""
    wanted = any_(bindparam("keys", list(keys), ARRAY(Text)))
    there = session.scalars(select(Entry.key).where(Entry.fund_id == fund_id, Entry.key == wanted))
    for key in set(keys) - set(there):
        foresee(session, entry_key(fund_id, key), None)
