"""Bank details of grantees: stated by the organisation, checked by a call, approved by another.

Each act locks the organisation's row first, as payments do: no payment is certified or released
between the reading of an account and its change.
"""

import re
from dataclasses import asdict, dataclass
from datetime import date

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, require_in_use
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.service import lock_organisation
from grants.core.people.viewer import Scope, keep_apart
from grants.granting.bank_details.doubts import doubts_about, is_iban, refuse_taken
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.queries import in_force, open_request
from grants.granting.bank_details.telephones import known_numbers
from grants.granting.bank_details.workflow import BANK_DETAILS
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell

LONGEST = 34
"""Characters of an account number, as ISO 20022 allows."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it was stated."""

    holder: str
    number: str
    """IBAN, or the bank's own number."""
    bank: str
    bic: str = ""
    bank_address: str = ""
    intermediary_bank: str = ""
    currency: str = FUNCTIONAL_CURRENCY


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a person who was known before, on a number that was known before the request."""

    called_on: date
    number: str
    spoke_to: str
    note: str = ""


def request_details(
    session: Session,
    fund: Fund,
    organisation: Organisation,
    account: Account,
    evidence: Document,
    act: Act,
) -> BankDetails:
    """The organisation states where it is to be paid. Nothing is paid to it until the fund has
    checked and approved that; everyone of the organisation is told.

    DomainError for a number that cannot be right; Conflict while another request is open.
    """
    act.demand(Permission.PAYEE_REQUEST, Scope(fund.id, organisation.id))
    lock_payee(session, organisation.id)
    if open_request(session, fund.id, organisation.id):
        raise Conflict(_("A change of the bank details is already being checked."))
    account = _valid_account(account)
    refuse_taken(session, organisation.id, account)
    current = in_force(session, fund.id, organisation.id)
    if current and _is_same_account(current, account):
        raise DomainError(_("We already have these bank details."))
    details = BankDetails(
        fund=fund,
        organisation=organisation,
        evidence=evidence,
        requested_at=act.at,
        **asdict(account),
    )
    begin(session, details, BANK_DETAILS, act, number=details.masked)
    _notify_organisation(session, details, "requested", act)
    return details


def record_call(session: Session, details: BankDetails, call: Call, act: Act) -> None:
    """One person of the fund has called the organisation, on a number that the fund knew before
    the request, and compared the account.

    Not by a person who acts for the organisation. DomainError for a day to come, for another
    number, and for an account of the fund or of another organisation.
    """
    _lock_details(session, details, "check", act)
    refuse_taken(session, details.organisation_id, details)
    if call.called_on > clock.today() or call.called_on < clock.day_of(details.requested_at):
        raise DomainError(
            _("Enter the day of the call. It cannot be before the request or in the future.")
        )
    if not call.spoke_to.strip():
        raise DomainError(_("Enter the name of the person you spoke to."))
    number = _known_before(session, details, call.number)
    details.called_on, details.called_number = call.called_on, number
    details.spoke_to, details.call_note = call.spoke_to.strip(), call.note.strip()
    advance(session, details, BANK_DETAILS, "check", act, called_on=call.called_on.isoformat())


def _known_before(session: Session, details: BankDetails, number: str) -> str:
    digits = re.sub(r"\D", "", number)
    for telephone in known_numbers(session, details):
        if telephone.digits == digits:
            return telephone.number
    raise DomainError(
        _("Call a number that the fund knew before this request, and choose it from the list.")
    )


def approve(session: Session, details: BankDetails, act: Act) -> None:
    """Another person approves: from now on the organisation is paid there, and the details before
    are replaced.

    DomainError without a reason where country or holder are not the organisation's.
    """
    lock_payee(session, details.organisation_id)
    session.refresh(details)
    require_approvable(session, details, act)
    before = in_force(session, details.fund_id, details.organisation_id)
    if before is not None:
        advance(session, before, BANK_DETAILS, "replace", act, by=details.id)
    advance(session, details, BANK_DETAILS, "approve", act)
    _notify_organisation(session, details, "approved", act)


def require_approvable(session: Session, details: BankDetails, act: Act) -> None:
    """Refuse as `approve` would."""
    require(session, details, BANK_DETAILS, "approve", act)
    keep_apart(act.actor, details.organisation_id)
    refuse_taken(session, details.organisation_id, details)
    doubts = doubts_about(details)
    if doubts and not (act.reason or "").strip():
        raise DomainError(_("Explain why the account may be used: %(what)s", what=" ".join(doubts)))


def refuse(session: Session, details: BankDetails, act: Act) -> None:
    """The account was not confirmed; what was in use stays in use."""
    _end_request(session, details, "refuse", act)


def not_approve(session: Session, details: BankDetails, act: Act) -> None:
    """The second person is not convinced; what was in use stays in use."""
    _end_request(session, details, "not_approve", act)


def withdraw(session: Session, details: BankDetails, act: Act) -> None:
    """The organisation takes its request back."""
    lock_payee(session, details.organisation_id)
    session.refresh(details)
    advance(session, details, BANK_DETAILS, "withdraw", act)
    _notify_organisation(session, details, "withdrawn", act)


def _end_request(session: Session, details: BankDetails, action: str, act: Act) -> None:
    _lock_details(session, details, action, act)
    advance(session, details, BANK_DETAILS, action, act)
    _notify_organisation(session, details, "refused", act)


def lock_payee(session: Session, organisation_id: int) -> None:
    """What is paid to an organisation and what is changed of its account wait for each other."""
    lock_organisation(session, organisation_id)


def _lock_details(session: Session, details: BankDetails, action: str, act: Act) -> None:
    lock_payee(session, details.organisation_id)
    session.refresh(details)
    require(session, details, BANK_DETAILS, action, act)
    keep_apart(act.actor, details.organisation_id)


def _valid_account(account: Account) -> Account:
    require_in_use(account.currency, clock.today())
    number = re.sub(r"\s", "", account.number).upper()
    bic = re.sub(r"\s", "", account.bic).upper()
    try:
        if is_iban(number):
            IBAN(number)
        if bic:
            BIC(bic)
    except SchwiftyException as error:
        raise DomainError(
            _("This account number or bank code cannot be right: %(why)s.", why=error)
        ) from error
    if len(number) > LONGEST:
        raise DomainError(
            _("An account number has %(most)s characters at most, without spaces.", most=LONGEST)
        )
    if not is_iban(number) and not (bic and account.bank_address.strip()):
        raise DomainError(
            _("If the account number is not an IBAN, enter the bank’s BIC and address.")
        )
    return Account(
        account.holder.strip(),
        number,
        account.bank.strip(),
        bic,
        account.bank_address.strip(),
        account.intermediary_bank.strip(),
        account.currency,
    )


def _is_same_account(details: BankDetails, account: Account) -> bool:
    return all(getattr(details, name) == value for name, value in asdict(account).items())


def _notify_organisation(session: Session, details: BankDetails, what: str, act: Act) -> None:
    """Everyone who acts for the organisation: a change that nobody there asked for is noticed."""
    tell(
        session,
        people_of_organisation(session, details.organisation_id),
        f"granting/bank_details/{what}",
        act,
        event=f"bank_details:{details.id}:{what}",
        fund=details.fund,
        organisation=details.organisation.name,
        number=details.masked,
        bank=details.bank,
        person=act.actor.name,
        reason=act.reason,
        doubts=doubts_about(details),
        url=absolute(f"/bank-details/{details.id}"),
    )
