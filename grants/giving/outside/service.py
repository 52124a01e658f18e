"""A contribution outside the fund is told, handed on, and confirmed by the office that takes it.

The fund neither receives nor books it: nothing here writes to the ledger.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from grants.books.ledger.rates import value_on
from grants.books.settings.queries import has_proposed
from grants.books.settings.workflow import Setting
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.kernel.money import Money, require_in_use
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.giving.outside.models import OutsideContribution, Purpose
from grants.giving.outside.workflow import OUTSIDE_CONTRIBUTION
from grants.platform.documents.models import Document
from grants.platform.messages.service import Recipient, send, tell

MOST_A_DAY = 3
"""Announcements taken from one address in a day, so that our pages cannot fill a mailbox."""
MOST_FOR_A_FUND = 30
"""Announcements that a fund takes in a day from its public page."""


@dataclass(frozen=True, slots=True)
class Intention:
    """What a donor would give outside the fund, as told. The same `key` is told once."""

    donor: str
    kind: DonorKind
    contact: str
    email: str
    amount: Money
    purpose: Purpose
    wording: str = ""
    language: str = "en"
    key: str | None = None


def announce(session: Session, fund: Fund, intention: Intention, act: Act) -> OutsideContribution:
    """Enter in the register that a donor wants to give to the office, and write to the donor; to
    the fund's people only of what staff entered, for anybody can send what the public page takes.

    DomainError if the address or the public page has told too many today, or the fund names no
    office.
    """
    if not fund.outside_email:
        raise DomainError(_("This fund does not pass on contributions for other purposes."))
    if earlier := _find_earlier(session, intention):
        return earlier
    require_in_use(intention.amount.currency, clock.today())
    _limit_address(session, intention)
    by_staff = act.actor.may(Permission.OUTREACH_RECORD, Scope(fund.id))
    if not by_staff:
        _limit_fund(session, fund)
    contribution = OutsideContribution(
        reference=_next_reference(session, fund),
        key=intention.key,
        fund=fund,
        fund_id=fund.id,
        donor_name=" ".join(intention.donor.split()),
        donor_kind=intention.kind,
        contact=intention.contact.strip(),
        email=intention.email.strip(),
        language=intention.language,
        purpose=intention.purpose,
        wording=intention.wording.strip(),
        amount_minor=intention.amount.minor,
        currency=intention.amount.currency,
        usd_minor=_dollars_today(session, intention.amount),
        announced_on=clock.today(),
    )
    begin(session, contribution, OUTSIDE_CONTRIBUTION, act)
    _write_to_donor(session, contribution, "noted")
    if by_staff:
        tell(
            session,
            people_of_fund(session, Permission.OUTREACH_RECORD, fund.id),
            "giving/outside/new",
            act,
            event=f"outside:{contribution.id}:new",
            fund=fund,
            contribution=contribution,
            url=absolute(f"/outside/{contribution.reference}"),
        )
    return contribution


def hand_on(
    session: Session, contribution: OutsideContribution, document: Document | None, act: Act
) -> None:
    """Send it to the office that the fund has named, with a link to what the donor wrote, which
    ends; the donor is told who will write next.

    DomainError while the fund names no office; Forbidden to the person who proposed its address.
    """
    if not contribution.fund.outside_email:
        raise DomainError(
            _("Enter the office for other contributions in the fund’s settings first.")
        )
    if has_proposed(session, contribution.fund, Setting.OUTSIDE_EMAIL, act):
        raise Forbidden(
            _("A different person must do this, because you proposed the address of the office.")
        )
    contribution.office, contribution.handed_on = contribution.fund.outside_email, clock.today()
    contribution.document = document
    advance(session, contribution, OUTSIDE_CONTRIBUTION, "hand_on", act)
    send(
        session,
        Recipient(contribution.office, contribution.office),
        "giving/outside/office",
        event=f"outside:{contribution.id}:office",
        fund=contribution.fund,
        contribution=contribution,
        paper=absolute(contribution.paper_path) if document else "",
    )
    _write_to_donor(session, contribution, "passed_on")


def confirm(
    session: Session, contribution: OutsideContribution, on: date, reference: str, act: Act
) -> None:
    """The office has confirmed that it deals with it, under a reference of its own."""
    if not (contribution.handed_on or on) <= on <= clock.today():
        raise DomainError(
            _("The date cannot be in the future, or before the contribution was passed on.")
        )
    contribution.confirmed_on, contribution.office_reference = on, reference.strip()
    advance(session, contribution, OUTSIDE_CONTRIBUTION, "confirm", act)


def withdraw(session: Session, contribution: OutsideContribution, act: Act) -> None:
    """The donor gives nothing after all; it is not reported."""
    advance(session, contribution, OUTSIDE_CONTRIBUTION, "withdraw", act)


def _find_earlier(session: Session, intention: Intention) -> OutsideContribution | None:
    if intention.key is None:
        return None
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(intention.key, 21))))
    return session.scalar(
        select(OutsideContribution).where(OutsideContribution.key == intention.key)
    )


def _limit_address(session: Session, intention: Intention) -> None:
    address = func.lower(OutsideContribution.email) == intention.email.strip().lower()
    if _count_today(session, address) >= MOST_A_DAY:
        raise DomainError(
            _(
                "We have received several messages from this e-mail address today. Try "
                "again tomorrow."
            )
        )


def _limit_fund(session: Session, fund: Fund) -> None:
    if _count_today(session, OutsideContribution.fund_id == fund.id) >= MOST_FOR_A_FUND:
        raise DomainError(_("We cannot take more messages here today. Please write to the fund."))


def _count_today(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalars(
        select(func.count())
        .select_from(OutsideContribution)
        .where(condition, OutsideContribution.announced_on > clock.today() - timedelta(days=1))
    ).one()


def _next_reference(session: Session, fund: Fund) -> str:
    year = clock.today().year
    return f"{fund.code}-O-{year}-{next_number(session, f'{fund.code}/outside/{year}'):04d}"


def _dollars_today(session: Session, amount: Money) -> int | None:
    try:
        return value_on(session, amount, clock.today()).usd_minor
    except DomainError:  # without a rate nobody can tell
        return None


def _write_to_donor(session: Session, contribution: OutsideContribution, what: str) -> None:
    send(
        session,
        Recipient(contribution.email, contribution.contact, contribution.language),
        f"giving/outside/{what}",
        event=f"outside:{contribution.id}:{what}",
        fund=contribution.fund,
        contribution=contribution,
    )
