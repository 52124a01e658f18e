"""The fund's figures once more, from the CSV files and plain arithmetic alone.

Nothing of the application is imported here: this is the auditor's own spreadsheet. Amounts are
Decimals in units; USD has two places, rounded half-even once for each conversion.

Beside the files of a history it reads allocations.csv (bank_reference, pledge, allocated_on):
what people did about unidentified money after the import.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    """One change of one balance, or of one line of a statement, on one day, in USD."""

    on: date
    account: str
    usd: Decimal


@dataclass(frozen=True)
class Receipt:
    """Money on a pledge: when it counts for it, and what it was worth on the day it came."""

    row: Row
    counted_on: date
    rate: Decimal
    usd: Decimal

    @property
    def came_on(self) -> date:
        return _date(self.row["value_on"])


@dataclass
class Promise:
    """A pledge and what became of it."""

    row: Row
    signed_on: date | None
    signed_usd: Decimal = NOTHING
    receipts: list[Receipt] = field(default_factory=list)
    gains: list[Movement] = field(default_factory=list)
    cleared: list[Movement] = field(default_factory=list)
    """What left the receivable, in USD."""

    def owed(self, on: date) -> tuple[Decimal, Decimal]:
        """What was receivable at the end of a day, in the pledge's currency and in USD."""
        if self.signed_on is None or on < self.signed_on:
            return Decimal(0), NOTHING
        came = [sent(r.row) for r in self.receipts if r.counted_on <= on]
        left_usd = self.signed_usd - sum((m.usd for m in self.cleared if m.on <= on), NOTHING)
        return Decimal(self.row["amount"]) - sum(came, Decimal(0)), left_usd


