"""One kind of work that may wait for a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select

from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.desk.tasks.cases import Case
from grants.desk.tasks.verbs import Verb


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: who does it, how much there is, in words, and on which page it is done."""

    permission: Permission
    count: Callable[[Viewer], Select[int]]
    """The query that counts it, kept for the day: the moment in it is NOW, not the clock's."""
    words: Callable[[int], str]
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False
    risk: bool = False
    """Nothing is late yet, and something may go wrong."""
    case: Case | None = None
    """The records one by one; None for work that is no record of its own."""
    others: bool = False
    """It waits for another party, and this person follows it up."""
    verb: Verb | None = None
    """What is done with one of them; None where it is only to be known."""
