"""Records are bound to the trail: what is done to them outside the application is seen."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Mapper, Session

from grants.books.ledger.models import Period
from grants.books.ledger.receipts import receive_unidentified
from grants.core.audit import binding, chain
from grants.core.audit.models import TrailRow
from grants.core.database.db import Database
from grants.core.funds.models import Fund, FundPicture, PictureKind
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.platform.documents.models import Document
from grants.platform.messages.models import Message
from tests.books.ledger.books import CLERK, MARCH, money, publish_rates, voucher


@pytest.fixture
def written(real_database: Database) -> Database:
    """Money in the books, a paper, an e-mail, an organisation and a closed month."""
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        receive_unidentified(session, voucher(fund, MARCH), money("1234.56"))
        session.add_all(_records(fund))
        publish_rates(session)
    return real_database


def _records(fund: Fund) -> Iterator[object]:
    yield Document(
        sha256="a" * 64, name="a.pdf", media_type="application/pdf", size=1, uploaded_at=CLERK.at
    )
    yield Person(email="luz@example.org", name="Luz")
    yield Organisation(code="DELTA", name="Delta", kind=DonorKind.NGO, country="HN")
    yield Period(fund_id=fund.id, month=date(2026, 1, 1), closed_at=CLERK.at)
    yield Message(
        event="e",
        recipient="l@example.org",
        language="en",
        subject="s",
        text="t",
        html="h",
        attachments=[],
    )


@pytest.fixture(autouse=True)
def statements_anew() -> Iterator[None]:
    """These tests change which columns are bound; an installation never does while it runs."""
    yield
    binding._binding_statement.cache_clear()


def breaches(database: Database) -> list[str]:
    with database.session() as session:
        return [*binding.breaches(session), *chain.breaches(session)]


def as_superuser(database: Database, statement: str) -> None:
    with database.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))


def bound(session: Session) -> int:
    return session.query(TrailRow).filter_by(subject="binding").count()


ATTACKS = {
    "an amount in the books": "UPDATE posting SET amount_minor = amount_minor * 2,"
    " usd_minor = usd_minor * 2",
    "whose money it is": "UPDATE posting SET subject = 'pledge:9'",
    "the day of an entry": "UPDATE entry SET booked_on = '2026-02-01'",
    "a posting more": "INSERT INTO posting (entry_id, account, subject, currency, amount_minor,"
    " usd_minor) SELECT max(id), 'suspense', 'x', 'USD', 1, 1 FROM entry",
    "a balanced entry less": "DELETE FROM posting; DELETE FROM entry",
    "a reopened month": "UPDATE period SET closed_at = NULL",
    "a deleted e-mail": "DELETE FROM message",
    "another file": "UPDATE document SET sha256 = repeat('b', 64)",
    "another name": "UPDATE organisation SET name = 'Omega' WHERE code = 'DELTA'",
    "a second factor of a stranger": "INSERT INTO factor (person_id, kind, name, secret, counter,"
    " added_at) SELECT id, 'app', 'x', 'x', 0, now() FROM person",
    "another passphrase": "UPDATE person SET password_hash = 'x'",
    "another rate": "UPDATE exchange_rate SET rate = rate * 2",
    "a forged message": "INSERT INTO message (event, recipient, language, subject, text, html,"
    " attachments) VALUES ('f', 'x', 'en', 's', 't', 'h', '[]')",
}


def test_what_the_application_wrote_is_bound(written: Database) -> None:
    assert breaches(written) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_changed_past_the_application_is_seen(written: Database, attack: str) -> None:
    as_superuser(written, ATTACKS[attack])
    assert len(breaches(written)) >= 1


def test_a_hash_that_was_changed_to_fit_breaks_the_chain(written: Database) -> None:
    as_superuser(written, "UPDATE organisation SET name = 'Omega' WHERE code = 'DELTA'")
    with written.session() as session:
        session.info.clear()
        forged = dict(session.execute(binding._bound_contents(_organisations())).all())
    key, value = next(iter(forged.items()))
    as_superuser(
        written,
        "UPDATE trail SET facts = jsonb_set(facts, '{organisation," + key + "}',"
        f" '\"{value}\"') WHERE subject = 'binding' AND facts ? 'organisation'",
    )
    with written.session() as session:
        assert list(binding.breaches(session)) == []
    assert any("was changed" in line for line in breaches(written))


def _organisations() -> Mapper[Any]:
    return next(m for m in binding.bound_models() if m.class_ is Organisation)


def test_a_change_through_the_application_is_bound_again(written: Database) -> None:
    with written.transaction() as session:
        session.query(Organisation).filter_by(code="DELTA").one().name = "Epsilon"
    assert breaches(written) == []


def test_a_change_of_what_is_not_bound_writes_nothing(written: Database) -> None:
    with written.transaction() as session:
        before = bound(session)
        session.query(Person).filter_by(email="luz@example.org").one().language = "es"
    with written.session() as session:
        assert bound(session) == before


def test_a_record_that_was_deleted_through_the_application_is_no_breach(written: Database) -> None:
    with written.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        fund.pictures.append(FundPicture(kind=PictureKind.MARK, content=b"png", sha256="c" * 64))
    with written.transaction() as session:
        session.delete(session.query(FundPicture).one())
    assert breaches(written) == []
    as_superuser(written, 'UPDATE fund SET bank_details = \'{"en": "IBAN of a thief"}\'')
    assert len(breaches(written)) == 1


def test_what_a_rollback_took_back_is_not_bound(written: Database) -> None:
    with written.transaction() as session:
        savepoint = session.begin_nested()
        session.query(Organisation).filter_by(code="DELTA").one().name = "Epsilon"
        session.flush()
        savepoint.rollback()
    assert breaches(written) == []


def test_a_column_that_is_bound_from_now_on_leaves_what_was_bound_comparable(
    written: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = (*Person.__bound__, "language")
    monkeypatch.setattr(Person, "__bound__", more)
    assert breaches(written) == []
    as_superuser(written, "UPDATE person SET name = 'Omega' WHERE name = 'Luz'")
    assert breaches(written) != []


def test_a_column_that_a_migration_adds_is_bound_by_the_next_setup(
    written: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = tuple(name for name in Organisation.__bound__ if name != "key_persons")
    monkeypatch.setattr(Organisation, "__bound__", less)
    binding._binding_statement.cache_clear()
    with written.transaction() as session:
        session.add(Organisation(code="PHI", name="Phi", kind=DonorKind.NGO, country="HN"))
        session.query(Organisation).filter_by(code="DELTA").one().website = "delta.example.org"
    as_superuser(written, "UPDATE organisation SET name = 'Omega' WHERE code = 'PHI'")
    monkeypatch.setattr(Organisation, "__bound__", (*less, "key_persons"))
    binding._binding_statement.cache_clear()
    forged = 'UPDATE organisation SET key_persons = \'[{"name": "A. Nother"}]\''
    with written.transaction() as session:
        chain.bind_what_is_there(session)
    assert len(breaches(written)) == 1, "what was changed before stays a breach"
    as_superuser(written, forged)
    assert len(breaches(written)) == 2
    with written.transaction() as session:
        chain.bind_what_is_there(session)
    assert len(breaches(written)) == 2, "and is not made good by another setup"


def test_records_of_before_are_bound_once(written: Database) -> None:
    as_superuser(
        written,
        "DELETE FROM trail_link; DELETE FROM trail;"
        " UPDATE trail_head SET position = 0, hash = repeat('0', 64)",
    )
    assert breaches(written) != []
    with written.transaction() as session:
        chain.bind_what_is_there(session)
    assert breaches(written) == []
    as_superuser(
        written,
        "INSERT INTO message (event, recipient, language, subject, text, html,"
        " attachments) VALUES ('f', 'x', 'en', 's', 't', 'h', '[]')",
    )
    with written.transaction() as session:
        chain.bind_what_is_there(session)
    assert breaches(written) == ["message 2 was written outside this system."]
