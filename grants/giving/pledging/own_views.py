"""A donor's own pages: pledges and their state, documents, statements."""

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import may_take
from grants.core.audit.queries import trail_of
from grants.core.funds.queries import all_funds
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day
from grants.giving.cards.mandates.queries import monthly_offer
from grants.giving.cards.queries import offer_for
from grants.giving.contributions.queries import deposits_of, given_by
from grants.giving.donors.senders import is_confirmed
from grants.giving.pledges import agreements, service, timeline
from grants.giving.pledges.agreements import may_return
from grants.giving.pledges.dates import service as schedules
from grants.giving.pledges.dates.forms import AskForm
from grants.giving.pledges.dates.queries import last_request
from grants.giving.pledges.dates.workflow import NEW_DATE
from grants.giving.pledges.earmarked import USED, EarmarkLine
from grants.giving.pledges.gifts import page_of
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.proposals.queries import open_proposal
from grants.giving.pledges.queries import (
    donors_of_viewer,
    is_paid,
    outstanding,
    own_pledge,
    pledges_of_viewer,
    received,
)
from grants.giving.pledges.schedule import Payment, next_payment, payments
from grants.giving.pledges.signatures.queries import open_agreement
from grants.giving.pledges.workflow import ACCEPTED, PLEDGE, STANDING, name_of
from grants.giving.pledging.forms import ReturnForm, WithdrawForm
from grants.giving.pledging.paying import ways_to_pay
from grants.integrity.diligence.gate import FINAL, payable
from grants.integrity.diligence.queries import clearance_of
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import received as received_file
from grants.platform.web.downloads import send_document

pages = Blueprint("own_pledges", __name__, url_prefix="/giving")


@pages.get("")
@in_menu(_l("My contributions"), 20)
@needs(Permission.PLEDGE_READ)
def index() -> ResponseReturnValue:
    """Every pledge of the donors a person acts for, and what is due next."""
    pledges = pledges_of_viewer(session(), viewer())
    donors = donors_of_viewer(session(), viewer())
    return render_template(
        "giving/pledging/index.html",
        donors=donors,
        funds=all_funds(session()) if viewer().may(Permission.PLEDGE_MAKE) else [],
        rows=(rows := [(pledge, *_balance_of(pledge)) for pledge in pledges]),
        figures=_key_figures(donors, [due for _pledge, _came, _left, due in rows if due]),
        name_of=name_of,
    )


def _balance_of(pledge: Pledge) -> tuple[Money, Money, Payment | None]:
    """Received, outstanding, and the next payment due."""
    came = Money(pledge.received_minor or 0, pledge.currency)
    return came, outstanding(pledge, came), next_payment(pledge, came)


def _key_figures(
    donors: Sequence[Organisation], dues: Sequence[Payment]
) -> list[dict[str, object]]:
    """Key figures: given so far, and the payment that is due first."""
    total = given_by(session(), [donor.id for donor in donors])
    figures: list[dict[str, object]] = [
        {
            "label": _("Received from you so far"),
            "value": total,
            "note": _("at the rate on each date"),
        }
    ]
    if dues:
        first = min(dues, key=lambda due: due.due_on)
        tone, note = ("bad", _("overdue since")) if first.overdue else ("plain", _("due on"))
        figures.append(
            {
                "label": _("Next payment"),
                "value": first.left,
                "note": f"{note} {plain_day(first.due_on)}",
                "tone": tone,
            }
        )
    return figures


def _earmark_of(pledge: Pledge) -> EarmarkLine | None:
    """What an earmarked contribution did, once money has come."""
    if pledge.earmarking is Earmarking.UNEARMARKED:
        return None
    (use_of,) = USED
    line = use_of(session(), pledge, None)
    return line if line.received else None


@pages.get("/<reference>")
@needs(Permission.PLEDGE_READ)
def show(reference: str) -> ResponseReturnValue:
    """One pledge: its story, the next payment and what to quote, its documents."""
    pledge = own_pledge(session(), reference, viewer())
    came = received(session(), pledge)
    due, balance = next_payment(pledge, came), outstanding(pledge, came)
    trail = trail_of(session(), "pledge", pledge.id)
    return render_template(
        "giving/pledging/show.html",
        pledge=pledge,
        name=name_of(pledge.state, paid=is_paid(pledge, came), gift=pledge.is_gift),
        came=came,
        earmark=_earmark_of(pledge),
        proposal=open_proposal(session(), pledge),
        outstanding=balance,
        due=due,
        payments=payments(pledge, came),
        deposits=deposits_of(session(), [pledge])[pledge.id],
        story=timeline.for_donor(pledge, trail, due, balance),
        acknowledged=any(row.action == "acknowledge" for row in trail),
        offered=any(row.action == "offer_agreement" for row in trail),
        may_return=may_return(pledge, trail),
        signing=open_agreement(session(), pledge),
        signs=pledge.donor_id in viewer().organisations_with(Permission.PLEDGE_AGREE),
        gives=pledge.donor_id in viewer().organisations_with(Permission.PLEDGE_MAKE),
        payable=_is_payable(pledge),
        ways=ways_to_pay(session(), pledge, came),
        monthly=monthly_offer(session(), pledge),
        gift_page=page_of(pledge) if _is_card_payable(pledge, balance) else "",
        may_withdraw=_may_withdraw(pledge) and not came,
        changes=[change for change in pledge.changes if change.is_approved],
        new_date=last_request(session(), pledge),
        new_date_names=NEW_DATE.names,
    )


