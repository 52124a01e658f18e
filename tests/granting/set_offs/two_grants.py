"""One organisation with two running grants of a fund: one owes a refund, the other is paid."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money, usd
from grants.granting.payments.models import Instalment
from grants.granting.recovery.models import RefundRequest
from grants.granting.recovery.service import request_refund
from grants.granting.recovery.workflow import RefundCause
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.service import Deduction, agree, propose
from tests.factories import act_of, an_organisation
from tests.grants import (
    Scene,
    a_running_grant,
    account_of,
    an_approved_award,
    cash,
    grant_people,
    paid_to,
    pay,
)

WHY = "Charged twice."


@dataclass(frozen=True)
class TwoGrants:
    """The first instalment of `owing` was paid and confirmed; that of `paying` is due. Each is of
    8,000 USD.
    """

    owing: Scene
    paying: Scene

    @property
    def session(self) -> Session:
        return self.owing.session

    @property
    def first(self) -> Instalment:
        """What is paid next on the other grant."""
        return self.paying.instalments[0]

    def ask(self, cents: int = 150_000) -> RefundRequest:
        """A letter asks for so much of the first grant."""
        act = act_of(self.session, self.owing.people.officer, WHY)
        day = clock.today() + timedelta(30)
        cause = RefundCause.INELIGIBLE
        return request_refund(self.session, self.owing.award, cause, usd(cents), day, act)

    def proposed(
        self, request: RefundRequest, cents: int, part: Instalment | None = None
    ) -> SetOff:
        act = act_of(self.session, self.owing.people.certifier, WHY)
        return propose(self.session, Deduction(request, part or self.first, usd(cents)), act)

    def agreed(self, request: RefundRequest, cents: int, part: Instalment | None = None) -> SetOff:
        set_off = self.proposed(request, cents, part)
        agree(self.session, set_off, act_of(self.session, self.owing.people.approver))
        return set_off


def two_grants(session: Session, fund: Fund, currency: str = "USD") -> TwoGrants:
    """The grants, and the fund's money; the organisation is paid in this currency."""
    cash(session, fund)
    organisation = an_organisation(session, f"Casa {currency}")
    people = grant_people(session, organisation)
    scenes = []
    for _turn in range(2):
        award = an_approved_award(session, fund, organisation, people.approver)
        a_running_grant(session, award, people.manager)
        scenes.append(Scene(session, fund, organisation, people, award))
    account = replace(account_of(organisation), currency=currency)
    paid_to(session, fund, organisation, people, account)
    pay(session, scenes[0].instalments[0], people, clock.today())
    return TwoGrants(*scenes)


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")
