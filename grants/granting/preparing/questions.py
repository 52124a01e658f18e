"""What a grantee is asked about its finances before the agreement: the form of its call."""

from collections.abc import Iterator, Sequence
from typing import Any

from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.standard.grantee import STANDARD_FINANCE
from grants.deciding.awards.models import Award
from grants.granting.preparing.models import Preparation
from grants.platform.questionnaires.asking import with_asked_cells
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.outcome import Outcome, outcome_of
from grants.platform.questionnaires.presentation import ShownSection, shown_sections
from grants.platform.questions.reading import Fault, Problem, Typed


def finance_form_of(award: Award) -> Form:
    """What the call of the grant asks; the standard form where it has no call."""
    if award.application is None:
        return STANDARD_FINANCE
    return award.application.call.form_for(FormPurpose.FINANCE)


def as_one_page(form: Form) -> Section:
    """All questions of the form as one section, to be written on one page."""
    return Section(key="all", title={}, questions=tuple(form.questions))


def outcome_for(form: Form, typed: Typed) -> Outcome:
    """What is asked for these answers, and what is wrong with them."""
    form = with_asked_cells(form, typed)
    return outcome_of(form, [section.read(typed) for section in form.sections])


def problems_in(form: Form, typed: Typed) -> Iterator[Problem]:
    """What is missing or wrong. A text that may identify a person is no matter of finances."""
    for part in outcome_for(form, typed).parts:
        yield from (problem for problem in part.problems if problem.fault is not Fault.DOUBT)


def finance_content(form: Form, typed: Typed) -> list[dict[str, Any]]:
    """The answers as they are kept, section by section."""
    return [{"section": part.key, "typed": part.kept(typed)} for part in form.sections]


def typed_in(row: Preparation | None) -> dict[str, list[str]]:
    """The answers as they were typed."""
    typed: dict[str, list[str]] = {}
    for part in row.content if row else ():
        if "question" in part:  # kept before calls had questionnaires of their own
            typed[f"q_{part['question']}"] = [part["answer"]]
            typed[f"q_{part['question']}_why"] = [part["explanation"]]
        else:
            typed |= part["typed"]
    return typed


def answers_in(row: Preparation) -> Sequence[ShownSection]:
    """What a grantee has answered, section by section."""
    form, typed = finance_form_of(row.award), typed_in(row)
    values = {k: v for part in outcome_for(form, typed).parts for k, v in part.values.items()}
    return shown_sections(form, values)
