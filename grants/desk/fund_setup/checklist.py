"""What a fund needs before it may take pledges, open a call and pay; what of it is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
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
from grants.integrity.sanctions.queries import list_in_force


class Stage(Term):
    """What the fund may do once all of it is there."""

    PLEDGES = "pledges", _l("Take pledges")
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


def checklist(session: Session, fund: Fund) -> list[Item]:
    """Everything that the fund needs, by stage."""
    found = [*_people(session, fund), *_papers(fund), *_money(session, fund)]
    order = list(Stage)
    return sorted(found, key=lambda item: order.index(item.stage))


def _people(session: Session, fund: Fund) -> Iterator[Item]:
    query = (
        select(Membership.role, func.count(Membership.person_id.distinct()))
        .where(held_now(), Membership.fund_id.is_(None) | (Membership.fund_id == fund.id))
        .group_by(Membership.role)
    )
    held = {role: count for role, count in session.execute(query)}  # noqa: C416 - rows, not pairs
    for stage, role, number in NEEDED:
        text = str(role.label)
        if number > 1:
            text = _("%(role)s (at least %(number)s)", role=text, number=number)
        yield Item(stage, text, held.get(role, 0) >= number, "staff.appoint")


def _papers(fund: Fund) -> Iterator[Item]:
    page = "fund_setup.describe"
    signed = bool(fund.signatories or fund.signatory)
    yield Item(Stage.PLEDGES, _("Who signs letters"), signed, page, by_code=True)
    yield Item(Stage.PLEDGES, _("How donors pay"), bool(fund.bank_details), page, by_code=True)
    yield Item(Stage.PLEDGES, _("Mandate"), bool(fund.mandate), page, by_code=True)
    yield Item(Stage.PLEDGES, _("Letterhead"), bool(fund.letterhead), page, by_code=True)


def _money(session: Session, fund: Fund) -> Iterator[Item]:
    main = session.scalars(
        select(BankAccount).where(BankAccount.fund_id == fund.id, BankAccount.is_main)
    ).one()
    whole = bool(main.number and main.beneficiary and main.bank)
    yield Item(
        Stage.PLEDGES, _("Main bank account with beneficiary and number"), whole, "bank.accounts"
    )
    if set(fund.currencies) != {FUNCTIONAL_CURRENCY}:
        rated = session.scalar(select(func.count()).select_from(ExchangeRate)) or 0
        yield Item(Stage.PLEDGES, _("Exchange rates"), bool(rated), "rates.index")
    listed = list_in_force(session) is not None
    yield Item(Stage.PLEDGES, _("United Nations sanctions list"), listed, "sanctions.index")
    yield Item(Stage.PAY, _("BIC of the main bank account"), bool(main.bic), "bank.accounts")


def unfinished(session: Session, viewer: Viewer) -> list[tuple[Fund, int]]:
    """Funds that this person describes and in which something is missing, with how much."""
    mine = [f for f in all_funds(session) if viewer.may(Permission.FUND_DESCRIBE, Scope(f.id))]
    counted = [(f, sum(not item.done for item in checklist(session, f))) for f in mine]
    return [(fund, missing) for fund, missing in counted if missing]
