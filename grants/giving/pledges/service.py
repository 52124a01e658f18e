"""What the fund and the donor do with a pledge once it is confirmed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grants.books.ledger.accounts import Account, Event
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.positions import position, standing_entry
from grants.books.ledger.receipts import meet_condition as book_condition_met
from grants.books.ledger.receipts import recognise_agreement
from grants.books.ledger.reversal import reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, record, require
from grants.core.audit.queries import has_acted, trail_of
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.giving.donors.senders import require_confirmed
from grants.giving.pledges.earmarked import require_share
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.proposals.queries import open_proposal
from grants.giving.pledges.queries import received
from grants.giving.pledges.recipients import page_for, whom_to_tell
from grants.giving.pledges.schedule import next_payment, set_due_day
from grants.giving.pledges.workflow import OFFERED, PLEDGE, UNANSWERED
from grants.integrity.diligence.gate import require_cleared
from grants.platform.documents.models import Document
from grants.platform.messages.service import Recipient, send


@dataclass(frozen=True, slots=True)
class Agreement:
    """A signed agreement with a donor: its date, whether there is a condition, the file of it."""

    signed_on: date
    conditional: bool = False
    document: Document | None = None


def acknowledge(session: Session, pledge: Pledge, act: Act) -> None:
    """The fund accepts a pledge and thanks: the letter goes to the donor's people.

    DomainError while due diligence has not cleared the donor, and without a reason where more would
    be earmarked than the fund accepts.
    """
    lock(session, pledge.fund_id)
    require_admitted(session, pledge, act)
    _require_answered(session, pledge)
    require_share(session, pledge, act)
    advance(session, pledge, PLEDGE, "acknowledge", act)
    _set_due_day(session, pledge, clock.today(), act)
    due = next_payment(pledge, received(session, pledge))
    tell_donor(session, pledge, "acknowledged", act, document="acknowledgement", due=due)


def sign_agreement(session: Session, pledge: Pledge, agreement: Agreement, act: Act) -> None:
    """The donor has signed: what the pledge still owes becomes receivable, at the day's rate.

    A person who recorded a deposit on the pledge may not record its agreement too. DomainError
    while due diligence has not cleared the donor.
    """
    lock(session, pledge.fund_id)
    require_admitted(session, pledge, act)
    _require_answered(session, pledge)
    _require_acknowledged(session, pledge, act)
    if agreement.signed_on > clock.today():
        raise DomainError(_("The date of signature cannot be in the future."))
    if has_acted(session, "pledge", pledge.id, ["receive_deposit"], act.actor):
        raise Forbidden(
            _("A different person must do this, because you recorded a deposit on this pledge.")
        )
    pledge.agreement_signed_on = agreement.signed_on
    pledge.conditional = agreement.conditional
    pledge.agreement_document = agreement.document or pledge.returned_document
    pledge.returned_document = None
    advance(
        session,
        pledge,
        PLEDGE,
        "sign_agreement",
        act,
        signed_on=agreement.signed_on.isoformat(),
        conditional=agreement.conditional,
    )
    book_agreement(session, pledge, act)
    if not agreement.conditional:
        _set_due_day(session, pledge, agreement.signed_on, act)
    tell_donor(session, pledge, "agreement_signed", act)


def _require_answered(session: Session, pledge: Pledge) -> None:
    """The agreement counts the earmark as both sides accepted it."""
    if open_proposal(session, pledge):
        raise DomainError(
            _(
                "The donor has not yet answered the fund’s proposal on the earmark. "
                "Wait for the answer, or withdraw the proposal."
            )
        )


def _require_acknowledged(session: Session, pledge: Pledge, act: Act) -> None:
    """The reason for more earmarks than the fund accepts is given where the pledge is accepted."""
    if pledge.state in UNANSWERED:
        require_share(session, pledge, Act(act.actor, None, act.at))


def _set_due_day(session: Session, pledge: Pledge, accepted_on: date, act: Act) -> None:
    """A history that is taken over gets its days with the next reminders, not while it is read."""
    if not act.actor.system:
        set_due_day(session, pledge, accepted_on, received(session, pledge), act)


def require_admitted(session: Session, pledge: Pledge, act: Act) -> None:
    """DomainError while the donor's sender is not confirmed, or due diligence not passed."""
    if pledge.donor is not None:
        require_confirmed(session, pledge.donor)
        require_cleared(session, pledge.donor, pledge.fund, act)


def offer_agreement(session: Session, pledge: Pledge, condition: str, act: Act) -> None:
    """The agreement is ready to be signed: the donor receives it, with its condition if it has one.

    Offered again, with another condition or another plan of payments, the last offer counts.
    DomainError while due diligence has not cleared the donor.
    """
    act.demand(Permission.PLEDGE_SIGN, Scope(pledge.fund_id))
    require_unsigned(session, pledge, act)
    pledge.condition = condition.strip() or None
    pledge.returned_document = None
    number = record(
        session,
        pledge,
        "offer_agreement",
        act,
        minor=pledge.standing.minor,
        revision=pledge.revision,
        condition=pledge.condition,
        psc_percent=str(pledge.fund.psc_percent),
    )
    tell_donor(
        session,
        pledge,
        "agreement_offered",
        act,
        document="contribution-agreement",
        event=f"{pledge.subject}:offer:{number}",
    )


def require_unsigned(session: Session, pledge: Pledge, act: Act) -> None:
    """DomainError unless an agreement on this pledge may be offered now."""
    if pledge.state not in OFFERED:
        raise DomainError(
            _("You can offer an agreement only on an active pledge that has no signed agreement.")
        )
    _require_answered(session, pledge)
    _require_acknowledged(session, pledge, act)
    require_admitted(session, pledge, act)


