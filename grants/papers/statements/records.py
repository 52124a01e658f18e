"""Finding the record a document is about, by the reference that people quote.

Who may see it has been asked before (readers.py).
"""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.deciding.awards.models import Award
from grants.giving.contributions.models import Receipt

RECEIPT = re.compile(r"(?P<fund>[A-Z0-9-]+)-R-(?P<year>\d{4})-(?P<number>\d{1,9})")


def award_called(session: Session, reference: str) -> Award:
    award = session.scalar(select(Award).where(Award.reference == reference))
    if award is None:
        raise Missing(_("Grant %(reference)s not found.", reference=reference))
    return award


def call_called(session: Session, reference: str) -> Call:
    call = session.scalar(select(Call).where(Call.reference == reference))
    if call is None:
        raise Missing(_("Call for proposals %(reference)s not found.", reference=reference))
    return call


def parts_of_receipt(reference: str) -> tuple[str, int, int]:
    """Fund, year and number of a receipt such as UNVTF-R-2026-0001, or Missing."""
    parts = RECEIPT.fullmatch(reference)
    if parts is None:
        raise Missing(_("Receipt %(reference)s not found.", reference=reference))
    return parts["fund"], int(parts["year"]), int(parts["number"])


def receipt_called(session: Session, reference: str) -> Receipt:
    code, year, number = parts_of_receipt(reference)
    receipt = session.scalar(
        select(Receipt)
        .join(Receipt.fund)
        .where(Fund.code == code, Receipt.year == year, Receipt.number == number)
    )
    if receipt is None:
        raise Missing(_("Receipt %(reference)s not found.", reference=reference))
    return receipt
