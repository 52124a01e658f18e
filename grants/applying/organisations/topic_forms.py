"""The pages of an organisation's profile: each asks for the facts of a topic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wtforms.validators import StopValidation

from grants.applying.organisations.declared import Topic
from grants.applying.organisations.facts import FACTS
from grants.applying.organisations.kinds import ACCOUNTS_IN, Budgets, Portal, portal_number
from grants.applying.organisations.profile import KeyPerson, Profile, Referee
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import currencies
from grants.platform.forms.fields import (
    EmailField,
    NumberField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.profiles.forms import (
    Asking,
    ProfileForm,
    YearField,
    inputs_of,
    profile_form,
)
from grants.platform.profiles.kinds import Kind, Records


class PartnerPortalField(TextField):
    """The number in the UN Partner Portal."""

    def read(self, text: str) -> str:
        return portal_number(text)


class KeyPersonRow(Row):
    """A person who leads the organisation or signs for it."""

    name = TextField(_l("Full name"), required=True, limit=120)
    role = TextField(_l("Job title"), limit=120)


class RefereeRow(Row):
    """An organisation or authority to ask, and the person there."""

    organisation = TextField(_l("Organisation or authority"), required=True, limit=150)
    name = TextField(_l("Person to contact"), limit=120)
    email = EmailField(_l("E-mail address"))


class BudgetRow(Row):
    """A financial year."""

    year = YearField(_l("Year"), required=True)
    amount = NumberField(_l("Budget"), places=2, required=True)


class BudgetsField(RowsField):
    """The budgets of some years, each year once."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        years = [row["year"] for row in self.data]
        if not self.errors and len(set(years)) < len(years):
            raise StopValidation(_("Enter each year only once."))


def _ask_records(kind: Records, options: Mapping[str, Any]) -> RowsField:
    row, most, add_label = ROWS[kind.record]
    return RowsField(row, most=most, shown=1, add_label=add_label, **options)


def _ask_budgets(_kind: Budgets, options: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        ACCOUNTS_IN: SelectField(
            _l("Currency of your accounts"), lambda: [(code, code) for code in sorted(currencies())]
        ),
        "budgets": BudgetsField(BudgetRow, most=3, add_label=_l("Add a year"), **options),
    }


ROWS: Mapping[type[Any], tuple[type[Row], int, str]] = {
    KeyPerson: (KeyPersonRow, 30, _l("Add a person")),
    Referee: (RefereeRow, 5, _l("Add a reference")),
}
"""How the rows of a record are asked for, how many at most, and the button for one more."""
ASKED_BY: Mapping[type[Kind], Asking] = {
    Records: _ask_records,
    Budgets: _ask_budgets,
    Portal: lambda kind, asked: PartnerPortalField(width=12, limit=kind.limit, **asked),
}
INPUTS = {fact.key: inputs_of([fact], ASKED_BY) for fact in FACTS}
"""The inputs of each fact."""


class TopicForm(ProfileForm):
    """A part of the profile."""

    title: ClassVar[str]


def _topic_form(topic: Topic) -> type[TopicForm]:
    facts = [fact for fact in FACTS if fact.topic is topic]
    inputs = {name: field for fact in facts for name, field in INPUTS[fact.key].items()}
    return profile_form(TopicForm, facts, inputs, title=topic.title)


TOPICS: Mapping[str, type[TopicForm]] = {topic.key: _topic_form(topic) for topic in Topic}
"""In the order of the profile's page."""


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """A topic, and how much of it is answered."""

    key: str
    title: str
    answered: int
    asked: int


def progress_by_topic(profile: Profile) -> list[TopicProgress]:
    """How far the profile has come, topic by topic."""
    return [_topic_progress(key, topic, profile) for key, topic in TOPICS.items()]


def _topic_progress(key: str, topic: type[TopicForm], profile: Profile) -> TopicProgress:
    parts = [fact.kind.progress(fact.of(profile)) for fact in topic.facts]
    answered, total = (sum(numbers) for numbers in zip(*parts, strict=True))
    return TopicProgress(key, str(topic.title), answered, total)
