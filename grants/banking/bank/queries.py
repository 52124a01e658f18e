"""Finding statements, lines, and what is open on either side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Session,
    contains_eager,
    joinedload,
    selectinload,
)

from grants.banking.bank.models import BankLine, BankStatement, LineMatch
from grants.banking.bank.workflow import LineState
from grants.books.ledger.models import Entry, Posting
from grants.core.database.typed import Typed, any_typed, forms_of
from grants.core.database.words import Naming, Numbers, as_text, has_words, numbers, one_of
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.core.texts.counting import counting
from grants.giving.contributions.models import Deposit
from grants.platform.casework.queries import is_owned_by


def _of_the_funds(
    viewer: Viewer, permission: Permission = Permission.BANK_SEE
) -> ColumnElement[bool]:
    """Accounts of the funds whose bank this person reads, or may act on."""
    return in_funds_with(viewer, permission, BankAccount.fund_id)


MOST_FOUND = 500
"""So many lines are named one by one, whatever came of them; more are come across at once."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which lines to list; nothing set means all."""

    text: str = ""
    account: str = ""
    state: LineState | None = None
    since: date | None = None
    until: date | None = None
    owner: int | None = None
    """Only those that this person owns."""


def lines_for_viewer(viewer: Viewer) -> Select[BankLine]:
    """The lines of the bank that the fund's people see."""
    return _select_lines(viewer, Criteria())


def _select_lines(viewer: Viewer, filters: Criteria) -> Select[BankLine]:
    return (
        select(BankLine)
        .join(BankLine.account)
        .where(_of_the_funds(viewer), *_conditions_of(filters))
        .options(contains_eager(BankLine.account), joinedload(BankLine.statement))
    )


def lines_wanted(
    session: Session, viewer: Viewer, filters: Criteria
) -> tuple[Select[BankLine], Mapping[str, Any]]:
    """The lines that fit: the query for any text of this kind, and the values for this one."""
    text, listed = filters.text.strip(), replace(filters, text="")
    if not text:
        return _select_lines(viewer, listed), {}
    by_words, values = has_words(text), forms_of(text)
    words = any_typed(by_words=by_words)
    line_ids = naming(words).ask(session, values)
    fits = fitting(words, None if line_ids is None else numbers("lines"))
    return _select_lines(viewer, listed).where(fits), {**values, "lines": sorted(line_ids or ())}


def naming(text: Typed) -> Naming:
    """Lines that say so."""
    queries = [select(BankLine.id).where(part) for part in _text_conditions(text)]
    return Naming(as_text(queries, MOST_FOUND + 1), MOST_FOUND)


def fitting(text: Typed, line_ids: Numbers | None) -> ColumnElement[bool]:
    """Lines that say so; a few are named one by one."""
    return or_(*_text_conditions(text)) if line_ids is None else one_of(BankLine.id, line_ids)


def _text_conditions(text: Typed) -> list[ColumnElement[bool]]:
    columns = (BankLine.counterparty, BankLine.text, BankLine.end_to_end, BankLine.bank_reference)
    return [text.is_in(column) for column in columns]


def _conditions_of(filters: Criteria) -> Iterable[ColumnElement[bool]]:
    if filters.state is not None:
        yield BankLine.state == filters.state
    if filters.owner is not None:
        yield is_owned_by("bank_line", BankLine.id, filters.owner)
    if filters.account:
        yield BankAccount.code == filters.account
    if filters.since:
        yield BankLine.booked_on >= filters.since
    if filters.until:
        yield BankLine.booked_on <= filters.until


def line_for_viewer(session: Session, line_id: int, viewer: Viewer) -> BankLine:
    """One line with what it is matched to, or Missing."""
    line = session.scalar(
        lines_for_viewer(viewer)
        .where(BankLine.id == line_id)
        .options(
            selectinload(BankLine.matches)
            .joinedload(LineMatch.posting)
            .joinedload(Posting.entry)
            .joinedload(Entry.reversed_by)
        )
    )
    if line is None:
        raise Missing(_("Bank statement line not found."))
    return line


def statements_for_viewer(viewer: Viewer) -> Select[BankStatement]:
    """The statements of the bank that the fund's people see."""
    return (
        select(BankStatement)
        .join(BankStatement.account)
        .where(_of_the_funds(viewer))
        .options(contains_eager(BankStatement.account))
    )


