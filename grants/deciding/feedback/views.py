"""Pages on which the secretariat writes what the letters of applicants say."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, BEFORE_A_LETTER, ON_THE_WAY, PRICED
from grants.applying.secretariat.listed import OF_APPLICATIONS
from grants.core.audit.act import Act
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.deciding.feedback import queries
from grants.deciding.feedback.forms import ParagraphForm, letter_form
from grants.deciding.letters.writing import (
    Words,
    draft_of,
    drafts_of,
    require_letter_to_come,
    write,
)
from grants.deciding.screening.beside import (
    CasePart,
    beside_form,
    go_on,
    of_call,
    place_among,
    queue_form,
)
from grants.deciding.screening.queries import application_of
from grants.platform.tables.bulk import Bulk, Outlook, acts
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session

pages = Blueprint("feedback", __name__, url_prefix="/feedback")

P = Permission

QUEUE = Listing(
    columns=(
        Column(_l("Number"), lambda a: a.reference, kind="code"),
        Column(_l("Organisation"), lambda a: a.organisation.name, worth="name"),
        Column(
            _l("Project"),
            lambda a: a.title,
            worth="title",
            link=lambda a: url_for(
                "feedback.letter", reference=a.reference, call=request.args.get("call")
            ),
        ),
        Column(_l("Language of the letter"), lambda a: language_name(a.language)),
        Column(_l("Status"), lambda a: APPLICATION.names[a.state].staff),
        Column(_l("Call"), lambda a: a.call.reference, kind="code"),
    ),
    orders={"oldest": Order(Application.id)},
    facts=OF_APPLICATIONS,
)


def _letters_waiting() -> Any:
    return of_call(queries.to_write(at_work()), request.args.get("call"))


@pages.get("")
@needs(P.REVIEW_ASSIGN)
def index() -> ResponseReturnValue:
    """Applications whose letter is the next step, and for which nothing is written yet."""
    form = queue_form(queries.to_write(at_work()))
    listed = QUEUE.of(session(), _letters_waiting(), "feedback")
    return listed.file or render_template(
        "deciding/feedback/index.html",
        listed=listed,
        form=form,
        acts=acts(WRITE),
        texts=viewer().may(P.CALL_OPEN),
    )


@pages.route("/<reference>", methods=["GET", "POST"])
@beside("application", _l("Feedback to the applicant"), 35, lambda a: a.state in BEFORE_A_LETTER)
@needs(P.REVIEW_ASSIGN)
def letter(reference: str) -> ResponseReturnValue:
    """What the letter of one application says, beside the application and its reviews."""
    application = application_of(session(), reference, viewer(), P.REVIEW_ASSIGN)
    place = place_among(queries.to_write(at_work()), application)
    draft = draft_of(session(), application)
    suggested = queries.suggested(session(), [application.id])[application.id]
    form = letter_form(application, draft, suggested)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            write(opened, application, form.words(), this_act())
        if outcome:
            flash(_("The text for the letter has been saved."), "success")
            back = url_for("decisions.show", reference=reference, part=LETTERS.key)
            return go_on(place, back)
    return render_template(
        "deciding/feedback/letter.html",
        form=form,
        refused=refusal(lambda: require_letter_to_come(application)),
        drawn=bool(suggested) and draft is None,
        letter_language=language_name(application.language),
        **beside_form(application, place),
    )


def _foresee_writing(
    opened: Session, applications: Sequence[Application], form: Any, _act: Act
) -> list[Outlook]:
    ids = [application.id for application in applications]
    drafts, texts = drafts_of(opened, ids), queries.suggested(opened, ids)
    return [
        _outlook_of(application, texts[application.id], form, written=application.id in drafts)
        for application in applications
    ]


def _outlook_of(
    application: Application, texts: Mapping[str, str], form: Any, *, written: bool
) -> Outlook:
    language = language_name(application.language)
    cells = (application.organisation.name, language, len(texts))
    why_not = _why_not(application, written=written, words=bool(texts or form.paragraph.data))
    return Outlook(application, cells, why_not, basis=sorted(texts.items()))


def _why_not(application: Application, *, written: bool, words: bool) -> str:
    if application.state not in BEFORE_A_LETTER:
        status = APPLICATION.names[application.state].staff
        return _("This cannot be done now: the status is “%(state)s”.", state=status)
    if written:
        return _("A text has already been written. Change it on its own page.")
    return "" if words else _("The reviewers wrote no feedback for the applicant.")


def _write_letter(opened: Session, application: Application, form: Any, act: Act) -> None:
    texts = queries.suggested(opened, [application.id])[application.id]
    write(opened, application, Words(form.paragraph.data or "", texts), act)


WRITE = Bulk(
    text=_l("Use the reviewers’ feedback as it is"),
    endpoint="feedback.write_many",
    model=Application,
    seen=lambda: queries.writable(viewer()),
    queue=_letters_waiting,
    name=lambda application: str(application.reference),
    status=lambda application: str(APPLICATION.names[application.state].staff),
    takes=lambda application: application.state in BEFORE_A_LETTER,
    heads=(
        _l("Organisation"),
        _l("Language of the letter"),
        {"text": _l("Criteria with feedback"), "kind": "number"},
    ),
    form=ParagraphForm,
    foresee=_foresee_writing,
    do=_write_letter,
)


@pages.route("/several", methods=["GET", "POST"])
@needs(P.REVIEW_ASSIGN)
def write_many() -> ResponseReturnValue:
    """Take the reviewers' feedback into several letters, with the same paragraph in each."""
    back = url_for("feedback.index", call=request.args.get("call"))
    return WRITE.page("deciding/feedback/write_many.html", back)


def _show_letters(application: Application) -> str:
    """The letters of an application; nothing for a person who only decides on it before there is
    any.
    """
    writes = viewer().may(P.REVIEW_ASSIGN, application.scope)
    if application.state in ON_THE_WAY or (application.state in PRICED and not writes):
        return ""
    letters = queries.letters_of(session(), application)
    rows = [(letter, queries.feedback_by_criterion(application, letter)) for letter in letters]
    return render_template(
        "deciding/feedback/part_letters.html",
        letters=rows,
        application=application,
        may_write=writes,
    )


LETTERS = CasePart("letters", _l("Letters"), _show_letters)
