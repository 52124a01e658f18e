"""Random histories of a fund, as folders of CSV files that keep its rules."""

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.history.recompute import PLACES, History

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
    for number in range(draw(st.integers(0, 1))):
        _deposit(draw, files, None, draw(_currency), draw(st.integers(1, 10**7)), f"U{number}")
    return files


_currency = st.sampled_from(list(PLACES))


def _rates(draw: DrawFn, files: Files) -> None:
    for currency, first in RATES.items():
        files.add("rates", currency=currency, effective_on=START, rate=first)
        for change in draw(st.lists(st.integers(15, 900), max_size=3, unique=True)):
            moved = Decimal(first) * draw(st.integers(80, 125)) / 100
            effective = START + timedelta(change)
            files.add("rates", currency=currency, effective_on=effective, rate=f"{moved:f}")


def _pledge(draw: DrawFn, files: Files, number: int) -> None:
    donor, reference, currency = f"D{number}", f"P{number}", draw(_currency)
    kind = draw(st.sampled_from(["member_state", "foundation", "individual"]))
    files.add("donors", code=donor, name=f"Donor {number}", kind=kind, country="AT")
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


@st.composite
def full_histories(draw: DrawFn, folder: Path) -> Files:
    """A donors' history and what was done with the money, never beyond what was available."""
    files = draw(histories())
    for number in range(draw(st.integers(0, 3))):
        _grant(draw, files, number, History(files.write(folder)))
    for number in range(draw(st.integers(0, 2))):
        _other(draw, files, number, History(files.write(folder)))
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
    kind = draw(st.sampled_from(["interest", "bank_charge", "refund_to_donor"]))
    spare = int(so_far.spare(on) * 90)
    pledge = None
    if kind == "interest":
        amount = draw(st.integers(1, 10**6))
    elif spare <= 100:
        return
    else:
        amount = draw(st.integers(1, min(spare, 10**6)))
    if kind == "refund_to_donor":
        dollars = [row for row in files.rows.get("pledges", []) if row["currency"] == "USD"]
        if not dollars:
            return
        pledge = dollars[0]["reference"]
        received = [
            Decimal(row["amount"]) + Decimal(row["bank_fee"] or 0)
            for row in files.rows.get("deposits", [])
            if row["pledge"] == pledge and row["value_on"] <= on.isoformat()
        ]
        amount = min(amount, int(sum(received, Decimal(0)) * 100))
        if amount <= 0 or any(row["kind"] == kind for row in files.rows.get("other", [])):
            return
    files.add(
        "other",
        kind=kind,
        booked_on=on,
        currency="USD",
        amount=units(amount, "USD"),
        reference=f"O{number}",
        pledge=pledge,
    )
