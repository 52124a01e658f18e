"""Pages of bank details: those of a grantee, what waits, one request and the decision on it."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.organisations.queries import organisation_for_viewer
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import award_for_viewer
from grants.granting.bank_details import queries, service
from grants.granting.bank_details.doubts import doubts_about
from grants.granting.bank_details.forms import (
    PAPER,
    CallForm,
    DecisionForm,
    ExplainedForm,
    ReasonForm,
    RequestForm,
)
from grants.granting.bank_details.lasting import letter_until
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.telephones import known_numbers
from grants.granting.bank_details.workflow import BANK_DETAILS
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.bulk import Bulk, acts
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.again import asks_again, asks_first, files_ask_first
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import buttons, possible

pages = Blueprint("bank_details", __name__)
ONE = "/bank-details/<int:number>"
ACTS: list[Bulk] = []
"""What the list offers for the ticked rows."""

WAITING = Listing(
    columns=(
        Column(
            _l("Organisation"),
            lambda d: d.organisation.name,
            link=lambda d: from_list("bank_details.show", number=d.id),
        ),
        Column(_l("Bank"), lambda d: d.bank),
        Column(_l("Account"), lambda d: d.masked),
        Column(_l("Fund"), lambda d: d.fund.code),
        Column(_p("act", "Requested"), lambda d: d.requested_at, kind="moment"),
        Column(
            _l("Status"),
            lambda d: BANK_DETAILS.names[d.state].staff,
            tone=lambda d: BANK_DETAILS.names[d.state].tone,
        ),
        age(lambda d: d.requested_at),
    ),
    orders={"oldest": Order(BankDetails.id)},
)


def _find_details(number: int) -> BankDetails:
    return possible(queries.details_for_viewer(session(), number, viewer()), BANK_DETAILS)


def _redirect_to(details: BankDetails) -> ResponseReturnValue:
    return redirect(url_for("bank_details.show", number=details.id))


def _checks_them(person: Viewer) -> bool:
    return any(person.may(p) for p in (Permission.PAYEE_CHECK, Permission.PAYEE_APPROVE))


@pages.get("/bank-details")
@in_menu(_l("Bank details"), 55, who=_checks_them)
@needs(Permission.DISBURSEMENT_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Bank details of grantees that this person is to check or to approve."""
    listed = WAITING.of(session(), queries.waiting_for(at_work()), "bank-details")
    return listed.file or render_template(
        "granting/bank_details/index.html", listed=listed, acts=acts(*ACTS, among=listed.subjects)
    )


def _sees_accounts(award: Award) -> bool:
    return queries.sees_details(viewer(), award.scope)


@pages.get("/organisations/<code>/bank-details")
@needs(Permission.REPORT_WRITE)
def of_organisation(code: str) -> ResponseReturnValue:
    """Where an organisation is paid by each fund that has awarded it a grant."""
    organisation = organisation_for_viewer(session(), code, viewer())
    if not viewer().may(Permission.REPORT_WRITE, Scope(organisation_id=organisation.id)):
        raise Missing(_("Organisation not found."))
    grants = queries.grants_by_fund(session(), organisation.id)
    return render_template(
        "granting/bank_details/of_organisation.html",
        organisation=organisation,
        accounts=[
            (award, queries.in_force(session(), award.fund_id, organisation.id)) for award in grants
        ],
    )


@pages.get("/grants/<reference>/bank-details")
@beside("award", _l("Bank details"), 20, when=_sees_accounts)
@signed_in
def of_grant(reference: str) -> ResponseReturnValue:
    """Where the organisation of a grant is paid, and what it stated before."""
    award = award_for_viewer(session(), reference, viewer())
    accounts = queries.details_of(session(), award.fund_id, award.organisation_id)
    return render_template(
        "granting/bank_details/of_grant.html",
        award=award,
        found=accounts if _sees_accounts(award) else [],
        states=BANK_DETAILS.names,
        may_request=viewer().may(Permission.PAYEE_REQUEST, award.scope),
    )


