"""PDFs: what one receipt and one donor statement cost, and many statements in a row."""

import time
from datetime import date
from functools import partial

from sqlalchemy import select

from bench._stand import analyse, installation, megabytes, milliseconds, row, show
from grants.core.database.db import Database
from grants.core.kernel.language import use_language
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Receipt
from grants.giving.pledges.models import Pledge
from grants.papers.statements.issuing import render
from grants.papers.typesetting.paper import Span
from seeds.story import plant

TODAY = date(2026, 11, 25)
MANY = 12
YEARS = Span(date(2023, 1, 1), date(2026, 12, 31))


def print_one(
    database: Database, document: str, reference: str, span: Span | None, language: str
) -> int:
    with database.session() as session, use_language(language):
        return len(render(session, document, reference, span)[1])


def main() -> None:
    rows = []
    with installation() as (_app, database):
        with database.transaction() as session:
            plant(session, TODAY)
        analyse(database)
        with database.session() as session:
            receipt = session.scalars(select(Receipt).order_by(Receipt.id)).first()
            pledging = select(Organisation.code).join(Pledge, Pledge.donor_id == Organisation.id)
            donors = list(session.scalars(pledging.distinct().order_by(Organisation.code)))
            assert receipt is not None
            reference = receipt.reference
        for name, document, told, span, language in (
            ("receipt, 1 page", "receipt", reference, None, "en"),
            ("receipt in Arabic", "receipt", reference, None, "ar"),
            ("donor statement", "donor-statement", donors[0], YEARS, "en"),
            ("fund statement", "fund-statement", "UNVTF", YEARS, "en"),
        ):
            act = partial(print_one, database, document, told, span, language)
            rows.append(row(name, milliseconds(act, 5, warm=2)))
        begun = time.perf_counter()
        for number in range(MANY):
            code = donors[number % len(donors)]
            print_one(database, "donor-statement", code, YEARS, "en")
        taken = time.perf_counter() - begun
        each = f"{1000 * taken / MANY:.1f}"
        rows.append([f"{MANY} donor statements", each, "", f"{MANY / taken:.1f}"])
    show(f"PDFs ({megabytes()} MB)", ["", "p50 ms", "p99 ms", "a second"], rows)


if __name__ == "__main__":
    main()
