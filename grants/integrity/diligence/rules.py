"""How a fund examines: for how long a clearance holds, whom it asks, and what more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.integrity.diligence.models import DiligenceRules


@dataclass(frozen=True, slots=True)
class Rules:
    """Years of a clearance; more criteria as {language: text}, English among them."""

    years: int
    examines_igos: bool
    more: Sequence[Mapping[str, str]] = ()


def set_rules(session: Session, fund: Fund, rules: Rules, act: Act) -> None:
    """Examine by these rules from now on; what is being examined keeps the criteria it began
    with.
    """
    act.demand(Permission.DUE_DILIGENCE_DECIDE, Scope(fund.id))
    if not 1 <= rules.years <= 10:
        raise DomainError(_("A clearance can be valid for 1 to 10 years."))
    stored = session.get(DiligenceRules, fund.id)
    if stored is None:
        stored = DiligenceRules(fund_id=fund.id)
        session.add(stored)
    before = {
        "years": stored.years,
        "examines_igos": stored.examines_igos,
        "more": stored.more_criteria,
    }
    stored.years, stored.examines_igos = rules.years, rules.examines_igos
    stored.more_criteria = [
        {"key": f"own-{number}", "label": dict(label)} for number, label in enumerate(rules.more, 1)
    ]
    record(session, fund, "set_due_diligence", act, before=before)
