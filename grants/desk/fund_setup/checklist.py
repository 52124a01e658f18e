"""What a fund needs before it may take pledges, open a call and pay; what of it is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from grants.books.ledger.models import ExchangeRate
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import all_funds
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Membership
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import held_now
from grants.core.people.viewer import Scope, Viewer
from grants.integrity.sanctions.models import SanctionsList


class Stage(Term):
    """What the fund may do once all of it is there."""

    PLEDGES = "pledges", _l("Accept pledges")
    CALL = "call", _l("Open a call and decide on applications")
    PAY = "pay", _l("Pay grants")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a fund needs: is it there, and on which page it is entered."""

    stage: Stage
    text: str
    done: bool
    endpoint: str
    by_code: bool = False
    """Is the page's address made with the fund's code?"""


NEEDED: Sequence[tuple[Stage, Role, int]] = (
    (Stage.PLEDGES, Role.FUND_MANAGER, 1),
    (Stage.PLEDGES, Role.PROGRAMME_OFFICER, 1),
    (Stage.PLEDGES, Role.APPROVING_OFFICER, 1),
    (Stage.PLEDGES, Role.FINANCE_OFFICER, 1),
    (Stage.CALL, Role.REVIEWER, 2),
    (Stage.CALL, Role.TRUSTEE, 1),
    (Stage.PAY, Role.CERTIFYING_OFFICER, 1),
)
"""How many people of which role a fund needs for what."""


@dataclass(frozen=True, slots=True)
class FundFacts:
    """What the lists of all funds are made of, read once."""

    held: frozenset[tuple[int | None, Role, int]]
    """(fund or every fund, role, person) of each role held now."""
    main: Mapping[int, BankAccount]
    """Each fund's main account."""
    rated: bool
    listed: bool

    @classmethod
    def of(cls, session: Session) -> "FundFacts":
        roles = select(Membership.fund_id, Membership.role, Membership.person_id).where(held_now())
        accounts = session.scalars(select(BankAccount).where(BankAccount.is_main))
        rates_and_list = select(exists(select(ExchangeRate.id)), exists(select(SanctionsList.id)))
        return cls(
            frozenset((of, role, who) for of, role, who in session.execute(roles)),
            {account.fund_id: account for account in accounts},
            *session.execute(rates_and_list).one(),
        )

    def holders(self, fund: Fund, role: Role) -> int:
        """How many people hold this role for the fund."""
        return len(
            {
                who
                for of, membership_role, who in self.held
                if membership_role == role and of in {None, fund.id}
            }
        )


def checklist(session: Session, fund: Fund, facts: FundFacts | None = None) -> list[Item]:
    """Everything that the fund needs, by stage."""
    facts = facts or FundFacts.of(session)
    items = [*_people_items(fund, facts), *_text_items(fund), *_money_items(fund, facts)]
    order = list(Stage)
    return sorted(items, key=lambda item: order.index(item.stage))


def _people_items(fund: Fund, facts: FundFacts) -> Iterator[Item]:
    for stage, role, number in NEEDED:
        text = str(role.label)
        if number > 1:
            text = _("%(role)s (at least %(number)s)", role=text, number=number)
        yield Item(stage, text, facts.holders(fund, role) >= number, "staff.appoint")


def _text_items(fund: Fund) -> Iterator[Item]:
    page = "fund_setup.describe"
    signed = bool(fund.signatories or fund.signatory)
    yield Item(Stage.PLEDGES, _("Who signs letters"), signed, page, by_code=True)
    yield Item(Stage.PLEDGES, _("How donors pay"), bool(fund.bank_details), page, by_code=True)
    yield Item(Stage.PLEDGES, _("Mandate"), bool(fund.mandate), page, by_code=True)
    yield Item(Stage.PLEDGES, _("Letterhead"), bool(fund.letterhead), page, by_code=True)


def _money_items(fund: Fund, facts: FundFacts) -> Iterator[Item]:
    main = facts.main[fund.id]
    whole = bool(main.number and main.beneficiary and main.bank)
    yield Item(
        Stage.PLEDGES, _("Main bank account with beneficiary and number"), whole, "bank.accounts"
    )
    if set(fund.currencies) != {FUNCTIONAL_CURRENCY}:
        yield Item(Stage.PLEDGES, _("Exchange rates"), facts.rated, "rates.index")
    yield Item(Stage.PLEDGES, _("United Nations sanctions list"), facts.listed, "sanctions.index")
    yield Item(Stage.PAY, _("BIC of the main bank account"), bool(main.bic), "bank.accounts")


def unfinished(session: Session, viewer: Viewer) -> list[tuple[Fund, list[Item]]]:
    """Funds that this person describes and in which something is missing, with what it is."""
    funds = [f for f in all_funds(session) if viewer.may(Permission.FUND_DESCRIBE, Scope(f.id))]
    facts = FundFacts.of(session)
    lacks = [(f, [item for item in checklist(session, f, facts) if not item.done]) for f in funds]
    return [(fund, missing) for fund, missing in lacks if missing]
