"""An act: who, when, why."""

from dataclasses import dataclass, field
from datetime import datetime

from grants.kernel import clock
from grants.people.viewer import Viewer, system


@dataclass(frozen=True, slots=True)
class Act:
    """Passed to every business act; its trail row is made of it."""

    actor: Viewer
    reason: str | None = None
    at: datetime = field(default_factory=clock.now)

    @classmethod
    def by_system(cls, name: str, reason: str | None = None) -> "Act":
        return cls(system(name), reason)
