"""What must hold of certificates on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.certificates.models import Copy
from grants.books.certificates.service import bytes_of
from grants.books.ledger.verify import Check
from grants.core.kernel.breaches import Invariant
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l

TRIGGERS = {
    "certificate_append_only": "certificate",
    "certificate_gapless": "certificate",
    "certificate_copy_append_only": "certificate_copy",
}
"""The database's own rules about certificates, and their tables."""


CERTIFICATES_ARE_GAPLESS = Invariant(
    _l(
        "Certificates of %(fund)s in %(year)s have a gap: %(issued)s issued, numbered "
        "%(first)s to %(highest)s."
    ),
    "SELECT code AS fund, year, count(*) AS issued, min(number) AS first, max(number) AS highest"
    " FROM certificate JOIN fund ON fund.id = fund_id"
    " LEFT JOIN counter ON series = code || '/certificate/' || year"
    " GROUP BY code, year, counter.last"
    " HAVING min(number) <> 1 OR max(number) <> count(*)"
    "   OR counter.last IS DISTINCT FROM max(number)",
)
"""Certificates of a fund and year run 1, 2, 3 … up to the last number that was given."""


def certified_copies_are_whole(session: Session) -> Iterator[str]:
    """Every certified copy is in the store as it was certified."""
    for copy in session.scalars(select(Copy).execution_options(yield_per=500)):
        try:
            bytes_of(copy)
        except Missing as lost:
            yield _(
                "%(number)s (%(language)s): %(why)s",
                number=copy.certificate.serial,
                language=copy.language,
                why=lost.message,
            )


CERTIFICATES_HAVE_THEIR_COPIES = Invariant(
    _l("The certificate with the key %(key)s has no document."),
    "SELECT certificate.id AS key FROM certificate LEFT JOIN certificate_copy"
    " ON certificate_id = certificate.id WHERE language IS NULL",
)
"""No certificate exists without the document it certifies."""


CHECKS: list[Check] = [
    CERTIFICATES_ARE_GAPLESS,
    CERTIFICATES_HAVE_THEIR_COPIES,
    certified_copies_are_whole,
]
