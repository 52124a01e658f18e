"""Whose a record is, where its columns say so."""

from typing import TYPE_CHECKING, Any

from grants.core.people.viewer import Scope


class OfFund:
    """A record of one fund, of nobody outside."""

    if TYPE_CHECKING:
        fund_id: Any

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id)
