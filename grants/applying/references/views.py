"""Pages for a person who is asked for a letter of reference: on the link of the e-mail alone."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.references import answering
from grants.applying.references.forms import LetterForm
from grants.applying.references.queries import ends_at, letter_question
from grants.core.kernel.reading import reading
from grants.platform.forms.forms import Form
from grants.platform.web.access import public, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import received

pages = Blueprint("references", __name__)


@pages.route("/letters-of-reference/<token>", methods=["GET", "POST"])
@public
def write(token: str) -> ResponseReturnValue:
    """Who asks and for which call, and the letter. Once it is closed, why."""
    opened = answering.opened(session(), token, this_act())
    form = LetterForm()
    if form.validate_on_submit():
        with attempt(form) as (inside, outcome):
            upload = received(form.file.data) if form.file.data else None
            answering.answer(inside, token, str(form.letter.data or ""), upload, this_act())
        if outcome:
            return redirect(url_for("references.write", token=token))
    return _render_page("write", token, opened, form)


@pages.route("/letters-of-reference/<token>/decline", methods=["GET", "POST"])
@public
def decline(token: str) -> ResponseReturnValue:
    """Say that no letter will come."""
    opened = answering.opened(session(), token, this_act())
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as (inside, outcome):
            answering.decline(inside, token, this_act())
        if outcome:
            return redirect(url_for("references.write", token=token))
    return _render_page("decline", token, opened, form)


def _render_page(
    name: str, token: str, opened: answering.Opened, form: Form
) -> ResponseReturnValue:
    application = opened.request.application
    question = letter_question(application, opened.request.question)
    with reading(application.call.text_languages):
        return render_template(
            f"applying/references/{name}.html",
            token=token,
            asked=opened.request,
            closed=opened.closed,
            application=application,
            question=question,
            ends_at=ends_at(application, question),
            form=form,
        )
