"""Folders as an outsider writes them: text, byte for byte, and what the command says to them."""

from pathlib import Path
from typing import Any

from flask import Flask

FILES = {
    "rates": "currency,effective_on,rate\n"
    "EUR,2024-01-01,0.9\nEUR,2024-03-01,0.8\nJPY,2024-01-01,140\nKWD,2024-01-01,0.3\n",
    "donors": "code,name,kind,country\nAT,Austria,member_state,AT\n",
    "pledges": "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,"
    "earmarking\nP1,AT,EUR,1000.00,2024-01-05,2024-01-20,no,unearmarked\n",
    "deposits": "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
    "B1,P1,2024-03-02,EUR,990.00,10.00\n",
    "organisations": "code,name,country\nCASA,Casa Segura,HN\n",
    "grants": "reference,organisation,country,award_usd,agreement_signed_on,starts_on,ends_on\n"
    "G1,CASA,HN,500.00,2024-04-01,2024-04-02,2024-12-31\n",
    "instalments": "grant,number,amount_usd,due_on\n"
    "G1,1,300.00,2024-05-01\nG1,2,200.00,2024-06-01\n",
    "payments": "grant,number,paid_on,bank_reference\nG1,1,2024-05-02,OUT1\n",
    "grant_refunds": "grant,refunded_on,amount_usd,bank_reference\nG1,2024-06-01,50.00,R1\n",
    "other": "kind,booked_on,currency,amount,reference,pledge\ninterest,2024-06-30,USD,12.34,I1,\n",
}
"""A small history: EUR 1,000 pledged, signed at 0.9, paid at 0.8; a grant of USD 500 half done."""

EVERYTHING = {
    "cash": "967.34",  # 1237.50 + 12.34 interest - 339.00 paid + 56.50 refunded
    "contributions_receivable": "0.00",
    "contribution_revenue": "1111.11",
    "interest": "12.34",
    "exchange_difference": "138.89",
    "bank_charges": "12.50",
    "grant_expense": "250.00",
    "programme_support_cost": "32.50",
    "commitments": "226.00",
    "suspense": "0.00",
    "reserve": "0.00",
    "available": "741.34",
}
"""What the books hold of it in the end, worked out by hand."""


def folder(at: Path, **changed: str | bytes | None) -> Path:
    """The small history with some files replaced, or left out (None)."""
    for old in at.glob("*.csv"):
        old.unlink()
    for name, content in (FILES | changed).items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (at / f"{name}.csv").write_bytes(data)
    return at


def swapped(name: str, old: str, new: str) -> dict[str, str]:
    """One file with one piece of its text replaced; the piece has to be there."""
    assert old in FILES[name], f"{old} is not in {name}.csv"
    return {name: FILES[name].replace(old, new)}


def added(name: str, *lines: str) -> dict[str, str]:
    """One file with lines added."""
    return {name: FILES[name] + "".join(f"{line}\n" for line in lines)}


def flask(app: Flask, *arguments: str) -> Any:
    """The command line, as a person types it."""
    return app.test_cli_runner().invoke(args=list(arguments))


def run(app: Flask, at: Path, *options: str) -> Any:
    return flask(app, "import", "history", str(at), *options)
