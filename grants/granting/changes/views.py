"""Pages of changes: asking for one, the terms side by side, and each step up to the signatures."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.advance import may_take, require
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import award_for_viewer
from grants.deciding.awards.workflow import SIGNED
from grants.granting.changes import later, queries, service, signing
from grants.granting.changes.forms import (
    PAPER,
    AskedForm,
    InForceForm,
    ReturnForm,
    form_for,
    send_form,
)
from grants.granting.changes.kinds import KINDS, ROWS
from grants.granting.changes.models import GrantChange
from grants.granting.changes.terms import Difference, Terms, differences
from grants.granting.changes.to_sign import send_amendment, signing_of
from grants.granting.changes.workflow import CHANGE, EFFECTIVE, ChangeKind, ChangeState
from grants.granting.payments.basis import refunded_unspent
from grants.granting.reporting.queries import may_see_grant, spent
from grants.granting.signing.queries import require_none_out
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age, waits_in
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document
from grants.platform.web.steps import buttons, possible

pages = Blueprint("changes", __name__)
GRANT = "/grants/<reference>/changes"
ONE = f"{GRANT}/<int:number>"
P = Permission

WAITING = Listing(
    columns=(
        Column(
            _l("Grant"),
            lambda c: c.award.reference,
            kind="code",
            link=lambda c: from_list("changes.show", reference=c.award.reference, number=c.number),
        ),
        Column(_l("Organisation"), lambda c: c.award.organisation.name, worth="name"),
        Column(_l("Type of change"), lambda c: c.label),
        Column(_l("Requested at"), lambda c: c.requested_at, kind="date"),
        Column(_l("In force from"), lambda c: c.effective_on, kind="date"),
        Column(
            _l("Status"),
            lambda c: CHANGE.names[c.state].staff,
            tone=lambda c: CHANGE.names[c.state].tone,
        ),
        age(lambda c: c.requested_at, waits_in(CHANGE)),
        Column(_l("Reason"), lambda c: c.reason, shown=False),
    ),
    orders={"oldest": Order(GrantChange.id)},
)

ACTS = {
    "create": _p("act", "Requested"),
    "recommend": _p("grant change", "Recommended"),
    "send_back": _p("grant change", "Returned to the organisation"),
    "ask_again": _l("Corrected and sent again"),
    "give_notice": _l("Notice given, in force"),
    "decline": _l("Rejected"),
    "give_approval": _l("Approved by one officer"),
    "approve": _l("Approved"),
    "approve_at_once": _l("Approved, in force"),
    "give_notice_for_later": _l("Notice given for a later day"),
    "approve_for_later": _l("Approved for a later day"),
    "agree": _l("Signed by both parties, for a later day"),
    "countersign_for_later": _l("Signed by both parties, for a later day"),
    "take_effect": _l("In force, as agreed"),
    "call_off": _p("grant change", "Called off"),
    "reject": _l("Rejected"),
    "return_signed": _l("Signed by the organisation"),
    "send_copy_back": _l("Signed amendment returned"),
    "put_in_force": _l("Signed by both parties, in force"),
    "countersign": _l("Signed by both parties, in force"),
    "draw_up_again": _l("Drawn up again"),
    "withdraw": _p("grant change", "Withdrawn"),
    "drop": _l("Cancelled"),
    "lift": _l("Suspension lifted"),
}


def _change(reference: str, number: int) -> GrantChange:
    return queries.change_for_viewer(session(), reference, number, viewer())


def page_of(change: GrantChange) -> str:
    """The address of a change."""
    return url_for("changes.show", reference=change.award.reference, number=change.number)


@pages.get("/grants/changes")
@needs(P.DISBURSEMENT_SEE)
def index() -> ResponseReturnValue:
    """Changes of grants that are not in force yet."""
    listed = WAITING.of(session(), queries.waiting_for(at_work()), "grant-changes")
    return listed.file or render_template("granting/changes/index.html", listed=listed)


def _is_signed(award: Award) -> bool:
    return award.state in SIGNED and may_see_grant(viewer(), award)


@pages.get(GRANT)
@beside("award", _l("Changes"), 15, when=_is_signed)
@signed_in
def of_grant(reference: str) -> ResponseReturnValue:
    """The changes of a grant, and the kinds that this person may ask for or begin."""
    award = award_for_viewer(session(), reference, viewer())
    if not may_see_grant(viewer(), award):
        raise Missing(_("Grant not found."))
    asks = viewer().may(P.GRANT_CHANGE_REQUEST, award.scope)
    begins = viewer().may(P.GRANT_CHANGE_RECOMMEND, award.scope)
    is_active = award.is_running
    offered = [row for row in ROWS if is_active and (begins or (asks and row.of_grantee))]
    too_late = [row for row in offered if not begins and service.is_too_late(award, row)]
    barred = {row.code: service.barring(session(), award, row) for row in offered}
    return render_template(
        "granting/changes/of_grant.html",
        award=award,
        changes=queries.changes_of(session(), award),
        kinds=[row for row in offered if barred[row.code] is None and row not in too_late],
        too_late=too_late,
        unfinished=sorted({c.number for c in barred.values() if c}),
        ask_by=service.ask_by(award) if asks and is_active else None,
        others_ask=is_active
        and not (asks or begins or viewer().may(P.DISBURSEMENT_SEE, award.scope)),
        is_staff=viewer().may(P.DISBURSEMENT_SEE, award.scope),
        states=CHANGE.names,
    )


@pages.route(f"{GRANT}/new/<kind>", methods=["GET", "POST"])
@needs(P.GRANT_CHANGE_REQUEST)
def ask(reference: str, kind: str) -> ResponseReturnValue:
    """The organisation asks for a change."""
    return _new(reference, kind, service.request_change, P.GRANT_CHANGE_REQUEST)


@pages.route(f"{GRANT}/begin/<kind>", methods=["GET", "POST"])
@needs(P.GRANT_CHANGE_RECOMMEND)
def begin(reference: str, kind: str) -> ResponseReturnValue:
    """The fund begins a change."""
    return _new(reference, kind, service.begin_change, P.GRANT_CHANGE_RECOMMEND)


def _is_preview() -> bool:
    return request.form.get("go") == "preview"


def _preview_of_terms(
    form: AskedForm, kind: ChangeKind, terms: Terms
) -> Sequence[Difference] | None:
    """What a change would change, as it is typed, before it is sent; None unless that is asked."""
    if not _is_preview() or form.problems():
        return None
    lines: list[Difference] | None = None
    with attempt(form):
        lines = [*differences(terms, KINDS[kind].propose(terms, form.asked))]
    return None if form.problems() else lines


def _new(reference: str, code: str, act: Any, permission: Permission) -> ResponseReturnValue:
    award = award_for_viewer(session(), reference, viewer())
    this_act().demand(permission, award.scope)
    kind = _kind(code)
    terms = queries.terms_of(session(), award)
    refunded = refunded_unspent(session(), [award.id]).get(award.id, usd(0))
    barring = service.barring(session(), award, KINDS[kind])
    form = form_for(kind, terms, cost=spent(session(), award.id) + refunded)
    if form.validate_on_submit() and not _is_preview():
        with attempt(form) as (opened, outcome):
            why = this_act(form["reason"].data)
            day = form["effective_on"].data
            change = act(opened, award, kind, form.asked, why, day)
        if outcome:
            flash(_done_message(change), "success")
            return redirect(page_of(change))
    return render_template(
        "granting/changes/new.html",
        award=award,
        row=KINDS[kind],
        terms=terms,
        form=form,
        lines=_preview_of_terms(form, kind, terms),
        begins=permission is P.GRANT_CHANGE_RECOMMEND,
        refused=refusal(lambda: _require_possible(award, kind, permission)),
        barring=barring,
    )


def _require_possible(award: Award, kind: ChangeKind, permission: Permission) -> None:
    service.require_running(award)
    if permission is P.GRANT_CHANGE_REQUEST:
        service.require_in_time(award, KINDS[kind])
    service.require_none_open(session(), award, KINDS[kind])


def _kind(code: str) -> ChangeKind:
    if code not in set(ChangeKind):
        raise Missing(_("Change not found."))
    return ChangeKind(code)


def _done_message(change: GrantChange) -> str:
    if change.by_notice and change.is_for_later and change.effective_on:
        day = plain_day(change.effective_on)
        return _(
            "Your notice has been given: the revised budget is in force from %(day)s.", day=day
        )
    if change.by_notice:
        return _("Your notice has been given: the revised budget is in force.")
    if change.by_grantee:
        return _("Your request has been sent. The fund will examine it.")
    return _("The change has been begun. An approving officer will decide on it.")


@pages.get(ONE)
@signed_in
def show(reference: str, number: int) -> ResponseReturnValue:
    """One change: the terms before and after, what is to be done, and everything that happened."""
    change = _change(reference, number)
    return render_template(
        "granting/changes/show.html",
        change=change,
        is_staff=viewer().may(P.DISBURSEMENT_SEE, change.scope),
        name=CHANGE.names[change.state],
        lines=differences(change.terms_before, change.terms_after),
        has_taken_effect=change.state in EFFECTIVE,
        steps=buttons(change, CHANGE, reference=reference, number=number),
        signing=(signing := signing_of(session(), change)),
        can_send=signing is None
        and change.state is ChangeState.APPROVED
        and may_take(session(), change, CHANGE.step("put_in_force"), this_act()),
        trail=trail_of(session(), GrantChange.__tablename__, change.id),
        acts=ACTS,
        in_list=WAITING.beside(session(), queries.waiting_for(at_work()), change, "changes.index"),
    )


@pages.get(f"{ONE}/signed")
@signed_in
def signed_copy(reference: str, number: int) -> Response:
    """The amendment with the signatures there are, for both sides."""
    change = _change(reference, number)
    document: Document | None = change.document or change.returned_document
    if document is None:
        raise Missing(_("File not found."))
    return send_document(document, change.scope)


@pages.route(f"{ONE}/edit", methods=["GET", "POST"])
@needs(P.GRANT_CHANGE_REQUEST)
def ask_again(reference: str, number: int) -> ResponseReturnValue:
    """The organisation corrects its request and sends it again."""
    change = possible(_change(reference, number), CHANGE)
    this_act().demand(P.GRANT_CHANGE_REQUEST, change.scope)
    terms = queries.terms_of(session(), change.award)
    form = form_for(change.kind, terms, change)
    if form.validate_on_submit() and not _is_preview():
        with attempt(form) as (opened, outcome):
            why, day = this_act(form["reason"].data), form["effective_on"].data
            service.ask_again(opened, change, form.asked, why, day)
        if outcome:
            flash(_("Your request has been sent. The fund will examine it."), "success")
            return redirect(page_of(change))
    return render_template(
        "granting/changes/new.html",
        award=change.award,
        change=change,
        row=change.row,
        terms=terms,
        form=form,
        lines=_preview_of_terms(form, change.kind, terms),
        begins=False,
        refused="",
    )


def _caption(change: GrantChange) -> tuple[str, str]:
    return change.award.reference, f"{change.number}{spaced('.')}{change.label}"


def _facts(change: GrantChange) -> dict[str, object]:
    return {"lines": differences(change.terms_before, change.terms_after)}


def _money_facts(change: GrantChange) -> dict[str, object]:
    more = change.more_money
    if more.minor <= 0:
        return _facts(change)
    return {
        **_facts(change),
        "more": more,
        "available": balances(session(), change.award.fund).available,
        "missing": service.officers_missing(session(), change, this_act()),
    }


def _reasoned_once_agreed(change: GrantChange) -> Form:
    """What both parties had agreed on is drawn up again for a reason."""
    return ReasonForm() if change.state is ChangeState.AGREED else Form()


change_pages = StepPages(pages, CHANGE, _change, page_of, _caption, _l("The change"))
STEP = "granting/changes/step.html"

change_pages.step(
    "recommend",
    f"{ONE}/recommend",
    lead=_l(
        "An approving officer then decides. The new terms are worked out from those in force today."
    ),
    done=_l("Recommended. An approving officer will decide."),
    template=STEP,
    facts=_facts,
)
change_pages.step(
    "send_back",
    f"{ONE}/send-back",
    done=_l("Returned. The organisation has been notified of the reason."),
    template=STEP,
    facts=_facts,
)
change_pages.step(
    "decline",
    f"{ONE}/decline",
    tone="warning",
    done=_l("Rejected. The organisation has been notified of the reason."),
    template=STEP,
    facts=_facts,
)
change_pages.step(
    "approve",
    f"{ONE}/approve",
    act=lambda opened, change, _form, act: service.approve(opened, change, act),
    lead=_l(
        "The organisation is asked to sign the amendment. It is in force once "
        "both parties have signed it."
    ),
    done=_l("Your approval has been recorded."),
    template=STEP,
    facts=_money_facts,
)
change_pages.step(
    "approve_at_once",
    f"{ONE}/approve-at-once",
    lead=_l(
        "It is in force immediately, or from the day stated below, and the organisation is "
        "notified."
    ),
    done=_l("Approved. The organisation has been notified."),
    template=STEP,
    facts=_facts,
)
change_pages.step(
    "reject",
    f"{ONE}/reject",
    tone="warning",
    done=_l("Rejected."),
    template=STEP,
    facts=_facts,
)
change_pages.step(
    "draw_up_again",
    f"{ONE}/draw-up-again",
    _reasoned_once_agreed,
    lead=_l(
        "The amendment is drawn up from the terms in force today and needs approval again. "
        "Signatures under the earlier one no longer count."
    ),
    done=_l("Drawn up again. An approving officer will decide."),
)
change_pages.step("withdraw", f"{ONE}/withdraw", tone="warning", done=_l("Withdrawn."))
change_pages.step("drop", f"{ONE}/drop", tone="warning", done=_l("The change has been cancelled."))
change_pages.step(
    "call_off",
    f"{ONE}/call-off",
    act=lambda opened, change, _form, act: later.call_off(opened, change, act),
    lead=_l("The terms stay as they are today. The organisation will read your reason."),
    tone="warning",
    done=_l("Called off. The organisation has been notified of the reason."),
    template=STEP,
    facts=_facts,
)
change_pages.step(
    "lift",
    f"{ONE}/lift",
    lead=_l("Payments and reminders about reports resume, and the organisation is notified."),
    done=_l("The suspension has been lifted and the organisation has been notified."),
)


def _return_signed(opened: Session, change: GrantChange, form: ReturnForm, act: Act) -> None:
    owner = change.award.organisation_id
    upload = received(form.file.data)
    paper = keep(opened, upload, act, organisation_id=owner, accept=PAPER, signed=True)
    signing.return_signed(opened, change, paper, act)


change_pages.step(
    "return_signed",
    f"{ONE}/return-signed",
    ReturnForm,
    _return_signed,
    lead=_l(
        "The fund checks the signature and signs too. We will e-mail you when the"
        " amendment is in force."
    ),
    done=_l("Thank you. The fund will check the amendment and record it."),
)


def _require_sendable(opened: Session, change: GrantChange, act: Act) -> None:
    require(opened, change, CHANGE, "put_in_force", act)
    require_none_out(opened, change.award)


change_pages.act(
    "send_out",
    P.AGREEMENT_SIGN,
    f"{ONE}/send-for-signature",
    send_form,
    lambda opened, change, form, act: send_amendment(opened, change, form.language.data, act),
    title=_l("Send the amendment for signature"),
    lead=_l(
        "The amendment is produced as a PDF and sent to the side that signs first. It"
        " is in force once both parties have signed it."
    ),
    button=_l("Send for signature"),
    done=_l("Sent. The people whose turn it is have been notified by e-mail."),
    template=STEP,
    facts=_facts,
    check=_require_sendable,
)


change_pages.step(
    "send_copy_back",
    f"{ONE}/send-copy-back",
    done=_l("Returned. The organisation has been notified of the reason."),
)


def _put_in_force(opened: Session, change: GrantChange, form: InForceForm, act: Act) -> None:
    upload = received(form.document.data) if form.document.data else None
    paper = keep(opened, upload, act, accept=PAPER, signed=True) if upload else None
    signing.put_in_force(opened, change, form.signed_on.data, paper, act)


change_pages.step(
    "put_in_force",
    f"{ONE}/put-in-force",
    InForceForm,
    _put_in_force,
    lead=_l(
        "The new terms are in force immediately, or from the day stated below. Unpaid"
        " instalments and reports not yet submitted are rescheduled, and the "
        "commitment in the ledger is adjusted."
    ),
    button=_l("Record the amendment"),
    done=_l("The amendment has been recorded and the organisation has been notified."),
    template=STEP,
    facts=_facts,
)
