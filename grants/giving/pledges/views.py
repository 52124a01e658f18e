"""The fund's pages of pledges: the list, entering one for a donor, and each act on one."""

import secrets
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, currencies
from grants.core.kernel.workflow import StateName
from grants.core.people.permissions import Permission
from grants.core.people.queries import organisation_by_code
from grants.core.people.service import enter_organisation
from grants.core.people.viewer import Scope
from grants.giving.pledges import service
from grants.giving.pledges.agreement_forms import (
    AgreementForm,
    ConditionForm,
    OfferForm,
    SendBackForm,
)
from grants.giving.pledges.agreements import require_returned, require_signed_after
from grants.giving.pledges.agreements import send_agreement_back as send_back
from grants.giving.pledges.finding import pledges_for_viewer, pledges_wanted
from grants.giving.pledges.forms import (
    DeclineForm,
    DonorSearch,
    EnterForm,
    NewDonorForm,
    PlainForm,
    PledgeFilter,
)
from grants.giving.pledges.listed import FACTS, ListedPledge
from grants.giving.pledges.making import enter, invite_contact
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import (
    find_donors,
    left_of,
    pledge_for_viewer,
)
from grants.giving.pledges.workflow import PLEDGE, name_of
from grants.platform.documents.service import keep
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.again import files_ask_first
from grants.platform.web.cases import from_list
from grants.platform.web.chrome import in_menu
from grants.platform.web.columns import age, waits_in
from grants.platform.web.database import session
from grants.platform.web.downloads import received
from grants.platform.web.forms import Form
from grants.platform.web.lists import Column, Listing, Order
from grants.platform.web.steps import possible

pages = Blueprint("pledges", __name__, url_prefix="/pledges")


def page_of(pledge: Pledge) -> str:
    """The address of a pledge's page."""
    return url_for("pledges.show", reference=pledge.reference)


def _in_list(pledge: Pledge | ListedPledge) -> str:
    return from_list("pledges.show", reference=pledge.reference)


def _name(pledge: ListedPledge) -> StateName:
    left = left_of(pledge.state, pledge.standing, pledge.came)
    return name_of(pledge.state, paid=bool(pledge.came) and not left)


PLEDGES = Listing(
    facts=FACTS,
    columns=(
        Column(_l("Reference"), lambda p: p.reference, link=_in_list),
        Column(_l("Donor"), lambda p: p.donor),
        Column(_l("Type of donor"), lambda p: p.donor_kind and p.donor_kind.label, shown=False),
        Column(_l("Fund"), lambda p: p.fund),
        Column(_l("Pledged on"), lambda p: p.pledged_on, kind="date", order="day"),
        Column(_l("Amount"), lambda p: p.amount, kind="money"),
        Column(_l("Outstanding"), lambda p: left_of(p.state, p.standing, p.came), kind="money"),
        Column(
            _l("Status"),
            lambda p: _name(p).staff,
            tone=lambda p: _name(p).tone,
        ),
        Column(_l("Next step"), lambda p: str(_name(p).next), blank=True),
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
        "newest": Order(Pledge.id, descending=True),
        "day": Order(Pledge.pledged_on, Pledge.id, descending=True),
    },
)


def wanted_by(form: PledgeFilter) -> Select[Pledge]:
    """The pledges that the address asks for."""
    form.validate()
    return pledges_for_viewer(session(), at_work(), form.wanted)


