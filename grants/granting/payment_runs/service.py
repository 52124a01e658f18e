"""Payment runs: put together of approved instalments, and sent as one file, all of it or nothing.

Each act locks the fund’s money, then the run, then the grants.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.database.numbering import next_number
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.bank_details.models import BankDetails
from grants.granting.payment_runs.files import (
    FileKind,
    Order,
    Payer,
    csv_of,
    end_to_end_of,
    faults_of,
    rows_of,
)
from grants.granting.payment_runs.models import FileLayout, PaymentRun, RunFile, RunPart
from grants.granting.payment_runs.queries import awaited_of, candidates_for, columns_of, open_run_of
from grants.granting.payment_runs.workflow import RUN
from grants.granting.payments.models import Instalment
from grants.granting.payments.payable import lock_instalment
from grants.granting.payments.service import release, send


def begin_run(
    session: Session,
    fund: Fund,
    account: BankAccount | None,
    pays_on: date,
    instalments: Sequence[Instalment],
    act: Act,
) -> PaymentRun:
    """Approved instalments are put together, to be paid from one account of the fund or, without
    one, elsewhere. Refused if one of them is in another run, or not approved.
    """
    act.demand(Permission.INSTALMENT_RELEASE, Scope(fund.id))
    if account is not None and account.fund_id != fund.id:
        raise DomainError(_("Choose an account of the fund."))
    if pays_on < clock.today():
        raise DomainError(_("Enter today’s date or a later one."))
    number = next_number(session, f"{fund.code}/run")
    run = PaymentRun(
        fund=fund,
        reference=f"{fund.code}-R-{number:04}",
        account=account,
        pays_on=pays_on,
        begun_at=act.at,
    )
    begin(session, run, RUN, act)
    for instalment in sorted(instalments, key=lambda part: (part.award_id, part.id)):
        _put_in(session, run, instalment)
    session.flush()
    return run


def put_in(session: Session, run: PaymentRun, numbers: Sequence[int], act: Act) -> None:
    """Approved instalments, by their ids, come into a run that is being put together: all of them
    or none.
    """
    _lock_run(session, run)
    require(session, run, RUN, "send_file", act)
    instalments = session.scalars(select(Instalment).where(Instalment.id.in_(numbers))).all()
    if len(instalments) != len(numbers) or not numbers:
        raise DomainError(_("Choose approved payments of the fund."))
    for instalment in sorted(instalments, key=lambda part: (part.award_id, part.id)):
        _put_in(session, run, instalment)
    session.refresh(run)
    record(session, run, "put_in", act, instalments=sorted(numbers))


def require_candidates(session: Session, run: PaymentRun, act: Act) -> None:
    """Refused unless the run is being put together and there is something to add."""
    require(session, run, RUN, "send_file", act)
    if not candidates_for(session, run):
        raise DomainError(_("There are no other approved payments to add."))


def take_out(session: Session, run: PaymentRun, instalment: Instalment, act: Act) -> None:
    """An instalment leaves a run that is being put together."""
    _lock_run(session, run)
    require(session, run, RUN, "send_file", act)
    part = next((part for part in run.parts if part.instalment_id == instalment.id), None)
    if part is None:
        raise Conflict(_("The instalment is not in this run."))
    run.parts.remove(part)
    record(session, run, "take_out", act, instalment=instalment.id)


def cancel(session: Session, run: PaymentRun, act: Act) -> None:
    """The run is given up, for a reason; its instalments can go into another."""
    _lock_run(session, run)
    advance(session, run, RUN, "cancel", act)


def send_file(session: Session, run: PaymentRun, kind: FileKind, act: Act) -> RunFile:
    """The file is made, and with it every instalment of the run counts as sent: all or none."""
    _lock_run(session, run)
    require(session, run, RUN, "send_file", act)
    if not run.parts:
        raise DomainError(_("The run has no instalments."))
    for part in sorted(run.parts, key=lambda part: part.instalment.award_id):
        send(session, part.instalment, act)
        part.bank_details_id = part.instalment.bank_details_id
        part.transfer = part.instalment.transfer
        part.set_off_minor = part.instalment.set_off_minor
    session.flush()
    session.refresh(run)
    file = _make_file(session, run, kind, act)
    advance(session, run, RUN, "send_file", act, kind=kind.value, sha256=file.sha256)
    return file


def make_again(session: Session, run: PaymentRun, kind: FileKind, act: Act) -> RunFile:
    """Another file of a run that was sent: the same payments in another form."""
    _lock_run(session, run)
    act.demand(Permission.INSTALMENT_RELEASE, run.scope)
    if not run.files:
        raise Conflict(_("The run has not been sent."))
    file = _make_file(session, run, kind, act)
    record(session, run, "make_again", act, kind=kind.value, sha256=file.sha256)
    return file


def content_of_file(file: RunFile) -> bytes:
    """The file again, word for word (of a workbook, its rows as CSV); DomainError if it cannot be
    made as it was.
    """
    kind = FileKind(file.kind)
    content, digest = _content_of(file.run, kind, file.columns, file.payer, file.made_at)
    if digest != file.sha256:
        raise DomainError(_("The file cannot be reproduced exactly. Use the copy that was sent."))
    return content


def record_paid(
    session: Session, run: PaymentRun, paid_on: date, bank_reference: str, act: Act
) -> int:
    """A treasury, another system or the bank has paid all that the run still waits for, under one
    reference. Returns how many.
    """
    _lock_run(session, run)
    awaited = sorted(awaited_of(run), key=lambda part: part.instalment.award_id)
    if not awaited:
        raise Conflict(_("No payment in this run is waiting to be made."))
    for part in awaited:
        release(session, part.instalment, paid_on, bank_reference, act, paid_from=run.account)
    record(session, run, "record_paid", act, bank_reference=bank_reference, paid=len(awaited))
    return len(awaited)


def set_columns(session: Session, fund: Fund, columns: list[dict[str, str]], act: Act) -> None:
    """What a fund's files for other systems hold from now on."""
    act.demand(Permission.INSTALMENT_RELEASE, Scope(fund.id))
    if faults := faults_of(columns):
        raise DomainError(" ".join(faults))
    layout = session.get(FileLayout, fund.id)
    if layout is None:
        layout = FileLayout(fund=fund, columns=columns)
        session.add(layout)
    layout.columns = columns
    record(session, layout, "set_columns", act)


