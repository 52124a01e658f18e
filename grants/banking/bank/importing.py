"""Taking in a statement file: all of it, or nothing, with a line for each fault; once."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from grants.banking.bank.files.reading import read_statements
from grants.banking.bank.files.statement import (
    ReadLine,
    ReadStatement,
    UnreadableStatement,
    warnings_of,
)
from grants.banking.bank.models import BankLine, BankStatement
from grants.banking.bank.new_donors import enter_donor
from grants.banking.bank.workflow import LINE
from grants.core.audit.act import Act
from grants.core.audit.advance import begin_all, record
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A statement of the file, and whether it was new."""

    statement: BankStatement
    lines: int
    new: bool
    warnings: tuple[str, ...] = ()


def import_statements(
    session: Session, name: str, content: bytes, act: Act, moving_in: Fund | None = None
) -> list[ImportResult]:
    """Take in the statements of a file. A statement that is known with the same content changes
    nothing. Of a fund that moves in, the first statement of an account brings its number.

    UnreadableStatement with one line for each fault, after which the caller keeps nothing: an
    account or currency that is not ours, a sum that does not tie, a gap to the statement before,
    an entry that another statement has, a known statement with other content.
    """
    try:
        read = read_statements(content)
    except UnreadableStatement as refusal:
        raise UnreadableStatement([f"{name}: {fault}" for fault in refusal.faults]) from refusal
    results, faults = [], []
    for statement in sorted(read, key=lambda item: (item.from_on, item.to_on)):
        if moving_in is not None:
            enter_donor(session, moving_in, statement, act)
        problems = list(_statement_faults(session, statement))
        faults += [
            _(
                "%(file)s: statement %(name)s: %(fault)s",
                file=name,
                name=statement.reference,
                fault=f,
            )
            for f in problems
        ]
        if not problems:
            results.append(_enter_statement(session, name, statement, act))
    if faults:
        raise UnreadableStatement(faults)
    return results


def warned(result: ImportResult) -> list[str]:
    """What a person should look at in a statement that was taken in."""
    names = {"name": result.statement.reference, "account": result.statement.account.code}
    return [
        _("%(account)s, statement %(name)s: please check: %(warning)s.", warning=warning, **names)
        for warning in result.warnings
    ]


def in_words(result: ImportResult) -> str:
    """What became of a statement, for a person who sent the file."""
    names = {"name": result.statement.reference, "account": result.statement.account.code}
    if not result.new:
        return _("%(account)s, statement %(name)s: already imported, nothing has changed.", **names)
    return _n(
        "%(account)s, statement %(name)s: %(num)s line imported.",
        "%(account)s, statement %(name)s: %(num)s lines imported.",
        result.lines,
        **names,
    )


def _statement_faults(session: Session, statement: ReadStatement) -> Iterator[str]:
    """What is wrong with a statement beside what is known; with its account locked."""
    account = _lock_account(session, statement)
    if account is None:
        yield _("no bank account in the system has the number %(number)s", number=statement.account)
        return
    if account.currency != statement.currency:
        yield _(
            "%(account)s is in %(held)s, not in %(currency)s",
            account=account.code,
            held=account.currency,
            currency=statement.currency,
        )
        return
    imported = _imported_statement(session, account, statement)
    if imported is not None:
        if imported.digest != statement.digest:
            yield _(
                "it has already been imported with different content; expected the same content"
            )
        return
    if twin := _twin_of(session, account, statement):
        yield _(
            "it has the same content as %(name)s, which has already been imported",
            name=twin.reference,
        )
        return
    yield from _find_gaps(session, account, statement)
    yield from _seen_before(session, account, statement)


def _lock_account(session: Session, statement: ReadStatement) -> BankAccount | None:
    return session.scalar(
        select(BankAccount).where(BankAccount.number == statement.account).with_for_update()
    )


def _imported_statement(
    session: Session, account: BankAccount, statement: ReadStatement
) -> BankStatement | None:
    return session.scalar(
        select(BankStatement).where(
            BankStatement.bank_account_id == account.id,
            BankStatement.reference == statement.reference,
        )
    )


