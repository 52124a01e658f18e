"""What looks unfinished in a call that could be opened: told as advice, never a refusal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.standard import CONCEPT_FORM, STANDARD_FORM
from grants.applying.calls.translating import texts_of_call
from grants.applying.form_translations.doubts import doubtful
from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext as _n
from grants.core.texts.formats import language_name
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import name_of_section, texts_of
from grants.platform.questionnaires.written import to_json
from grants.platform.questions import Computed, Question, Table
from grants.platform.questions.reading import PlacedText


def advice_for(call: Call, trail: Sequence[TrailRow]) -> list[str]:
    """What a person may want to look at before this call is opened. `trail`: its history."""
    advice = list(_of_form(call, call.form_for(FormPurpose.APPLICATION)))
    for purpose in FormPurpose:
        if call.grantee_forms.get(purpose.value):
            form = call.form_for(purpose)
            faults = [*_of_questions(form), *_of_translations(call, texts_of(form))]
            advice += [_("%(form)s: %(fault)s", form=purpose.label, fault=line) for line in faults]
    if second := call.second_stage:
        lines = _of_form(second, second.form_for(FormPurpose.APPLICATION))
        advice += [_("Full proposals: %(fault)s", fault=line) for line in lines]
    if not any(row.action == "begin_test" for row in trail):
        advice.append(
            _("The call has not been tested. “Test the call” lets colleagues fill it in first.")
        )
    return advice


def checked_in_words() -> list[str]:
    """What has been checked in a call that can be opened."""
    return [
        _("Dates, amounts and rules of the call, and how they fit together"),
        _("The criteria and the eligibility checklist: weights, and nothing twice"),
        _("Every section asks something, and each question has all that its kind needs"),
        _("Conditions, checks, formulas and rules for rows: readable, in order, not contradictory"),
        _("Which questions give what lists show"),
        _("Texts in each language, and files that are offered for download"),
    ]


def _of_form(call: Call, form: Form) -> Iterator[str]:
    """What is said of the form for applicants."""
    if call.form in (to_json(STANDARD_FORM), to_json(CONCEPT_FORM)):
        yield _(
            "The application form is still the standard form: applicants will see its "
            "questions and be asked for its documents."
        )
    yield from _of_questions(form)
    yield from _of_translations(
        call, [*texts_of(form), *(part.text for part in texts_of_call(call))]
    )


def _of_translations(call: Call, texts: Sequence[PlacedText]) -> Iterator[str]:
    for language in call.languages:
        if number := doubtful(texts, language):
            yield _n(
                "%(language)s: %(num)s translation does not match the English. Check its figures"
                " and addresses.",
                "%(language)s: %(num)s translations do not match the English. Check their figures"
                " and addresses.",
                number,
                language=language_name(language),
            )


def _of_questions(form: Form) -> Iterator[str]:
    for section in form.sections:
        where = name_of_section(section)
        questions = [question for question in section.questions if question.asks]
        if questions and not any(question.required for question in questions):
            yield _("%(where)s: every question may be left empty.", where=where)
        for label in _repeated_labels(questions):
            message = _("two questions are called “%(label)s”", label=label)
            yield _("%(where)s: %(fault)s.", where=where, fault=message)
        for question in questions:
            if isinstance(question, Table):
                yield from _of_table(question)


def _of_table(table: Table) -> Iterator[str]:
    for label in _repeated_labels(table.columns):
        message = _("two columns are called “%(label)s”", label=label)
        yield _("%(where)s: %(fault)s.", where=table.english_title, fault=message)
    optional = [
        column.english_title
        for column in table.columns
        if not column.required and not isinstance(column, Computed)
    ]
    if table.required and optional:
        message = _(
            "an answer is required, but these columns may be left empty: %(columns)s",
            columns=spaced(",").join(optional),
        )
        yield _("%(where)s: %(fault)s.", where=table.english_title, fault=message)


def _repeated_labels(questions: Iterable[Question]) -> list[str]:
    labels = Counter(question.english_title.strip() for question in questions)
    return [label for label, times in labels.items() if label and times > 1]
