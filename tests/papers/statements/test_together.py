"""Many statements read together are the statements read one by one."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pypdf
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.errors import Missing
from grants.core.kernel.money import Money
from grants.papers.statements.catalogue import paper_of, papers_of
from grants.papers.statements.issuing import print_source_of, printed
from grants.papers.typesetting.metadata import pages_of
from grants.papers.typesetting.paper import Span
from tests.books.ledger.books import FEBRUARY, JANUARY, MARCH, publish_rates
from tests.factories import a_deposit, a_signed_pledge
from tests.papers.statements.made.giving import donor_statement

YEAR = Span(JANUARY.replace(day=1), JANUARY.replace(month=12, day=31))


@pytest.fixture
def references(session: Session, fund: Fund) -> list[str]:
    publish_rates(session)
    codes = []
    for number in range(4):
        pledge = a_signed_pledge(session, fund, Money.parse("900", "EUR"), JANUARY)
        for day in (FEBRUARY, MARCH)[: number % 3]:
            a_deposit(session, fund, pledge, Money.parse("100", "EUR"), value_on=day)
        assert pledge.donor is not None
        codes.append(pledge.donor.code)
    return [*codes, f"{codes[0]}/UNVTF", f"{codes[1]}/unvtf"]


@contextmanager
def questions(session: Session) -> Iterator[list[str]]:
    asked: list[str] = []
    bind = session.connection()

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    yield asked
    event.remove(bind, "before_cursor_execute", note)


def test_each_of_many_is_what_it_is_alone(session: Session, references: list[str]) -> None:
    together = papers_of(session, "donor-statement", references, YEAR)
    assert list(together) == references
    for reference in references:
        assert together[reference] == paper_of(session, "donor-statement", reference, YEAR)


def test_many_are_read_with_as_many_questions_as_one(
    session: Session, references: list[str]
) -> None:
    counts = []
    for some in (references[:1], references[:5]):
        session.expire_all()
        with questions(session) as asked:
            papers_of(session, "donor-statement", some, YEAR)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_reference_that_nobody_has_is_missing_alone_and_among_others(
    session: Session, references: list[str]
) -> None:
    for some in (["NOBODY"], [references[0], "NOBODY"], [f"{references[0]}/NONE"]):
        with pytest.raises(Missing):
            papers_of(session, "donor-statement", some, YEAR)


def test_a_pdf_says_how_many_pages_it_has() -> None:
    for payments in (1, 60):
        content = printed(donor_statement(1, payments))
        assert pages_of(content) == len(pypdf.PdfReader(io.BytesIO(content)).pages)
    assert pages_of(b"%PDF-1.7") is None


def test_the_key_of_a_document_changes_with_anything_that_shows() -> None:
    keys = {print_source_of(donor_statement(1, payments)).key for payments in (1, 2, 2, 3)}
    assert len(keys) == 3
