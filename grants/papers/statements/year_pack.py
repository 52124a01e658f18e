"""All papers of one donor and a year, or of all years, in one archive: for its auditors and its
court of audit.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import IO, Any

from sqlalchemy import Integer, cast, extract, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.contributions.queries import issued_to
from grants.giving.pledges.models import Pledge
from grants.papers.statements.issuing import certificate_of, render
from grants.papers.statements.offers import Usual, offers_of_donor
from grants.papers.statements.packing import Packed, archived
from grants.papers.typesetting.paper import Span
from grants.platform.documents.service import content_of


def years_of(session: Session, donor: Organisation) -> list[int]:
    """The years of which a donor has papers, the latest first."""
    mine = Pledge.donor_id == donor.id
    paid = select(cast(extract("year", Deposit.value_on), Integer)).join(
        Pledge, Pledge.id == Deposit.pledge_id
    )
    signed = select(cast(extract("year", Pledge.agreement_signed_on), Integer))
    in_force = mine & Pledge.agreement_signed_on.is_not(None)
    years = session.scalars(paid.where(mine).union(signed.where(in_force)))
    return sorted(years, reverse=True)


def name_of_pack(donor: Organisation, years: Sequence[int]) -> str:
    """As UNVTF-D-0012-2026, or UNVTF-D-0012-2023-2026."""
    ends = sorted({min(years), max(years)})
    return "-".join((donor.code, *map(str, ends)))


def pack_of_years(session: Session, donor: Organisation, years: Sequence[int]) -> IO[bytes]:
    """The archive as an open file, from its beginning: statements and reports, certified where they
    are, receipts, and the agreements signed in each year; of several years each has a folder.
    Papers are in the current language.
    """
    folder = name_of_pack(donor, years)
    certificates: dict[str, str] = {}
    return archived(
        folder,
        clock.now(),
        (
            (f"{folder}/{path}", content, "")
            for year in sorted(years)
            for path, content in _entries_of(
                session, donor, year, certificates, f"{year}/" if len(years) > 1 else ""
            )
        ),
        lambda packed: _manifest_of(donor, sorted(years), packed, certificates),
    )


def _entries_of(
    session: Session, donor: Organisation, year: int, certificates: dict[str, str], within: str
) -> Iterator[tuple[str, bytes]]:
    """(path, content); what is certified is entered among the certificates by its path."""
    last = min(date(year, 12, 31), clock.today())
    usual = Usual(str(year), Span(date(year, 1, 1), last), last == date(year, 12, 31))
    for offer in offers_of_donor(session, donor, clock.today()):
        if offer.covers(usual):
            name, content = render(session, offer.row.name, offer.reference, usual.span)
            certificate = certificate_of(session, offer.row.name, offer.reference, usual.span)
            if certificate:
                certificates[f"{within}statements/{name}"] = certificate.serial
            yield f"{within}statements/{name}", content
    for receipt in _receipts_of(session, donor, year):
        name, content = render(session, "receipt", receipt.reference)
        yield f"{within}receipts/{name}", content
    for pledge in _signed_pledges(session, donor, year):
        assert pledge.agreement_document is not None
        yield f"{within}agreements/{pledge.reference}.pdf", content_of(pledge.agreement_document)


def _receipts_of(session: Session, donor: Organisation, year: int) -> list[Receipt]:
    query = select(Receipt).join(Receipt.deposit).where(issued_to([donor.id]))
    in_year = extract("year", Deposit.value_on) == year
    return list(session.scalars(query.where(in_year).order_by(Receipt.id)))


def _signed_pledges(session: Session, donor: Organisation, year: int) -> list[Pledge]:
    signed = extract("year", Pledge.agreement_signed_on) == year
    mine = (Pledge.donor_id == donor.id) & Pledge.agreement_document_id.is_not(None)
    return list(session.scalars(select(Pledge).where(mine, signed).order_by(Pledge.id)))


def _manifest_of(
    donor: Organisation, years: list[int], packed: list[Packed], certificates: dict[str, str]
) -> str:
    """What the archive holds, by which a reader can tell that nothing is missing or changed."""
    entries = [
        {
            **{key: value for key, value in asdict(item).items() if key != "question"},
            "certificate": certificates.get(item.path.partition("/")[2]),
        }
        for item in packed
    ]
    facts: dict[str, Any] = {
        "donor": donor.code,
        "name": donor.name,
        "years": years,
        "language": current_language().code,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "entries": entries,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
