"""The statements once more, as JSON, from the recomputed history alone."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.desk.moving_in.history.recompute import (
    NOTHING,
    PLACES,
    History,
    Promise,
    Receipt,
    Row,
    sent,
)

SOURCE = ("contributions", "interest", "refunds_from_grantees", "unidentified_receipts")
USE = (
    "transfers_to_grantees",
    "programme_support_cost",
    "direct_costs",
    "administration_fees",
    "bank_charges",
    "refunds_to_donors",
)
BALANCES = (
    "cash",
    "contributions_receivable",
    "contribution_revenue",
    "interest",
    "exchange_difference",
    "bank_charges",
    "grant_expense",
    "programme_support_cost",
    "direct_costs",
    "administration_fees",
    "commitments",
    "suspense",
    "deferred_revenue",
)


def balances(history: History, on: date | None = None) -> dict[str, str]:
    told = {account: f"{history.balance(account, on):f}" for account in BALANCES}
    return told | {"reserve": "0.00", "available": f"{history.available(on):f}"}


def fund_statement(history: History, fund: str, since: date, until: date) -> dict[str, Any]:
    """Source and use; the closing balance is what the movements of cash say, not the sum above."""
    source = {line: history.flowed(line, since, until) for line in SOURCE}
    use = {line: history.flowed(line, since, until) for line in USE}
    before = date.fromordinal(since.toordinal() - 1)
    return {
        "fund": fund,
        "from": since.isoformat(),
        "to": until.isoformat(),
        "opening_balance": f"{history.balance('cash', before):f}",
        "source": _with_total(source),
        "use": _with_total(use),
        "closing_balance": f"{history.balance('cash', until):f}",
    }


def _with_total(lines: dict[str, Decimal]) -> dict[str, str]:
    return {name: f"{usd:f}" for name, usd in (lines | {"total": sum(lines.values())}).items()}


def donor_statement(history: History, donor: str, since: date, until: date) -> dict[str, Any]:
    """Every pledge by the end of the period, the oldest first, and its deposits in the period."""
    numbers = receipt_numbers(history)
    promises = [p for p in history.promises.values() if p.row["donor"] == donor and _by(p, until)]
    promises.sort(key=lambda made: made.row["pledged_on"])
    came = {row["bank_reference"]: place for place, row in enumerate(history.rows("deposits"))}
    for made in promises:  # money of one day in the order of the file, whenever it was allocated
        made.receipts.sort(key=lambda r: (r.came_on, came[r.row["bank_reference"]]))
    lines = [_pledge(made, numbers, since, until) for made in promises]
    total = sum((Decimal(line["received_usd"]) for line in lines), NOTHING)
    return {
        "donor": donor,
        "from": since.isoformat(),
        "to": until.isoformat(),
        "pledges": lines,
        "total_received_usd": f"{total:f}",
    }


def _by(made: Promise, until: date) -> bool:
    days = [made.row["pledged_on"], *(receipt.row["value_on"] for receipt in made.receipts)]
    return min(days) <= until.isoformat()


def _pledge(made: Promise, numbers: dict[str, str], since: date, until: date) -> dict[str, Any]:
    row, currency = made.row, made.row["currency"]
    given = made.receipts
    within = [receipt for receipt in given if since <= receipt.came_on <= until]
    to_date = sum((sent(r.row) for r in given if r.came_on <= until), Decimal(0))
    signed = made.signed_on is not None and made.signed_on <= until
    gains = [gain.usd for gain in made.gains if since <= gain.on <= until]
    return {
        "reference": row["reference"],
        "currency": currency,
        "pledged": _units(Decimal(row["amount"]), currency),
        "signed_usd": f"{made.signed_usd if signed else NOTHING:f}",
        "received": _units(sum((sent(r.row) for r in within), Decimal(0)), currency),
        "received_usd": f"{sum((r.usd for r in within), NOTHING):f}",
        "outstanding": _units(Decimal(row["amount"]) - to_date, currency),
        "exchange_difference_usd": f"{sum(gains, NOTHING):f}",
        "deposits": [_deposit(receipt, numbers) for receipt in within],
    }


def _deposit(receipt: Receipt, numbers: dict[str, str]) -> dict[str, str]:
    row = receipt.row
    return {
        "bank_reference": row["bank_reference"],
        "value_on": row["value_on"],
        "amount": _units(Decimal(row["amount"]), row["currency"]),
        "bank_fee": _units(Decimal(row["bank_fee"] or 0), row["currency"]),
        "rate": f"{receipt.rate.normalize():f}",
        "usd": f"{receipt.usd:f}",
        "receipt": numbers[row["bank_reference"]],
    }


def receipt_numbers(history: History, fund: str = "UNVTF") -> dict[str, str]:
    """Receipts are numbered without gaps in each year, in the order in which money was known to be
    for a pledge: by day, on a day as the file has it, and what people allocate after the import.
    """
    found = [row["bank_reference"] for row in history.rows("allocations")]
    came = [row["bank_reference"] for row in history.rows("deposits")]
    order = {name: place for place, name in enumerate([*came, *found])}
    receipts = [receipt for made in history.promises.values() for receipt in made.receipts]
    receipts.sort(key=lambda r: (not r.row["pledge"], r.counted_on, order[r.row["bank_reference"]]))
    numbers: dict[str, str] = {}
    last: dict[int, int] = {}
    for receipt in receipts:
        year = receipt.counted_on.year
        last[year] = last.get(year, 0) + 1
        numbers[receipt.row["bank_reference"]] = f"{fund}-R-{year}-{last[year]:04d}"
    return numbers


def grant_statement(history: History, reference: str, until: date) -> dict[str, Any]:
    [grant] = [row for row in history.rows("grants") if row["reference"] == reference]
    paid = _of(history, "payments", reference, "paid_on", until)
    days = {row["number"]: row for row in paid}
    parts = [row for row in history.rows("instalments") if row["grant"] == reference]
    refunds = _of(history, "grant_refunds", reference, "refunded_on", until)
    out = sum((Decimal(row["amount_usd"]) for row in parts if row["number"] in days), NOTHING)
    back = sum((Decimal(row["amount_usd"]) for row in refunds), NOTHING)
    return {
        "grant": reference,
        "award": grant["award_usd"],
        "instalments": [
            {
                "number": int(row["number"]),
                "amount": row["amount_usd"],
                "due_on": row["due_on"],
                "paid_on": days[row["number"]]["paid_on"] if row["number"] in days else None,
            }
            for row in parts
        ],
        "paid": f"{out:f}",
        "still_to_pay": f"{Decimal(grant['award_usd']) - out:f}",
        "reported_expenditure": "0.00",
        "refunded": f"{back:f}",
        "balance": f"{out - back:f}",
    }


def _of(history: History, file: str, grant: str, day: str, until: date) -> list[Row]:
    rows = (row for row in history.rows(file) if row["grant"] == grant)
    return [row for row in rows if row[day] <= until.isoformat()]


def _units(amount: Decimal, currency: str) -> str:
    """As the currency writes it."""
    return f"{amount:.{PLACES[currency]}f}"


REVENUE = ("contribution_revenue", "interest", "exchange_difference")
EXPENSE = (
    "grant_expense",
    "programme_support_cost",
    "direct_costs",
    "administration_fees",
    "bank_charges",
)
ASSETS = ("cash", "contributions_receivable")
LIABILITIES = ("deferred_revenue", "suspense")


def financial_statements(history: History, since: date, until: date) -> dict[str, Any]:
    """Performance and position of a period, and of the same days a year earlier."""
    earlier = (_year_before(since), _year_before(until))
    return {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "current": _financial_year(history, since, until),
        "previous": _financial_year(history, *earlier),
    }


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


def _financial_year(history: History, since: date, until: date) -> dict[str, Any]:
    revenue = {name: history.balance(name, until, since) for name in REVENUE}
    expense = {name: history.balance(name, until, since) for name in EXPENSE}
    assets = {name: history.balance(name, until) for name in ASSETS}
    liabilities = {name: history.balance(name, until) for name in LIABILITIES}
    before = date.fromordinal(since.toordinal() - 1)
    return {
        "performance": {
            "revenue": _section(revenue),
            "expense": _section(expense),
            "surplus": f"{sum(revenue.values()) - sum(expense.values()):f}",
        },
        "position": {
            "assets": _section(assets),
            "liabilities": _section(liabilities),
            "net_assets": _net_assets(history, until),
            "commitments": f"{history.balance('commitments', until):f}",
        },
        "opening_net_assets": _net_assets(history, before),
    }


def _section(lines: dict[str, Decimal]) -> dict[str, Any]:
    told = {name: f"{usd:f}" for name, usd in lines.items()}
    return {"lines": told, "total": f"{sum(lines.values(), NOTHING):f}"}


def _net_assets(history: History, on: date) -> str:
    owned = sum((history.balance(name, on) for name in ASSETS), NOTHING)
    return f"{owned - sum((history.balance(name, on) for name in LIABILITIES), NOTHING):f}"


KINDS = ("member_state", "igo", "ngo", "foundation", "private", "individual")


def contributions(history: History, since: date, until: date) -> dict[str, Any]:
    """What each donor gave in each year, grouped by kind of donor; by the day it was known."""
    years = range(since.year, until.year + 1)
    given: dict[str, dict[int, Decimal]] = {}
    for made in history.promises.values():
        for receipt in made.receipts:
            if since <= receipt.counted_on <= until:
                of_donor = given.setdefault(made.row["donor"], {})
                year = receipt.counted_on.year
                of_donor[year] = of_donor.get(year, NOTHING) + receipt.usd
    groups: list[dict[str, Any]] = []
    for kind in KINDS:
        donors = [row for row in history.rows("donors") if row["kind"] == kind]
        rows = [_by_years(row, given[row["code"]], years) for row in donors if row["code"] in given]
        if rows:
            groups.append({"kind": kind, "donors": sorted(rows, key=_name)})
    total = sum((usd for of in given.values() for usd in of.values()), NOTHING)
    return {"years": list(years), "groups": groups, "donors": len(given), "total": f"{total:f}"}


def _name(row: dict[str, Any]) -> str:
    return str(row["name"])


def _by_years(donor: Row, given: dict[int, Decimal], years: range) -> dict[str, Any]:
    return {
        "donor": donor["code"],
        "name": donor["name"],
        "amounts": [f"{given.get(year, NOTHING):f}" for year in years],
        "total": f"{sum(given.values(), NOTHING):f}",
    }


BANDS = ("first_year", "second_year", "third_year", "later")


def aged_receivables(history: History, on: date) -> dict[str, Any]:
    """What is owed at the end of a day, by whole years since the signature."""
    bands = dict.fromkeys(("not_due", *BANDS), NOTHING)
    lines = []
    for reference, made in sorted(history.promises.items()):
        owed, usd = made.owed(on)
        if made.signed_on and owed:
            bands[BANDS[min(_full_years(made.signed_on, on), 3)]] += usd
            lines.append(
                {
                    "pledge": reference,
                    "due_since": made.signed_on.isoformat(),
                    "owed": _units(owed, made.row["currency"]),
                    "usd": f"{usd:f}",
                    "conditional": made.row["conditional"] == "yes",
                }
            )
    total = sum(bands.values(), NOTHING)
    told = {band: f"{usd:f}" for band, usd in bands.items()}
    return {"on": on.isoformat(), "pledges": lines, "bands": told, "total_usd": f"{total:f}"}


def _full_years(since: date, on: date) -> int:
    anniversary_to_come = (on.month, on.day) < (since.month, since.day)
    return on.year - since.year - anniversary_to_come
