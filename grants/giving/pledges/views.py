"""The fund's pages of pledges: the list, entering one for a donor, and each act on one."""

import secrets
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, currencies
from grants.core.kernel.taxonomies import Earmarking
from grants.core.kernel.workflow import StateName
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.core.people.service import enter_organisation
from grants.giving.pledges import service
from grants.giving.pledges.agreement_forms import (
    AcknowledgeForm,
    AgreementForm,
    ConditionForm,
    OfferForm,
    SendBackForm,
)
from grants.giving.pledges.agreements import (
    require_returned,
    require_signed_after,
    send_agreement_back,
)
from grants.giving.pledges.earmarked import share_with
from grants.giving.pledges.finding import pledges_for_viewer, pledges_wanted
from grants.giving.pledges.forms import (
    DeclineForm,
    DonorSearch,
    EnterForm,
    NewDonorForm,
    PledgeFilter,
)
from grants.giving.pledges.listed import FACTS, ListedPledge
from grants.giving.pledges.making import enter, invite_contact
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import (
    find_donors,
    left_of,
    of_the_funds,
    pledge_for_viewer,
)
from grants.giving.pledges.signing import service as signing
from grants.giving.pledges.workflow import PLEDGE, name_of
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.tables.next_steps import next_pages
from grants.platform.tables.occurring import offer_occurring
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session
from grants.platform.web.downloads import received
from grants.platform.web.funds import funds_for_viewer

pages = Blueprint("pledges", __name__, url_prefix="/pledges")


def page_of(pledge: Pledge) -> str:
    """The address of a pledge's page."""
    return url_for("pledges.show", reference=pledge.reference)


def _in_list(pledge: Pledge | ListedPledge) -> str:
    return from_list("pledges.show", reference=pledge.reference)


def _state_name(pledge: ListedPledge) -> StateName:
    owed = left_of(pledge.state, pledge.standing, pledge.came)
    return name_of(pledge.state, paid=bool(pledge.came) and not owed, gift=pledge.is_gift)


PLEDGES = Listing(
    facts=FACTS,
    columns=(
        Column(_l("Reference"), lambda p: p.reference, kind="code", link=_in_list),
        Column(_l("Donor"), lambda p: p.donor, worth="name"),
        Column(_l("Gift or pledge"), lambda p: p.word, shown=False),
        Column(_l("Type of donor"), lambda p: p.donor_kind and p.donor_kind.label, shown=False),
        Column(_l("Fund"), lambda p: p.fund),
        Column(_l("Pledged on"), lambda p: p.pledged_on, kind="date", order="day"),
        Column(_l("Amount"), lambda p: p.amount, kind="money"),
        Column(_l("Outstanding"), lambda p: left_of(p.state, p.standing, p.came), kind="money"),
        Column(
            _l("Status"),
            lambda p: _state_name(p).staff,
            tone=lambda p: _state_name(p).tone,
        ),
        Column(_l("Next step"), lambda p: str(_state_name(p).next), blank=True),
        age(lambda p: p.pledged_on, waits_in(PLEDGE)),
        Column(_l("Received"), lambda p: p.came, kind="money", shown=False),
        Column(_l("Agreement signed on"), lambda p: p.agreement_signed_on, shown=False),
        Column(_l("Earmarking"), lambda p: p.earmarking.label, shown=False),
        Column(_l("Purpose of the contribution"), lambda p: p.purpose, shown=False),
        Column(_l("How the pledge was made"), lambda p: p.source.label, shown=False),
        Column(_l("Note verbale or conference"), lambda p: p.source_note, shown=False),
        Column(_l("No longer expected"), lambda p: p.given_up, kind="money", shown=False),
        Column(_l("Name published"), lambda p: p.public_name, shown=False),
    ),
    orders={
        "day": Order(Pledge.pledged_on, Pledge.id, descending=True),
        "newest": Order(Pledge.id, descending=True),
    },
)


def wanted_by(form: PledgeFilter) -> Select[Pledge]:
    """The pledges that the address asks for."""
    form.validate()
    return pledges_for_viewer(session(), at_work(), form.criteria)


