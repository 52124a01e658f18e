"""The forms of a call: for those who apply, and for those to whom it then makes a grant.

What grantees are asked is kept with the call once it differs from the fund's standard form.
"""

import re
from collections.abc import Collection, Iterator

from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.calls.standard.grantee import STANDARD_FINANCE, STANDARD_REPORT
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import FormFault, anchor_of_section, name_of_section
from grants.platform.questionnaires.soundness import form_faults
from grants.platform.questions import KINDS, Counted, Picked, Table
from grants.platform.questions.picked import picks_in


class FormPurpose(Term):
    """What a form of a call is for; the code stands in the addresses of its pages."""

    APPLICATION = "form", _l("Application form")
    REPORT = "report-form", _l("Report form")
    FINANCE = "finance-form", _l("Finance questionnaire")

    @property
    def is_for_grantees(self) -> bool:
        return self is not FormPurpose.APPLICATION


STANDARDS = {
    FormPurpose.APPLICATION: STANDARD_FORM,
    FormPurpose.REPORT: STANDARD_REPORT,
    FormPurpose.FINANCE: STANDARD_FINANCE,
}
"""Where each form begins."""

REPORT_SECTIONS = frozenset({"results", "people", "services", "money"})
"""The sections that every report has, whatever its call asks besides."""
REPORT_KEYS = re.compile(
    r"beneficiaries|exploitation|services|pillars|roles|recruitment|grounds|currency|rate"
    r"|rate_source|explanation"
    r"|(now|so_far|why)_\d+|(spent|explain)_(line_\d+|[a-z]+)"
)
"""The keys of their questions."""


class TakenKeys(set[str]):
    """The keys that another question of a report cannot have."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or bool(REPORT_KEYS.fullmatch(str(key)))


def keys_taken(form: Form, purpose: FormPurpose) -> set[str]:
    """The keys that a new question of the form cannot have."""
    keys = {question.key for question in form.items}
    return TakenKeys(keys) if purpose is FormPurpose.REPORT else keys


def kinds_for(purpose: FormPurpose) -> list[str]:
    """The kinds of question that a form may ask. Grantees put files beside a report instead."""
    return [
        name
        for name, kind in KINDS.items()
        if not (purpose.is_for_grantees and issubclass(kind, Counted | Picked))
    ]


def faults_for(
    form: Form, purpose: FormPurpose, languages: Collection[str] = ()
) -> list[FormFault]:
    """All that is to be corrected in a form before a call in these languages can be opened."""
    faults = form_faults(form, needs_facts=not purpose.is_for_grantees, languages=languages)
    if purpose is FormPurpose.REPORT:
        faults += _clashes_with_reports(form)
    if purpose.is_for_grantees:
        faults += [*_files_asked_for(form), *_faults_of_repetition(form), *_faults_of_picks(form)]
    return faults


def _clashes_with_reports(form: Form) -> Iterator[FormFault]:
    """Every report asks for results, people and money: the call's part must not ask it again."""
    message = _("every report has a part with this key; use another key")
    for section in form.sections:
        if section.key in REPORT_SECTIONS:
            place = name_of_section(section), message, anchor_of_section(section)
            yield FormFault(section.key, *place)
    for question in form.questions:
        if REPORT_KEYS.fullmatch(question.key):
            yield FormFault(question.key, question.english_title, message, question.anchor)


def _faults_of_repetition(form: Form) -> Iterator[FormFault]:
    message = _("a section of this form cannot be repeated or share a page with another section")
    for section in form.sections:
        if section.is_repeated or section.page:
            place = name_of_section(section), message, anchor_of_section(section)
            yield FormFault(section.key, *place)


def _faults_of_picks(form: Form) -> Iterator[FormFault]:
    message = _("this form cannot have questions whose answers are picked from earlier answers")
    for question in form.questions:
        if picks_in(question):
            yield FormFault(question.key, question.english_title, message, question.anchor)


def _files_asked_for(form: Form) -> Iterator[FormFault]:
    message = _("this form cannot ask for files")
    for section in form.sections:
        tables = [q for q in section.questions if isinstance(q, Table) and q.file_columns]
        for question in (*section.files, *tables):
            yield FormFault(question.key, question.english_title, message, question.anchor)
