"""Pages of applicants: begin, write section by section, check, submit, see its progress."""

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications import history, queries
from grants.applying.applications.forms import SubmitForm, WithdrawForm
from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION, REFUSED, ApplicationState
from grants.applying.call_changes.amendments import last_extension
from grants.applying.calls.models import Call
from grants.applying.drafts.eligibility import obstacles
from grants.applying.drafts.offered import to_offer
from grants.applying.drafts.prefilled import to_copy
from grants.applying.drafts.work import Work
from grants.applying.references.queries import LetterStanding, file_to_read, standings_of
from grants.applying.submissions import service
from grants.applying.submissions.dossier import dossier_to_read
from grants.applying.submissions.service import Incomplete
from grants.applying.submissions.signing_off import Signing, signatories_of, signing_of
from grants.applying.writing.comments import open_comments
from grants.applying.writing.pages import is_writable, own, pages, to
from grants.applying.writing.team import is_reopenable, writing_now
from grants.core.audit.advance import may_take
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.reading import reading
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.platform.forms.step_pages import StepPages
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs, signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.downloads import send_document


@pages.get("/applying")
@in_menu(_l("My applications"), 20)
@needs(Permission.APPLICATION_READ)
def mine() -> ResponseReturnValue:
    """All that this person's organisations have begun or submitted."""
    return render_template(
        "applying/writing/mine.html",
        applications=queries.applications_of(session(), viewer()),
        states=APPLICATION.names,
        draft=ApplicationState.DRAFT,
        now=clock.now(),
    )


@pages.get("/applying/<reference>")
@needs(Permission.APPLICATION_READ)
def standing(reference: str) -> ResponseReturnValue:
    """A draft as a list of tasks for those who write it; anything else by its progress."""
    application = queries.application_to_read(session(), reference, viewer())
    writes = viewer().may(Permission.APPLICATION_WRITE, application.scope)
    if writes and is_writable(application):
        work = Work.of(session(), application)
        return render_template(
            "applying/writing/tasks.html",
            application=application,
            work=work,
            moved=last_extension(session(), application.call, application.begun_at),
            people=people_of_organisation(
                session(), application.organisation_id, Permission.APPLICATION_WRITE
            ),
            may_withdraw=_may_withdraw(application),
            writing=writing_now(session(), application, viewer().person_id, clock.now()),
            may_submit=viewer().may(Permission.APPLICATION_SUBMIT, application.scope),
            administrators=people_of_organisation(
                session(), application.organisation_id, Permission.APPLICATION_SUBMIT
            ),
            comments=open_comments(session(), application),
            to_copy=to_copy(session(), application),
            to_offer=len(to_offer(session(), application)),
            has_earlier=bool(queries.earlier_applications(session(), application)),
        )
    return render_template(
        "applying/writing/standing.html",
        application=application,
        dossier=dossier_to_read(session(), application),
        events=history.for_owner(session(), application),
        state=APPLICATION.names[application.state],
        second=_invited_to(application),
        asked=queries.asked_clarification(session(), application),
        is_draft=application.is_draft and not is_writable(application),
        letters=_decision_letters(application),
        paper=url_for("statements.download", document="submission", reference=reference),
        may_withdraw=_may_withdraw(application),
        references=standings_of(session(), application) if writes else (),
        may_reopen=_may_withdraw(application) and is_reopenable(application, clock.now()),
    )


def _invited_to(application: Application) -> Call | None:
    """The second stage to which the organisation is invited, while it takes proposals."""
    second = application.call.second_stage
    invited = application.state is ApplicationState.INVITED
    return second if second and invited and clock.now() < second.deadline_at else None


def _decision_letters(application: Application) -> list[tuple[str, str]]:
    """The letters that the organisation has got, by their names in the catalogue of papers."""
    letters = [("regret-letter", _("Letter of regret"))] if application.state in REFUSED else []
    if history.was_put_on_reserve(session(), application):
        letters.append(("reserve-letter", _("Letter about the reserve list")))
    return letters


def _may_withdraw(application: Application) -> bool:
    step = APPLICATION.step("withdraw")
    act = this_act()
    return application.state in step.sources and may_take(session(), application, step, act)


@pages.get("/applying/<reference>/check")
@needs(Permission.APPLICATION_WRITE)
def check(reference: str) -> ResponseReturnValue:
    """All answers once more, with every problem as a link to its place."""
    application = own(reference)
    if not is_writable(application):
        return to("standing", application)
    return _render_check(application, SubmitForm())


