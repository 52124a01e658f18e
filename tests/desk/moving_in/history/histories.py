"""Random histories of a fund, as folders of CSV files that keep its rules."""

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.desk.moving_in.history.recompute import PLACES, History

START = date(2023, 1, 1)
RATES = {"EUR": "0.93", "JPY": "141.2", "KWD": "0.3071", "GBP": "0.8012", "CHF": "0.912"}


@dataclass
class Files:
    """The rows of each file, and the folder they are written to."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, name: str, /, **cells: Any) -> None:
        texts = {key: "" if cell is None else str(cell) for key, cell in cells.items()}
        self.rows.setdefault(name, []).append(texts)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.csv"):
            old.unlink()
        for name, rows in self.rows.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        return folder


def units(minor: int, currency: str) -> str:
    """Minor units as the file writes them."""
    return f"{Decimal(minor).scaleb(-PLACES[currency]):f}"


@st.composite
def histories(draw: DrawFn) -> Files:
    """A fund's first years: donors of several currencies, grants within the money, the rest."""
    files = Files()
    _rates(draw, files)
    for number in range(draw(st.integers(1, 4))):
        _pledge(draw, files, number)
    for number in range(draw(st.integers(0, 2))):
        _unidentified(draw, files, f"U{number}")
    return files


_currency = st.sampled_from(list(PLACES))


def _rates(draw: DrawFn, files: Files) -> None:
    for currency, first in RATES.items():
        files.add("rates", currency=currency, effective_on=START, rate=first)
        for change in draw(st.lists(st.integers(15, 900), max_size=4, unique=True)):
            moved = Decimal(first) * draw(st.integers(80, 125)) / 100
            effective = START + timedelta(change)
            files.add("rates", currency=currency, effective_on=effective, rate=f"{moved:f}")


