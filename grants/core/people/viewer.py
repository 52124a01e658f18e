"""Who looks or acts: a plain value, so that business code never needs a web session."""

from dataclasses import dataclass, replace

from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.duties import needs_factor
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.role_permissions import GRANTED


@dataclass(frozen=True, slots=True)
class Standing:
    """One role held now: with a fund (None = every fund) or within an organisation."""

    role: Role
    fund_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose record it is: the fund's, and, where it has an owner outside, that organisation's."""

    fund_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with the roles held now; `person_id` None is a visitor or the system itself."""

    name: str
    person_id: int | None = None
    email: str = ""
    language: str = "en"
    standings: tuple[Standing, ...] = ()
    system: bool = False
    only: frozenset[Permission] | None = None
    """Of a program: which of its role's permissions it has. None: all of them."""

    @property
    def mark(self) -> str:
        """What the trail calls the person: a number, so that it holds no name."""
        return self.name if self.person_id is None else f"person {self.person_id}"

    def may(self, permission: Permission, scope: Scope | None = None) -> bool:
        """Does any role held give this permission, for a record of this scope (None = any)?

        An outside role reaches its own organisation's records only; a fund's role only its fund's.
        """
        if self.system:
            return True
        return self._reaches(permission) and any(
            permission in GRANTED[membership.role] and _is_within(membership, scope)
            for membership in self.standings
        )

    def _reaches(self, permission: Permission) -> bool:
        return self.only is None or permission in self.only

    def within(self, fund_id: int) -> "Viewer":
        """The person at work in one fund: roles in every fund count for it, those in other funds do
        not.
        """
        memberships = (
            membership for membership in self.standings if membership.fund_id in (None, fund_id)
        )
        return replace(
            self,
            standings=tuple(
                membership
                if membership.organisation_id is not None
                else replace(membership, fund_id=fund_id)
                for membership in memberships
            ),
        )

    @property
    def works_for_a_fund(self) -> bool:
        """Does any role held belong to a fund, rather than to a donor or an applicant?"""
        return any(membership.role not in OUTSIDE for membership in self.standings)

    @property
    def needs_factor(self) -> bool:
        """Does any role held need a second factor to sign in?"""
        return any(needs_factor(membership.role) for membership in self.standings)

    def holds(self, *roles: Role) -> bool:
        return any(membership.role in roles for membership in self.standings)

    @property
    def organisation_ids(self) -> frozenset[int]:
        """Organisations this person acts for."""
        return frozenset(
            membership.organisation_id
            for membership in self.standings
            if membership.organisation_id is not None
        )

    def organisations_with(self, permission: Permission) -> frozenset[int]:
        """Organisations within which this person has the permission."""
        return frozenset(
            membership.organisation_id
            for membership in self.standings
            if membership.organisation_id is not None
            and permission in GRANTED[membership.role]
            and self._reaches(permission)
        )

    def funds_with(self, permission: Permission) -> frozenset[int] | None:
        """Funds for which this person has the permission; None means every fund."""
        fund_ids = [
            membership.fund_id
            for membership in self.standings
            if membership.organisation_id is None
            and permission in GRANTED[membership.role]
            and self._reaches(permission)
        ]
        if self.system or None in fund_ids:
            return None
        return frozenset(fund_id for fund_id in fund_ids if fund_id is not None)


def keep_apart(viewer: Viewer, organisation_id: int) -> None:
    """Forbidden to a person who acts for the organisation: nobody decides on their own
    application.
    """
    if organisation_id in viewer.organisation_ids:
        raise Forbidden(
            _("A different person must do this, because you act for this organisation.")
        )


def _is_within(membership: Standing, scope: Scope | None) -> bool:
    if scope is None:
        return True
    return membership.fund_id in (None, scope.fund_id) and membership.organisation_id in (
        None,
        scope.organisation_id,
    )


VISITOR = Viewer(name="visitor")


def system(name: str) -> Viewer:
    """The installation itself, acting under a name the trail shows ("import", "set-up")."""
    return Viewer(name=name, system=True)
