"""Asking another person for a letter of reference, reminding, and seeing how far it is."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.applications.models import Application
from grants.applying.references import service
from grants.applying.references.forms import AskForm
from grants.applying.references.queries import letter_question, standings_of
from grants.applying.writing.pages import own, pages, to
from grants.core.kernel import clock
from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.reading import reading
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.form import Section
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session, transaction


@pages.route("/applying/<reference>/letters/<question>", methods=["GET", "POST"])
@needs(Permission.APPLICATION_WRITE)
def letter(reference: str, question: str) -> ResponseReturnValue:
    """Ask a person for a letter, and see who was asked and what came of it."""
    application = own(reference)
    letter_question(application, question)
    form = AskForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            name, email = str(form.name.data), str(form.email.data)
            language = str(form.language.data)
            service.ask(opened, application, question, name, email, language, this_act())
        if outcome:
            flash(_("We have sent the link to %(name)s.", name=name), "success")
            return to("letter", application, question=question)
    standing = next(s for s in standings_of(session(), application) if s.question.key == question)
    with reading(application.call.text_languages):
        return render_template(
            "applying/writing/letter.html",
            application=application,
            form=form,
            letter=standing,
            section=_part_that_asks(application, question),
            in_time=clock.now() < standing.ends_at and not application.is_withdrawn,
            asked_from=service.BETWEEN_REMINDERS,
            now=clock.now(),
        )


def _part_that_asks(application: Application, question: str) -> Section:
    """The section of a letter: one of several, where each has a letter of its own."""
    parts = application.call.questionnaire.parts
    return next(part for part in parts if any(asked.key == question for asked in part.questions))


@pages.post("/applying/<reference>/letters/<question>/remind")
@needs(Permission.APPLICATION_WRITE)
def remind_of_letter(reference: str, question: str) -> ResponseReturnValue:
    """Send the link once more."""
    application = own(reference)
    try:
        with transaction() as opened:
            service.remind(opened, application, question, this_act())
    except FundError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("We have sent the link again."), "success")
    return to("letter", application, question=question)
