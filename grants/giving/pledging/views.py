"""Pledging: a few short pages, the check of the answers, and the link that confirms them."""

from collections.abc import Sequence
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.countries.countries import country_name
from grants.core.database.numbering import fits
from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Permission
from grants.core.people.queries import viewer_of
from grants.core.texts.formats import whole_money
from grants.giving.cards.queries import provider_for
from grants.giving.outreach.campaign_views import share_picture_of
from grants.giving.outreach.consents import give_consent
from grants.giving.outreach.queries import campaign_answered
from grants.giving.outreach.service import join_as_addressed, join_by_link
from grants.giving.pledges.gifts import token_of
from grants.giving.pledges.in_euros import FRANCS
from grants.giving.pledges.making import Offer, pledge_for
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import donors_of_viewer
from grants.giving.pledging import service
from grants.giving.pledging.draft import Draft
from grants.giving.pledging.forms import ReferenceForm
from grants.giving.pledging.gift import (
    Gift,
    GiftForm,
    as_paid,
    exchange_of_francs,
    gift_currencies,
    own_currency,
    proposals,
)
from grants.giving.pledging.queries import pledge_of_link, unconfirmed_pledge, works
from grants.giving.pledging.steps import Pledging, Step, after, before, needed_first, step_called
from grants.giving.pledging.worth import cost_of_help, worth_of
from grants.platform.forms.forms import Form
from grants.platform.web.access import public, remember_sign_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session

pages = Blueprint("pledging", __name__)


def _answers_so_far(fund: Fund) -> Pledging:
    may = Permission.PLEDGE_MAKE
    donors = donors_of_viewer(session(), viewer(), may) if viewer().person_id else ()
    return Pledging(Draft.open(fund.code), viewer(), donors)


@pages.get("/pledge/<code>")
@public
def begin(code: str) -> ResponseReturnValue:
    """The first page; ?campaign names the appeal that is answered. The fund's own
    people enter pledges elsewhere.
    """
    fund = fund_by_code(session(), code)
    if viewer().may(Permission.PLEDGE_ENTER):
        return redirect(url_for("pledges.find_donor", fund=fund.code))
    way = _answers_so_far(fund)
    if campaign := request.args.get("campaign"):
        way.draft.set_campaign(campaign)
    return redirect(_page_address(fund, way.steps()[0]))


@pages.route("/give/<code>", methods=["GET", "POST"])
@public
def give(code: str) -> ResponseReturnValue:
    """A gift on one page; ?campaign names the appeal that is answered."""
    fund = fund_by_code(session(), code)
    if viewer().may(Permission.PLEDGE_ENTER):
        return redirect(url_for("pledges.find_donor", fund=fund.code))
    way = _answers_so_far(fund)
    if campaign := request.args.get("campaign"):
        way.draft.set_campaign(campaign)
    currency, rate = _own_currency(fund, way)
    form, cost = _gift_form(fund, way, proposals(currency, rate)), cost_of_help(session(), fund)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            gift = Gift(form, viewer().name)
            pledge = _send_pledge(fund, gift)
            _join_campaign(pledge, way)
            if gift.consent:
                email = viewer().email or gift.contact().email
                give_consent(opened, email, gift.consent, pledge.reference, this_act())
        if outcome:
            way.draft.done(pledge.reference)
            if form.is_monthly and pledge.express:
                gift_page = url_for("gifts.show", token=token_of(pledge), every="month")
                return redirect(gift_page)
            return redirect(_after_sending(fund, way) or url_for("portal.home"))
    answered = campaign_answered(session(), way.draft.campaign, fund)
    return render_template(
        "giving/pledging/give.html",
        fund=fund,
        form=form,
        campaign=answered,
        share_picture=share_picture_of(answered) if answered else "",
        limit=usd(fund.gift_limit_minor),
        cost=whole_money(cost) if cost else "",
        worth=worth_of(cost, form.proposals, rate) if cost else (),
        exchange=exchange_of_francs(session(), fund),
        asks_francs=currency == FRANCS,
        takes_cards=provider_for(fund, currency) is not None,
    )