def book_agreement(session: Session, pledge: Pledge, act: Act) -> Entry | None:
    """Put a signed agreement into the books on the day of signature; None if all was paid before.

    Once it was taken back (`unbook_agreement`) it is booked again, under a number of its own.
    """
    assert pledge.agreement_signed_on is not None
    trail = trail_of(session, "pledge", pledge.id)
    times = sum(row.action == "unbook" for row in trail)
    again = f":{times + 1}" if times else ""
    voucher = Voucher(
        pledge.fund,
        pledge.agreement_signed_on,
        pledge.subject,
        f"{pledge.subject}:agreement{again}",
        act,
        note=pledge.reference,
    )
    return recognise_agreement(session, voucher, pledge.standing, conditional=pledge.conditional)


def unbook_agreement(session: Session, pledge: Pledge, why: str, act: Act) -> None:
    """Take a signed agreement out of the books by its reversal, to book it again.

    DomainError if money has been booked against it since.
    """
    entry = standing_entry(session, pledge.fund_id, pledge.subject, Event.AGREEMENT_SIGNED)
    if entry is None:
        return
    account = Account.CONTRIBUTIONS_RECEIVABLE
    owed = position(session, pledge.fund_id, account, pledge.subject)
    if owed.amount.minor < sum(p.amount_minor for p in entry.postings if p.account is account):
        raise DomainError(
            _(
                "Later deposits have already been posted against the agreement on %(pledge)s. "
                "Record this deposit as unidentified, then allocate it.",
                pledge=pledge.reference,
            )
        )
    undoing = Act(act.actor, why, act.at)
    reverse(session, entry, entry.booked_on, undoing)
    record(session, pledge, "unbook", undoing)


def meet_condition(session: Session, pledge: Pledge, on: date, act: Act) -> None:
    """The condition of the agreement is met: what was deferred becomes revenue on that day."""
    if not act.actor.may(Permission.PLEDGE_SIGN, pledge.scope):
        raise Forbidden(_("Your role does not allow this."))
    if on > clock.today() or (pledge.agreement_signed_on or on) > on:
        raise DomainError(_("The date cannot be before the agreement or in the future."))
    key = f"{pledge.subject}:condition"
    book_condition_met(session, Voucher(pledge.fund, on, pledge.subject, key, act))
    record(session, pledge, "meet_condition", act, on=on.isoformat())
    _set_due_day(session, pledge, on, act)


def require_deferred(session: Session, pledge: Pledge) -> None:
    """DomainError unless revenue of this pledge waits for a condition."""
    account = Account.DEFERRED_REVENUE
    if not position(session, pledge.fund_id, account, pledge.subject).amount:
        raise DomainError(_("No revenue from this pledge is awaiting a condition."))


def decline(session: Session, pledge: Pledge, act: Act) -> None:
    """The fund does not accept a pledge; the reason stays in the record."""
    _without_money(session, pledge)
    advance(session, pledge, PLEDGE, "decline", act)
    tell_donor(session, pledge, "declined", act)


def withdraw(session: Session, pledge: Pledge, act: Act) -> None:
    """The donor takes a pledge back before an agreement is signed."""
    _without_money(session, pledge)
    require_withdrawable(session, pledge, act)
    advance(session, pledge, PLEDGE, "withdraw", act)
    for person in people_of_fund(session, Permission.PLEDGE_ACKNOWLEDGE, pledge.fund_id):
        send(
            session,
            Recipient.of(person),
            "giving/pledges/withdrawn",
            event=f"{pledge.subject}:withdrawn",
            pledge=pledge,
            reason=act.reason,
        )


def require_withdrawable(session: Session, pledge: Pledge, act: Act) -> None:
    """DomainError once money has come, Conflict once the agreement is signed."""
    require_no_money(session, pledge)
    require(session, pledge, PLEDGE, "withdraw", act)


def _without_money(session: Session, pledge: Pledge) -> None:
    lock(session, pledge.fund_id)
    require_no_money(session, pledge)


def require_no_money(session: Session, pledge: Pledge) -> None:
    """DomainError once a deposit counts for this pledge."""
    if received(session, pledge).minor > 0:
        raise DomainError(
            _("A deposit has been recorded on this pledge, so it cannot be withdrawn or declined.")
        )


FOR_SIGNATORIES = frozenset({"agreement_offered", "agreement_signed", "agreement_sent_back"})
"""E-mails that concern who signs for the donor, whether or not they pledge."""


AS_IT_HAPPENS = frozenset({"cards"})
"""Names under which the system enters what happens at this moment, so that donors are told."""


def tell_donor(
    session: Session,
    pledge: Pledge,
    template: str,
    act: Act,
    *,
    document: str = "",
    reference: str = "",
    event: str = "",
    **facts: Any,
) -> None:
    """E-mail everyone who pledges for the donor, and of agreements its signatories too; `document`
    is attached (of the pledge itself, unless another reference is named). A history that the system
    enters sends no e-mail.
    """
    is_history = act.actor.system and act.actor.name not in AS_IT_HAPPENS
    if is_history or not (pledge.donor_id or pledge.promise):
        return
    attached = [{"document": document, "reference": reference or pledge.reference}]
    room, _slash, name = template.rpartition("/")
    signing = template in FOR_SIGNATORIES
    for recipient in whom_to_tell(session, pledge, signing=signing):
        send(
            session,
            recipient,
            f"{room or 'giving/pledges'}/{name}",
            event=f"{event or pledge.subject}:{name}",
            attachments=attached if document else (),
            pledge=pledge,
            url=absolute(page_for(pledge, recipient)),
            **facts,
        )
