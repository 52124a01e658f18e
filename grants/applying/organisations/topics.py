"""The topics of an organisation's profile in their order, and how much of each is answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms.fields.core import UnboundField

from grants.applying.organisations.profile import Profile
from grants.applying.organisations.topic_forms import (
    BudgetsForm,
    ExperienceForm,
    NameForm,
    PeopleForm,
    ReferencesForm,
    RegistrationTopic,
    SafeguardsForm,
    TopicForm,
)

TOPICS: Mapping[str, type[TopicForm]] = {
    "name": NameForm,
    "registration": RegistrationTopic,
    "people": PeopleForm,
    "experience": ExperienceForm,
    "budgets": BudgetsForm,
    "references": ReferencesForm,
    "safeguarding": SafeguardsForm,
}
"""In the order of the profile's page."""
ANSWERED = frozenset({"survivor_led", "accounts_in"})
"""What is answered as it stands: a box that is not ticked, a currency that is proposed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A topic, and how much of it is answered."""

    key: str
    title: str
    answered: int
    asked: int


def standing(known: Profile) -> list[Standing]:
    """How far the profile has come, topic by topic."""
    return [_standing(key, topic, known) for key, topic in TOPICS.items()]


def _standing(key: str, topic: type[TopicForm], known: Profile) -> Standing:
    shown = topic.shown(known)
    asked = [name for name in shown if isinstance(getattr(topic, name, None), UnboundField)]
    open_ones = [name for name in asked if name not in ANSWERED]
    given = [name for name in open_ones if shown[name] not in (None, "", (), [])]
    return Standing(key, str(topic.title), len(given), len(open_ones))