def _lock_run(session: Session, run: PaymentRun) -> None:
    lock(session, run.fund_id)
    session.refresh(run, with_for_update={"of": PaymentRun})


def _put_in(session: Session, run: PaymentRun, instalment: Instalment) -> None:
    lock_instalment(session, instalment)
    if instalment.award.fund_id != run.fund_id:
        raise DomainError(_("The instalment belongs to another fund."))
    if not instalment.is_approved:
        raise Conflict(_("Only approved instalments can be put into a payment run."))
    if other := open_run_of(session, instalment):
        raise Conflict(_("The instalment is already in the run %(run)s.", run=other.reference))
    _require_same_currency(run, instalment)
    session.add(
        RunPart(
            run=run,
            instalment=instalment,
            end_to_end=end_to_end_of(instalment.award.reference, instalment.number, run.id),
        )
    )
    session.flush()


def _require_same_currency(run: PaymentRun, instalment: Instalment) -> None:
    """An account in US dollars pays in every currency, another one only in its own."""
    if run.currency not in {FUNCTIONAL_CURRENCY, instalment.pays_in}:
        raise DomainError(
            _(
                "%(grant)s / %(number)s is paid in %(currency)s, but %(account)s is an account in "
                "%(held)s.",
                grant=instalment.award.reference,
                number=instalment.number,
                currency=instalment.pays_in,
                account=run.account.code if run.account else "",
                held=run.currency,
            )
        )


def _make_file(session: Session, run: PaymentRun, kind: FileKind, act: Act) -> RunFile:
    columns, payer = columns_of(session, run.fund_id), _payer_of(run, kind)
    _content, digest = _content_of(run, kind, columns, payer, act.at)
    file = RunFile(
        run=run, kind=kind.value, columns=columns, payer=payer, sha256=digest, made_at=act.at
    )
    session.add(file)
    session.flush()
    return file


def _payer_of(run: PaymentRun, kind: FileKind) -> dict[str, Any]:
    account = run.account
    if kind is FileKind.PAIN and (account is None or not account.number):
        raise DomainError(
            _("A payment file for a bank needs an account of the fund with its number.")
        )
    if account is None:
        return {"name": run.fund.code, "number": "", "bic": "", "currency": "USD"}
    return {
        "name": account.beneficiary or run.fund.code,
        "number": account.number or "",
        "bic": account.bic,
        "currency": account.currency,
    }


def _content_of(
    run: PaymentRun,
    kind: FileKind,
    columns: list[dict[str, str]],
    payer: dict[str, Any],
    made_at: datetime,
) -> tuple[bytes, str]:
    """A file, and the digest that it is known by."""
    orders = [_order_of(run, part) for part in run.parts]
    if kind is FileKind.PAIN:
        from grants.granting.payment_runs.pain_file import sound_file  # lxml: other pages need none

        content = sound_file(run.reference, Payer(**payer), orders, made_at.astimezone(UTC))
        return content, hashlib.sha256(content).hexdigest()
    plain = csv_of(*rows_of(orders, columns))
    return plain, hashlib.sha256(plain).hexdigest()


def rows_of_file(file: RunFile) -> tuple[list[str], list[list[object]]]:
    """Headings and rows of a file for another system, for a workbook."""
    return rows_of([_order_of(file.run, part) for part in file.run.parts], file.columns)


def _order_of(run: PaymentRun, part: RunPart) -> Order:
    payee, award = part.payee, part.instalment.award
    if payee is None or not payee.is_readable:
        raise DomainError(
            _("The bank details of %(payee)s cannot be read.", payee=award.organisation.name)
        )
    return Order(
        part.end_to_end,
        award.reference,
        part.instalment.number,
        part.transfer.amount if part.transfer else part.dollars,
        part.dollars,
        part.transfer.rate if part.transfer else None,
        run.pays_on,
        *_stated_by(payee, award.country or ""),
    )


def _stated_by(payee: BankDetails, country: str) -> tuple[str, ...]:
    stated = (payee.number, payee.bic, payee.bank, payee.bank_address, payee.intermediary_bank)
    return (payee.holder, country, *map(str, stated))
