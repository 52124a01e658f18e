"""Trying a form as an applicant would: the real pages and rules, and nothing is kept."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grants.applying.builder.views import FORM, pages
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.fields import section_form, show
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.logic.outcome import Outcome, outcome_of
from grants.platform.questionnaires.reading import Fault, Typed
from grants.platform.questionnaires.shown import shown
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.database import session

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


def _outcome(form: Form, typed: Typed) -> Outcome:
    return outcome_of(form, [section.read(typed) for section in form.sections])


def _section(
    call: Call, here: Section, typed: Typed, outcome: Outcome, sections: list[Section]
) -> ResponseReturnValue:
    part = outcome.parts[list(call.questionnaire.sections).index(here)]
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
    problems = [
        (section, problem)
        for section, part in zip(form.sections, outcome.parts, strict=True)
        for problem in part.problems
        if problem.fault is not Fault.DOUBT
    ]
    return render_template(
        "applying/builder/tried.html",
        call=call,
        to_mend=problems,
        shown=shown(form, values, typed=typed),
        sections=sections,
        carried=[(name, text) for name, texts in typed.items() for text in texts],
    )
