"""An act: who, when, why."""

from dataclasses import dataclass, field
from datetime import datetime

from grants.core.kernel import clock
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer, system


@dataclass(frozen=True, slots=True)
class Act:
    """Passed to every business act; its trail row is made of it."""

    actor: Viewer
    reason: str | None = None
    at: datetime = field(default_factory=clock.now)

    @classmethod
    def by_system(cls, name: str, reason: str | None = None) -> "Act":
        return cls(system(name), reason)

    def demand(self, permission: Permission, scope: Scope | None) -> None:
        """Forbidden unless a role of the actor gives the permission for a record of this scope."""
        if not self.actor.may(permission, scope):
            raise Forbidden(_("Your role does not allow this."))