@pages.get("")
@in_menu(_l("Pledges"), 30, also=("pledge_changes", "payment_dates", "reminders"), key="p")
@needs(Permission.PLEDGE_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every pledge of the funds a person works for; as a file too."""
    form = PledgeFilter(all_funds(session()))
    form.validate()
    query, values = pledges_wanted(session(), at_work(), form.wanted)
    listed = PLEDGES.of(session(), query, "pledges", values)
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
    funds = _own_funds()
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


def _own_funds() -> list[Fund]:
    person = viewer()
    return [
        fund
        for fund in all_funds(session())
        if person.may(Permission.PLEDGE_ENTER, Scope(fund_id=fund.id))
    ]


def _pledge(reference: str, permission: Permission) -> Pledge:
    """A pledge of a fund in which this person holds the permission."""
    pledge = pledge_for_viewer(session(), reference, viewer())
    if not viewer().may(permission, Scope(fund_id=pledge.fund_id)):
        raise Forbidden(_("Your role does not allow this."))
    return possible(pledge, PLEDGE)


def _performed(
    form: Form, pledge: Pledge, act: Callable[[Session], None], done: str
) -> ResponseReturnValue | None:
    """Perform an act from its form; the pledge's page if it happened."""
    if not form.validate_on_submit():
        return None
    with attempt(form) as (opened, outcome):
        act(opened)
    if not outcome:
        return None
    flash(done, "success")
    return redirect(page_of(pledge))


Check = Callable[[Session, Pledge, Act], object]
"""Raises what stands in the way of an act, whatever is typed."""


def _asked(page: str, form: Form, pledge: Pledge, check: Check) -> ResponseReturnValue:
    here, refused = page_of(pledge), refusal(lambda: check(session(), pledge, this_act()))
    return render_template(
        f"giving/pledges/{page}.html", form=form, pledge=pledge, here=here, refused=refused
    )


@pages.route("/<reference>/acknowledge", methods=["GET", "POST"])
@needs(Permission.PLEDGE_ACKNOWLEDGE)
def acknowledge(reference: str) -> ResponseReturnValue:
    pledge = _pledge(reference, Permission.PLEDGE_ACKNOWLEDGE)
    form = PlainForm()
    return _performed(
        form,
        pledge,
        lambda opened: service.acknowledge(opened, pledge, this_act()),
        _("Acknowledged. The letter is being sent to the donor."),
    ) or _asked("acknowledge", form, pledge, service.require_admitted)


@pages.route("/<reference>/offer", methods=["GET", "POST"])
@needs(Permission.PLEDGE_SIGN)
def offer_agreement(reference: str) -> ResponseReturnValue:
    """Make the agreement ready to be signed, and send it to the donor."""
    pledge = _pledge(reference, Permission.PLEDGE_SIGN)
    form = OfferForm(data={"condition": pledge.condition})
    return _performed(
        form,
        pledge,
        lambda opened: service.offer_agreement(
            opened, pledge, form.condition.data or "", this_act()
        ),
        _("The agreement is being sent to the donor."),
    ) or _asked("offer", form, pledge, service.require_unsigned)


@pages.route("/<reference>/agreement", methods=["GET", "POST"])
@needs(Permission.PLEDGE_SIGN)
def sign_agreement(reference: str) -> ResponseReturnValue:
    """Record the signed agreement: its day, its file, whether it is conditional."""
    pledge = _pledge(reference, Permission.PLEDGE_SIGN)
    form = AgreementForm(data={"conditional": bool(pledge.condition)})

    def act(opened: Session) -> None:
        agreement = form.agreement()
        require_signed_after(pledge, agreement)
        if form.file.data:
            document = keep(
                opened, received(form.file.data), this_act(), accept=(".pdf",), signed=True
            )
            agreement = replace(agreement, document=document)
        service.sign_agreement(opened, pledge, agreement, this_act())

    done = _("The agreement has been recorded and posted to the ledger.")
    return _performed(form, pledge, act, done) or _asked(
        "agreement", form, pledge, service.require_admitted
    )


@pages.route("/<reference>/agreement/send-back", methods=["GET", "POST"])
@needs(Permission.PLEDGE_SIGN)
def send_agreement_back(reference: str) -> ResponseReturnValue:
    """What the donor submitted cannot be recorded: it is informed why."""
    pledge = _pledge(reference, Permission.PLEDGE_SIGN)
    form = SendBackForm()
    return _performed(
        form,
        pledge,
        lambda opened: send_back(opened, pledge, this_act(form.reason.data)),
        _("Returned. The donor has been notified of the reason."),
    ) or _asked("send_back", form, pledge, lambda _s, one, _a: require_returned(one))


@pages.route("/<reference>/condition", methods=["GET", "POST"])
@needs(Permission.PLEDGE_SIGN)
def meet_condition(reference: str) -> ResponseReturnValue:
    pledge = _pledge(reference, Permission.PLEDGE_SIGN)
    form = ConditionForm()
    return _performed(
        form,
        pledge,
        lambda opened: service.meet_condition(opened, pledge, form.on.data, this_act()),
        _("The condition has been met. The deferred amount has been recognised as revenue."),
    ) or _asked("condition", form, pledge, lambda s, one, _a: service.require_deferred(s, one))


@pages.route("/<reference>/decline", methods=["GET", "POST"])
@needs(Permission.PLEDGE_DECLINE)
def decline(reference: str) -> ResponseReturnValue:
    pledge = _pledge(reference, Permission.PLEDGE_DECLINE)
    form = DeclineForm()
    return _performed(
        form,
        pledge,
        lambda opened: service.decline(opened, pledge, this_act(form.reason.data)),
        _("Declined. The donor has been notified."),
    ) or _asked("decline", form, pledge, lambda s, one, _a: service.require_no_money(s, one))
