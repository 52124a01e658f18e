"""Cases: records that one of the fund's people looks after, and who may know what is said of them.

The rooms of the records are above: grants/assembly.py gives their kinds.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.slots import Slot
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of record that has an owner, remarks and followers."""

    name: str
    """Its table, as the trail calls it."""
    label: str
    permission: Permission
    """What a person holds who reads such a record."""
    find: Callable[[Session, "CaseKind", Collection[int]], "Iterable[Case]"]
    """The cases of these numbers, for anybody."""


@dataclass(frozen=True, slots=True)
class Case:
    """One record: what it is called, its page, and whom it is closed to."""

    kind: CaseKind
    id: int
    reference: str
    title: str
    endpoint: str
    address: Mapping[str, str | int]
    scope: Scope | None = None
    """None: every fund's, as an organisation is."""
    organisation_id: int | None = None
    """Whose own people read none of it."""
    closed_to: frozenset[int] = frozenset()
    """Persons with a conflict of interest, and those who review it."""

    @property
    def fund_id(self) -> int | None:
        return self.scope.fund_id if self.scope else None


KINDS: Slot[CaseKind] = Slot("casework.cases.KINDS")
"""Every kind of case."""


def may_see(viewer: Viewer, case: Case, permission: Permission = Permission.CASEWORK_SEE) -> bool:
    """May this person know of the owner and the remarks? Who reads the record for the fund; no
    trustee, no reviewer of it, and nobody of the organisation.
    """
    return (
        viewer.person_id is not None
        and viewer.person_id not in case.closed_to
        and case.organisation_id not in viewer.organisation_ids
        and not viewer.may(Permission.BOARD_SIT, case.scope)
        and viewer.may(permission, case.scope)
        and viewer.may(case.kind.permission, case.scope)
    )


def share_a_fund(one: Viewer, other: Viewer) -> bool:
    """Is there a fund whose cases both read? Not one on whose Board either of them sits."""
    funds = {standing.fund_id for person in (one, other) for standing in person.standings}
    return any(_reads_cases(one, fund) and _reads_cases(other, fund) for fund in map(Scope, funds))


def _reads_cases(person: Viewer, fund: Scope) -> bool:
    return person.may(Permission.CASEWORK_SEE, fund) and not person.may(Permission.BOARD_SIT, fund)


def cases_for(
    session: Session, viewer: Viewer, numbers: Mapping[str, Collection[int]]
) -> dict[tuple[str, int], Case]:
    """The cases among these records, by kind, whose remarks the person may read."""
    return {
        (kind.name, case.id): case
        for kind in KINDS
        if numbers.get(kind.name)
        for case in kind.find(session, kind, numbers[kind.name])
        if may_see(viewer, case)
    }


def case_for(session: Session, viewer: Viewer, kind: str, number: int) -> Case:
    """One case, or Missing for people who may not read its remarks."""
    case = cases_for(session, viewer, {kind: [number]}).get((kind, number))
    if case is None:
        raise Missing(_("This case was not found."))
    return case
