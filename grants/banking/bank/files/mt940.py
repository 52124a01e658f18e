"""MT940, the statement of the SWIFT network, as the library `mt-940` reads it."""

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import mt940

from grants.banking.bank.files.statement import ReadLine, ReadStatement, UnreadableStatement
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money, exponent

CODED = re.compile(
    r"/(EREF|NAME|REMI|IBAN|CREF)/(.*?)(?=/(?:EREF|NAME|REMI|IBAN|CREF)/|$)", re.DOTALL
)
Told = Mapping[str, Any]


def read_mt940(content: bytes) -> list[ReadStatement]:
    """The statements of an MT940 file. UnreadableStatement with one line for each fault."""
    try:
        told = mt940.parse_statements(
            io.BytesIO(content), _encoding(content), options=mt940.Options.all()
        )
    except Exception as error:
        raise UnreadableStatement([_("no MT940 that can be read: %(why)s", why=error)]) from error
    found, faults = [], []
    for place, each in enumerate(told, 1):
        try:
            found.append(_statement(each.data, list(each)))
        except InvalidInput as refusal:
            faults.append(_("statement %(name)s: %(fault)s", name=place, fault=refusal.message))
    if faults:
        raise UnreadableStatement(faults)
    if not found:
        raise UnreadableStatement(
            [_("there is no statement in it: expected camt.053 (XML) or MT940")]
        )
    return found


def _encoding(content: bytes) -> str:
    """UTF-8, or else what banks of western Europe write."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return "iso8859-15"
    return "utf-8"


def _statement(told: Told, entries: list[mt940.models.Transaction]) -> ReadStatement:
    opening, opened_on = _balance(told, "opening")
    closing, closed_on = _balance(told, "closing")
    number = told.get("statement_number") or ""
    page = told.get("sequence_number") or ""
    named = " ".join([str(told.get("transaction_reference") or ""), f"{number}/{page}".strip("/")])
    return ReadStatement(
        reference=f"{named.strip()} {closed_on.isoformat()}".strip(),
        account=_account(told, opening.currency),
        from_on=opened_on,
        to_on=closed_on,
        opening=opening,
        closing=closing,
        lines=tuple(
            line for entry in entries if (line := _line(entry.data, opening.currency)).amount
        ),
        kind="MT940",
    )


def _account(told: Told, currency: str) -> str:
    """The number, which some banks write after the code of the bank and a stroke, and some before
    its currency.
    """
    number = str(told.get("account_identification") or "")
    number = "".join(number.split()).upper().rpartition("/")[2].removesuffix(currency)
    if not number:
        raise InvalidInput(_("it names no account"))
    return number


def _balance(told: Told, which: str) -> tuple[Money, date]:
    balance = told.get(f"final_{which}_balance") or told.get(f"intermediate_{which}_balance")
    if balance is None or balance.amount is None:
        raise InvalidInput(_("there is no balance %(code)s", code=which))
    return _money(balance.amount.amount, balance.amount.currency), _plain_day(balance.date)


def _money(amount: Any, currency: str) -> Money:
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise InvalidInput(
            _("“%(text)s” is no amount in %(currency)s", text=amount, currency=currency)
        )
    return Money(int(scaled), currency)


def _plain_day(day: date) -> date:
    return date(day.year, day.month, day.day)


def _line(told: Told, currency: str) -> ReadLine:
    value_on = _plain_day(told["date"])
    amount = _money(abs(told["amount"].amount), currency)
    text = " ".join(str(told.get("transaction_details") or told.get("purpose") or "").split())
    coded = dict(CODED.findall(text))
    own = _given(told.get("customer_reference"))
    return ReadLine(
        booked_on=_plain_day(told.get("guessed_entry_date") or value_on),
        value_on=value_on,
        amount=amount if told["status"].upper() in {"C", "RD"} else -amount,
        bank_reference=_given(told.get("bank_reference")),
        end_to_end=_given(coded.get("EREF") or told.get("end_to_end_reference")) or own,
        counterparty=(coded.get("NAME") or str(told.get("applicant_name") or "")).strip(),
        counterparty_account=(coded.get("IBAN") or str(told.get("applicant_iban") or "")).strip(),
        text=(coded.get("REMI") or text).strip(),
        code=str(told.get("id") or ""),
    )


def _given(reference: Any) -> str:
    plain = " ".join(str(reference or "").split())
    return "" if plain.upper() in {"NONREF", "NOTPROVIDED"} else plain
