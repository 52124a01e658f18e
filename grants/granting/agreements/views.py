"""Pages of a grant: for its grantee what is owed each way, for the fund all that it needs."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.applications.requested_period import RequestedPeriod, requested_period
from grants.books.ledger.earmarks import note_on
from grants.books.ledger.queries import balances
from grants.books.ledger.spending import with_support_cost
from grants.core.audit.act import Act
from grants.core.audit.queries import newest_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.examined import call_of, lacking
from grants.deciding.awards.models import Award
from grants.deciding.awards.views import AWARDS, awards_form, wanted_by
from grants.deciding.awards.workflow import AWARD, SIGNED
from grants.granting.agreements import queries, service
from grants.granting.agreements.before import way_of
from grants.granting.agreements.forms import (
    PAPER,
    PeriodForm,
    SendForm,
    SignForm,
    SupportCostForm,
    TermsForm,
    send_form,
)
from grants.granting.agreements.framing import frame_of, sees_grant
from grants.granting.agreements.history import history_of
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.owing import owing_on
from grants.granting.agreements.period import change_period
from grants.granting.agreements.step_lines import owed_lines, step_address
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.bank_details.queries import sees_details
from grants.granting.changes.workflow import CHANGE
from grants.granting.payments.workflow import name_of
from grants.granting.preparing.accepting import moved_end
from grants.granting.preparing.queries import reply_of
from grants.granting.reporting import workflow as reports
from grants.granting.reporting.planned import reached_by
from grants.granting.reporting.queries import spending
from grants.granting.signing.papers import kind_of
from grants.granting.signing.queries import signings_of
from grants.granting.signing.workflow import SIGNING
from grants.integrity.diligence.grantees import gate_of
from grants.integrity.risk.queries import rating_of
from grants.platform.documents.service import keep
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import (
    Beside,
    from_list,
)
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import possible

pages = Blueprint("agreements", __name__)


def _find_grant(reference: str) -> Award:
    return possible(queries.grant_for_viewer(session(), reference, viewer()), AWARD)


def page_of(award: Award) -> str:
    """The address of the page of the grant."""
    return url_for("agreements.show", reference=award.reference)


def to_grant(award: Award) -> ResponseReturnValue:
    """Back to the page of the grant."""
    return redirect(page_of(award))


def caption_of(award: Award) -> tuple[str, str]:
    """Which grant it is, above the title of a page."""
    return award.reference, award.organisation.name


grant_pages = StepPages(pages, AWARD, _find_grant, page_of, caption_of, _l("The grant"))


def seen_version(form: Any) -> int:
    """The version that the page was made with; 0 if the form does not say."""
    return counted(form.version.data)


@pages.get("/grants")
@in_menu(_l("My grants"), 25)
@needs(Permission.APPLICATION_READ)
def mine() -> ResponseReturnValue:
    """The grants of the organisations one acts for: what they owe, and what they are owed."""
    awards, today = queries.own_grants(session(), viewer()), clock.today()
    standings = queries.progress_by_grant(session(), awards)
    owing = owing_on(session(), awards, standings, today)
    return render_template(
        "granting/agreements/mine.html",
        awards=awards,
        standings=standings,
        owing=owing,
        you_owe=owed_lines(owing.by_grantee, today),
        we_owe=owed_lines(owing.to_grantee, today),
        states=AWARD.names,
    )


def _in_list(award: Award) -> Beside | None:
    """The grants before and after it, if it was opened from the list of awards."""
    address = lambda other: from_list("agreements.show", reference=other.reference)  # noqa: E731
    listed = wanted_by(awards_form())
    return AWARDS.beside(session(), listed, award, "awards.index", address)


@pages.get("/grants/<reference>")
@signed_in
def show(reference: str) -> ResponseReturnValue:
    """One grant, whole."""
    award = _find_grant(reference)
    progress = queries.progress_of(session(), award)
    is_staff = viewer().may(Permission.DISBURSEMENT_SEE, award.scope)
    return render_template(
        "granting/agreements/grant.html",
        award=award,
        in_list=_in_list(award),
        standing=progress,
        terms=queries.schedule_of(session(), award),
        figures=spending(session(), award.id, progress.reports),
        reached=reached_by(session(), award, progress.reports),
        signings=signings_of(session(), award.id, viewer()),
        signing_names=SIGNING.names,
        kind_of=kind_of,
        history=history_of(session(), award, progress, is_staff=is_staff),
        is_staff=is_staff,
        is_grantee=viewer().may(Permission.APPLICATION_READ, award.scope),
        writes_reports=viewer().may(Permission.REPORT_WRITE, award.scope),
        state=AWARD.names[award.state],
        running=award.state in SIGNED,
        to_write=reports.OPEN,
        instalment_name=name_of,
        report_name=reports.name_of,
        next_steps=next_steps(award, progress, clock.today()),
        step_url=step_address,
        change_states=CHANGE.names,
        sees_account=sees_details(viewer(), award.scope),
        **frame_of(award, progress),
        confirms=viewer().may(Permission.INSTALMENT_CONFIRM, award.scope),
    )


@pages.get("/grants/<reference>/before-agreement")
@beside("award", _l("Before the agreement"), 15, when=sees_grant)
@signed_in
def before(reference: str) -> ResponseReturnValue:
    """The way to the agreement: what the grantee owes, what the fund does, and where."""
    award = _find_grant(reference)
    progress = queries.progress_of(session(), award)
    return render_template(
        "granting/agreements/before.html",
        award=award,
        is_staff=viewer().may(Permission.DISBURSEMENT_SEE, award.scope),
        way=way_of(session(), award, progress, viewer()),
    )


@pages.route("/grants/<reference>/terms", methods=["GET", "POST"])
@needs(Permission.AGREEMENT_SIGN)
def terms(reference: str) -> ResponseReturnValue:
    """Change what will be paid and reported when, until it is signed."""
    award = _find_grant(reference)
    agreement = queries.agreement_of(session(), award)
    schedule = queries.schedule_of(session(), award)
    form = TermsForm.showing(schedule, agreement.version if agreement else 0)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            typed = form.schedule(award)
            service.settle_terms(opened, award, typed, this_act(), version=seen_version(form))
        if outcome:
            flash(_("The terms have been saved and will appear in the agreement."), "success")
            return to_grant(award)
    refused = refusal(lambda: service.require_changeable(session(), award))
    return render_template(
        "granting/agreements/terms.html",
        award=award,
        form=form,
        refused=refused,
        rating=rating_of(session(), award.organisation_id, award.fund_id),
    )


def _cost_facts(award: Award) -> dict[str, object]:
    available = balances(session(), award.fund).available
    instalments = queries.schedule_of(session(), award).instalments
    return {
        "standard": award.fund.psc_percent / 100,
        "needed": with_support_cost([part.amount for part in instalments], award.psc_percent),
        "available": available,
        "earmarks": note_on(session(), award.fund, available),
    }


grant_pages.step(
    "agree_support_cost",
    "/grants/<reference>/support-cost",
    lambda award: SupportCostForm(data={"percent": award.psc_percent}),
    lambda opened, award, form, act: service.agree_support_cost(
        opened, award, form.percent.data, act
    ),
    title=_l("Programme support costs of this grant"),
    lead=_l(
        "The fund’s rate applies unless a different rate is agreed before signature. Reservations, "
        "commitments and payments use the rate of the grant."
    ),
    button=_l("Save this rate"),
    done=_l("The rate for this grant has been saved and its reservation adjusted."),
    template="granting/agreements/support_cost.html",
    facts=_cost_facts,
)


@pages.route("/grants/<reference>/period", methods=["GET", "POST"])
@needs(Permission.AWARD_APPROVE)
def period(reference: str) -> ResponseReturnValue:
    """Change when the grant starts and ends, until it is signed."""
    award = _find_grant(reference)
    reply = reply_of(session(), award.id)
    start = reply.start_asked if reply and reply.to_answer else None
    form = PeriodForm(
        data={
            "version": award.version,
            "starts_on": start or award.starts_on,
            "ends_on": moved_end(award, start) if start else award.ends_on,
        }
    )
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            dates, act = (form.starts_on.data, form.ends_on.data), this_act(form.reason.data)
            dropped = change_period(opened, award, *dates, act, version=seen_version(form))
        if outcome:
            flash(
                _("The period has been changed and the organisation has been notified."), "success"
            )
            if dropped:
                flash(
                    _("Check the instalments and reports: they have been proposed again."),
                    "warning",
                )
            return to_grant(award)
    return render_template(
        "granting/agreements/period.html",
        award=award,
        form=form,
        asked_period=requested_period(award.application)
        if award.application
        else RequestedPeriod(),
        settled=queries.agreement_of(session(), award) is not None,
        start=start,
        asked=newest_of(session(), award, "ask_start") if start else None,
    )


def _sign_facts(award: Award) -> dict[str, object]:
    return {
        "terms": queries.schedule_of(session(), award),
        "gate": gate_of(session(), award.organisation, viewer()),
        "unknown": lacking(session(), award.organisation, call_of(award)),
    }


def _sign_agreement(opened: Session, award: Award, form: SignForm, act: Act) -> None:
    """Both sides have signed: file the copy; the grant begins to run."""
    file = received(form.document.data) if form.document.data else None
    paper = keep(opened, file, act, accept=PAPER, signed=True) if file else None
    service.sign_agreement(
        opened, award, form.signed_on.data, paper, act, version=seen_version(form)
    )


grant_pages.step(
    "sign_agreement",
    "/grants/<reference>/sign",
    SignForm.about,
    _sign_agreement,
    lead=_l(
        "The award and its programme support costs are committed in the ledger, and these terms "
        "become final."
    ),
    button=_l("Record the agreement"),
    done=_l("The agreement has been recorded and the organisation has been notified."),
    template="granting/agreements/sign.html",
    facts=_sign_facts,
    check=lambda opened, award, _act: service.require_changeable(opened, award),
)


def _send(opened: Session, award: Award, form: SendForm, act: Act) -> None:
    award.seen_at(seen_version(form))
    send_agreement(opened, award, form.language.data, act)


grant_pages.act(
    "send_out",
    Permission.AGREEMENT_SIGN,
    "/grants/<reference>/send-for-signature",
    send_form,
    _send,
    title=_l("Send the agreement for signature"),
    lead=_l(
        "The agreement is produced as a PDF with these terms and sent to the side "
        "that signs first. Its terms cannot be changed until it is signed, returned "
        "or withdrawn."
    ),
    button=_l("Send for signature"),
    done=_l("Sent. The people whose turn it is have been notified by e-mail."),
    template="granting/agreements/sign.html",
    facts=_sign_facts,
    check=service.require_sendable,
)


@pages.get("/grants/<reference>/returned-agreement/file")
@signed_in
def returned_copy(reference: str) -> Response:
    """The agreement as the organisation signed it before agreements were sent out here."""
    award = _find_grant(reference)
    if award.returned_document is None:
        raise Missing(_("File not found."))
    return send_document(award.returned_document, award.scope)


@pages.get("/grants/<reference>/signed-agreement")
@signed_in
def signed_copy(reference: str) -> Response:
    """The agreement with both signatures, for both sides."""
    award = _find_grant(reference)
    if award.agreement_document is None:
        raise Missing(_("File not found."))
    return send_document(award.agreement_document, award.scope)