def _render_check(
    application: Application, form: SubmitForm, status: int = 200
) -> ResponseReturnValue:
    work = Work.of(session(), application)
    with reading(application.call.text_languages):
        unfinished = [part for part in work.parts if part.problems]
    page = render_template(
        "applying/writing/check.html",
        application=application,
        dossier=dossier_to_read(session(), application),
        unfinished=unfinished,
        number=sum(len(part.problems) for part in unfinished),
        letters=_letters_to_come(application, work),
        obstacles=obstacles(
            session(), application.call, application.organisation, application=application
        ),
        signing=_signing_state(application, work),
        may_sign=viewer().may(Permission.APPLICATION_SIGN, application.scope),
        signatories=signatories_of(session(), application),
        form=form,
        may_submit=viewer().may(Permission.APPLICATION_SUBMIT, application.scope),
        administrators=people_of_organisation(
            session(), application.organisation_id, Permission.APPLICATION_SUBMIT
        ),
    )
    return page, status


def _letters_to_come(application: Application, work: Work) -> list[LetterStanding]:
    """Letters that have not been received, besides those that the application cannot do without."""
    unasked_or_missing = {problem.question for part in work.parts for problem in part.problems}
    unasked_or_missing |= {key for part in work.parts for key in part.hidden}
    return [
        letter
        for letter in standings_of(session(), application)
        if letter.question.key not in unasked_or_missing
        and not (letter.standing and letter.standing.answered_at)
    ]


def _signing_state(application: Application, work: Work) -> Signing | None:
    """How far the sign-off is, where the call asks for one."""
    asks = application.call.signatory_signs
    return signing_of(session(), application, work) if asks else None


@pages.post("/applying/<reference>/submit")
@needs(Permission.APPLICATION_SUBMIT)
def submit(reference: str) -> ResponseReturnValue:
    """Submit it; a second click finds it submitted already."""
    application = own(reference, hold=True)
    form = SubmitForm()
    if form.validate_on_submit():
        try:
            with attempt(form) as (opened, outcome):
                service.submit(opened, application, this_act(), is_locked=True)
        except Incomplete:
            return _render_check(application, form, 422)
        if outcome:
            return to("submitted", application)
    if not is_writable(application):
        return _render_refusal(application, form)
    return _render_check(application, form, 422)


def _render_refusal(application: Application, form: SubmitForm) -> ResponseReturnValue:
    """Too late, or no draft any more: the reason, and the way to what is kept."""
    page = render_template("applying/writing/refused.html", application=application, form=form)
    return page, 422


@pages.get("/applying/<reference>/submitted")
@needs(Permission.APPLICATION_READ)
def submitted(reference: str) -> ResponseReturnValue:
    """The receipt: number, time, hash, and the copy."""
    application = queries.application_to_read(session(), reference, viewer())
    submission = queries.submission_of(session(), application.id)
    if submission is None:
        return to("standing", application)
    writes = viewer().may(Permission.APPLICATION_WRITE, application.scope)
    return render_template(
        "applying/writing/submitted.html",
        application=application,
        submission=submission,
        to_offer=len(to_offer(session(), application)) if writes else 0,
        paper=url_for("statements.download", document="submission", reference=reference),
        people=people_of_organisation(
            session(), application.organisation_id, Permission.APPLICATION_WRITE
        ),
    )


own_pages = StepPages(
    pages,
    APPLICATION,
    own,
    lambda application: url_for("applications.standing", reference=application.reference),
    lambda application: (application.reference,),
)

own_pages.step(
    "withdraw",
    "/applying/<reference>/withdraw",
    WithdrawForm,
    title=_l("Withdraw the application"),
    warning=_l(
        "The application will not be considered further. Your organisation can start another one "
        "before the deadline."
    ),
    button=_l("Withdraw"),
    done=_l("The application has been withdrawn."),
)


@pages.get("/applications/<reference>/files/<int:attached_id>")
@signed_in
def file(reference: str, attached_id: int) -> Response:
    """A file of an application, for a person who may see the application."""
    application = queries.application_for_viewer(session(), reference, viewer())
    attached = file_to_read(session(), application, attached_id, viewer())
    return send_document(attached.document, application.scope)