def accounts_for_viewer(session: Session, viewer: Viewer) -> Sequence[BankAccount]:
    """The bank accounts of the funds whose bank this person reads, each fund's main one first."""
    return session.scalars(
        accounts_seen(viewer)
        .join(BankAccount.fund)
        .order_by(Fund.id, BankAccount.is_main.desc(), BankAccount.code)
        .options(contains_eager(BankAccount.fund))
    ).all()


def accounts_seen(viewer: Viewer) -> Select[BankAccount]:
    """The query of the bank accounts of funds whose bank this person reads."""
    return select(BankAccount).where(_of_the_funds(viewer))


def account_for_viewer(session: Session, code: str, viewer: Viewer) -> BankAccount:
    """A bank account of a fund whose bank this person reads, or Missing."""
    account = session.scalar(
        select(BankAccount).where(BankAccount.code == code, _of_the_funds(viewer))
    )
    if account is None:
        raise Missing(_("Bank account %(code)s not found.", code=code))
    return account


def count_open(viewer: Viewer) -> Select[int]:
    """How many lines that this person sees are not matched yet."""
    return _count_open(_of_the_funds(viewer))


def to_match(viewer: Viewer) -> Select[int]:
    """How many lines wait for this person to say what they are."""
    return _count_open(_of_the_funds(viewer, Permission.BANK_MATCH))


def _count_open(where: ColumnElement[bool]) -> Select[int]:
    query = select(BankLine).join(BankLine.account)
    return counting(query.where(where, BankLine.state == LineState.UNMATCHED))


def own_column(account: BankAccount) -> InstrumentedAttribute[int]:
    """Where a posting has what it is in the account's currency."""
    in_usd = account.currency == FUNCTIONAL_CURRENCY
    return Posting.usd_minor if in_usd else Posting.amount_minor


def own_amount(account: BankAccount, postings: Iterable[Posting]) -> Money:
    """What postings are together in the account's currency: of a dollar account the dollars that
    foreign money was booked at.
    """
    column = own_column(account).key
    minor = sum(getattr(posting, column) for posting in postings)
    return Money(minor, account.currency)


def lines_like(session: Session, line: BankLine) -> Sequence[BankLine]:
    """Open credits of the same account from the same sender, this one among them."""
    same = BankLine.id == line.id
    if line.counterparty:
        same |= BankLine.counterparty == line.counterparty
    return session.scalars(
        select(BankLine)
        .where(
            BankLine.bank_account_id == line.bank_account_id,
            BankLine.state == LineState.UNMATCHED,
            BankLine.amount_minor > 0,
            same,
        )
        .order_by(BankLine.value_on, BankLine.id)
        .limit(100)
    ).all()


def other_sides(session: Session, line: BankLine) -> Sequence[BankLine]:
    """Open lines of the fund's other accounts that a transfer with this one could be."""
    days = timedelta(days=10)
    return session.scalars(
        select(BankLine)
        .join(BankLine.account)
        .where(
            BankAccount.fund_id == line.account.fund_id,
            BankLine.bank_account_id != line.bank_account_id,
            BankLine.state == LineState.UNMATCHED,
            BankLine.amount_minor < 0 if line.is_credit else BankLine.amount_minor > 0,
            BankLine.value_on.between(line.value_on - days, line.value_on + days),
        )
        .order_by(BankLine.value_on, BankLine.id)
        .limit(100)
        .options(contains_eager(BankLine.account))
    ).all()


def hold(session: Session, line: BankLine) -> None:
    """The line as it is now, locked until the transaction ends."""
    session.refresh(line, ["state", "version"], with_for_update=True)
    session.expire(line, ["matches"])


def cash_postings(session: Session, entry: Entry) -> Sequence[Posting]:
    """What an entry moved on bank accounts."""
    return session.scalars(
        select(Posting)
        .where(Posting.entry_id == entry.id, Posting.bank_account_id.is_not(None))
        .order_by(Posting.id)
    ).all()


def line_of_deposit(session: Session, deposit: Deposit) -> BankLine | None:
    """The line of the bank that a deposit is matched to."""
    return session.scalar(
        select(BankLine)
        .join(LineMatch)
        .join(LineMatch.posting)
        .join(Posting.entry)
        .where(
            Entry.fund_id == deposit.fund_id,
            Entry.key == deposit.subject,
            LineMatch.released_at.is_(None),
        )
    )
