"""What takes a payment run on: a file for a bank (pain.001.001.09), or rows for another system."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import Term


class FileKind(Term):
    """In which form a run leaves."""

    PAIN = "pain", _l("Payment file for a bank (pain.001.001.09)")
    CSV = "csv", _l("CSV for another system")
    XLSX = "xlsx", _l("Excel workbook for another system")


@dataclass(frozen=True, slots=True)
class Payer:
    """The fund's own account that pays; empty where it is paid elsewhere."""

    name: str
    number: str
    bic: str
    currency: str


@dataclass(frozen=True, slots=True)
class Order:
    """One payment as it is ordered."""

    reference: str
    """End to end."""
    grant: str
    instalment: int
    amount: Money
    """In the currency of the payee’s account."""
    dollars: Money
    """What of the award it is."""
    rate: Decimal | None
    """Units of the currency for 1 USD, where it is not dollars."""
    pays_on: date
    payee: str
    country: str
    account: str
    bic: str
    bank: str
    bank_address: str
    intermediary_bank: str

    @property
    def purpose(self) -> str:
        return f"{self.grant} instalment {self.instalment}"

    @property
    def facts(self) -> dict[str, object]:
        """What a column can hold, by name."""
        return {
            "reference": self.reference,
            "grant": self.grant,
            "instalment": self.instalment,
            "payee": self.payee,
            "country": self.country,
            "account": self.account,
            "bic": self.bic,
            "bank": self.bank,
            "bank_address": self.bank_address,
            "intermediary_bank": self.intermediary_bank,
            "amount": self.amount.decimal,
            "currency": self.amount.currency,
            "amount_usd": self.dollars.decimal,
            "rate": self.rate or "",
            "pays_on": self.pays_on,
            "purpose": self.purpose,
        }


USUAL = [
    {"head": "Payment reference", "fact": "reference"},
    {"head": "Vendor name", "fact": "payee"},
    {"head": "Vendor country", "fact": "country"},
    {"head": "Bank account", "fact": "account"},
    {"head": "BIC", "fact": "bic"},
    {"head": "Bank", "fact": "bank"},
    {"head": "Bank address", "fact": "bank_address"},
    {"head": "Intermediary bank", "fact": "intermediary_bank"},
    {"head": "Amount", "fact": "amount"},
    {"head": "Currency", "fact": "currency"},
    {"head": "Amount in USD", "fact": "amount_usd"},
    {"head": "Exchange rate", "fact": "rate"},
    {"head": "Value date", "fact": "pays_on"},
    {"head": "Grant", "fact": "grant"},
    {"head": "Instalment", "fact": "instalment"},
    {"head": "Purpose", "fact": "purpose"},
]
"""The columns until a fund sets others."""
FACTS = tuple(column["fact"] for column in USUAL)


def rows_of(
    orders: Iterable[Order], columns: Sequence[dict[str, str]]
) -> tuple[list[str], list[list[object]]]:
    """Headings and rows of a file for another system."""
    heads = [column["head"] for column in columns]
    rows = [[order.facts[column["fact"]] for column in columns] for order in orders]
    return heads, rows


def csv_of(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """The rows as CSV in UTF-8 with its mark; no cell is a formula."""
    text = io.StringIO("\ufeff", newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)
    for row in (heads, *rows):
        writer.writerow([_plain_cell(value) for value in row])
    return text.getvalue().encode()


def _plain_cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def end_to_end_of(grant: str, instalment: int, run: int) -> str:
    """What we call one payment: of at most 35 characters, and another one each time it is tried."""
    tail = f"-{instalment}-R{run}"
    return re.sub(r"[^A-Za-z0-9-]", "-", grant)[: 35 - len(tail)] + tail


def media_type_of(kind: FileKind) -> str:
    return {
        FileKind.PAIN: "application/xml",
        FileKind.CSV: "text/csv",
        FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[kind]


def faults_of(columns: Sequence[dict[str, str]]) -> list[str]:
    """What is wrong with the columns that a fund sets, in sentences."""
    unknown = [column["fact"] for column in columns if column["fact"] not in FACTS]
    faults = [
        _(
            "“%(fact)s” is not a known field. Enter one of: %(facts)s.",
            fact=fact,
            facts=", ".join(FACTS),
        )
        for fact in unknown
    ]
    if {"account", "amount", "payee"} - {column["fact"] for column in columns}:
        faults.append(_("The columns payee, account and amount are needed."))
    return faults
