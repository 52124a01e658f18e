"""Pages of questions about a call: asking for everyone, answering for the fund's people."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.public_questions import queries, service
from grants.applying.public_questions.forms import AnswerForm, AskForm, SetAsideForm
from grants.applying.public_questions.models import PublicQuestion
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people import credentials
from grants.core.people.permissions import Permission
from grants.platform.forms.forms import Form
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, public, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.beside import beside
from grants.platform.web.database import session

pages = Blueprint("public_questions", __name__)


def _find_call(reference: str) -> Call:
    return call_for_viewer(session(), reference, viewer())


def _find_editable_call(reference: str) -> Call:
    """A call whose questions this person answers."""
    call = _find_call(reference)
    if not viewer().may(Permission.CALL_EDIT, call.scope):
        raise Missing(_("Call for proposals not found."))
    return call


def _confirm_receipt(call: Call) -> ResponseReturnValue:
    flash(_("We have received your question. The answer will be published here."), "success")
    return redirect(url_for("calls.show", reference=call.reference))


@pages.route("/calls/<reference>/ask", methods=["GET", "POST"])
@public
def ask(reference: str) -> ResponseReturnValue:
    """Ask about a call; a person who has not signed in proves an address first."""
    call = _find_call(reference)
    signed_in = viewer().person_id is not None
    form = AskForm.of(signed_in=signed_in)
    if form.validate_on_submit():
        text = str(form.words.data)
        with attempt(form) as (opened, outcome):
            if signed_in:
                service.ask(opened, call, text, this_act())
            else:
                code = current_language().code
                service.prepare(opened, call, text, str(form.email.data), code, this_act())
        if outcome and signed_in:
            return _confirm_receipt(call)
        if outcome:
            return render_template(
                "applying/public_questions/link_sent.html", call=call, email=form.email.data
            )
    return render_template(
        "applying/public_questions/ask.html",
        call=call,
        form=form,
        takes=call.takes_questions(clock.now()),
    )


@pages.route("/calls/<reference>/ask/<token>", methods=["GET", "POST"])
@public
def confirm(reference: str, token: str) -> ResponseReturnValue:
    """The link of the e-mail: opening it changes nothing, the button does."""
    call = _find_call(reference)
    link = credentials.open_link(session(), token, service.INQUIRY)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.confirm(opened, call, token, this_act())
        if outcome:
            return _confirm_receipt(call)
    return render_template(
        "applying/public_questions/confirm.html", call=call, form=form, asked=link.facts["asked"]
    )


@pages.get("/calls/questions-asked")
@needs(Permission.CALL_EDIT)
def waiting() -> ResponseReturnValue:
    """The calls about which questions wait for an answer."""
    calls = queries.calls_with_questions(session(), viewer())
    if len(calls) == 1:
        return redirect(url_for("public_questions.index", reference=calls[0][0].reference))
    return render_template("applying/public_questions/waiting.html", calls=calls)


@pages.get("/calls/<reference>/questions-asked")
@beside("call", _l("Questions asked"), 10)
@needs(Permission.CALL_EDIT)
def index(reference: str) -> ResponseReturnValue:
    """Every question about a call, those that wait first."""
    call = _find_editable_call(reference)
    return render_template(
        "applying/public_questions/index.html",
        call=call,
        questions=queries.questions_of(session(), call),
    )


@pages.route("/calls/<reference>/questions-asked/<int:number>", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def answer(reference: str, number: int) -> ResponseReturnValue:
    """Answer a question to everyone, or correct an answer."""
    call = _find_editable_call(reference)
    question = queries.question_for_staff(session(), call, number)
    form = AnswerForm.showing(question)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            question.seen_at(counted(form.version.data))
            service.answer(
                opened, question, str(form.words.data), str(form.answer.data), this_act()
            )
        if outcome:
            flash(_("The answer has been published."), "success")
            return redirect(url_for("public_questions.index", reference=reference))
    return render_template(
        "applying/public_questions/answer.html", call=call, question=question, form=form
    )


def _find_question(reference: str, number: int) -> PublicQuestion:
    return queries.question_for_staff(session(), _find_editable_call(reference), number)


StepPages(
    pages,
    None,
    _find_question,
    lambda question: url_for(
        "public_questions.answer", reference=question.call.reference, number=question.id
    ),
    lambda question: (question.call.name,),
).act(
    "set_aside",
    Permission.CALL_EDIT,
    "/calls/<reference>/questions-asked/<int:number>/set-aside",
    SetAsideForm,
    lambda opened, question, _form, act: service.set_aside(opened, question, act),
    title=_l("Set a question aside"),
    button=_l("Set it aside"),
    done=_l("The question has been set aside. The person who asked has been notified."),
    after=lambda question: url_for("public_questions.index", reference=question.call.reference),
    template="applying/public_questions/set_aside.html",
)
