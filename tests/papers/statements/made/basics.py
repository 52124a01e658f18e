"""What the papers of the tests share: who issues them, to whom, and when.

Every text of a record stands in ‹marks›.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from grants.core.kernel.money import Money
from grants.papers.statements.catalogue import row_of
from grants.papers.typesetting.paper import Addressee, Issuer, Paper

ISSUER = Issuer(
    code="‹UNVTF›",
    name="‹Voluntary trust fund for victims of trafficking in persons›",
    signatory="‹Manager of the fund›, ‹Vienna›",
    bank_details="‹The account is named in the agreement.›",
)


DONOR = Addressee("‹Ministry for Foreign Affairs›", "‹Ballhausplatz 2›\n‹1010 Vienna›", None)


GRANTEE = Addressee("‹Casa Segura›", "‹Colonia Palmira 4›", None)


FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


RATE = Decimal("0.924")


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def made(document: str, facts: object) -> Paper:
    return Paper(document, str(row_of(document).label), "‹1-2026›", LAST, ISSUER, facts)


WHEN = datetime(2026, 2, 27, 22, 59, tzinfo=UTC)
