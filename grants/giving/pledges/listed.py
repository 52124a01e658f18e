"""What the staff's list of pledges reads of each: facts for its cells and files."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import aliased

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking, RegionalGroup, Service, Window
from grants.core.people.models import Organisation
from grants.giving.pledges.models import Pledge, Source, is_gift_of, word_for, worded
from grants.giving.pledges.queries import received_so_far
from grants.giving.pledges.workflow import PledgeState
from grants.platform.tables.facts import Facts

_Donor = aliased(Organisation)


class ListedPledge(NamedTuple):
    """What the list knows of a pledge, under the names that a record has."""

    id: int
    reference: str
    state: PledgeState
    pledged_on: date
    agreement_signed_on: date | None
    earmarking: Earmarking
    earmarked: tuple[Window | None, RegionalGroup | None, Service | None]
    earmarked_for: str | None
    source: Source
    source_note: str | None
    public_name: bool
    fund: str
    donor: str | None
    """Its name, or that which was typed where the pledge is not confirmed."""
    donor_kind: DonorKind | None
    typed_kind: str | None
    """As it was typed, where the pledge is not confirmed."""
    amount: Money
    given_up: Money
    came: Money

    @property
    def standing(self) -> Money:
        """What still holds of the promise."""
        return self.amount - self.given_up

    @property
    def is_gift(self) -> bool:
        return is_gift_of(self.donor_kind.value if self.donor_kind else self.typed_kind)

    @property
    def word(self) -> str:
        """Gift or pledge."""
        return word_for(gift=self.is_gift)

    @property
    def purpose(self) -> str:
        return worded(self.earmarked, self.earmarked_for)


def _listed_pledge(*facts: Any) -> ListedPledge:
    *values, window, region, theme, words, source, note, public = facts[:13]
    fund, name, typed, kind, typed_kind, currency, amount, given_up, came = facts[13:]
    return ListedPledge._make(
        (
            *values,
            (window, region, theme),
            *(words, source, note, public, fund, name or typed, kind, typed_kind),
            *(Money(int(minor or 0), currency) for minor in (amount, given_up, came)),
        )
    )


def _with_its_fund_and_donor(query: Select[Any]) -> Select[Any]:
    return query.join(Fund, Fund.id == Pledge.fund_id).outerjoin(
        _Donor, _Donor.id == Pledge.donor_id
    )


FACTS = Facts(
    (
        *(Pledge.id, Pledge.reference, Pledge.state, Pledge.pledged_on),
        *(Pledge.agreement_signed_on, Pledge.earmarking, Pledge.earmarked_window),
        *(Pledge.earmarked_region, Pledge.earmarked_theme, Pledge.earmarked_for),
        *(Pledge.source, Pledge.source_note, Pledge.public_name),
        *(Fund.code, _Donor.name, Pledge.promise["name"].astext, _Donor.kind),
        Pledge.promise["kind"].astext,
        *(Pledge.currency, Pledge.amount_minor, Pledge.given_up_minor, received_so_far()),
    ),
    _listed_pledge,
    _with_its_fund_and_donor,
)
