"""Where in a form something is to be corrected, and every text of a form with its place."""

from dataclasses import dataclass, replace

from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questions.base import Rewording
from grants.platform.questions.reading import PlacedText, Texts


@dataclass(frozen=True, slots=True)
class FormFault:
    """What is wrong in a form. `key` is that of the question, or of the section, if there is one;
    `where` is what its readers call it, `anchor` its place on the page on which the form is made.
    """

    key: str
    where: str
    message: str
    anchor: str = ""

    @property
    def sentence(self) -> str:
        if not self.where:
            return self.message
        if self.message.endswith("?"):
            return _("%(where)s: %(fault)s", where=self.where, fault=self.message)
        return _("%(where)s: %(fault)s.", where=self.where, fault=self.message)


def name_of_section(section: Section) -> str:
    return section.title.get("en", "").strip() or section.key


def name_of_check(form: Form, check: Check) -> str:
    return _("Check %(number)s", number=form.checks.index(check) + 1)


def anchor_of_section(section: Section) -> str:
    return f"s-{section.key}"


def anchor_of_check(form: Form, check: Check) -> str:
    return f"check-{form.checks.index(check) + 1}"


FACTS_ANCHOR = "facts"
LANGUAGES_ANCHOR = "languages"


def fact_names() -> dict[str, str]:
    """What the answers are called that lists and rules are about."""
    return {
        "title": _("Title of the project"),
        "country": _("Country of the project"),
        "requested": _("Amount requested"),
        "months": _("Duration in months"),
        "starts_on": _("Start of the project"),
        "ends_on": _("End of the project"),
    }


def reworded(form: Form, change: Rewording) -> Form:
    """The form with each of its texts, in their order, as `change` gives it."""
    return replace(
        form,
        sections=tuple(_section_reworded(section, change) for section in form.sections),
        checks=tuple(_check_reworded(form, check, change) for check in form.checks),
    )


def _section_reworded(section: Section, change: Rewording) -> Section:
    where, at = name_of_section(section), anchor_of_section(section)
    return replace(
        section,
        title=change(PlacedText(section.key, where, _("title"), section.title, at)),
        intro=change(PlacedText(section.key, where, _("introduction"), section.intro, at)),
        questions=tuple(question.reworded(change) for question in section.questions),
    )


def _check_reworded(form: Form, check: Check, change: Rewording) -> Check:
    where, at = name_of_check(form, check), anchor_of_check(form, check)
    return replace(
        check, message=change(PlacedText(check.at, where, _("message"), check.message, at))
    )


def texts_of(form: Form) -> list[PlacedText]:
    """Everything that applicants read, in the order of the form."""
    texts: list[PlacedText] = []

    def collect(text: PlacedText) -> Texts:
        texts.append(text)
        return text.texts

    reworded(form, collect)
    return texts
