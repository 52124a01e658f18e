"""Pages of clarifications: the fund asks about sections, the organisation answers there."""

from datetime import datetime, time
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications import queries
from grants.applying.applications.models import Application, Clarification
from grants.applying.applications.workflow import CAN_BE_CLARIFIED, CLARIFICATION
from grants.applying.calls.models import THE_MINUTE
from grants.applying.submissions import clarifying
from grants.applying.submissions.service import Incomplete
from grants.applying.writing.pages import own, pages, to
from grants.core.audit.advance import may_take
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.forms.fields import CheckboxesField, DateField, LongTextField
from grants.platform.forms.forms import Form
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.beside import beside
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import possible


class AskForm(Form):
    """What is to be clarified, where and until when."""

    wording = LongTextField(_l("What is to be clarified"), required=True, limit=4000)
    due_on = DateField(
        _l("Answer by the end of"),
        hint=_l("Two weeks from now, for example. The day ends in the time zone of the call."),
        required=True,
    )

    @classmethod
    def of(cls, application: Application) -> "AskForm":
        """With the sections of the form to choose from."""
        submission = application.submission
        answered = submission.snapshot["answers"] if submission else {}
        sections = [
            (section.key, section.name)
            for section in application.call.questionnaire.sections
            if not section.place or section.key in answered
        ]
        drawn: dict[str, Any] = {
            "sections": CheckboxesField(_l("Sections to reopen"), lambda: sections, required=True)
        }
        kind: type[AskForm] = type("AskFormOfApplication", (cls,), drawn)
        return kind()

    def asked(self, application: Application) -> clarifying.ClarificationRequest:
        """What was typed."""
        last = datetime.combine(self.due_on.data, time(23, 59), application.call.zone)
        return clarifying.ClarificationRequest(
            self["sections"].data, self.wording.data, last + THE_MINUTE
        )


@pages.route("/applications/<reference>/clarify", methods=["GET", "POST"])
@beside("application", _l("Clarification"), 8)
@needs(Permission.SCREENING_DECIDE)
def clarify(reference: str) -> ResponseReturnValue:
    """Ask the organisation to clarify sections, and see what it changed, before and after."""
    application = queries.application_for_staff(session(), reference, viewer())
    this_act().demand(Permission.SCREENING_DECIDE, application.scope)
    open_request = queries.asked_clarification(session(), application)
    form = AskForm.of(application)
    if open_request is not None and request.form.get("go") == "take_back":
        with transaction() as opened:
            clarifying.take_back(opened, open_request, this_act())
        flash(_("The request has been withdrawn."), "success")
        return redirect(url_for(".clarify", reference=reference))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            clarifying.ask(opened, application, form.asked(application), this_act())
        if outcome:
            flash(_("The organisation has been asked, and notified by e-mail."), "success")
            return redirect(url_for(".clarify", reference=reference))
    return render_template(
        "applying/writing/clarify.html",
        application=application,
        form=form,
        asked=open_request,
        can_ask=open_request is None and application.state in CAN_BE_CLARIFIED,
        **_requests_with_changes(application),
    )


def _requests_with_changes(application: Application) -> dict[str, Any]:
    """Every request with its sections, and what was changed."""
    names = {s.key: s.name for s in application.call.questionnaire.sections}
    requests = queries.clarifications_of(session(), application)
    return {
        "clarifications": [
            (row, [names[key] for key in row.sections], clarifying.compared(row))
            for row in requests
        ],
        "states": CLARIFICATION.names,
    }


@pages.route("/applying/<reference>/clarification", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def clarification(reference: str) -> ResponseReturnValue:
    """What the fund asks, the sections that are open again, and what was changed so far."""
    application = own(reference)
    open_request = _find_open_request(application)
    form = Form()
    problems: Any = ()
    if form.validate_on_submit():
        try:
            with attempt(form) as (opened, outcome):
                clarifying.answer(opened, open_request, this_act())
            if outcome:
                flash(_("Your clarification has been sent."), "success")
                return to("standing", application)
        except Incomplete as refusal:
            problems = refusal.problems
    step = CLARIFICATION.step("answer_clarification")
    page = render_template(
        "applying/writing/clarification.html",
        application=application,
        asked=open_request,
        open=open_request.is_open(clock.now()),
        sections=[application.call.questionnaire.section(key) for key in open_request.sections],
        changes=clarifying.compared(open_request, clarifying.as_it_is(session(), open_request)),
        problems=problems,
        form=form,
        may_send=may_take(session(), open_request, step, this_act()),
    )
    return page, 422 if problems else 200


def _find_open_request(application: Application) -> Clarification:
    """The request that waits for its answer, or Missing."""
    open_request = queries.asked_clarification(session(), application)
    if open_request is None:
        raise Missing(_("There is no request for clarification."))
    return possible(open_request, CLARIFICATION)
