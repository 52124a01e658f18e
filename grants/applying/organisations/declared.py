"""What has to be said of each fact of an organisation's profile."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.profiles import facts


class Topic(Enum):
    """A page of a few questions; `part` heads what it states on the organisation's page."""

    NAME = "name", _l("Name and address"), ""
    REGISTRATION = "registration", _l("Registration"), ""
    PEOPLE = "people", _l("People who lead it"), ""
    EXPERIENCE = "experience", _l("Experience"), _l("Experience and resources")
    BUDGETS = "budgets", _l("Annual budget"), _l("Experience and resources")
    REFERENCES = (
        "references",
        _l("UN Partner Portal and references"),
        _l("Experience and resources"),
    )
    SAFEGUARDING = "safeguarding", _l("Safeguarding"), _l("Safeguarding")

    def __init__(self, key: str, title: str, part: str) -> None:
        self.key, self.title, self.part = key, title, part


@dataclass(frozen=True, kw_only=True)
class Uses:
    """Who is asked for a fact, and who reads it."""

    first: bool
    """Asked of who registers the organisation, besides on the page of its topic."""
    tells: Literal["name", "number", "website", "contact", "person", "nothing"]
    """How it tells who the organisation is. What does is hidden from blind reviewers; two
    organisations with the same name, number or website may be one.
    """
    verified: Literal["needed", "read", "not"]
    """Whether verifiers read it, and whether verification may be asked for without it."""
    submitted: bool
    """Kept with each application as it was submitted, and read by those who screen it."""
    answers: bool
    """Answers the question of an application form that has the same key."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """What becomes of a fact in lists, merges and imports."""

    listed: Literal["shown", "offered", "not"]
    """In the list of organisations and its file; offered: on the page for who chooses it."""
    merged: Literal["chosen", "both"]
    """When two organisations are merged: one of the two, or both."""
    imported: str
    """An example for its column in organisations.csv; empty: it has none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fact(facts.Fact):
    """A fact, and what each room makes of it."""

    topic: Topic
    uses: Uses
    files: Files

    @property
    def imported(self) -> str:
        """An example of what a file states of it; empty if none does."""
        return self.files.imported
