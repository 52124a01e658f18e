"""Pages on which concept notes are decided: one by one, or several at once."""

from flask import render_template
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.board.forms import ReasonForm
from grants.deciding.board.queries import invitation_queue
from grants.deciding.board.views import application_for, decided
from grants.deciding.decisions.decision_views import pages
from grants.deciding.decisions.inviting import invite as invite_one
from grants.deciding.decisions.inviting import not_invite as not_invite_one
from grants.deciding.decisions.many_views import BY_STAGE, page_of, set_aside
from grants.deciding.screening.beside import beside_form, place_among
from grants.platform.forms.fields import LongTextField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, viewer

P = Permission


class InviteForm(Form):
    """What the invitation says besides."""

    reason = LongTextField(
        _l("What the full proposal should say more about"),
        hint=_l("Optional. It is added to the invitation."),
        limit=2000,
    )


@pages.route("/<reference>/invite", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def invite(reference: str) -> ResponseReturnValue:
    """Invite an organisation to send a full proposal."""
    application = application_for(reference, P.AWARD_RECOMMEND)
    form = InviteForm()
    message = _("The organisation has been invited to send a full proposal.")
    return _decide_or_show(application, form, "invite_full_proposal", message)


@pages.route("/<reference>/not-invite", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def not_invite(reference: str) -> ResponseReturnValue:
    """A concept note goes no further; the reason goes into the letter."""
    application = application_for(reference, P.AWARD_RECOMMEND)
    message = _("The concept note goes no further, and the applicant has been notified.")
    return _decide_or_show(application, ReasonForm(), "not_invite", message)


ACTS = {"invite_full_proposal": invite_one, "not_invite": not_invite_one}


def _decide_or_show(
    application: Application, form: InviteForm | ReasonForm, action: str, message: str
) -> ResponseReturnValue:
    """The page of the step; once it is taken, the next concept note."""
    place = place_among(invitation_queue(viewer()), application)
    return decided(application, form, ACTS[action], message, place) or render_template(
        "deciding/decisions/invite.html",
        form=form,
        step=APPLICATION.step(action),
        second=application.call.second_stage,
        ends=action == "not_invite",
        **beside_form(application, place),
    )


INVITE = set_aside(
    invitation_queue,
    "invite_full_proposal",
    invite_one,
    text=_l("Invite"),
    endpoint="decisions.invite_many",
    form=InviteForm,
)
NOT_INVITE = set_aside(
    invitation_queue,
    "not_invite",
    not_invite_one,
    text=_l("Do not invite"),
    endpoint="decisions.not_invite_many",
)
BY_STAGE["invite"] = (INVITE, NOT_INVITE)


@pages.route("/several/invite", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def invite_many() -> ResponseReturnValue:
    """Invite several organisations to send a full proposal."""
    return page_of(INVITE, "invite_many", "invite")


@pages.route("/several/not-invite", methods=["GET", "POST"])
@needs(P.AWARD_RECOMMEND)
def not_invite_many() -> ResponseReturnValue:
    """Several concept notes go no further, for the same reason."""
    return page_of(NOT_INVITE, "not_invite_many", "invite")