def _join_campaign(pledge: Pledge, way: Pledging) -> None:
    """The pledge counts to the campaign whose link was followed, else to that which addressed the
    donor.
    """
    join_by_link(session(), pledge, way.draft.campaign, this_act())
    join_as_addressed(session(), pledge, this_act())


def _own_currency(fund: Fund, way: Pledging) -> tuple[str, Decimal]:
    """The currency of the donor, or of the reader's own country, and its rate."""
    regions = [tag.rpartition("-")[2] for tag in request.accept_languages.values() if "-" in tag]
    places = [*(donor.country for donor in way.donors), *regions]
    return own_currency(session(), fund, places, clock.today())


def _gift_form(fund: Fund, way: Pledging, amounts: Sequence[Money]) -> GiftForm:
    return GiftForm(
        proposals=amounts,
        currencies=gift_currencies(fund),
        donors=way.donors,
        signed_in=viewer().person_id is not None,
        card_currencies=[
            currency for currency in gift_currencies(fund) if provider_for(fund, currency)
        ],
    )


@pages.route("/pledge/<code>/<name>", methods=["GET", "POST"])
@public
def step(code: str, name: str) -> ResponseReturnValue:
    """One page of the pledge: keep its answers, go on to the next."""
    fund = fund_by_code(session(), code)
    way = _answers_so_far(fund)
    page = step_called(name, way)
    if first := needed_first(page, way):
        return redirect(_page_address(fund, first))
    changing = "change" in request.args
    form = page.fresh(way) if request.method == "POST" else page.kept(way)
    if form.validate_on_submit() and _keep_answers(way, page, form):
        return redirect(_page_address(fund, after(page, way, changing=changing)))
    steps = way.steps()
    return render_template(
        "giving/pledging/step.html",
        fund=fund,
        page=page,
        form=form,
        number=steps.index(page) + 1,
        count=len(steps),
        earlier=_back_address(fund, page, way, changing=changing),
        exchange="" if way.speaks_for_states else exchange_of_francs(session(), fund),
    )


def _keep_answers(way: Pledging, page: Step, form: Form) -> bool:
    try:
        way.draft.keep(page.name, form.typed())
    except DomainError as refusal:
        form.refuse(refusal.message)
        return False
    return True


def _page_address(fund: Fund, page: Step | None) -> str:
    """A page of the pledge; without one the check of the answers."""
    if page is None:
        return url_for("pledging.check", code=fund.code)
    return url_for("pledging.step", code=fund.code, name=page.name)


def _back_address(fund: Fund, page: Step, way: Pledging, *, changing: bool) -> str:
    if changing:
        return _page_address(fund, None)
    earlier = before(page, way)
    return _page_address(fund, earlier) if earlier else url_for("portal.fund", code=fund.code)


@pages.route("/pledge/<code>/check", methods=["GET", "POST"])
@public
def check(code: str) -> ResponseReturnValue:
    """All answers on one page; sending them makes the pledge, however often they are sent."""
    fund = fund_by_code(session(), code)
    way = _answers_so_far(fund)
    if missing := way.missing():
        return redirect(_after_sending(fund, way) or _page_address(fund, missing))
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (_opened, outcome):
            pledge = _send_pledge(fund, way)
            _join_campaign(pledge, way)
        if outcome:
            way.draft.done(pledge.reference)
            return redirect(_after_sending(fund, way) or url_for("portal.home"))
    return render_template(
        "giving/pledging/check.html",
        fund=fund,
        way=way,
        offer=_as_paid(fund, way),
        form=form,
        country=country_name,
    )


def _send_pledge(fund: Fund, answers: Pledging | Gift) -> Pledge:
    """Make the pledge, as this person may."""
    opened, offer, act = session(), _as_paid(fund, answers), this_act()
    if answers.donor:
        return pledge_for(opened, fund, offer, answers.donor, act)
    if viewer().person_id:
        return service.pledge_as_new_donor(opened, fund, offer, answers.giver(), act)
    return service.propose(opened, fund, offer, answers.giver(), answers.contact(), act)


