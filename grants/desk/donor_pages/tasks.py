"""What waits for a donor, pledge by pledge: the agreement to sign, the payment to make."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.texts.formats import plain_day, plain_money
from grants.giving.donors.models import Donor
from grants.giving.donors.senders import is_confirmed
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.queries import IS_UNANSWERED
from grants.giving.pledges.queries import outstanding
from grants.giving.pledges.schedule import Payment, next_payment
from grants.giving.pledges.signatures.queries import signed_by_donor
from grants.giving.pledges.workflow import ACCEPTED, OFFERED, STANDING, UNANSWERED
from grants.integrity.diligence.gate import FINAL, payable
from grants.integrity.diligence.queries import clearance_of

SOON = timedelta(days=90)
"""A payment that is due later does not wait for anybody yet."""


def lines(
    session: Session,
    pledges: Sequence[Pledge],
    today: date,
    page_of: Callable[[str], str],
    person: Viewer,
) -> list[dict[str, Any]]:
    """What this person is to do, the words of its button and where, what is overdue first.
    `page_of` gives the address of a pledge's page by its reference.
    """
    givers = person.organisations_with(Permission.PLEDGE_MAKE)
    signers = person.organisations_with(Permission.PLEDGE_AGREE)
    in_force = [pledge for pledge in pledges if pledge.state in STANDING]
    offers = session.execute(_OFFERED, {"ids": [pledge.id for pledge in in_force]}).all()
    signed = signed_by_donor(session, [pledge.id for pledge in in_force])
    to_sign = {number for number, offered, *_rest in offers if offered} - signed
    to_answer = {number for number, _offered, proposed, _donor in offers if proposed}
    tasks = [
        {"text": text, "go": go, "href": page_of(pledge.reference), "tone": tone}
        for pledge in in_force
        for text, go, tone in [
            *(_to_answer(pledge) if pledge.id in to_answer and pledge.donor_id in givers else ()),
            *(_agreement(pledge, signs=pledge.donor_id in signers) if pledge.id in to_sign else ()),
            *(_payment(session, pledge, today) if pledge.donor_id in givers else ()),
        ]
    ]
    return sorted(tasks, key=lambda line: line["tone"] != "late")


_OFFERED = (
    select(
        Pledge.id,
        exists().where(
            TrailRow.subject == Pledge.__tablename__,
            TrailRow.subject_id == Pledge.id,
            TrailRow.action == "offer_agreement",
        ),
        exists().where(EarmarkProposal.pledge_id == Pledge.id, IS_UNANSWERED),
        Donor,
    )
    .outerjoin(Donor, Donor.organisation_id == Pledge.donor_id)
    .where(Pledge.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
)
"""Whether an agreement has been offered on each of these pledges, whether a proposal waits for an
answer, and its donor, of whom is asked whether they are confirmed.
"""


def _agreement(pledge: Pledge, *, signs: bool) -> Iterator[tuple[str, str, str]]:
    """The agreement to sign: for who signs, and whom it waits for, for the others."""
    if pledge.state in OFFERED and pledge.returned_document_id is None:
        if signs:
            yield _to_sign(pledge, next_payment(pledge, came(pledge))), _("Sign and return"), ""
        else:
            text = _(
                "The agreement on your pledge %(pledge)s awaits your signatory",
                pledge=pledge.reference,
            )
            yield text, _("See the pledge"), ""


def _payment(session: Session, pledge: Pledge, today: date) -> Iterator[tuple[str, str, str]]:
    """The payment to make soon: the words of the line and of its button, and its tone."""
    due = next_payment(pledge, came(pledge))
    if due and due.due_on <= today + SOON and _takes_money(session, pledge):
        text = _(
            "Pay %(amount)s by %(day)s (%(pledge)s)",
            amount=plain_money(due.left),
            day=plain_day(due.due_on),
            pledge=pledge.reference,
        )
        yield text, _("How to pay"), "late" if due.overdue else ""


def _to_answer(pledge: Pledge) -> Iterator[tuple[str, str, str]]:
    text = _("Answer the fund’s proposal for your pledge %(pledge)s", pledge=pledge.reference)
    yield text, _("See the proposal"), ""


def rest(pledges: Sequence[Pledge]) -> str:
    """What is true when nothing waits for the donor: the fund considers the pledge, a payment is
    still to come, or everything has been received. "" without a pledge in force.
    """
    in_force = [pledge for pledge in pledges if pledge.state in STANDING]
    if any(pledge.state in UNANSWERED and not pledge.express for pledge in in_force):
        return _(
            "We are considering your pledge. You do not need to do anything now: we will "
            "e-mail you."
        )
    if day := next_payment_on(in_force):
        return _("You do not need to do anything now. Next payment: %(day)s.", day=plain_day(day))
    if any(outstanding(pledge, came(pledge)) for pledge in in_force):
        return _("You do not need to do anything now. We will e-mail you the payment date.")
    return _("We have received everything that you pledged. Thank you.") if in_force else ""


def came(pledge: Pledge) -> Money:
    """What came on a pledge so far, as its query read it."""
    return Money(pledge.received_minor or 0, pledge.currency)


def next_payment_on(pledges: Sequence[Pledge]) -> date | None:
    """The day of the first payment that is still to come on pledges in force, None without one."""
    dues = (next_payment(pledge, came(pledge)) for pledge in pledges if pledge.state in STANDING)
    return min((due.due_on for due in dues if due), default=None)


def _to_sign(pledge: Pledge, due: Payment | None) -> str:
    """The money is asked for once the agreement is signed, so it is signed before its day."""
    if due is None or due.overdue:
        return _("Sign the agreement on your pledge %(pledge)s", pledge=pledge.reference)
    return _(
        "Sign the agreement on your pledge %(pledge)s by %(day)s",
        pledge=pledge.reference,
        day=plain_day(due.due_on),
    )


def _takes_money(session: Session, pledge: Pledge) -> bool:
    assert pledge.donor is not None
    clearance = clearance_of(session, pledge.donor, pledge.fund)
    if pledge.express:
        return clearance not in FINAL
    accepted = pledge.state in ACCEPTED
    return is_confirmed(session, pledge.donor) and payable(clearance, accepted=accepted)