def _twin_of(
    session: Session, account: BankAccount, statement: ReadStatement
) -> BankStatement | None:
    """A known statement of the same days with the same balances and entries, sent again under
    another number.
    """
    amounts = sorted((line.value_on, line.amount.minor) for line in statement.lines)
    same = select(BankStatement).where(
        BankStatement.bank_account_id == account.id,
        BankStatement.from_on == statement.from_on,
        BankStatement.to_on == statement.to_on,
        BankStatement.opening_minor == statement.opening.minor,
        BankStatement.closing_minor == statement.closing.minor,
    )
    for twin in session.scalars(same) if amounts else ():
        if sorted((line.value_on, line.amount_minor) for line in twin.lines) == amounts:
            return twin
    return None


def _find_gaps(session: Session, account: BankAccount, statement: ReadStatement) -> Iterator[str]:
    """A statement follows the last that is here, or comes before the first; else a fault."""
    of_account = select(BankStatement).where(BankStatement.bank_account_id == account.id).limit(1)
    days = (BankStatement.from_on, BankStatement.to_on, BankStatement.id)
    first = session.scalar(of_account.order_by(*days))
    last = session.scalar(of_account.order_by(*(day.desc() for day in days)))
    if first is None or last is None:
        return
    if statement.from_on >= last.to_on:
        if statement.opening != last.closing:
            yield _(
                "it opens with %(opening)s, but the statement before it, %(last)s, closed with "
                "%(closing)s: a statement in between is missing",
                opening=statement.opening,
                last=last.reference,
                closing=last.closing,
            )
    elif statement.to_on <= first.from_on:
        if statement.closing != first.opening:
            yield _(
                "it closes with %(closing)s, but the statement after it, %(first)s, opens with "
                "%(opening)s: a statement in between is missing",
                closing=statement.closing,
                first=first.reference,
                opening=first.opening,
            )
    else:
        yield _(
            "its dates overlap with a statement already imported, %(first)s to %(last)s",
            first=first.from_on.isoformat(),
            last=last.to_on.isoformat(),
        )


def _seen_before(session: Session, account: BankAccount, statement: ReadStatement) -> Iterator[str]:
    """Entries that an earlier statement of the account listed."""
    entries = [
        (reference, line.amount.minor, line.value_on)
        for reference, line in zip(statement.references, statement.lines, strict=True)
        if reference
    ]
    columns = tuple_(BankLine.bank_reference, BankLine.amount_minor, BankLine.value_on)
    for start in range(0, len(entries), 5000):
        for reference in session.scalars(
            select(BankLine.bank_reference).where(
                BankLine.bank_account_id == account.id, columns.in_(entries[start : start + 5000])
            )
        ):
            yield _("entry %(reference)s appears in another statement", reference=reference)


def _enter_statement(
    session: Session, name: str, statement: ReadStatement, act: Act
) -> ImportResult:
    account = _lock_account(session, statement)
    assert account is not None
    act.demand(Permission.BANK_IMPORT, Scope(account.fund_id))
    if imported := _imported_statement(session, account, statement):
        return ImportResult(imported, len(statement.lines), new=False)
    stored = BankStatement(
        account=account,
        reference=statement.reference,
        kind=statement.kind,
        from_on=statement.from_on,
        to_on=statement.to_on,
        currency=statement.currency,
        opening_minor=statement.opening.minor,
        closing_minor=statement.closing.minor,
        digest=statement.digest,
        file_name=name[:200],
        imported_at=act.at,
        actor=act.actor.name,
    )
    session.add(stored)
    record(session, stored, "import", act, file=name, lines=len(statement.lines))
    numbered = zip(statement.references, statement.lines, strict=True)
    lines = [
        _bank_line(stored, number, name, line) for number, (name, line) in enumerate(numbered, 1)
    ]
    begin_all(session, lines, LINE, act)
    return ImportResult(stored, len(statement.lines), True, tuple(warnings_of(statement)))


def _bank_line(statement: BankStatement, number: int, reference: str, line: ReadLine) -> BankLine:
    return BankLine(
        statement=statement,
        account=statement.account,
        number=number,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount_minor=line.amount.minor,
        currency=line.amount.currency,
        fee_minor=line.fee.minor if line.fee else 0,
        original_minor=line.original.minor if line.original else None,
        original_currency=line.original.currency if line.original else None,
        bank_reference=reference,
        end_to_end=line.end_to_end[:80],
        counterparty=line.counterparty[:200],
        counterparty_account=line.counterparty_account[:40],
        text=line.text[:2000],
        code=line.code[:40],
    )
