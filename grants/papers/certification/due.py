"""The statements that a fund owes for a period, and which of them are certified."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.papers.statements.catalogue import CATALOGUE, About, Row
from grants.papers.typesetting.paper import Span

Donors = Sequence[tuple[str, str]]
"""Their codes and names."""


@dataclass(frozen=True, slots=True)
class Due:
    """A statement that a fund owes for a period, and its certificate where it has one."""

    row: Row
    reference: str
    name: str
    certificate: Certificate | None

    @property
    def key(self) -> str:
        return f"{self.row.name}:{self.reference}"


def due(session: Session, fund: Fund, span: Span, donors: Donors) -> list[Due]:
    """Every statement of a fund for a period: its own, and one for each of its `donors` then."""
    certificates = _certificates_for(session, fund, span)
    subjects = {
        About.FUND: [(fund.code, fund.code)],
        About.DONOR: [(f"{code}/{fund.code}", name) for code, name in donors],
    }
    return [
        Due(row, reference, name, certificates.get((row.name, reference)))
        for row in sorted(yearly(), key=lambda row: row.about is About.DONOR)
        for reference, name in subjects[row.about]
    ]


def yearly() -> Iterator[Row]:
    """Kinds of document that are certified and are about a period."""
    return (
        row
        for row in CATALOGUE.values()
        if row.certified and row.periodic and row.about is not About.RECORD
    )


def _certificates_for(
    session: Session, fund: Fund, span: Span
) -> dict[tuple[str, str], Certificate]:
    """Certificates for exactly this period; of a chain the newest."""
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.fund_id == fund.id, Certificate.period == span.code)
        .order_by(Certificate.id)
    )
    return {(row.document, row.reference): row for row in rows}


def donors_of(session: Session, fund: Fund, span: Span) -> Donors:
    """Donors that pledged to the fund, or whose money came, in a period."""
    pledged = select(Pledge.donor_id).where(
        Pledge.fund_id == fund.id, Pledge.pledged_on.between(span.since, span.until)
    )
    paid = (
        select(Pledge.donor_id)
        .join(Deposit, Deposit.pledge_id == Pledge.id)
        .where(Pledge.fund_id == fund.id, Deposit.value_on.between(span.since, span.until))
    )
    rows = session.execute(
        select(Organisation.code, Organisation.name)
        .where(Organisation.id.in_(union(pledged, paid)))
        .order_by(Organisation.name, Organisation.id)
    )
    return [(row.code, row.name) for row in rows]
