"""Pages on which a grantee accepts its award or asks for another start, and the fund keeps it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.requested_period import RequestedPeriod, requested_period
from grants.core.audit.queries import newest_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Award
from grants.granting.preparing import accepting
from grants.granting.preparing.forms import StartForm
from grants.granting.preparing.queries import reply_of
from grants.granting.preparing.views import award_of, pages
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import ReasonForm, StepPages
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session

ONE = "/grants/<reference>/acceptance"


def acceptance_of(award: Award) -> str:
    """The address of the page on which an award is accepted."""
    return url_for("preparing.acceptance", reference=award.reference)


def _render_page(award: Award, form: Form, status: int = 200) -> ResponseReturnValue:
    requested = RequestedPeriod()
    if award.application:
        requested = requested_period(award.application)
    may = viewer().may
    page = render_template(
        "granting/preparing/acceptance.html",
        award=award,
        form=form,
        reply=reply_of(session(), award.id),
        requested=requested,
        why=accepting.why_this_start(award, requested),
        changed=newest_of(session(), award, "change_period"),
        start_request=newest_of(session(), award, "ask_start"),
        kept=newest_of(session(), award, "keep_start"),
        is_staff=may(Permission.DISBURSEMENT_SEE, award.scope),
        replies=may(Permission.GRANT_CHANGE_REQUEST, award.scope),
        decides=may(Permission.AWARD_APPROVE, award.scope),
        refused=refusal(lambda: accepting.require_open_to_reply(session(), award)),
    )
    return page, status


@pages.get(ONE)
@signed_in
def acceptance(reference: str) -> ResponseReturnValue:
    """The award, why it starts on its day, and what its grantee says of it."""
    return _render_page(award_of(reference), Form())


@pages.post(ONE)
@needs(Permission.GRANT_CHANGE_REQUEST)
def accept_award(reference: str) -> ResponseReturnValue:
    """The organisation accepts its award."""
    award, form = award_of(reference), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            accepting.accept_award(opened, award, this_act())
        if outcome:
            flash(_("Accepted. Thank you: the fund prepares the agreement."), "success")
            return redirect(url_for("agreements.before", reference=award.reference))
    return _render_page(award, form, 422)


start_pages = StepPages(
    pages,
    None,
    award_of,
    acceptance_of,
    lambda award: (award.reference, award.title),
    _l("Your award"),
)
start_pages.act(
    "ask_start",
    Permission.GRANT_CHANGE_REQUEST,
    f"{ONE}/start",
    lambda award: StartForm(data={"starts_on": award.starts_on}),
    lambda opened, award, form, act: accepting.ask_start(opened, award, form.starts_on.data, act),
    check=lambda opened, award, _act: accepting.require_open_to_reply(opened, award),
    title=_l("Ask for another start"),
    lead=_l(
        "The fund decides, and tells you. The last day of the grant moves with the start. Until "
        "then no agreement is sent to you."
    ),
    button=_l("Send to the fund"),
    done=_l("Sent. The fund will tell you what it has decided."),
)
start_pages.act(
    "keep_start",
    Permission.AWARD_APPROVE,
    f"{ONE}/keep",
    ReasonForm,
    lambda opened, award, _form, act: accepting.keep_start(opened, award, act),
    check=lambda opened, award, _act: accepting.require_start_asked(opened, award),
    title=_l("Keep the start of the grant"),
    lead=_l("The organisation reads the reason, and is asked again to accept the award."),
    button=_l("Keep the start"),
    done=_l("The start stays. The organisation has been notified of the reason."),
)
