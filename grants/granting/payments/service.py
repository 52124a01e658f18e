"""Instalments are certified, approved and paid by three persons, and confirmed by the grantee.

Each act locks the grant's row first, so that whatever it has read still holds when it writes.
"""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import pay_instalment
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.bank_details.queries import in_force
from grants.granting.payments.bank import read_reference
from grants.granting.payments.models import Instalment
from grants.granting.payments.payable import (
    lock_instalment,
    require_checks,
    require_payable_on,
    require_same_payment,
    require_unchanged,
    require_unused,
)
from grants.granting.payments.queries import confirmed_by, payment_key
from grants.granting.payments.transfers import Transfer, transfer_on
from grants.granting.payments.workflow import INSTALMENT, InstalmentState
from grants.platform.messages.service import tell

RELEASED: Slot[Callable[[Session, Instalment, Act], None]] = Slot(
    "granting.payments.service.RELEASED"
)
"""What else is booked when an instalment is paid."""


def begin_instalments(
    session: Session, award: Award, planned: Sequence[tuple[Money, date]], act: Act
) -> list[Instalment]:
    """Enter the instalments of a signed agreement, in order: what each is, and when due."""
    instalments = []
    for number, (amount, due_on) in enumerate(planned, 1):
        instalment = Instalment(
            award=award, number=number, amount_minor=amount.minor, due_on=due_on
        )
        begin(session, instalment, INSTALMENT, act)
        instalments.append(instalment)
    return instalments


def certify(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """A certifying officer states that the instalment may be paid: every check is met.

    Before the day it is due the act needs a reason. DomainError names what is missing.
    """
    lock_instalment(session, instalment)
    require_unchanged(instalment, version)
    require(session, instalment, INSTALMENT, "certify", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    require_checks(session, instalment, act, act.reason)
    account = in_force(session, instalment.award.fund_id, instalment.award.organisation_id)
    instalment.bank_details_id = account.id if account else None
    advance(session, instalment, INSTALMENT, "certify", act)


def approve(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """The approving officer, who neither certified it nor confirmed the account by a call, lets
    the instalment be paid: every check is still met.
    """
    lock_instalment(session, instalment)
    require_unchanged(instalment, version)
    require_approvable(session, instalment, act)
    advance(session, instalment, INSTALMENT, "approve", act)


def require_approvable(session: Session, instalment: Instalment, act: Act) -> None:
    """Refuse as `approve` would."""
    require(session, instalment, INSTALMENT, "approve", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    if confirmed_by(session, instalment, act.actor):
        raise Forbidden(
            _(
                "A different person must approve this payment, because you confirmed the account "
                "by a call."
            )
        )
    require_checks(session, instalment, act, reason="as certified")


def send(session: Session, instalment: Instalment, act: Act) -> None:
    """The finance officer has handed the payment to the bank or the treasury: it waits for the
    debit. Every check is met on that day. To an account in another currency the sum is fixed by the
    rate of that day.
    """
    lock_instalment(session, instalment)
    require(session, instalment, INSTALMENT, "send", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    require_checks(session, instalment, act, reason="as certified")
    transfer = transfer_on(session, instalment.net, instalment.pays_in, clock.today())
    instalment.transfer = transfer
    facts = transfer.facts if transfer else {}
    advance(session, instalment, INSTALMENT, "send", act, **facts)


def send_back(
    session: Session, instalment: Instalment, act: Act, *, version: int | None = None
) -> None:
    """An instalment is certified again, for a reason."""
    _stop_payment(session, instalment, "send_back", act, version)


def hold(session: Session, instalment: Instalment, act: Act) -> None:
    """Nothing is paid on the instalment until the hold ends, for a reason."""
    _stop_payment(session, instalment, "hold", act)


def _stop_payment(
    session: Session,
    instalment: Instalment,
    action: str,
    act: Act,
    version: int | None = None,
) -> None:
    lock_instalment(session, instalment)
    require_unchanged(instalment, version)
    keep_apart(act.actor, instalment.award.organisation_id)
    instalment.bank_details_id = None
    advance(session, instalment, INSTALMENT, action, act)


def let_go(session: Session, instalment: Instalment, act: Act) -> None:
    """The hold ends: the instalment can be certified again."""
    lock_instalment(session, instalment)
    keep_apart(act.actor, instalment.award.organisation_id)
    advance(session, instalment, INSTALMENT, "let_go", act)


def release(
    session: Session,
    instalment: Instalment,
    paid_on: date,
    bank_reference: str,
    act: Act,
    *,
    version: int | None = None,
    paid_from: BankAccount | None = None,
) -> None:
    """The finance officer, who neither certified nor approved it, records that the instalment was
    paid, by the bank, a treasury or another system: it is booked, and the grantee is informed.
    `paid_from`: the fund's bank account, where it is known.

    Refused out of order, before the signature, on a day to come, and beyond the fund's cash.
    Repeated with the same day and bank reference it changes nothing; with others it is a Conflict.
    """
    bank_reference = read_reference(bank_reference)
    lock_instalment(session, instalment)
    if instalment.is_paid and act.actor.may(Permission.INSTALMENT_RELEASE, instalment.scope):
        require_same_payment(instalment, paid_on, bank_reference)
        return
    require_unchanged(instalment, version)
    require_releasable(session, instalment, act)
    require_payable_on(session, instalment, paid_on)
    require_unused(session, instalment, bank_reference)
    award, transfer = instalment.award, _transfer_of(session, instalment, paid_on)
    pay_instalment(
        session,
        Voucher(
            award.fund,
            paid_on,
            award.account,
            payment_key(instalment, bank_reference),
            act,
            note=f"{award.reference} / {instalment.number}",
            bank_account=paid_from,
        ),
        instalment.amount,
        transfer.amount if transfer else None,
        instalment.set_off or None,
    )
    instalment.paid_on, instalment.bank_reference = paid_on, bank_reference
    instalment.transfer = transfer
    advance(
        session,
        instalment,
        INSTALMENT,
        "release",
        act,
        paid_on=paid_on.isoformat(),
        bank_reference=bank_reference,
        **(transfer.facts if transfer else {}),
    )
    for follow in RELEASED:
        follow(session, instalment, act)
    _tell_paid(session, instalment, act)


def _transfer_of(session: Session, instalment: Instalment, paid_on: date) -> Transfer | None:
    """As it was sent; what was paid without a run or an order is reckoned by the day’s rate."""
    if instalment.state is InstalmentState.SENT:
        return instalment.transfer
    return transfer_on(session, instalment.net, instalment.pays_in, paid_on)


def require_releasable(session: Session, instalment: Instalment, act: Act) -> None:
    """Refuse as `release` would, whatever day and reference are given. What was sent while every
    check was met has left, whatever has changed since.
    """
    require(session, instalment, INSTALMENT, "release", act)
    keep_apart(act.actor, instalment.award.organisation_id)
    if instalment.state is not InstalmentState.SENT:
        require_checks(session, instalment, act, reason="as certified")


def _tell_paid(session: Session, instalment: Instalment, act: Act) -> None:
    """Those who may confirm the receipt are asked to."""
    award = instalment.award
    tell(
        session,
        people_of_organisation(session, award.organisation_id, Permission.INSTALMENT_CONFIRM),
        "granting/payments/paid",
        act,
        event=f"instalment:{instalment.id}:paid:{instalment.bank_reference}",
        **facts_of_grant(award),
        number=instalment.number,
        amount=instalment.amount,
        set_off=instalment.set_off,
        net=instalment.net,
        transfer=instalment.transfer,
        paid_on=instalment.paid_on,
        bank_reference=instalment.bank_reference,
    )