def _is_payable(pledge: Pledge) -> bool:
    """Would the fund take money on it today? If not, the bank details are not shown."""
    assert pledge.donor is not None
    if not is_confirmed(session(), pledge.donor):
        return False
    clearance = clearance_of(session(), pledge.donor, pledge.fund)
    if pledge.express:  # a possible match holds the money, not the person
        return clearance not in FINAL
    return payable(clearance, accepted=pledge.state in ACCEPTED)


def _is_card_payable(pledge: Pledge, balance: Money) -> bool:
    """Does the page of the gift offer a payment by card, once or every month?"""
    offers = (offer_for(session(), pledge, balance), monthly_offer(session(), pledge))
    return any(offer.provider for offer in offers)


def _find_own_pledge(reference: str) -> Pledge:
    return own_pledge(session(), reference, viewer())


own_pages = StepPages(
    pages,
    PLEDGE,
    _find_own_pledge,
    lambda pledge: url_for("own_pledges.show", reference=pledge.reference),
    lambda pledge: (pledge.reference,),
)


def _new_date_form(pledge: Pledge) -> AskForm:
    unpaid = [due for due in payments(pledge, received(session(), pledge)) if not due.paid]
    if not unpaid or pledge.state not in STANDING:
        raise Missing(_("No payment date has been set for this pledge."))
    return AskForm(unpaid=unpaid, data={"number": str(unpaid[0].number)})


own_pages.act(
    "new_date",
    Permission.PLEDGE_MAKE,
    "/<reference>/new-date",
    _new_date_form,
    lambda opened, pledge, form, act: schedules.ask(
        opened, pledge, int(form.number.data), form.day.data, act
    ),
    title=_l("Request a change of payment date"),
    lead=_l(
        "The fund will reply by e-mail. We will not send a reminder for this payment until then."
    ),
    button=_l("Send request"),
    done=_l("Your request has been sent to the fund. We will reply by e-mail."),
)


def _may_withdraw(pledge: Pledge) -> bool:
    step = PLEDGE.step("withdraw")
    return pledge.state in step.sources and may_take(session(), pledge, step, this_act())


@pages.get("/<reference>/agreement")
@needs(Permission.PLEDGE_READ)
def agreement(reference: str) -> ResponseReturnValue:
    """The file of the signed agreement."""
    pledge = own_pledge(session(), reference, viewer())
    if pledge.agreement_document is None:
        raise Missing(_("No file of the agreement has been uploaded."))
    return send_document(pledge.agreement_document, pledge.scope)


def _return_form(pledge: Pledge) -> ReturnForm:
    if not may_return(pledge, trail_of(session(), "pledge", pledge.id)):
        raise Missing(_("No agreement on this pledge is awaiting your signature."))
    return ReturnForm()


def _return_agreement(opened: Session, pledge: Pledge, form: ReturnForm, act: Act) -> None:
    """Submit the agreement with the donor's signature."""
    file, owner = received_file(form.file.data), pledge.donor_id
    document = keep(opened, file, act, organisation_id=owner, accept=(".pdf",), signed=True)
    agreements.return_agreement(opened, pledge, document, act)


own_pages.act(
    "return_agreement",
    Permission.PLEDGE_AGREE,
    "/<reference>/signed-agreement",
    _return_form,
    _return_agreement,
    title=_l("Upload the signed agreement"),
    lead=_l(
        "The fund will check the signature and record the agreement. This page will show when "
        "this has been done."
    ),
    done=_l("Thank you. The fund will check the agreement and record it."),
    template="giving/pledging/return_agreement.html",
)


@pages.get("/<reference>/signed-agreement/file")
@needs(Permission.PLEDGE_READ)
def returned_file(reference: str) -> ResponseReturnValue:
    """The file that was submitted and is being checked."""
    pledge = own_pledge(session(), reference, viewer())
    if pledge.returned_document is None:
        raise Missing(_("No file of the agreement has been uploaded."))
    return send_document(pledge.returned_document, pledge.scope)


own_pages.act(
    "withdraw",
    Permission.PLEDGE_MAKE,
    "/<reference>/withdraw",
    WithdrawForm,
    lambda opened, pledge, _form, act: service.withdraw(opened, pledge, act),
    check=service.require_withdrawable,
    title=_l("Withdraw the pledge"),
    warning=_l("A withdrawn pledge cannot be restored. You can make a new one at any time."),
    done=_l("The pledge has been withdrawn and the fund has been notified."),
)
