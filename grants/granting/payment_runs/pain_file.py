"""A payment run as a file for a bank: pain.001.001.09, in the characters that every bank takes."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from anyascii import anyascii
from lxml import etree
from schwifty import BIC, IBAN

from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.granting.payment_runs.files import Order, Payer
from grants.granting.payment_runs.pain_faults import NAMESPACE, PASSED_ON, payment_file_faults


def sound_file(run: str, payer: Payer, orders: Sequence[Order], made_at: datetime) -> bytes:
    """The payment file of a run; DomainError with its faults if a bank would not take it."""
    content = pain_of(run, payer, orders, made_at)
    if faults := payment_file_faults(content):
        raise DomainError(
            _("A bank would not accept this file: %(faults)s", faults=" ".join(faults[:5]))
        )
    return content


def pain_of(run: str, payer: Payer, orders: Sequence[Order], made_at: datetime) -> bytes:
    """A payment file of one batch: many credit transfers from one account on one day. The control
    sum adds up the amounts whatever their currencies, as the standard says.
    """
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    whole = _child(document, "CstmrCdtTrfInitn")
    amount = sum((order.amount.decimal for order in orders), Decimal(0))
    head = _child(whole, "GrpHdr")
    _texts(head, MsgId=run, CreDtTm=made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _sums(head, len(orders), amount)
    _child(_child(head, "InitgPty"), "Nm", _latin(payer.name, 140))
    batch = _child(whole, "PmtInf")
    _texts(batch, PmtInfId=f"{run}-1", PmtMtd="TRF")
    _sums(batch, len(orders), amount)
    _child(_child(batch, "ReqdExctnDt"), "Dt", orders[0].pays_on.isoformat())
    _child(_child(batch, "Dbtr"), "Nm", _latin(payer.name, 140))
    account = _account(batch, "DbtrAcct", payer.number)
    _child(account, "Ccy", payer.currency)
    _agent(batch, "DbtrAgt", payer.bic)
    _child(batch, "ChrgBr", "SHAR")
    for order in orders:
        _transfer(batch, order)
    xml: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return xml


def _transfer(batch: etree._Element, order: Order) -> None:
    payment = _child(batch, "CdtTrfTxInf")
    names = _child(payment, "PmtId")
    _texts(names, InstrId=order.reference, EndToEndId=order.reference)
    amount = _child(_child(payment, "Amt"), "InstdAmt", str(order.amount.decimal))
    amount.set("Ccy", order.amount.currency)
    if order.intermediary_bank:
        _agent(payment, "IntrmyAgt1", code_in(order.intermediary_bank), order.intermediary_bank)
    _agent(payment, "CdtrAgt", order.bic, order.bank)
    payee = _child(payment, "Cdtr")
    _child(payee, "Nm", _latin(order.payee, 140))
    if order.country:
        _child(_child(payee, "PstlAdr"), "Ctry", order.country)
    _account(payment, "CdtrAcct", order.account)
    _child(_child(payment, "RmtInf"), "Ustrd", _latin(order.purpose, 140))


def code_in(text: str) -> str:
    """The bank code in what a grantee wrote of a bank; empty where none is called so."""
    code = r"\b(?:BIC|SWIFT)\b[^A-Z0-9]*(?:CODE[^A-Z0-9]*)?([A-Z0-9]{8,11})\b"
    named = re.search(code, text.upper())
    return named[1] if named and BIC(named[1], allow_invalid=True).is_valid else ""


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _texts(parent: etree._Element, **texts: str) -> None:
    for name, text in texts.items():
        _child(parent, name, text)


def _sums(parent: etree._Element, number: int, amount: Decimal) -> None:
    _texts(parent, NbOfTxs=str(number), CtrlSum=str(amount))


def _account(parent: etree._Element, name: str, number: str) -> etree._Element:
    account = _child(parent, name)
    identity = _child(account, "Id")
    if IBAN(number, allow_invalid=True).is_valid:
        _child(identity, "IBAN", number)
    else:
        _child(_child(identity, "Othr"), "Id", _latin(number, 34))
    return account


def _agent(parent: etree._Element, name: str, bic: str, bank: str = "") -> None:
    """The bank: by its code; else by its name, as banks take it where there is no code."""
    agent = _child(_child(parent, name), "FinInstnId")
    if bic:
        _child(agent, "BICFI", bic)
    elif bank:
        _child(agent, "Nm", _latin(bank, 140))
    else:
        _child(_child(agent, "Othr"), "Id", "NOTPROVIDED")


def _latin(text: str, most: int) -> str:
    """In the characters that every bank passes on; others become the nearest, or a point."""
    nearest = anyascii(text)
    return re.sub(r"\s+", " ", "".join(c if PASSED_ON.fullmatch(c) else "." for c in nearest))[
        :most
    ].strip()