@pages.route("/grants/<reference>/bank-details/new", methods=["GET", "POST"])
@needs(Permission.PAYEE_REQUEST)
@asks_first
@asks_again
def new(reference: str) -> ResponseReturnValue:
    """The organisation states its account, with a paper of the bank."""
    award = award_for_viewer(session(), reference, viewer())
    form = RequestForm.about(award.organisation)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act, owner = this_act(), award.organisation
            upload = received(form.evidence.data)
            paper = keep(opened, upload, act, organisation_id=owner.id, accept=PAPER)
            request = (award.fund, owner, form.account(), paper, act)
            details = service.request_details(opened, *request)
        if outcome:
            flash(_("Received. We will call you before we use this account."), "success")
            return _redirect_to(details)
    return render_template("granting/bank_details/new.html", award=award, form=form)


@pages.get(ONE)
@signed_in
def show(number: int) -> ResponseReturnValue:
    """One account: what was stated, how it was checked, and what may be done."""
    details = _find_details(number)
    is_staff = viewer().may(Permission.DISBURSEMENT_SEE, details.scope)
    return render_template(
        "granting/bank_details/show.html",
        details=details,
        in_list=WAITING.beside(
            session(), queries.waiting_for(at_work()), details, "bank_details.index"
        ),
        is_staff=is_staff,
        doubts=doubts_about(details),
        state=BANK_DETAILS.names[details.state],
        known=queries.in_force(session(), details.fund_id, details.organisation_id),
        until=letter_until(details, details.fund) if details.is_in_force else None,
        sees_number=_sees_number(details),
        steps=buttons(details, BANK_DETAILS, number=number),
        trail=trail_of(session(), "bank_details", details.id),
        acts=WORDS_OF_ACTS,
    )


WORDS_OF_ACTS = {
    "create": _p("act", "Requested"),
    "check": _l("Checked by a call"),
    "approve": _p("bank details", "Approved"),
    "refuse": _p("bank details", "Refused"),
    "not_approve": _p("bank details", "Refused"),
    "withdraw": _p("bank details", "Withdrawn"),
    "replace": _l("Replaced"),
}


def _sees_number(details: BankDetails) -> bool:
    """The whole number is for those who state, check, approve or pay it."""
    needed = (
        Permission.PAYEE_REQUEST,
        Permission.PAYEE_CHECK,
        Permission.PAYEE_APPROVE,
        Permission.INSTALMENT_RELEASE,
    )
    return any(viewer().may(permission, details.scope) for permission in needed)


@pages.get(f"{ONE}/evidence")
@signed_in
def evidence(number: int) -> Response:
    """The paper of the bank."""
    details = _find_details(number)
    if not _sees_number(details):
        raise Forbidden(_("Your role does not allow this."))
    return send_document(details.evidence, details.scope)


details_pages = StepPages(
    pages,
    BANK_DETAILS,
    lambda number: queries.details_for_viewer(session(), number, viewer()),
    lambda details: url_for("bank_details.show", number=details.id),
    lambda details: (details.organisation.name,),
)

details_pages.step(
    "check",
    f"{ONE}/check",
    lambda details: CallForm.offering(known_numbers(session(), details)),
    lambda opened, details, form, act: service.record_call(opened, details, form.call(), act),
    lead=_l(
        "Call a contact person of the organisation that the fund already knows, and "
        "compare each line."
    ),
    done=_l("Recorded. Another person must now approve the details."),
    template="granting/bank_details/check.html",
    facts=lambda details: {
        "numbers": known_numbers(session(), details),
        "doubts": doubts_about(details),
    },
)


def _decision_form(details: BankDetails) -> DecisionForm:
    form = ExplainedForm if doubts_about(details) else DecisionForm
    return form(data={"version": details.version})


def _approve_account(opened: Session, details: BankDetails, form: DecisionForm, act: Act) -> None:
    details.seen_at(counted(form.version.data))
    service.approve(opened, details, act)


details_pages.step(
    "approve",
    f"{ONE}/approve",
    _decision_form,
    _approve_account,
    title=_l("Approve the bank details"),
    lead=_l("All further payments to the organisation go to this account."),
    button=_l("Approve"),
    done=_l("Approved. The organisation has been notified."),
    template="granting/bank_details/approve.html",
    facts=lambda details: {
        "known": queries.in_force(session(), details.fund_id, details.organisation_id),
        "doubts": doubts_about(details),
    },
)
details_pages.step("refuse", f"{ONE}/refuse", ReasonForm, tone="warning", done=_l("Refused."))
details_pages.step(
    "not_approve", f"{ONE}/not-approve", ReasonForm, tone="warning", done=_l("Refused.")
)
details_pages.step("withdraw", f"{ONE}/withdraw", ReasonForm, tone="warning", done=_l("Withdrawn."))
