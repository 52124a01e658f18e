"""Trying a form as an applicant would: the real pages and rules. Nothing is kept, unless the call
is being tested: then the answers are a trial application.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    APPLICATION_FORM,
    FORM,
    form_on_page,
    pages,
    purpose_of_page,
)
from grants.applying.calls import trials as testing
from grants.applying.calls.earlier import remembering_earlier
from grants.applying.calls.limits import rule_problems, ruled_in
from grants.applying.calls.models import Call, TrialApplication
from grants.applying.calls.purposes import FormPurpose, faults_for
from grants.applying.calls.queries import call_for_viewer
from grants.applying.calls.trials import keep_trial, trial_of
from grants.applying.calls.workflow import CALL, PREPARED, CallState
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.reading import reading
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.asking import left_out, newly_asked, with_asked_cells
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.outcome import Outcome, outcome_of
from grants.platform.questionnaires.picking import offers_in, with_picks
from grants.platform.questionnaires.places import FormFault
from grants.platform.questionnaires.presentation import shown_sections
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questions import Counted
from grants.platform.questions.reading import Fault, Problem, Typed
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import possible

END = "check"
"""The page after the last section."""
ONWARDS, BACK = "onwards", "back"


@pages.route(FORM + "/try", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def try_form(reference: str) -> ResponseReturnValue:
    """One section after another; what was typed goes on from page to page and is stored nowhere."""
    call = call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_EDIT, call.scope)
    number = counted(request.values.get("trial"))
    trial = trial_of(session(), call, number) if number else None
    sent = request.method == "POST" and "csrf_token" in request.form
    typed = dict(trial.given) if trial and not sent else _typed_answers()
    form = _form_tried(call, typed)
    with reading(call.text_languages):
        outcome = _outcome_of_typed(form, typed)
    sections = [
        section
        for section in form.sections
        if any(question.key in outcome.shown for question in section.questions)
    ]
    opened = _newly_asked(form, outcome)
    place = opened or _place_to_go(form, [section.key for section in sections])
    if trial and sent:
        _keep_in_trial(
            call, trial, typed, complete=place == END and not _problems_of(call, outcome)
        )
    current = next((section for section in sections if section.key == place), None)
    if current is None:
        return _end_page(call, typed, outcome, sections)
    if opened:
        flash(_("Because of these answers, there are more questions in this section."), "notice")
    return _section_page(call, current, typed, outcome, sections)


def _place_to_go(form: Form, shown_now: Sequence[str]) -> str:
    """Where a person goes on: the key of a section, or the end. The sections that are shown may
    not be those that were when the page was made.
    """
    keys = [section.key for section in form.sections]
    at, target = (
        request.form.get("at", ""),
        request.form.get("go", shown_now[0] if shown_now else END),
    )
    if at not in keys or target not in (ONWARDS, BACK):
        return target
    place = keys.index(at)
    if target == BACK:
        return next((key for key in reversed(keys[:place]) if key in shown_now), at)
    return next((key for key in keys[place + 1 :] if key in shown_now), END)


@pages.post(FORM + "/try/asked")
@needs(Permission.CALL_EDIT)
def asked(reference: str) -> ResponseReturnValue:
    """The questions of the section in sight that are not asked for the answers given so far."""
    call = call_for_viewer(session(), reference, viewer())
    this_act().demand(Permission.CALL_EDIT, call.scope)
    form = _form_tried(call, _typed_answers())
    current = form.section(request.form.get("at", ""))
    outcome = _outcome_of_typed(form, _typed_answers())
    hidden = left_out(current, _hidden_in(current, outcome))
    return jsonify(hidden=" ".join(hidden), offers=offers_in(current))


def _hidden_in(section: Section, outcome: Outcome) -> frozenset[str]:
    return frozenset(question.key for question in section.questions) - outcome.shown


def _form_tried(call: Call, typed: Typed) -> Form:
    """The form as it is filled in, for these answers."""
    form = with_picks(with_repetitions(form_on_page(call)), typed)
    return with_asked_cells(form, typed)


def _typed_answers() -> Typed:
    return {n: t for n, t in request.form.to_dict(flat=False).items() if n.startswith("q_")}


def _newly_asked(form: Form, outcome: Outcome) -> str:
    """The section that was in sight, if its answers bring up questions that it did not show and a
    person went on from it.
    """
    at = request.form.get("at", "")
    if request.form.get("go") != ONWARDS or at not in [section.key for section in form.sections]:
        return ""
    section, unseen = form.section(at), set(request.form.get("hidden", "").split())
    opened = newly_asked(section, _typed_answers(), unseen, _hidden_in(section, outcome))
    return at if opened else ""


def _keep_in_trial(call: Call, trial: TrialApplication, typed: Typed, *, complete: bool) -> None:
    """Keep what was posted in the trial application."""
    with transaction() as opened:
        keep_trial(opened, trial, call, typed, this_act(), complete=complete)


def _problems_of(call: Call, outcome: Outcome) -> list[tuple[Section, Problem]]:
    """What keeps the answers from being submitted: the rules of the form, and those of the call.
    Files and letters, and doubts that a person has to answer, are left out of a trial.
    """
    form = with_repetitions(form_on_page(call))
    files = {question.key for question in form.questions if isinstance(question, Counted)}
    with reading(call.text_languages):
        applies = purpose_of_page() is FormPurpose.APPLICATION
        ruled = list(rule_problems(call, _values_of(outcome))) if applies else []
    return [
        (section, problem)
        for section, part in zip(form.sections, outcome.parts, strict=True)
        for problem in (*part.problems, *ruled_in(section, ruled))
        if problem.fault is not Fault.DOUBT and problem.question not in files
    ]


def _values_of(outcome: Outcome) -> dict[str, Any]:
    return {key: value for part in outcome.parts for key, value in part.values.items()}


def _outcome_of_typed(form: Form, typed: Typed) -> Outcome:
    return outcome_of(form, [section.read(typed) for section in form.sections])


def _section_page(
    call: Call, current: Section, typed: Typed, outcome: Outcome, sections: list[Section]
) -> ResponseReturnValue:
    with reading(call.text_languages):
        form = section_form(current, typed)
    checked = request.form.get("at") == request.form.get("go") == current.key
    problems = []
    if request.method == "POST":
        of_sections = _problems_of(call, outcome)
        here = [problem for section, problem in of_sections if section.key == current.key]
        problems = [p for p in here if checked or p.fault is Fault.WRONG]
        show(form, problems)
    return render_template(
        "applying/builder/try.html",
        call=call,
        here=current,
        form=form,
        sections=sections,
        is_right=checked and not problems,
        found=_faults_in(call, current) if checked else [],
        hidden=left_out(current, _hidden_in(current, outcome)),
        carried=_carried_inputs(typed, current),
        trial=counted(request.values.get("trial")),
        may_change=call.state in PREPARED,
    )


def _faults_in(call: Call, section: Section) -> list[FormFault]:
    """What is to be corrected in this section, and in the checks of its answers, before the call
    can be opened.
    """
    keys = {section.key, *(question.key for question in section.questions)}
    purpose = purpose_of_page()
    with remembering_earlier(session(), call, purpose):
        faults = faults_for(form_on_page(call), purpose, call.languages)
    return [fault for fault in faults if fault.key in keys]


def _carried_inputs(typed: Typed, current: Section) -> list[tuple[str, str]]:
    """What was typed in other sections, for hidden inputs."""
    return [
        (name, text)
        for name, texts in typed.items()
        if not any(question.owns(name) for question in current.questions)
        for text in texts
    ]


def _end_page(
    call: Call, typed: Typed, outcome: Outcome, sections: list[Section]
) -> ResponseReturnValue:
    problems = _problems_of(call, outcome)
    with reading(call.text_languages):
        answers = shown_sections(_form_tried(call, typed), _values_of(outcome), typed=typed)
    return render_template(
        "applying/builder/tried.html",
        call=call,
        to_mend=problems,
        problems_by_section=[
            (section, [problem for _section, problem in of_section])
            for section, of_section in groupby(problems, itemgetter(0))
        ],
        trial=counted(request.values.get("trial")),
        shown=answers,
        sections=sections,
        carried=[(name, text) for name, texts in typed.items() for text in texts],
    )


@pages.route(APPLICATION_FORM + "/trials", methods=["GET", "POST"])
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
    deleted = number = 0
    with transaction() as opened:
        if pressed == "begin":
            testing.begin_test(opened, call, this_act())
        elif pressed == "end":
            deleted = testing.end_test(opened, call, this_act())
        else:
            number = testing.begin_trial(opened, call, this_act()).id
    if pressed == "begin":
        flash(_("The call can be tested now. Applicants do not see it."), "success")
        return redirect(url_for(".trials", reference=call.reference))
    if pressed == "end":
        message = ngettext(
            "The test is over; %(num)s trial application was deleted.",
            "The test is over; %(num)s trial applications were deleted.",
            deleted,
        )
        flash(message, "success")
        return redirect(url_for("calls.show", reference=call.reference))
    return redirect(url_for(".try_form", reference=call.reference, trial=number))
