"""The fund's figures once more, from the CSV files and plain arithmetic alone.

Nothing of the application is imported here: this is the auditor's own spreadsheet. Amounts are
Decimals in units; USD has two places, rounded half-even once for each conversion.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
PLACES = {"JPY": 0, "USD": 2, "EUR": 2, "GBP": 2, "CHF": 2, "KWD": 3}

Row = dict[str, str]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_EVEN)


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Movement:
    """One change of one balance on one day, in USD."""

    on: date
    account: str
    usd: Decimal


class History:
    """Everything the files say, and what follows from it."""

    def __init__(self, folder: Path, psc_percent: Decimal = Decimal(13)) -> None:
        self.psc = psc_percent / 100
        self.files = {path.stem: _read(path) for path in folder.glob("*.csv")}
        self.movements: list[Movement] = []
        self.flows: list[Movement] = []
        self.donor_lines: dict[str, dict[str, Decimal]] = {}
        for pledge in self.rows("pledges"):
            self._pledge(pledge)
        self._unidentified()
        self._grants()
        self._others()

    def rows(self, name: str) -> list[Row]:
        return self.files.get(name, [])

    def rate(self, currency: str, day: date) -> Decimal:
        """Units for 1 USD: the newest row on or before the day."""
        if currency == "USD":
            return Decimal(1)
        held = max(
            (row["effective_on"], row["rate"])
            for row in self.rows("rates")
            if row["currency"] == currency and row["effective_on"] <= day.isoformat()
        )
        return Decimal(held[1])

    def usd(self, amount: Decimal, currency: str, day: date) -> Decimal:
        return cents(amount / self.rate(currency, day))

    def move(self, on: date, **accounts: Decimal) -> None:
        self.movements += [Movement(on, name, usd) for name, usd in accounts.items()]

    def flow(self, on: date, **lines: Decimal) -> None:
        self.flows += [Movement(on, name, usd) for name, usd in lines.items()]

    # Pledges, agreements, deposits ---------------------------------------------------------------

    def _pledge(self, pledge: Row) -> None:
        amount, currency = Decimal(pledge["amount"]), pledge["currency"]
        signed = _day(pledge["agreement_signed_on"])
        revenue = "deferred_revenue" if pledge["conditional"] == "yes" else "contribution_revenue"
        line: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        owed, owed_usd = Decimal(0), NOTHING
        deposits = sorted(
            (row for row in self.rows("deposits") if row["pledge"] == pledge["reference"]),
            key=lambda row: row["value_on"],
        )
        early = [row for row in deposits if signed is None or row["value_on"] < signed.isoformat()]
        for row in early:
            came = self._deposit(row, line)
            self.move(_date(row["value_on"]), contribution_revenue=came)
        if signed:
            owed = amount - sum((_sent(row) for row in early), Decimal(0))
            owed_usd = self.usd(owed, currency, signed)
            line["signed_usd"] = owed_usd
            self.move(signed, contributions_receivable=owed_usd, **{revenue: owed_usd})
            for row in deposits[len(early) :]:
                owed, owed_usd = self._clear(row, line, signed, (owed, owed_usd))
        line["outstanding"] = amount - line["received"]
        self.donor_lines[pledge["reference"]] = line

    def _deposit(self, row: Row, line: dict[str, Decimal]) -> Decimal:
        """Cash and fee of a deposit; what the donor sent, in USD."""
        on, currency = _date(row["value_on"]), row["currency"]
        cash = self.usd(Decimal(row["amount"]), currency, on)
        fee = self.usd(_fee(row), currency, on)
        self.move(on, cash=cash, bank_charges=fee)
        self.flow(on, contributions=cash + fee, bank_charges=fee)
        line["received"] += _sent(row)
        line["received_usd"] += cash + fee
        return cash + fee

    def _clear(
        self, row: Row, line: dict[str, Decimal], signed: date, owed: tuple[Decimal, Decimal]
    ) -> tuple[Decimal, Decimal]:
        """A deposit on a signed pledge clears the receivable at the agreement's rate."""
        left, left_usd = owed
        came = self._deposit(row, line)
        sent = _sent(row)
        cleared = left_usd if sent == left else self.usd(sent, row["currency"], signed)
        on = _date(row["value_on"])
        self.move(on, contributions_receivable=-cleared, exchange_difference=came - cleared)
        line["exchange_difference_usd"] += came - cleared
        return left - sent, left_usd - cleared

    def _unidentified(self) -> None:
        for row in self.rows("deposits"):
            if not row["pledge"]:
                came = self._deposit(row, defaultdict(lambda: NOTHING))
                on = _date(row["value_on"])
                self.move(on, suspense=came)
                self.flow(on, contributions=-came, unidentified_receipts=came)

    # Grants --------------------------------------------------------------------------------------

    def support(self, amount: Decimal) -> Decimal:
        return cents(amount * self.psc)

    def _grants(self) -> None:
        plan = {
            (r["grant"], r["number"]): Decimal(r["amount_usd"]) for r in self.rows("instalments")
        }
        for grant in self.rows("grants"):
            parts = [sum_ for (of, _number), sum_ in plan.items() if of == grant["reference"]]
            committed = sum((part + self.support(part) for part in parts), NOTHING)
            self.move(_date(grant["agreement_signed_on"]), commitments=committed)
        for row in self.rows("payments"):
            amount = plan[row["grant"], row["number"]]
            psc, on = self.support(amount), _date(row["paid_on"])
            self._spend(on, amount, psc)
            self.move(on, commitments=-(amount + psc))
        for row in self.rows("grant_refunds"):
            amount, on = Decimal(row["amount_usd"]), _date(row["refunded_on"])
            psc = self.support(amount)
            self.move(on, grant_expense=-amount, programme_support_cost=-psc, cash=amount + psc)
            self.flow(on, refunds_from_grantees=amount, programme_support_cost=-psc)

    def _spend(self, on: date, amount: Decimal, psc: Decimal) -> None:
        self.move(on, grant_expense=amount, programme_support_cost=psc, cash=-(amount + psc))
        self.flow(on, transfers_to_grantees=amount, programme_support_cost=psc)

    def _others(self) -> None:
        for row in self.rows("other"):
            on = _date(row["booked_on"])
            usd = self.usd(Decimal(row["amount"]), row["currency"], on)
            if row["kind"] == "interest":
                self.move(on, interest=usd, cash=usd)
                self.flow(on, interest=usd)
            elif row["kind"] == "bank_charge":
                self.move(on, bank_charges=usd, cash=-usd)
                self.flow(on, bank_charges=usd)
            else:
                self.move(on, contribution_revenue=-usd, cash=-usd)
                self.flow(on, refunds_to_donors=usd)

    # Answers -------------------------------------------------------------------------------------

    def balance(self, account: str, on: date | None = None) -> Decimal:
        """A balance in USD at the end of a day."""
        return sum(
            (m.usd for m in self.movements if m.account == account and (on is None or m.on <= on)),
            NOTHING,
        )

    def available(self, on: date | None = None) -> Decimal:
        spoken = self.balance("commitments", on) + self.balance("suspense", on)
        return self.balance("cash", on) - spoken

    def spare(self, since: date) -> Decimal:
        """The least that is available on any day from `since` on."""
        days = {since, *(m.on for m in self.movements if m.on > since)}
        return min(self.available(day) for day in days)

    def flowed(self, line: str, since: date, until: date) -> Decimal:
        """A line of the statement of source and use."""
        return sum(
            (m.usd for m in self.flows if m.account == line and since <= m.on <= until), NOTHING
        )


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str) -> date | None:
    return _date(text) if text else None


def _fee(row: Row) -> Decimal:
    return Decimal(row["bank_fee"] or 0)


def _sent(row: Row) -> Decimal:
    return Decimal(row["amount"]) + _fee(row)