def _as_paid(fund: Fund, answers: Pledging | Gift) -> Offer:
    """What was answered, as it is paid; a State pays in the currency of its pledge."""
    offer = answers.offer()
    if isinstance(answers, Pledging) and answers.speaks_for_states:
        return offer
    return as_paid(session(), fund, offer)


def _after_sending(fund: Fund, way: Pledging) -> str | None:
    """Where a pledge that was sent from this browser is to be seen; None if none was."""
    if not way.draft.sent:
        return None
    if way.viewer.person_id:
        return url_for("own_pledges.show", reference=way.draft.sent)
    return url_for("pledging.sent", code=fund.code)


@pages.route("/pledge/<code>/sent", methods=["GET", "POST"])
@public
def sent(code: str) -> ResponseReturnValue:
    """Look into your e-mail; the button sends the link once more."""
    fund = fund_by_code(session(), code)
    draft = Draft.open(fund.code)
    if not draft.sent:
        return redirect(url_for("pledging.begin", code=fund.code))
    pledge = unconfirmed_pledge(session(), draft.sent)
    if pledge.express:
        return redirect(url_for("gifts.show", token=token_of(pledge)))
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.send_link(opened, pledge, this_act())
        if outcome:
            flash(_("The e-mail has been sent again."), "success")
            return redirect(url_for("pledging.sent", code=fund.code))
    waiting = pledge.is_unconfirmed
    return render_template("giving/pledging/sent.html", pledge=pledge, form=form, waiting=waiting)


@pages.route("/pledge/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    """The link of the e-mail: opening it changes nothing, the button confirms and signs in."""
    pledge, link = pledge_of_link(session(), token)
    form = Form()
    if pledge.is_unconfirmed and works(link) and form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            pledge, person = service.confirm(opened, token)
            inside = _is_outsider(person)
            if inside:
                remember_sign_in(person)
        if outcome:
            return _welcome_donor(pledge, person, inside=inside)
        pledge, link = pledge_of_link(session(), token)
    if not pledge.is_unconfirmed:
        return render_template("giving/pledging/confirmed.html", pledge=pledge, form=form)
    return render_template(
        "giving/pledging/confirm.html", pledge=pledge, form=form, token=token, works=works(link)
    )


@pages.get("/reference")
@public
def reference() -> ResponseReturnValue:
    """Is a reference typed as it was given? It says nothing about what it refers to."""
    form = ReferenceForm()
    form.validate()
    typed = form.reference.data or ""
    return render_template(
        "giving/pledging/reference.html", form=form, typed=typed, sound=bool(typed) and fits(typed)
    )


def _is_outsider(person: Person) -> bool:
    """A link in an e-mail is not enough to sign in a person who decides for a fund."""
    account = viewer_of(session(), person.id)
    return account is not None and all(role.role in OUTSIDE for role in account.standings)


def _welcome_donor(pledge: Pledge, person: Person, *, inside: bool) -> ResponseReturnValue:
    if pledge.is_gift:
        text = _("Thank you for your gift %(pledge)s.", pledge=pledge.reference)
    else:
        text = _("Thank you. Your pledge %(pledge)s has been confirmed.", pledge=pledge.reference)
    flash(text, "success")
    if inside and person.password_hash is None:
        return redirect(url_for("account.first_passphrase"))
    return redirect(url_for("own_pledges.show", reference=pledge.reference))


@pages.post("/pledge/confirm/<token>/again")
@public
def send_again(token: str) -> ResponseReturnValue:
    """A link that has expired is replaced by a new one, to the same address."""
    pledge, _link = pledge_of_link(session(), token)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.send_link(opened, pledge, this_act())
        if outcome:
            flash(_("A new link has been sent to your e-mail address."), "success")
    return redirect(url_for("pledging.confirm", token=token))
