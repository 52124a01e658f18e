"""Finding the record a document tells of, by the reference that people quote."""

import re
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grants.applications.models import Application
from grants.awards.models import Award
from grants.calls.models import Call
from grants.contributions.models import Receipt
from grants.funds.models import Fund
from grants.kernel.errors import Missing
from grants.kernel.language import gettext as _
from grants.pledges.models import Pledge

Record = TypeVar("Record", Pledge, Application, Award, Call)

RECEIPT = re.compile(r"(?P<fund>[A-Z0-9-]+)-R-(?P<year>\d{4})-(?P<number>\d+)")


def pledge_called(session: Session, reference: str) -> Pledge:
    return _called(session, Pledge, Pledge.reference, reference)


def application_called(session: Session, reference: str) -> Application:
    return _called(session, Application, Application.reference, reference)


def award_called(session: Session, reference: str) -> Award:
    return _called(session, Award, Award.reference, reference)


def call_called(session: Session, reference: str) -> Call:
    return _called(session, Call, Call.reference, reference)


def receipt_called(session: Session, reference: str) -> tuple[Fund, Receipt]:
    """The receipt of a number such as UNVTF-R-2026-0001, and the fund that issued it."""
    parts = RECEIPT.fullmatch(reference)
    if parts:
        row = session.execute(
            select(Fund, Receipt)
            .join(Receipt, Receipt.fund_id == Fund.id)
            .where(
                Fund.code == parts["fund"],
                Receipt.year == int(parts["year"]),
                Receipt.number == int(parts["number"]),
            )
        ).one_or_none()
        if row:
            fund, receipt = row
            return fund, receipt
    raise Missing(_("There is no receipt %(reference)s.", reference=reference))


def receipt_number(fund_code: str, receipt: Receipt) -> str:
    """As it is printed and quoted."""
    return f"{fund_code}-R-{receipt.year}-{receipt.number:04d}"


def _called(
    session: Session, kind: type[Record], column: InstrumentedAttribute[str], reference: str
) -> Record:
    found = session.scalar(select(kind).where(column == reference))
    if found is None:
        raise Missing(_("There is nothing called %(reference)s here.", reference=reference))
    return found
