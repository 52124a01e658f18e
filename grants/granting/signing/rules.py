"""How a fund has its papers signed: which side first, with legal clearance or not, by when."""

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.signing.models import DAYS_TO_SIGN, SigningRules
from grants.granting.signing.workflow import Side


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a fund begins; papers that are out keep the rules with which they went out."""

    first: Side = Side.GRANTEE
    needs_clearance: bool = False
    days_to_sign: int = DAYS_TO_SIGN
    asks_budget: bool = False
    asks_finance: bool = False


def rules_of(session: Session, fund: Fund) -> Rules:
    """How papers of this fund are signed."""
    row = session.get(SigningRules, fund.id)
    if row is None:
        return Rules()
    return Rules(
        row.first, row.needs_clearance, row.days_to_sign, row.asks_budget, row.asks_finance
    )


def version_of(session: Session, fund: Fund) -> int:
    """Which version of its rules a page shows; 0: the fund has none of its own."""
    row = session.get(SigningRules, fund.id)
    return row.version if row else 0


def set_rules(
    session: Session, fund: Fund, rules: Rules, act: Act, *, version: int | None = None
) -> None:
    """Have papers of this fund signed so from now on."""
    act.demand(Permission.FUND_DESCRIBE, Scope(fund.id))
    if not 0 <= rules.days_to_sign <= 365:
        raise DomainError(_("Enter a number of days between 0 and 365."))
    if version is not None and version != version_of(session, fund):
        raise Conflict(_("Another user changed this while you had it open."))
    row = session.get(SigningRules, fund.id)
    if row is None:
        row = SigningRules(fund_id=fund.id)
        session.add(row)
    before = rules_of(session, fund) if row.version else Rules()
    for name in Rules.__slots__:
        setattr(row, name, getattr(rules, name))
    record(session, fund, "set_rules", act, before=asdict(before), after=asdict(rules))
