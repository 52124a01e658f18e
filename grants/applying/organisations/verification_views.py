"""Pages of verification: what the organisation sees and asks, and what the fund's people decide."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.organisations.facts import FACTS, profile_of
from grants.applying.organisations.papers.queries import papers_of
from grants.applying.organisations.queries import organisation_for_viewer
from grants.applying.organisations.verification import queries, service
from grants.applying.organisations.verification.forms import QuestionsForm, ReasonForm, StateFilter
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.questions import CHECKS
from grants.applying.organisations.verification.workflow import (
    EXPLAINED,
    VERIFICATION,
    VerificationState,
)
from grants.applying.organisations.views import pages
from grants.core.audit.queries import trail_of
from grants.core.kernel.errors import Forbidden, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.profiles.facts import rows_of
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.steps import buttons

ONE = "/organisations/<code>/verification"
READ = [fact for fact in FACTS if fact.uses.verified != "not"]
"""What a verifier reads of the profile beside the questions."""

QUEUE = Listing(
    columns=(
        Column(
            _l("Organisation"),
            lambda v: v.organisation.name,
            link=lambda v: url_for("organisations.verification", code=v.organisation.code),
        ),
        Column(_l("Registration number"), lambda v: v.organisation.registration_number or ""),
        Column(_l("Asked on"), lambda v: v.asked_at, kind="moment"),
        Column(_l("Valid until"), lambda v: v.valid_until, kind="date"),
        Column(
            _l("Status"),
            lambda v: VERIFICATION.names[v.state].staff,
            tone=lambda v: VERIFICATION.names[v.state].tone,
        ),
    ),
    orders={"oldest": Order(Verification.id)},
)


def _page_of(record: Verification) -> str:
    return url_for("organisations.verification", code=record.organisation.code)


def _find_verification(code: str) -> Verification:
    """The verification of an organisation."""
    organisation = organisation_for_viewer(session(), code, viewer())
    record = queries.verification_of(session(), organisation.id)
    if record is None:
        raise Missing(_("This organisation has not asked to be verified yet."))
    return record


@pages.get("/organisations/verification")
@needs(Permission.ORGANISATION_VERIFY)
def verifications() -> ResponseReturnValue:
    """Organisations by the state of their verification, those that wait the longest first."""
    form = StateFilter()
    form.validate()
    state = VerificationState(form.state.data) if form.state.data else None
    listed = QUEUE.of(session(), queries.in_state(state), "verifications")
    return listed.file or render_template(
        "applying/organisations/verification/index.html", listed=listed, form=form
    )


@pages.get(ONE)
@signed_in
def verification(code: str) -> ResponseReturnValue:
    """Where the verification stands, what is checked, and what happened."""
    organisation = organisation_for_viewer(session(), code, viewer())
    record = queries.verification_of(session(), organisation.id)
    is_staff = organisation.id not in viewer().organisation_ids
    may_ask = organisation.id in viewer().organisations_with(Permission.ORGANISATION_EDIT)
    steps = buttons(record, VERIFICATION, code=code) if record else []
    return render_template(
        "applying/organisations/verification/show.html",
        organisation=organisation,
        found=record,
        state=VERIFICATION.names[record.state if record else VerificationState.DRAFT],
        is_staff=is_staff,
        may_ask=may_ask and (record is None or _may_ask(record)),
        why=record.reason if record and record.state in EXPLAINED else "",
        lacking=service.missing(session(), organisation),
        checks=CHECKS,
        steps=[step for step in steps if step.action != "ask"] if is_staff else [],
        trail=trail_of(session(), Verification.__tablename__, record.id) if record else [],
        acts=ACTS,
    )


def _may_ask(record: Verification) -> bool:
    """May the organisation ask now?"""
    if record.is_verified:
        return service.may_renew(record)
    return record.state in VERIFICATION.step("ask").sources


ACTS = {
    "create": _l("Opened"),
    "ask": _l("Verification requested"),
    "renew": _l("Verification requested again"),
    "verify": _l("Organisation verified"),
    "return": _l("Returned to the organisation"),
    "reject": _l("Organisation not accepted"),
    "suspend": _l("Verification suspended"),
    "reinstate": _l("Suspension ended"),
}


@pages.route(f"{ONE}/ask", methods=["GET", "POST"])
@needs(Permission.ORGANISATION_EDIT)
def ask_verification(code: str) -> ResponseReturnValue:
    """An administrator asks: what will be checked, and a button."""
    organisation = organisation_for_viewer(session(), code, viewer())
    if organisation.id not in viewer().organisations_with(Permission.ORGANISATION_EDIT):
        raise Forbidden(_("Your role does not allow this."))
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.ask(opened, organisation, this_act())
        if outcome:
            flash(
                _("Sent. We will write to you when your organisation has been checked."), "success"
            )
            return redirect(url_for("organisations.verification", code=code))
    record = queries.verification_of(session(), organisation.id)
    return render_template(
        "applying/organisations/verification/ask.html",
        form=form,
        refused=refusal(lambda: service.require_ready(session(), organisation, record)),
        organisation=organisation,
        checks=CHECKS,
    )


verification_pages = StepPages(
    pages, VERIFICATION, _find_verification, _page_of, lambda found: (found.organisation.name,)
)

verification_pages.step(
    "verify",
    f"{ONE}/verify",
    QuestionsForm,
    lambda opened, found, form, act: service.verify(opened, found, form.answers(), act),
    title=_l("Five questions"),
    lead=_l(
        "The organisation is verified for five years if the first three answers are “yes” and the "
        "last two “no”. Otherwise return or reject it, and say why."
    ),
    button=_l("Verify"),
    done=_l("Verified. The organisation has been notified."),
    template="applying/organisations/verification/verify.html",
    facts=lambda found: {
        "stated": rows_of(READ, profile_of(found.organisation)),
        "papers": papers_of(session(), found.organisation_id),
    },
)
verification_pages.step(
    "return",
    f"{ONE}/return",
    ReasonForm,
    tone="warning",
    done=_l("Returned. The organisation has been notified."),
)
verification_pages.step(
    "reject",
    f"{ONE}/reject",
    ReasonForm,
    tone="warning",
    done=_l("Rejected. The organisation has been notified."),
)
verification_pages.step(
    "suspend",
    f"{ONE}/suspend",
    ReasonForm,
    tone="warning",
    done=_l("Suspended. The organisation has been notified."),
)
verification_pages.step(
    "reinstate",
    f"{ONE}/reinstate",
    ReasonForm,
    tone="warning",
    done=_l("Verified. The organisation has been notified."),
)
