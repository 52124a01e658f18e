"""Opening a fund and describing it: from a page, or from a file by the owner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import (
    AccountDetails,
    account_by_code,
    describe_account,
    open_account,
)
from grants.books.settings.queries import DOUBTFUL as BAND
from grants.books.settings.queries import value_of
from grants.books.settings.service import Value, as_kept, propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.approvals import tiers_from
from grants.core.funds.house import follow_funds
from grants.core.funds.models import BankAccount, Fund
from grants.core.funds.queries import lock
from grants.core.funds.service import establish
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import OFFERED
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.desk.fund_setup.description import (
    ACCOUNT_KEYS,
    EMPTY,
    Difference,
    charter_of,
    differences,
    overlaid,
    written,
)
from grants.desk.fund_setup.grant_rules import keep_grant_rules

DESCRIBED = {
    "name": "name",
    "purpose": "purpose",
    "mandate": "mandate",
    "letterhead": "letterhead",
    "how_to_pay": "bank_details",
    "signing_office": "signatory",
    "signatories": "signatories",
    "currencies": "currencies",
    "smallest_count": "smallest_count",
    "board_quorum": "board_quorum",
    "payment_days": "payment_days",
    "names_grantees": "names_grantees",
    "identifier": "identifier",
    "licence": "licence",
    "contact_email": "contact_email",
    "contact_telephone": "contact_telephone",
    "thanks_months": "thanks_months",
    "decision_making": "decision_making",
    "conflict_rules": "conflict_rules",
    "complaints": "complaints",
    "common_questions": "common_questions",
}
"""Keys of a description that are a column of the fund, and that no second person approves."""


def open_fund(session: Session, description: Mapping[str, Any], act: Act) -> Fund:
    """Open a fund with its settings and its main bank account. Conflict if its code is taken."""
    act.demand(Permission.FUND_OPEN, Scope())
    whole = overlaid(EMPTY, description)
    if session.scalar(select(Fund.id).where(Fund.code == whole["code"])):
        raise Conflict(_("A fund with the code %(code)s already exists.", code=whole["code"]))
    fund = establish(session, charter_of(whole))
    record(session, fund, "establish", act, code=fund.code)
    follow_funds(session, now=True)
    return fund


def describe_fund(
    session: Session, fund: Fund, description: Mapping[str, Any], act: Act
) -> list[Difference]:
    """Change the texts, the signatories, the target and the currencies of a fund; what changed.

    What moves money, its time zone and its languages are settings, which two persons change.
    """
    act.demand(Permission.FUND_DESCRIBE, Scope(fund.id))
    fund = lock(session, fund.id)
    before = written(session, fund)
    allowed = {key: value for key, value in description.items() if key in _BY_ONE_PERSON}
    after = overlaid(before, allowed)
    changed = list(differences(before, after))
    for key, column in DESCRIBED.items():
        setattr(fund, column, after[key])
    fund.annual_target_minor = Money.parse(after["annual_target_usd"], "USD").minor
    if changed:
        facts = {
            difference.key: {"before": difference.before, "after": difference.after}
            for difference in changed
        }
        record(session, fund, "describe", act, **facts)
    return changed


_BY_ONE_PERSON = {*DESCRIBED, "annual_target_usd"}


def import_fund(session: Session, description: Mapping[str, Any], act: Act) -> Sequence[Difference]:
    """Open or change a fund as a file describes it, with all its settings; what changed.

    For the system alone: the owner of the installation counts as both persons.
    """
    if not act.actor.system:
        raise DomainError(_("A fund is imported on the command line."))
    code = description.get("code")
    if not isinstance(code, str):
        raise DomainError(_("%(key)s: expected %(expected)s.", key="code", expected=_("text")))
    fund = session.scalar(select(Fund).where(Fund.code == code))
    before: Mapping[str, Any] = written(session, fund) if fund else EMPTY
    after = overlaid(before, description)
    if fund is None:
        fund = open_fund(session, {**after, "bank_accounts": []}, act)
    else:
        describe_fund(session, fund, after, act)
        _put_settings(session, fund, after, act)
    keep_grant_rules(session, fund, after, act)
    _keep_accounts(session, fund, after["bank_accounts"], act)
    session.flush()
    return list(differences(before, written(session, fund)))


def _put_settings(session: Session, fund: Fund, after: Mapping[str, Any], act: Act) -> None:
    """Put settings in force that are different, through the acts that two persons use."""
    for setting in Setting:
        value = _value_after(setting, after)
        if as_kept(setting, value) != value_of(fund, setting):
            put_in_force(session, propose_change(session, fund, setting, value, act), act)


VALUES_AFTER: Mapping[Setting, Callable[[Mapping[str, Any]], Value]] = {
    Setting.OPERATING_RESERVE: lambda after: Money.parse(after["operating_reserve_usd"], "USD"),
    Setting.SUPPORT_COST: lambda after: Decimal(after["support_cost_percent"]),
    Setting.BUDGET_TOLERANCE: lambda after: Decimal(after["budget_tolerance_percent"]),
    Setting.AUDIT_FROM: lambda after: Money.parse(after["audit_from_usd"], "USD"),
    Setting.GIFT_LIMIT: lambda after: Money.parse(after["gift_limit_usd"], "USD"),
    Setting.CHANGE_DAYS: lambda after: int(after["grant_change_days"]),
    Setting.ACCOUNT_WAIT_DAYS: lambda after: int(after["account_wait_days"]),
    Setting.BANK_LETTER_DAYS: lambda after: int(after["bank_letter_days"]),
    Setting.TIME_ZONE: lambda after: str(after["time_zone"]),
    Setting.LANGUAGES: lambda after: [code for code in OFFERED if code in after["languages"]],
    Setting.EARMARK_LIMIT: lambda after: Decimal(after["earmark_limit_percent"]),
    Setting.OUTSIDE_EMAIL: lambda after: str(after["outside_email"]),
    Setting.APPROVALS: lambda after: tiers_from(after["approval_tiers"]),
}
"""How a setting reads its value from a file; the others are percentages by age."""


def _value_after(setting: Setting, after: Mapping[str, Any]) -> Value:
    if setting in VALUES_AFTER:
        return VALUES_AFTER[setting](after)
    return Decimal(after["doubtful_percents"][setting.value.removeprefix(BAND)])


def _keep_accounts(
    session: Session, fund: Fund, accounts: Sequence[Mapping[str, str]], act: Act
) -> None:
    """Open bank accounts that are new, and describe those that are different."""
    for description in accounts:
        details = _account_details(description)
        if not details.name:
            raise DomainError(_("%(account)s: enter its name.", account=description["code"]))
        if not session.scalar(
            select(BankAccount.id).where(BankAccount.code == description["code"])
        ):
            open_account(session, fund, description["code"], description["currency"], details, act)
            continue
        account = account_by_code(session, description["code"])
        if (account.fund_id, account.currency) != (fund.id, description["currency"]):
            raise Conflict(
                _("%(account)s is an account of another fund or currency.", account=account.code)
            )
        if AccountDetails.of(account) != details:
            describe_account(session, account, details, act)


def _account_details(description: Mapping[str, str]) -> AccountDetails:
    """The details of an account as they are kept: without spaces around, the number without any,
    the BIC in capitals.
    """
    texts = {
        key: description[key].strip() for key in ACCOUNT_KEYS if key not in {"code", "currency"}
    }
    details = AccountDetails(**texts)
    return replace(
        details,
        number=details.plain_number,
        bic=details.bic.upper(),
        country=details.country.upper(),
    )
