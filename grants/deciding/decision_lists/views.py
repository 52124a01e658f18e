"""Pages of the list of decisions: of a session of the Board, and of a call."""

from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.decision_lists import queries, service
from grants.deciding.portfolio.views import call_to_rank
from grants.deciding.sessions.models import BoardSession
from grants.platform.documents.service import keep
from grants.platform.forms.fields import FileField, LongTextField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.database import session
from grants.platform.web.downloads import received, send_document

pages = Blueprint("decision_lists", __name__)

P = Permission
MOST = 100
"""Sessions on one page."""
SIZE, LAST_PAGE = 60, 10_000
"""Applications of a call on one page; no call has so many pages."""


class SignedListForm(Form):
    """The list as it was signed."""

    paper = FileField(_l("Signed list of decisions"), required=True, hint=_l("As one PDF."))


class AnotherSignedListForm(SignedListForm):
    """A signed list that replaces an earlier one."""

    reason = LongTextField(
        _l("Reason for replacing the earlier list"), required=True, limit=1000, rows=3
    )


class KeptElsewhereForm(Form):
    """The place of the signed paper of which there is no copy here."""

    reason = LongTextField(
        _l("Where the signed list is kept"),
        hint=_l("For example the registry and the number of the file, and when it was signed."),
        required=True,
        limit=1000,
        rows=3,
    )


def _held_session(reference: str) -> BoardSession:
    return queries.held_session(session(), reference, viewer())


@pages.get("/board/decisions")
@needs(P.AWARD_ADVISE)
def to_sign() -> ResponseReturnValue:
    """Sessions whose list of decisions is complete and awaits its signed copy."""
    waiting, signed = queries.lists_to_sign(viewer()), queries.lists_signed(viewer())
    return render_template(
        "deciding/decision_lists/to_sign.html",
        meetings=session().scalars(waiting.limit(MOST)).all(),
        signed=session().scalars(signed.limit(MOST)).all(),
    )


@pages.get("/board/sessions/<reference>/decisions")
@needs(P.REVIEW_SEE)
def of_session(reference: str) -> ResponseReturnValue:
    """What the Board advised in a session and what was decided since, without what is shut to
    this person; the signed list.
    """
    meeting = _held_session(reference)
    may_attach = viewer().may(P.AWARD_ADVISE, meeting.scope)
    whole = queries.is_open_whole(session(), meeting, viewer())
    listed = queries.decisions_of_session(session(), meeting, viewer())
    return render_template(
        "deciding/decision_lists/show.html",
        listed=listed,
        awarded=listed.awarded,
        pending=listed.pending,
        previous="",
        following="",
        back_to=url_for("sessions.show", reference=reference),
        signed=queries.signed_lists(session(), meeting) if whole else (),
        may_attach=may_attach and whole,
        sits=viewer().may(P.BOARD_SIT, meeting.scope),
    )


@pages.get("/calls/<reference>/decisions")
@needs(P.REVIEW_SEE)
def of_call(reference: str) -> ResponseReturnValue:
    """What was decided on the reviewed applications of a call, without what is shut to this
    person.
    """
    call = call_to_rank(reference)
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    page = queries.page_of_call(session(), call, viewer(), (number - 1) * SIZE, SIZE)
    page_url = partial(url_for, ".of_call", reference=reference)
    return render_template(
        "deciding/decision_lists/show.html",
        listed=page.listed,
        awarded=page.awarded,
        pending=page.pending,
        previous=page_url(page=number - 1) if number > 1 else "",
        following=page_url(page=number + 1) if number * SIZE < page.of else "",
        back_to=url_for("portfolio.ranking", reference=reference),
        signed=(),
        may_attach=False,
        sits=viewer().may(P.BOARD_SIT, call.scope),
    )


@pages.route("/board/sessions/<reference>/decisions/sign", methods=["GET", "POST"])
@needs(P.AWARD_ADVISE)
def sign(reference: str) -> ResponseReturnValue:
    """Attach the signed list."""
    meeting = _to_sign(reference)
    earlier = queries.signed_lists(session(), meeting)
    form = AnotherSignedListForm() if earlier else SignedListForm()
    back_to = url_for(".of_session", reference=reference)
    if form.validate_on_submit():
        reason = form.reason.data if isinstance(form, AnotherSignedListForm) else None
        with attempt(form) as (opened, outcome):
            act = this_act(reason)
            paper = keep(opened, received(form.paper.data), act, accept=(".pdf",), signed=True)
            service.attach_signed(opened, meeting, paper, act)
        if outcome:
            flash(_("The signed list of decisions has been attached."), "success")
            return redirect(back_to)
    elsewhere = "" if earlier else url_for(".elsewhere", reference=reference)
    return _signing_form(meeting, form, _("Attach the signed list"), elsewhere)


@pages.route("/board/sessions/<reference>/decisions/elsewhere", methods=["GET", "POST"])
@needs(P.AWARD_ADVISE)
def elsewhere(reference: str) -> ResponseReturnValue:
    """Say where the signed list is kept of which no copy is attached."""
    meeting, form = _to_sign(reference), KeptElsewhereForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.keep_elsewhere(opened, meeting, this_act(form.reason.data))
        if outcome:
            flash(_("The place where the signed list is kept has been recorded."), "success")
            return redirect(url_for(".of_session", reference=reference))
    return _signing_form(meeting, form, _("Record where the signed list is kept"))


def _to_sign(reference: str) -> BoardSession:
    meeting = _held_session(reference)
    if not viewer().may(P.AWARD_ADVISE, meeting.scope):
        raise Missing(_("Session %(reference)s not found.", reference=reference))
    return meeting


def _signing_form(meeting: BoardSession, form: Form, verb: str, elsewhere: str = "") -> str:
    return render_template(
        "deciding/decision_lists/sign.html",
        meeting=meeting,
        form=form,
        verb=verb,
        elsewhere=elsewhere,
        back_to=url_for(".of_session", reference=meeting.reference),
        refused=refusal(lambda: service.require_complete(session(), meeting, this_act())),
    )


@pages.get("/board/sessions/<reference>/decisions/signed/<int:number>")
@needs(P.APPLICATION_SEE)
def signed(reference: str, number: int) -> Response:
    """A signed list, for staff to whom every application on it is open."""
    meeting = _held_session(reference)
    if queries.is_open_whole(session(), meeting, viewer()):
        for signed_list in queries.signed_lists(session(), meeting):
            if signed_list.id == number and signed_list.document:
                return send_document(signed_list.document, meeting.scope)
    raise Missing(_("File not found."))