@pages.get("")
@in_menu(_l("Pledges"), 30, also=("pledge_changes", "payment_dates", "reminders"), key="p")
@needs(Permission.PLEDGE_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every pledge of the funds a person works for; as a file too."""
    form = PledgeFilter(all_funds(session()))
    every = select(Pledge).where(of_the_funds(at_work()))
    offer_occurring(session(), form, every, state=Pledge.state)
    form.validate()
    query, values = pledges_wanted(session(), at_work(), form.criteria)
    listed = PLEDGES.of(session(), query, "pledges", values)
    listed = listed.linked("next-step", next_pages(PLEDGE, lambda p: {"reference": p.reference}))
    return listed.file or render_template(
        "giving/pledges/index.html",
        listed=listed,
        form=form,
        may_enter=viewer().may(Permission.PLEDGE_ENTER),
    )


@pages.get("/new")
@needs(Permission.PLEDGE_ENTER)
def find_donor() -> ResponseReturnValue:
    """Entering a pledge begins with its donor: found, or new."""
    form = DonorSearch()
    text = form.q.data or ""
    return render_template(
        "giving/pledges/find_donor.html",
        page="pledges.new",
        form=form,
        text=text,
        donors=find_donors(session(), text) if text.strip() else [],
    )


@pages.route("/new/donor", methods=["GET", "POST"])
@needs(Permission.PLEDGE_ENTER)
def new_donor() -> ResponseReturnValue:
    """A donor that is not known here yet."""
    form = NewDonorForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            giver, contact = form.giver(), form.reachable()
            donor = enter_organisation(opened, giver.name, giver.kind, giver.country)
            if contact:
                invite_contact(opened, donor, contact, this_act())
        if outcome:
            return redirect(url_for("pledges.new", code=donor.code))
    return render_template("giving/pledges/new_donor.html", form=form)


@pages.route("/new/<code>", methods=["GET", "POST"])
@needs(Permission.PLEDGE_ENTER)
def new(code: str) -> ResponseReturnValue:
    """A pledge that this donor announced by note, letter or at a conference."""
    donor = organisation_by_code(session(), code)
    funds = funds_for_viewer(Permission.PLEDGE_ENTER)
    typed = request.form.get("amount-currency", "")
    currency = typed if typed in currencies() else FUNCTIONAL_CURRENCY
    form = EnterForm(funds=funds, currency=currency, data={"fund": request.args.get("fund")})
    key = request.form.get("key") or secrets.token_urlsafe(24)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            fund = fund_by_code(opened, form.code)
            pledge = enter(opened, fund, form.offer(key), donor, this_act())
        if outcome:
            flash(_("The pledge has been entered. Next, acknowledge it."), "success")
            return redirect(page_of(pledge))
    return render_template("giving/pledges/new.html", form=form, donor=donor, key=key)


def _find_pledge(reference: str) -> Pledge:
    return pledge_for_viewer(session(), reference, viewer())


def _page_caption(pledge: Pledge) -> tuple[str, str]:
    return pledge.reference, pledge.donor.name if pledge.donor else ""


def _share_of(pledge: Pledge) -> dict[str, object]:
    """What of the year is earmarked, where the pledge is."""
    bound = pledge.earmarking is not Earmarking.UNEARMARKED
    return {"share": share_with(session(), pledge) if bound else None}


pledge_pages = StepPages(pages, PLEDGE, _find_pledge, page_of, _page_caption)

pledge_pages.step(
    "acknowledge",
    "/<reference>/acknowledge",
    AcknowledgeForm,
    check=service.require_admitted,
    facts=_share_of,
    title=lambda p: _("Acknowledge the gift") if p.is_gift else _("Acknowledge the pledge"),
    button=_l("Acknowledge and send the letter"),
    done=_l("Acknowledged. The letter is being sent to the donor."),
    template="giving/pledges/acknowledge.html",
)
pledge_pages.act(
    "offer_agreement",
    Permission.PLEDGE_SIGN,
    "/<reference>/offer",
    lambda pledge: OfferForm(data={"condition": pledge.condition}),
    lambda opened, pledge, form, act: signing.offer(opened, pledge, form.condition.data or "", act),
    check=service.require_unsigned,
    title=_l("Prepare the agreement for signature"),
    button=_l("Send the agreement to the donor"),
    done=_l("The agreement is being sent to the donor."),
    template="giving/pledges/offer.html",
)


def _sign_agreement(opened: Session, pledge: Pledge, form: AgreementForm, act: Act) -> None:
    """Record the signed agreement: its day, its file, whether it is conditional."""
    agreement = form.agreement()
    require_signed_after(pledge, agreement)
    if form.file.data:
        document = keep(opened, received(form.file.data), act, accept=(".pdf",), signed=True)
        agreement = replace(agreement, document=document)
    signing.record_copy(opened, pledge, agreement, act)


pledge_pages.step(
    "sign_agreement",
    "/<reference>/agreement",
    lambda pledge: AgreementForm(data={"conditional": bool(pledge.condition)}),
    _sign_agreement,
    check=service.require_admitted,
    title=_l("Record the signed agreement"),
    button=_l("Record the agreement"),
    done=_l("The agreement has been recorded and posted to the ledger."),
    template="giving/pledges/agreement.html",
)
pledge_pages.act(
    "send_agreement_back",
    Permission.PLEDGE_SIGN,
    "/<reference>/agreement/send-back",
    SendBackForm,
    lambda opened, pledge, _form, act: send_agreement_back(opened, pledge, act),
    check=lambda _session, pledge, _act: require_returned(pledge),
    title=_l("Return the agreement"),
    done=_l("Returned. The donor has been notified of the reason."),
)
pledge_pages.act(
    "meet_condition",
    Permission.PLEDGE_SIGN,
    "/<reference>/condition",
    ConditionForm,
    lambda opened, pledge, form, act: service.meet_condition(opened, pledge, form.on.data, act),
    check=lambda session, pledge, _act: service.require_deferred(session, pledge),
    title=_l("Record that the condition has been met"),
    lead=_l("The deferred amount is recognised as revenue on that date."),
    done=_l("The condition has been met. The deferred amount has been recognised as revenue."),
)
pledge_pages.step(
    "decline",
    "/<reference>/decline",
    DeclineForm,
    check=lambda session, pledge, _act: service.require_no_money(session, pledge),
    title=lambda p: _("Decline the gift") if p.is_gift else _("Decline the pledge"),
    warning=lambda p: (
        _(
            "The donor will be notified by e-mail that the gift has been declined. This cannot be "
            "undone."
        )
        if p.is_gift
        else _(
            "The donor will be notified by e-mail that the pledge has been declined. This cannot "
            "be undone."
        )
    ),
    done=_l("Declined. The donor has been notified."),
)
