"""A fund as one JSON file: written from a fund, read with every fault told at once."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from grants.books.ledger.bank_accounts import AccountDetails, accounts_of
from grants.core.funds.approvals import checked, tiers_from
from grants.core.funds.models import (
    BY_ONE,
    DOUBTFUL,
    GIFT_LIMIT,
    PAYMENT_DAYS,
    BankAccount,
    Fund,
)
from grants.core.funds.service import Charter
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import OFFERED
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, currencies, usd
from grants.core.kernel.taxonomies import Licence
from grants.desk.fund_setup.grant_rules import (
    ASSURANCE,
    SIGNING,
    assurance_of,
    expected_assurance,
    expected_signing,
    is_assurance,
    is_signing,
    signing_of,
)

Description = dict[str, Any]
"""What the file holds: keys as in `EMPTY`."""

EMPTY: Mapping[str, Any] = {
    "code": "",
    "name": {},
    "purpose": {},
    "mandate": {},
    "letterhead": {},
    "how_to_pay": {},
    "signing_office": {},
    "signatories": [],
    "time_zone": "UTC",
    "financial_year": "calendar",
    "languages": ["en"],
    "currencies": [],
    "annual_target_usd": "0.00",
    "support_cost_percent": "13",
    "operating_reserve_usd": "0.00",
    "doubtful_percents": dict(DOUBTFUL),
    "smallest_count": 11,
    "board_quorum": 0,
    "payment_days": PAYMENT_DAYS,
    "grant_change_days": 30,
    "account_wait_days": 0,
    "bank_letter_days": 0,
    "budget_tolerance_percent": "10",
    "audit_from_usd": "0.00",
    "gift_limit_usd": str(usd(GIFT_LIMIT)),
    "names_grantees": False,
    "signing": dict(SIGNING),
    "assurance_from_usd": dict(ASSURANCE),
    "identifier": "",
    "licence": Licence.BY.value,
    "contact_email": "",
    "contact_telephone": "",
    "outside_email": "",
    "earmark_limit_percent": "100",
    "thanks_months": 6,
    "decision_making": {},
    "conflict_rules": {},
    "complaints": {},
    "common_questions": {},
    "approval_tiers": [dict(BY_ONE)],
    "bank_accounts": [],
}
"""A new fund as it is without any of the keys."""
ACCOUNT_KEYS = ("code", "currency", *AccountDetails.__dataclass_fields__)
LONGEST = 10_000
"""Characters of a text."""


def written(session: Session, fund: Fund) -> Description:
    """The fund with its settings and bank accounts, as the file has them."""
    return {
        "code": fund.code,
        "name": dict(fund.name),
        "purpose": dict(fund.purpose),
        "mandate": dict(fund.mandate),
        "letterhead": dict(fund.letterhead),
        "how_to_pay": dict(fund.bank_details),
        "signing_office": dict(fund.signatory),
        "signatories": [dict(row) for row in fund.signatories],
        "time_zone": fund.time_zone,
        "financial_year": "calendar",
        "languages": list(fund.languages),
        "currencies": list(fund.currencies),
        "annual_target_usd": str(usd(fund.annual_target_minor)),
        "support_cost_percent": f"{Decimal(fund.psc_percent).normalize():f}",
        "operating_reserve_usd": str(usd(fund.operating_reserve_minor)),
        "doubtful_percents": dict(fund.doubtful_percents),
        "smallest_count": fund.smallest_count,
        "board_quorum": fund.board_quorum,
        "payment_days": fund.payment_days,
        "grant_change_days": fund.change_days,
        "account_wait_days": fund.account_wait_days,
        "bank_letter_days": fund.bank_letter_days,
        "budget_tolerance_percent": f"{Decimal(fund.budget_tolerance).normalize():f}",
        "audit_from_usd": str(usd(fund.audit_from_minor)),
        "gift_limit_usd": str(usd(fund.gift_limit_minor)),
        "names_grantees": fund.names_grantees,
        "signing": signing_of(session, fund),
        "assurance_from_usd": assurance_of(session, fund),
        "identifier": fund.identifier,
        "licence": str(fund.licence),
        "contact_email": fund.contact_email,
        "contact_telephone": fund.contact_telephone,
        "outside_email": fund.outside_email,
        "earmark_limit_percent": f"{Decimal(fund.earmark_limit).normalize():f}",
        "thanks_months": fund.thanks_months,
        "decision_making": dict(fund.decision_making),
        "conflict_rules": dict(fund.conflict_rules),
        "complaints": dict(fund.complaints),
        "common_questions": dict(fund.common_questions),
        "approval_tiers": [dict(tier) for tier in fund.approval_tiers],
        "bank_accounts": [
            _describe_account(account)
            for account in accounts_of(session, fund)
            if not account.closed_on and not account.provider
        ],
    }


def _describe_account(account: BankAccount) -> dict[str, str]:
    details = asdict(AccountDetails.of(account))
    return {"code": account.code, "currency": account.currency, **details}


def read_json(text: str) -> Mapping[str, Any]:
    """The object in a file; DomainError if it holds no JSON object."""
    try:
        description = json.loads(text)
    except ValueError as trouble:
        raise DomainError(_("This is not JSON: %(why)s.", why=trouble)) from trouble
    if not isinstance(description, dict):
        raise DomainError(_("The file must contain one JSON object that describes the fund."))
    return description


def overlaid(base: Mapping[str, Any], changes: Mapping[str, Any]) -> Description:
    """The base with what the file gives; bank accounts are matched by their code. DomainError with
    a line for each fault.
    """
    unknown = [_("%(key)s: this key is not known.", key=key) for key in changes if key not in EMPTY]
    accounts = changes.get("bank_accounts", [])
    whole = {**base, **{key: value for key, value in changes.items() if key in EMPTY}}
    if isinstance(accounts, list) and all(isinstance(account, dict) for account in accounts):
        whole["bank_accounts"] = _overlay_accounts(base["bank_accounts"], accounts)
    if faults := [*unknown, *_find_faults(whole)]:
        raise DomainError("\n".join(faults))
    return whole


def _overlay_accounts(
    base: list[dict[str, str]], changes: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    blank = dict.fromkeys(ACCOUNT_KEYS, "")
    accounts: dict[str, dict[str, Any]] = {account["code"]: account for account in base}
    for change in changes:
        code = str(change.get("code", "")).strip().upper()
        accounts[code] = {**blank, **accounts.get(code, {}), **change, "code": code}
    return list(accounts.values())


def _find_faults(whole: Mapping[str, Any]) -> Iterator[str]:
    for key, (fits, expected) in RULES.items():
        if not _is_valid(fits, whole[key]):
            yield _("%(key)s: expected %(expected)s.", key=key, expected=expected())
    if _is_valid(RULES["bank_accounts"][0], whole["bank_accounts"]):
        for number, account in enumerate(whole["bank_accounts"], 1):
            yield from _account_faults(number, account)


def _is_valid(fits: Callable[[Any], bool], value: Any) -> bool:
    try:
        return fits(value)
    except (DomainError, InvalidOperation, TypeError, ValueError, KeyError, AttributeError):
        return False


def _account_faults(number: int, account: Mapping[str, Any]) -> Iterator[str]:
    where = f"bank_accounts[{number}]"
    for key in account:
        if key not in ACCOUNT_KEYS:
            yield _("%(key)s: this key is not known.", key=f"{where}.{key}")
        elif not isinstance(account[key], str) or len(account[key]) > 300:
            yield _("%(key)s: expected %(expected)s.", key=f"{where}.{key}", expected=_("text"))
    if account.get("currency") not in currencies():
        yield _(
            "%(key)s: expected %(expected)s.",
            key=f"{where}.currency",
            expected=_expected_currency(),
        )
    if not account.get("code"):
        yield _("%(key)s: expected %(expected)s.", key=f"{where}.code", expected=_("text"))


def _is_texts(value: Any) -> bool:
    return (
        set(value) <= set(OFFERED)
        and all(isinstance(text, str) and len(text) <= LONGEST for text in value.values())
        and (not value or bool(value.get("en", "").strip()))
    )


def _is_signatory(value: Any) -> bool:
    has_name = isinstance(value["name"], str) and 0 < len(value["name"].strip()) <= 120
    titled = bool(value["title"]) and _is_texts(value["title"])
    return set(value) == {"name", "title"} and has_name and titled


def _is_address(value: Any) -> bool:
    return value == "" or (bool(re.fullmatch(r"[^@\s]+@[^@\s]+", value)) and len(value) <= 254)


def _is_percent(value: Any) -> bool:
    number = Decimal(value)
    return isinstance(value, str) and 0 <= number <= 100 and number == round(number, 2)


def _is_amount(value: Any) -> bool:
    return isinstance(value, str) and Money.parse(value, FUNCTIONAL_CURRENCY).minor >= 0


def _expected_texts() -> str:
    return _("texts by language (%(codes)s), English among them", codes=", ".join(OFFERED))


def _expected_percent() -> str:
    return _("0 to 100 per cent as text, with no more than two decimals")


def _expected_amount() -> str:
    return _("an amount in USD as text, such as 1234.50")


def _expected_currency() -> str:
    return _("a currency by its ISO 4217 code")


RULES: Mapping[str, tuple[Callable[[Any], bool], Callable[[], str]]] = {
    "code": (
        lambda v: v == v.upper() and v.replace("-", "").isalnum() and v.isascii() and len(v) <= 20,
        lambda: _("a short name in capital letters and digits, 20 at most"),
    ),
    "name": (lambda v: bool(v) and _is_texts(v), _expected_texts),
    "purpose": (lambda v: bool(v) and _is_texts(v), _expected_texts),
    "mandate": (_is_texts, _expected_texts),
    "letterhead": (_is_texts, _expected_texts),
    "how_to_pay": (_is_texts, _expected_texts),
    "signing_office": (_is_texts, _expected_texts),
    "signatories": (
        lambda v: isinstance(v, list) and len(v) <= 10 and all(_is_signatory(row) for row in v),
        lambda: _("a list of signatories, each with a name and a title by language"),
    ),
    "time_zone": (lambda v: v in clock.zones(), lambda: _("a time zone, such as Europe/Vienna")),
    "financial_year": (
        lambda v: v == "calendar",
        lambda: _("“calendar”: financial years of the United Nations begin on 1 January"),
    ),
    "languages": (
        lambda v: isinstance(v, list) and set(v) <= set(OFFERED) and "en" in v,
        lambda: _("a list of languages (%(codes)s) that includes en", codes=", ".join(OFFERED)),
    ),
    "currencies": (
        lambda v: isinstance(v, list) and set(v) <= currencies(),
        lambda: _("a list of currencies by their ISO 4217 codes"),
    ),
    "annual_target_usd": (_is_amount, _expected_amount),
    "support_cost_percent": (_is_percent, _expected_percent),
    "operating_reserve_usd": (_is_amount, _expected_amount),
    "doubtful_percents": (
        lambda v: set(v) == set(DOUBTFUL) and all(_is_percent(value) for value in v.values()),
        lambda: _("percentages for %(bands)s", bands=", ".join(DOUBTFUL)),
    ),
    "smallest_count": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 5 <= v <= 1000,
        lambda: _("a whole number from 5 to 1000"),
    ),
    "board_quorum": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 100,
        lambda: _("a whole number from 0 to 100"),
    ),
    "payment_days": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 1 <= v <= 365,
        lambda: _("a whole number from 1 to 365"),
    ),
    "grant_change_days": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 365,
        lambda: _("a whole number from 0 to 365"),
    ),
    "account_wait_days": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 60,
        lambda: _("a whole number from 0 to 60"),
    ),
    "bank_letter_days": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 0 <= v <= 3650,
        lambda: _("a whole number from 0 to 3650"),
    ),
    "budget_tolerance_percent": (_is_percent, _expected_percent),
    "audit_from_usd": (_is_amount, _expected_amount),
    "gift_limit_usd": (_is_amount, _expected_amount),
    "names_grantees": (
        lambda v: isinstance(v, bool),
        lambda: _("true or false"),
    ),
    "signing": (is_signing, expected_signing),
    "assurance_from_usd": (is_assurance, expected_assurance),
    "identifier": (
        lambda v: bool(re.fullmatch(r"|[A-Z]{2}-[A-Za-z0-9_.:-]{1,77}", v)),
        lambda: _("an identifier of a register of org-id.guide, such as XM-DAC-41000"),
    ),
    "licence": (
        lambda v: v in list(Licence),
        lambda: _("one of %(codes)s", codes=", ".join(Licence)),
    ),
    "contact_email": (_is_address, lambda: _("an e-mail address")),
    "outside_email": (_is_address, lambda: _("an e-mail address")),
    "earmark_limit_percent": (_is_percent, _expected_percent),
    "thanks_months": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and 1 <= v <= 60,
        lambda: _("a whole number from 1 to 60"),
    ),
    "contact_telephone": (
        lambda v: bool(re.fullmatch(r"|\+?[0-9][0-9 ()./-]{3,38}", v)),
        lambda: _("a telephone number"),
    ),
    "decision_making": (_is_texts, _expected_texts),
    "conflict_rules": (_is_texts, _expected_texts),
    "complaints": (_is_texts, _expected_texts),
    "common_questions": (_is_texts, _expected_texts),
    "approval_tiers": (
        lambda v: isinstance(v, list) and bool(checked(tiers_from(v))),
        lambda: _("a list of amounts from 0.00 on, each with more approving officers"),
    ),
    "bank_accounts": (
        lambda v: isinstance(v, list) and all(isinstance(row, dict) for row in v),
        lambda: _("a list of bank accounts"),
    ),
}
"""For each key: what its value must be, and that in words."""


def charter_of(whole: Mapping[str, Any]) -> Charter:
    """The description as the charter of a new fund."""
    return Charter(
        code=whole["code"],
        name=whole["name"],
        purpose=whole["purpose"],
        mandate=whole["mandate"],
        letterhead=whole["letterhead"],
        bank_details=whole["how_to_pay"],
        signatory=whole["signing_office"],
        signatories=tuple(whole["signatories"]),
        time_zone=whole["time_zone"],
        languages=tuple(whole["languages"]),
        currencies=tuple(whole["currencies"]),
        annual_target_minor=Money.parse(whole["annual_target_usd"], "USD").minor,
        psc_percent=Decimal(whole["support_cost_percent"]),
        operating_reserve_minor=Money.parse(whole["operating_reserve_usd"], "USD").minor,
        doubtful_percents=whole["doubtful_percents"],
        smallest_count=whole["smallest_count"],
        board_quorum=whole["board_quorum"],
        payment_days=whole["payment_days"],
        change_days=whole["grant_change_days"],
        account_wait_days=whole["account_wait_days"],
        bank_letter_days=whole["bank_letter_days"],
        budget_tolerance=Decimal(whole["budget_tolerance_percent"]),
        audit_from_minor=Money.parse(whole["audit_from_usd"], "USD").minor,
        gift_limit_minor=Money.parse(whole["gift_limit_usd"], "USD").minor,
        names_grantees=whole["names_grantees"],
        identifier=whole["identifier"],
        licence=Licence(whole["licence"]),
        contact_email=whole["contact_email"],
        contact_telephone=whole["contact_telephone"],
        outside_email=whole["outside_email"],
        earmark_limit=Decimal(whole["earmark_limit_percent"]),
        thanks_months=whole["thanks_months"],
        decision_making=whole["decision_making"],
        conflict_rules=whole["conflict_rules"],
        complaints=whole["complaints"],
        common_questions=whole["common_questions"],
        approval_tiers=tuple(tier.as_json() for tier in tiers_from(whole["approval_tiers"])),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that an import changed."""

    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.key}: {_shorten_text(self.before)} → {_shorten_text(self.after)}"


def _shorten_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return (text if len(text) <= 80 else f"{text[:79]}…") or "–"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """What is different, key by key; within bank accounts detail by detail."""
    for key in EMPTY:
        if key != "bank_accounts" and before[key] != after[key]:
            yield Difference(key, before[key], after[key])
    earlier = {account["code"]: account for account in before["bank_accounts"]}
    for account in after["bank_accounts"]:
        had = earlier.get(account["code"], {})
        for name in ACCOUNT_KEYS:
            if (had.get(name) or "") != account[name]:
                yield Difference(
                    f"bank_accounts.{account['code']}.{name}", had.get(name, ""), account[name]
                )
