"""Trying a form as an applicant would: the real pages and rules. Nothing is kept, unless the call
is being tested: then the answers are a trial application.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import FORM, pages
from grants.applying.calls import trials as testing
from grants.applying.calls.models import Call, TrialApplication
from grants.applying.calls.queries import call_for_viewer
from grants.applying.calls.trials import keep_trial, trial_of
from grants.applying.calls.workflow import CALL, CallState
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.reading import reading
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.logic.outcome import Outcome, outcome_of
from grants.platform.questionnaires.reading import Fault, Problem, Typed
from grants.platform.questionnaires.shown import shown
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import possible
from grants.platform.web.typed import counted

END = "check"
"""The page after the last section."""


@pages.route(FORM + "/try", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def try_form(reference: str) -> ResponseReturnValue:
    """One section after another; what was typed goes on from page to page and is stored nowhere."""
    call = call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_EDIT, call.scope)
    form = call.questionnaire
    typed: Typed = {n: t for n, t in request.form.to_dict(flat=False).items() if n.startswith("q_")}
    if number := counted(request.values.get("trial")):
        typed = _kept(call, trial_of(session(), call, number), typed)
    with reading(call.text_languages):
        outcome = _outcome(form, typed)
    sections = [
        section
        for section in form.sections
        if any(question.key in outcome.shown for question in section.questions)
    ]
    place = request.form.get("go", sections[0].key if sections else END)
    here = next((section for section in sections if section.key == place), None)
    if here is None:
        return _end(call, typed, outcome, sections)
    return _section(call, here, typed, outcome, sections)


def _kept(call: Call, trial: TrialApplication, typed: Typed) -> Typed:
    """What the trial application holds; what was posted is kept in it first."""
    if request.method == "POST" and "csrf_token" in request.form:
        form = call.questionnaire
        complete = request.form.get("go") == END and not _problems(form, _outcome(form, typed))
        with transaction() as opened:
            keep_trial(opened, trial, call, typed, this_act(), complete=complete)
        return typed
    return dict(trial.given)


def _problems(form: Form, outcome: Outcome) -> list[tuple[Section, Problem]]:
    """What keeps the answers from being submitted; files are left out of a trial."""
    files = {question.key for section in form.sections for question in section.files}
    return [
        (section, problem)
        for section, part in zip(form.sections, outcome.parts, strict=True)
        for problem in part.problems
        if problem.fault is not Fault.DOUBT and problem.question not in files
    ]


def _outcome(form: Form, typed: Typed) -> Outcome:
    return outcome_of(form, [section.read(typed) for section in form.sections])


def _section(
    call: Call, here: Section, typed: Typed, outcome: Outcome, sections: list[Section]
) -> ResponseReturnValue:
    part = outcome.parts[list(call.questionnaire.sections).index(here)]
    with reading(call.text_languages):
        form = section_form(here, typed)
    if request.method == "POST":
        show(form, [p for p in part.problems if p.fault is Fault.WRONG])
    keys = [section.key for section in sections]
    following = [*keys, END][keys.index(here.key) + 1]
    return render_template(
        "applying/builder/try.html",
        call=call,
        here=here,
        form=form,
        sections=sections,
        following=following,
        hidden={question.key for question in here.questions} - outcome.shown,
        carried=_carried(typed, here),
        trial=counted(request.values.get("trial")),
    )


def _carried(typed: Typed, here: Section) -> list[tuple[str, str]]:
    """What was typed in other sections, for hidden inputs."""
    return [
        (name, text)
        for name, texts in typed.items()
        if not any(question.owns(name) for question in here.questions)
        for text in texts
    ]


def _end(
    call: Call, typed: Typed, outcome: Outcome, sections: list[Section]
) -> ResponseReturnValue:
    form = call.questionnaire
    values = {key: value for part in outcome.parts for key, value in part.values.items()}
    with reading(call.text_languages):
        answers = shown(form, values, typed=typed)
    return render_template(
        "applying/builder/tried.html",
        call=call,
        to_mend=_problems(form, outcome),
        trial=counted(request.values.get("trial")),
        shown=answers,
        sections=sections,
        carried=[(name, text) for name, texts in typed.items() for text in texts],
    )


@pages.route(FORM + "/trials", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def trials(reference: str) -> ResponseReturnValue:
    """The trial applications of a call: begin or end the test, add one, go on with one."""
    call = call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_EDIT, call.scope)
    tested = call.state is CallState.TEST
    if request.method == "POST":
        return _act_on_trials(call)
    return render_template(
        "applying/builder/trials.html",
        call=call if tested else possible(call, CALL),
        tested=tested,
        trials=testing.trials_of(session(), call),
        me=viewer().person_id,
    )


def _act_on_trials(call: Call) -> ResponseReturnValue:
    pressed = request.form.get("go", "")
    gone = number = 0
    with transaction() as opened:
        if pressed == "begin":
            testing.begin_test(opened, call, this_act())
        elif pressed == "end":
            gone = testing.end_test(opened, call, this_act())
        else:
            number = testing.begin_trial(opened, call, this_act()).id
    if pressed == "begin":
        flash(_("The call can be tested now. Applicants do not see it."), "success")
        return redirect(url_for(".trials", reference=call.reference))
    if pressed == "end":
        said = ngettext(
            "The test is over; %(num)s trial application was deleted.",
            "The test is over; %(num)s trial applications were deleted.",
            gone,
        )
        flash(said, "success")
        return redirect(url_for("calls.show", reference=call.reference))
    return redirect(url_for(".try_form", reference=call.reference, trial=number))
