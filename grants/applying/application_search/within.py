"""Which applications a search is among, by the filters of a list and the funds of who looks."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call


@dataclass(frozen=True, slots=True)
class Among:
    """Which applications a search is among: filters with an index in the order of age."""

    funds: frozenset[int] | None = None
    call: str | None = None
    state: ApplicationState | None = None
    country: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """All of them as conditions."""
        filters: list[ColumnElement[bool]] = []
        if self.funds is not None:
            filters.append(Application.fund_id.in_(self.funds))
        if self.call:
            call = select(Call.id).where(Call.reference == self.call).scalar_subquery()
            filters.append(Application.call_id == call)
        if self.state:
            filters.append(Application.state == self.state)
        if self.country:
            filters.append(Application.country == self.country)
        return filters
