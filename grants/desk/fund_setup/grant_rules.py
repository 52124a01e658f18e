"""What the file of a fund says of its grants: how papers are signed, and what is looked at."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.granting.monitoring import assurance
from grants.granting.monitoring.models import ActivityKind
from grants.granting.signing import rules as signing
from grants.granting.signing.rules import Rules
from grants.granting.signing.workflow import Side

FLAGS = ("needs_clearance", "asks_budget", "asks_finance")
SIGNING: Mapping[str, Any] = {**asdict(Rules()), "first": Rules().first.value}
"""Of a new fund."""
ASSURANCE: Mapping[str, str] = {"visit": "50000.00", "spot_check": "50000.00", "audit": "100000.00"}
"""Of a new fund: USD above which a grant is visited, spot-checked, audited."""


def signing_of(session: Session, fund: Fund) -> dict[str, Any]:
    """How papers are signed, as the file has it."""
    rules = signing.rules_of(session, fund)
    return {**asdict(rules), "first": rules.first.value}


def assurance_of(session: Session, fund: Fund) -> dict[str, str]:
    """From which amounts on grants are looked at, as the file has it."""
    rules = assurance.rules_of(session, fund)
    return {kind.value: str(rules.above(kind)) for kind in ActivityKind}


def is_signing(value: Any) -> bool:
    """Does the file say the whole of how papers are signed?"""
    days = value["days_to_sign"]
    return (
        set(value) == set(SIGNING)
        and value["first"] in {side.value for side in Side}
        and all(isinstance(value[flag], bool) for flag in FLAGS)
        and isinstance(days, int)
        and not isinstance(days, bool)
        and 0 <= days <= 365
    )


def expected_signing() -> str:
    return _(
        "%(keys)s: which side signs first, true or false, and days from 0 to 365",
        keys=", ".join(SIGNING),
    )


def is_assurance(value: Any) -> bool:
    """Does the file say an amount for each way to look at a grant?"""
    return set(value) == set(ASSURANCE) and all(
        isinstance(text, str) and Money.parse(text, FUNCTIONAL_CURRENCY).minor >= 0
        for text in value.values()
    )


def expected_assurance() -> str:
    return _("amounts in USD as text for %(kinds)s", kinds=", ".join(ASSURANCE))


def keep_grant_rules(session: Session, fund: Fund, after: Mapping[str, Any], act: Act) -> None:
    """Put in force what the file says otherwise than the fund."""
    if after["signing"] != signing_of(session, fund):
        rules = Rules(**{**after["signing"], "first": Side(after["signing"]["first"])})
        signing.set_rules(session, fund, rules, act)
    if after["assurance_from_usd"] != assurance_of(session, fund):
        amounts = {
            kind: Money.parse(after["assurance_from_usd"][kind.value], FUNCTIONAL_CURRENCY)
            for kind in ActivityKind
        }
        because = replace(
            act, reason=act.reason or _("Written as in the file that describes the fund.")
        )
        assurance.set_rules(session, fund, amounts, because)