class History:
    """Everything the files say, and what follows from it."""

    def __init__(self, folder: Path, psc_percent: Decimal = Decimal(13)) -> None:
        self.psc = psc_percent / 100
        self.files = {path.stem: _read(path) for path in folder.glob("*.csv")}
        self.movements: list[Movement] = []
        self.flows: list[Movement] = []
        self.promises = {row["reference"]: self._promise(row) for row in self.rows("pledges")}
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

    def _promise(self, row: Row) -> Promise:
        """Money that came before the signature is revenue of its day; what is then still owed
        becomes receivable, and later money clears it at the rate of the signature.
        """
        made = Promise(row, _day(row["agreement_signed_on"]))
        arrivals = sorted(self._arrivals(row["reference"]), key=lambda arrival: arrival[0])
        early = [on for on, _deposit in arrivals if made.signed_on is None or on < made.signed_on]
        for on, deposit in arrivals[: len(early)]:
            self.move(on, contribution_revenue=self._receive(made, deposit, on))
        if made.signed_on:
            owed = Decimal(row["amount"]) - sum(
                (sent(deposit) for _on, deposit in arrivals[: len(early)]), Decimal(0)
            )
            owed_usd = made.signed_usd = self.usd(owed, row["currency"], made.signed_on)
            conditional = row["conditional"] == "yes"
            revenue = "deferred_revenue" if conditional else "contribution_revenue"
            self.move(made.signed_on, contributions_receivable=owed_usd, **{revenue: owed_usd})
            for on, deposit in arrivals[len(early) :]:
                owed, owed_usd = self._clear(made, deposit, on, owed, owed_usd)
        return made

    def _arrivals(self, pledge: str) -> Iterator[tuple[date, Row]]:
        """The deposits of a pledge with the day each counts for it: its value date, or the day a
        person found out whose it is.
        """
        allocated = {row["bank_reference"]: row for row in self.rows("allocations")}
        for row in self.rows("deposits"):
            if row["pledge"] == pledge:
                yield _date(row["value_on"]), row
            elif (found := allocated.get(row["bank_reference"])) and found["pledge"] == pledge:
                yield _date(found["allocated_on"]), row

    def _receive(self, made: Promise, deposit: Row, on: date) -> Decimal:
        """Take money on a pledge; what the donor sent, in USD of the day it came."""
        came_on = _date(deposit["value_on"])
        if deposit["pledge"]:
            came = self._credited(deposit)
            self.flow(on, contributions=came)
        else:
            came = self._worth(deposit)
            self.move(on, suspense=-came)
            self.flow(on, contributions=came, unidentified_receipts=-came)
        rate = self.rate(deposit["currency"], came_on)
        made.receipts.append(Receipt(deposit, on, rate, came))
        return came

    def _clear(
        self, made: Promise, deposit: Row, on: date, owed: Decimal, owed_usd: Decimal
    ) -> tuple[Decimal, Decimal]:
        """What is owed after a deposit; the one that completes the pledge clears all of it."""
        assert made.signed_on is not None
        came, paid = self._receive(made, deposit, on), sent(deposit)
        at_signature = self.usd(paid, deposit["currency"], made.signed_on)
        cleared = owed_usd if paid == owed else at_signature
        self.move(on, contributions_receivable=-cleared, exchange_difference=came - cleared)
        made.gains.append(Movement(on, "exchange_difference", came - cleared))
        made.cleared.append(Movement(on, "contributions_receivable", cleared))
        return owed - paid, owed_usd - cleared

    def _worth(self, deposit: Row) -> Decimal:
        """Credited and withheld, each in USD at the rate of the value date."""
        on, currency = _date(deposit["value_on"]), deposit["currency"]
        credited = self.usd(Decimal(deposit["amount"]), currency, on)
        return credited + self.usd(_fee(deposit), currency, on)

    def _credited(self, deposit: Row) -> Decimal:
        """Into cash, less what banks withheld; what was sent, in USD."""
        on = _date(deposit["value_on"])
        fee = self.usd(_fee(deposit), deposit["currency"], on)
        came = self._worth(deposit)
        self.move(on, cash=came - fee, bank_charges=fee)
        self.flow(on, bank_charges=fee)
        return came

    def _unidentified(self) -> None:
        for row in self.rows("deposits"):
            if not row["pledge"]:
                came, on = self._credited(row), _date(row["value_on"])
                self.move(on, suspense=came)
                self.flow(on, unidentified_receipts=came)

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
            self.move(on, grant_expense=amount, programme_support_cost=psc, cash=-(amount + psc))
            self.flow(on, transfers_to_grantees=amount, programme_support_cost=psc)
            self.move(on, commitments=-(amount + psc))
        for row in self.rows("grant_refunds"):
            amount, on = Decimal(row["amount_usd"]), _date(row["refunded_on"])
            psc = self.support(amount)
            self.move(on, grant_expense=-amount, programme_support_cost=-psc, cash=amount + psc)
            self.flow(on, refunds_from_grantees=amount, programme_support_cost=-psc)

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
            elif row["kind"] in {"direct_cost", "administration_fee"}:
                line = f"{row['kind']}s"
                self.move(on, **{line: usd, "cash": -usd})
                self.flow(on, **{line: usd})
            else:
                self.move(on, contribution_revenue=-usd, cash=-usd)
                self.flow(on, refunds_to_donors=usd)

    # Answers -------------------------------------------------------------------------------------

    def balance(self, account: str, on: date | None = None, since: date | None = None) -> Decimal:
        """A balance in USD at the end of a day, or what moved it from a day on."""
        return _sum(self.movements, account, since, on)

    def flowed(self, line: str, since: date, until: date) -> Decimal:
        """A line of the statement of source and use."""
        return _sum(self.flows, line, since, until)

    def available(self, on: date | None = None) -> Decimal:
        spoken = self.balance("commitments", on) + self.balance("suspense", on)
        return self.balance("cash", on) - spoken

    def spare(self, since: date) -> Decimal:
        """The least that is available on any day from `since` on."""
        days = {since, *(m.on for m in self.movements if m.on > since)}
        return min(self.available(day) for day in days)


def _sum(moved: list[Movement], name: str, since: date | None, until: date | None) -> Decimal:
    return sum(
        (
            m.usd
            for m in moved
            if m.account == name
            and (since is None or m.on >= since)
            and (until is None or m.on <= until)
        ),
        NOTHING,
    )


def sent(deposit: Row) -> Decimal:
    """What the donor sent: credited, and withheld by banks."""
    return Decimal(deposit["amount"]) + _fee(deposit)


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str) -> date | None:
    return _date(text) if text else None


def _fee(row: Row) -> Decimal:
    return Decimal(row["bank_fee"] or 0)