def _pledge(draw: DrawFn, files: Files, number: int) -> None:
    reference, currency = f"P{number}", draw(_currency)
    donor = f"D{draw(st.integers(0, number))}"
    if donor not in {row["code"] for row in files.rows.get("donors", [])}:
        kind = draw(st.sampled_from(["member_state", "foundation", "individual"]))
        files.add("donors", code=donor, name=f"Donor {donor}", kind=kind, country="AT")
    amount = draw(st.integers(1_000, 5 * 10**8))
    pledged = START + timedelta(draw(st.integers(0, 200)))
    signed = draw(st.none() | st.integers(0, 300))
    signed_on = pledged + timedelta(signed) if signed is not None else None
    files.add(
        "pledges",
        reference=reference,
        donor=donor,
        currency=currency,
        amount=units(amount, currency),
        pledged_on=pledged,
        agreement_signed_on=signed_on,
        conditional=draw(st.sampled_from(["no", "no", "yes"])) if signed_on else "no",
        earmarking=draw(st.sampled_from(["unearmarked", "soft", "earmarked", "tight"])),
    )
    left = amount
    for part in range(draw(st.integers(0, 3))):
        sent = left if draw(st.booleans()) else draw(st.integers(1, max(1, left // 2)))
        if 0 < sent <= left:
            _deposit(draw, files, reference, currency, sent, f"B{number}-{part}", pledged)
            left -= sent


def _deposit(
    draw: DrawFn,
    files: Files,
    pledge: str | None,
    currency: str,
    sent: int,
    reference: str,
    earliest: date = START,
) -> None:
    fee = min(draw(st.sampled_from([0, 0, 15, 2_500])), sent - 1)
    files.add(
        "deposits",
        bank_reference=reference,
        pledge=pledge,
        value_on=earliest + timedelta(draw(st.integers(0, 700))),
        currency=currency,
        amount=units(sent - fee, currency),
        bank_fee=units(fee, currency) if fee else None,
    )


ALLOCATED = START + timedelta(1300)
"""When everything else has happened, people find out whose money it was."""


def _unidentified(draw: DrawFn, files: Files, reference: str) -> None:
    """Money nobody knows, which is later found to be for a pledge that still waits for as much."""
    pledges = files.rows["pledges"]
    found = draw(st.sampled_from([*pledges, None]))
    currency = found["currency"] if found else draw(_currency)
    waits = _owed(files, found) if found else 10**7
    if waits < 1:
        return
    _deposit(draw, files, None, currency, draw(st.integers(1, waits)), reference)
    if found:
        day = ALLOCATED + timedelta(draw(st.integers(0, 400)))
        files.add(
            "allocations",
            bank_reference=reference,
            pledge=found["reference"],
            allocated_on=day,
        )


def _owed(files: Files, pledge: dict[str, str]) -> int:
    """Minor units that a pledge still waits for."""
    deposits = files.rows.get("deposits", [])
    found = {row["bank_reference"]: row["pledge"] for row in files.rows.get("allocations", [])}
    came = [
        Decimal(row["amount"]) + Decimal(row["bank_fee"] or 0)
        for row in deposits
        if (row["pledge"] or found.get(row["bank_reference"])) == pledge["reference"]
    ]
    left = Decimal(pledge["amount"]) - sum(came, Decimal(0))
    return int(left.scaleb(PLACES[pledge["currency"]]))


@st.composite
def full_histories(draw: DrawFn, folder: Path, psc_percent: Decimal) -> Files:
    """A donors' history and what was done with the money, never beyond what was available."""
    files = draw(histories())
    for number in range(draw(st.integers(0, 3))):
        _grant(draw, files, number, History(files.write(folder), psc_percent))
    for number in range(draw(st.integers(0, 3))):
        _other(draw, files, number, History(files.write(folder), psc_percent))
    return files


def _grant(draw: DrawFn, files: Files, number: int, so_far: History) -> None:
    signed = START + timedelta(draw(st.integers(100, 900)))
    spare = int(so_far.spare(signed) * 100 * 100 / 114)
    if spare < 10_000:
        return
    award = draw(st.integers(1_000, spare))
    code, reference = f"NGO{number}", f"G{number}"
    files.add("organisations", code=code, name=f"Shelter {number}", country="KE")
    files.add(
        "grants",
        reference=reference,
        organisation=code,
        country="KE",
        award_usd=units(award, "USD"),
        agreement_signed_on=signed,
        starts_on=signed + timedelta(10),
        ends_on=signed + timedelta(300),
    )
    parts = _parts(draw, award)
    paid_on, paid = signed, 0
    payments = draw(st.integers(0, len(parts)))
    for place, part in enumerate(parts, 1):
        due = signed + timedelta(30 * place)
        files.add(
            "instalments", grant=reference, number=place, amount_usd=units(part, "USD"), due_on=due
        )
        if place <= payments:
            paid_on += timedelta(draw(st.integers(0, 60)))
            paid += part
            files.add(
                "payments",
                grant=reference,
                number=place,
                paid_on=paid_on,
                bank_reference=f"PAY{number}-{place}",
            )
    if paid and draw(st.booleans()):
        files.add(
            "grant_refunds",
            grant=reference,
            refunded_on=paid_on + timedelta(draw(st.integers(0, 90))),
            amount_usd=units(draw(st.integers(1, paid)), "USD"),
            bank_reference=f"REF{number}",
        )


def _parts(draw: DrawFn, award: int) -> list[int]:
    """Instalments that add up to the award."""
    parts, left = [], award
    for _number in range(draw(st.integers(0, 2))):
        part = draw(st.integers(1, max(1, left // 2)))
        if part < left:
            parts.append(part)
            left -= part
    return [*parts, left]


def _other(draw: DrawFn, files: Files, number: int, so_far: History) -> None:
    on = START + timedelta(draw(st.integers(100, 1000)))
    kinds = [
        "interest",
        "bank_charge",
        "direct_cost",
        "administration_fee",
        *["refund_to_donor"] * 2,
    ]
    kind = draw(st.sampled_from(kinds))
    pledge = None
    currency = draw(_currency)
    most = 10**6
    if kind == "refund_to_donor":
        pledge = draw(st.sampled_from(files.rows["pledges"]))
        currency = pledge["currency"]
        most = min(most, _returnable(files, pledge, on))
    if kind != "interest":
        within = so_far.spare(on) * so_far.rate(currency, on) * Decimal("0.98")
        most = min(most, int(within.scaleb(PLACES[currency])))
    if most < 1:
        return
    files.add(
        "other",
        kind=kind,
        booked_on=on,
        currency=currency,
        amount=units(draw(st.integers(1, most)), currency),
        reference=f"O{number}",
        pledge=pledge["reference"] if pledge else None,
    )


def _returnable(files: Files, pledge: dict[str, str], on: date) -> int:
    """Minor units that came on a pledge by a day and did not go back at all."""
    came = [
        Decimal(row["amount"]) + Decimal(row["bank_fee"] or 0)
        for row in files.rows.get("deposits", [])
        if row["pledge"] == pledge["reference"] and row["value_on"] <= on.isoformat()
    ]
    back = [
        Decimal(row["amount"])
        for row in files.rows.get("other", [])
        if row["pledge"] == pledge["reference"]
    ]
    left = sum(came, Decimal(0)) - sum(back, Decimal(0))
    return int(left.scaleb(PLACES[pledge["currency"]]))


DAYS = {
    "deposits": "value_on",
    "pledges": "pledged_on",
    "grants": "agreement_signed_on",
    "payments": "paid_on",
    "grant_refunds": "refunded_on",
    "other": "booked_on",
}


def until(files: Files, day: date) -> Files:
    """What the files said on an earlier day."""
    part = Files()
    for name, rows in files.rows.items():
        if name in DAYS:
            part.rows[name] = [row for row in rows if row[DAYS[name]] <= day.isoformat()]
        elif name != "allocations":
            part.rows[name] = rows
    grants = {row["reference"] for row in part.rows.get("grants", [])}
    schedule = [row for row in part.rows.get("instalments", []) if row["grant"] in grants]
    part.rows["instalments"] = schedule
    part.rows = {name: rows for name, rows in part.rows.items() if rows}
    return part
