"""The conditions of a call in words, for its page and for its blank form."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from grants.applying.calls.ceilings import ceilings_in_words
from grants.applying.calls.models import Call
from grants.core.countries.countries import by_country_name, whole_groups
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.texts.formats import language_name, plain_day
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.form import Form
from grants.platform.questions import Files, Question


def conditions_of(call: Call) -> list[tuple[str, str]]:
    """What each condition is about, and what it says, in the language of the reader."""
    cycle = [(_("Cycle"), call.cycle)] if call.cycle else []
    return [*cycle, *_of_the_project(call), *_of_the_organisation(call), *_of_the_application(call)]


def _areas_in_words(codes: Iterable[str]) -> str:
    """Whole regional groups by their names, then the other countries."""
    groups, others = whole_groups(codes)
    names = spaced(",").join(name for _code, name in by_country_name(others))
    return spaced(";").join([*(str(group.label) for group in groups), *filter(None, [names])])


def duration_of(call: Call) -> str:
    """How long a project may last."""
    if call.least_months is None:
        return ngettext("Up to %(num)s month", "Up to %(num)s months", call.months)
    return ngettext(
        "%(least)s to %(num)s month",
        "%(least)s to %(num)s months",
        call.months,
        least=call.least_months,
    )


def _of_the_project(call: Call) -> Iterator[tuple[str, str]]:
    yield _("Duration"), duration_of(call)
    last = plain_day(call.latest_start_on)
    if call.earliest_start_on:
        first = plain_day(call.earliest_start_on)
        yield _("Start of the project"), _("%(first)s to %(last)s", first=first, last=last)
    else:
        yield _("Start of the project"), _("After the decision, until %(day)s", day=last)
    yield _("Countries"), _areas_in_words(call.countries) or _("All countries")


def _of_the_organisation(call: Call) -> Iterator[tuple[str, str]]:
    if call.registered_by:
        words = _(
            "The certificate must have been issued on or before %(day)s",
            day=plain_day(call.registered_by),
        )
        yield _("Registered by"), words
    else:
        yield _("Registered by"), _("Any registered organisation")
    if call.experience_years:
        words = ngettext(
            "At least %(num)s year of direct work with victims",
            "At least %(num)s years of direct work with victims",
            call.experience_years,
        )
        yield _("Experience"), words
    if call.years_in_a_row and call.earliest_start_on:
        words = ngettext(
            "At most %(num)s year in a row with a grant from the fund, including %(year)s",
            "At most %(num)s years in a row with a grant from the fund, including %(year)s",
            call.years_in_a_row,
            year=str(call.earliest_start_on.year),
        )
        yield _("Years in a row"), words


def _of_the_application(call: Call) -> Iterator[tuple[str, str]]:
    yield _("Applications"), _how_many(call)
    if documents := required_documents(call.questionnaire):
        yield _("Documents"), spaced(";").join(question.title for question in documents)
    if call.ceilings:
        yield _("Budget"), spaced(";").join(ceilings_in_words(call))
    if call.signatory_signs:
        words = _("A signatory of your organisation reads the application and signs it off")
        yield _("Before you submit"), words
    if call.questions_until:
        yield _("Questions"), _("Until %(day)s", day=plain_day(call.questions_until))
    yield _("Languages of the answers"), spaced(",").join(map(language_name, call.languages))


def required_documents(form: Form) -> list[Files]:
    """What every applicant must attach."""
    return [
        question
        for section in form.sections
        for question in section.files
        if question.required and not (question.show_when or section.show_when)
    ]


def relaxed(form: Form, optional: Collection[str]) -> Form:
    """The form in which these documents may be left out."""

    def asked(question: Question) -> Question:
        return replace(question, required=False) if question.key in optional else question

    sections = [
        replace(section, questions=tuple(map(asked, section.questions)))
        for section in form.sections
    ]
    return replace(form, sections=tuple(sections))


def _how_many(call: Call) -> str:
    if call.is_second_stage:
        return _("One full proposal for each invited concept note")
    if call.applications_per_organisation == 1:
        return _("One application for each organisation")
    return ngettext(
        "At most %(num)s application for each organisation",
        "At most %(num)s applications for each organisation",
        call.applications_per_organisation,
    )
