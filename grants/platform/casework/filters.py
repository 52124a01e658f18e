"""A list's filter by the owner of its cases."""

from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.casework.queries import colleagues_owning
from grants.platform.forms.fields import SelectField
from grants.platform.forms.typed import counted
from grants.platform.web.access import viewer
from grants.platform.web.database import session

MINE = "mine"


class OwnerField(SelectField):
    """Whose cases: one's own, or those of a colleague who owns one of this kind."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(_l("Owner"), lambda: _owners_of(kind), **options)

    @property
    def person_id(self) -> int | None:
        """The number of the owner; None for all cases."""
        if self.data == MINE:
            return viewer().person_id
        return counted(self.data) or None


def _owners_of(kind: str) -> list[tuple[str, str]]:
    others = [
        (str(person.person_id), person.name)
        for person in colleagues_owning(session(), viewer(), kind)
        if person.person_id != viewer().person_id
    ]
    return [(MINE, _("Mine")), *others]


class OwnerFilter:
    """Before the class of a filter: it asks for the owner, for people who may know of owners."""

    owner: OwnerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not viewer().may(Permission.CASEWORK_SEE):
            del self.owner

    @property
    def owner_id(self) -> int | None:
        """The number of the owner; None for all cases."""
        owner: OwnerField | None = getattr(self, "owner", None)
        return owner.person_id if owner else None
