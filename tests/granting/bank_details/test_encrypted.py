"""The database sees no account number; another key loses nothing; what was swapped is found."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from grants.core.audit import binding, chain
from grants.core.database import schema
from grants.core.database.db import Database
from grants.core.database.encryption import Unreadable, decrypted, encrypted, use_keys
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.granting.bank_details.models import STATED, BankDetails
from grants.granting.bank_details.queries import in_force
from grants.granting.bank_details.renewing import renew, under_unknown_keys
from grants.granting.bank_details.service import request_details
from grants.granting.payments.service import certify
from tests.factories import act_of, an_organisation
from tests.grants import ACCOUNT, Scene, a_file, a_running_grant, grant_people, paid_to
from tests.platform.web.client import SignInAs

NUMBER = "AT611904300234573201"
OURS, NEW = "for tests only", "the secret after it"


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    yield
    use_keys(OURS)


@pytest.fixture
def two_paid(real_database: Database) -> Database:
    """Two organisations with an account in use each, committed."""
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        for code, number in (("CASA", NUMBER), ("OTRA", "DE89370400440532013000")):
            organisation = an_organisation(session, code)
            account = replace(ACCOUNT, number=number, bic="BKAUATWW")
            paid_to(session, fund, organisation, grant_people(session, organisation), account)
    return real_database


def _run(scene: Scene) -> None:
    """The agreement is signed, and the organisation is paid to its IBAN."""
    a_running_grant(scene.session, scene.award, scene.people.manager)
    account = replace(ACCOUNT, number=NUMBER, bic="BKAUATWW")
    paid_to(scene.session, scene.fund, scene.organisation, scene.people, account)


def breaches(database: Database) -> list[str]:
    """Migrations of before write rows into the chain that know no moments."""
    with database.session() as session:
        found = [*binding.breaches(session), *chain.breaches(session)]
    return [one for one in found if "is older than the row before it" not in one]


def as_superuser(database: Database, statement: str) -> None:
    with database.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))


def numbers(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(BankDetails.number).order_by(BankDetails.id)))


def whole_database(session: Session) -> Iterator[str]:
    """Every table as text, as a person would read it from a copy."""
    names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    for name in names.all():
        for row in session.scalars(text(f'SELECT to_jsonb(t)::text FROM "{name}" AS t')):
            yield f"{name}: {row}"


def test_no_table_of_the_database_holds_the_number(scene: Scene) -> None:
    """Not the e-mails, the jobs or the trail either."""
    _run(scene)
    scene.session.flush()
    rows = list(whole_database(scene.session))
    assert any("bank_details:" in row for row in rows)
    assert [row for row in rows if NUMBER in row.replace(" ", "")] == []
    assert [row for row in rows if row.startswith("bank_details:") and ACCOUNT.bank in row] == []
    kept = in_force(scene.session, scene.fund.id, scene.organisation.id)
    assert kept is not None
    scene.session.refresh(kept)
    assert (kept.number, kept.holder, kept.masked) == (NUMBER, "Casa Segura", "…3201")


def test_one_number_encrypted_twice_does_not_look_the_same() -> None:
    assert encrypted(NUMBER) != encrypted(NUMBER)
    assert decrypted(encrypted(NUMBER)) == NUMBER
    assert encrypted("") == decrypted("") == ""


def test_the_database_refuses_a_plain_number(scene: Scene) -> None:
    scene.run()
    scene.session.flush()
    scene.session.execute(text("ALTER TABLE bank_details DISABLE TRIGGER bank_details_kept"))
    with pytest.raises(DBAPIError, match="encrypted"), scene.session.begin_nested():
        scene.session.execute(text(f"UPDATE bank_details SET number = '{NUMBER}'"))


def test_a_number_longer_than_banks_carry_is_refused(scene: Scene) -> None:
    a_running_grant(scene.session, scene.award, scene.people.manager)
    long = replace(ACCOUNT, number="1" * 35, bic="BKAUATWW")
    person = scene.people.grantee
    whose = scene.session, scene.fund, scene.organisation
    with pytest.raises(DomainError, match="34 characters"):
        request_details(*whose, long, a_file(scene.session, person), act_of(scene.session, person))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE bank_details AS a SET number = b.number FROM bank_details AS b WHERE a.id <> b.id",
        "UPDATE bank_details SET intermediary_bank = number",
        "UPDATE bank_details SET bic = ''",
    ],
)
def test_a_number_copied_from_another_row_is_found(two_paid: Database, attack: str) -> None:
    assert breaches(two_paid) == []
    as_superuser(two_paid, attack)
    found = breaches(two_paid)
    assert found
    assert all("bank_details" in line and "changed outside" in line for line in found)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE bank_details AS a SET number = b.number FROM bank_details AS b WHERE a.id <> b.id",
        "UPDATE bank_details SET number = bank",
    ],
)
def test_a_number_copied_from_another_place_is_not_read(two_paid: Database, attack: str) -> None:
    as_superuser(two_paid, attack)
    with two_paid.session() as session:
        for details in session.scalars(select(BankDetails)):
            assert not details.is_readable
            assert (details.number, details.holder) == ("", ACCOUNT.holder)


def test_what_had_no_owner_is_read_once_setup_has_encrypted_it_again(two_paid: Database) -> None:
    before = numbers(two_paid)
    with two_paid.session() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for details in session.scalars(select(BankDetails)):
            parts = {name: str(getattr(details, name)) for name in STATED}
            session.execute(update(BankDetails).where(BankDetails.id == details.id).values(parts))
            binding.touch(session, details)
        session.commit()
    with two_paid.session() as session:
        assert not any(one.is_readable for one in session.scalars(select(BankDetails)))
    with two_paid.transaction() as session:
        assert renew(session) == 2
    with two_paid.session() as session:
        assert all(one.is_readable for one in session.scalars(select(BankDetails)))
    assert numbers(two_paid) == before
    assert breaches(two_paid) == []


def test_a_changed_token_is_not_read_and_nobody_is_paid_by_it(scene: Scene) -> None:
    scene.run()
    session, kept = scene.session, scene.instalments[0]
    session.flush()
    session.execute(text("ALTER TABLE bank_details DISABLE TRIGGER bank_details_kept"))
    session.execute(text("UPDATE bank_details SET number = overlay(number placing 'AAAA' from 40)"))
    session.expire_all()
    with pytest.raises(DomainError, match="They cannot be read"):
        certify(session, kept, act_of(session, scene.people.certifier, "Needed now."))


def test_a_page_says_that_it_cannot_be_read(scene: Scene, sign_in_as: SignInAs) -> None:
    _run(scene)
    scene.session.commit()
    details = in_force(scene.session, scene.fund.id, scene.organisation.id)
    assert details is not None
    client = sign_in_as(scene.people.finance)
    assert NUMBER in client.get(f"/bank-details/{details.id}").text
    use_keys(NEW)
    scene.session.expire_all()
    page = client.get(f"/bank-details/{details.id}").text
    assert "cannot be read" in page
    assert NUMBER not in page


def test_under_another_key_nothing_is_lost(two_paid: Database) -> None:
    before = numbers(two_paid)
    use_keys(NEW)
    with two_paid.session() as session:
        assert under_unknown_keys(session) == 2
    assert [isinstance(each, Unreadable) for each in numbers(two_paid)] == [True, True]
    use_keys(NEW, OURS)
    assert numbers(two_paid) == before


def test_a_new_key_takes_over_and_the_trail_stays_sound(two_paid: Database) -> None:
    before = numbers(two_paid)
    use_keys(NEW, OURS)
    with two_paid.transaction() as session:
        assert renew(session) == 2
    assert breaches(two_paid) == []
    use_keys(NEW)
    assert numbers(two_paid) == before
    with two_paid.transaction() as session:
        assert renew(session) == 0
    with pytest.raises(DBAPIError), two_paid.begin() as connection:  # the trigger is back
        connection.execute(text("UPDATE bank_details SET number = holder"))


def test_a_new_key_does_not_hide_what_was_changed_before(two_paid: Database) -> None:
    as_superuser(two_paid, "UPDATE bank_details SET number = holder WHERE id = 1")
    assert len(breaches(two_paid)) == 1
    use_keys(NEW, OURS)
    with two_paid.transaction() as session:
        renew(session)
    assert len(breaches(two_paid)) == 1


def test_what_could_not_be_read_is_never_written(session: Session) -> None:
    with pytest.raises((DomainError, StatementError), match="cannot be saved"):
        encrypted(Unreadable())


# --- The migration -----------------------------------------------------------------------------

BEFORE = "0062_bank_words"


@pytest.fixture
def bound_without_currency(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rows as they were bound before an account had a currency."""
    names = tuple(name for name in BankDetails.__bound__ if name != "currency")
    monkeypatch.setattr(BankDetails, "__bound__", names)
    binding._binding_statement.cache_clear()
    yield
    binding._binding_statement.cache_clear()


def move(database: Database, revision: str) -> None:
    with database.begin() as connection:
        if revision == "head":
            schema.upgrade(connection)
        else:
            schema.downgrade(connection, revision)


def plain(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT number FROM bank_details ORDER BY id")))


def _of_accounts(database: Database) -> list[str]:
    """Breaches of bank details: the way down also drops what organisations got later, and under
    which address an e-mail is read in another language.
    """
    later = ("organisation ", "message ")
    return [line for line in breaches(database) if not line.startswith(later)]


@pytest.mark.usefixtures("bound_without_currency")
def test_the_migration_takes_every_row_along_both_ways(two_paid: Database) -> None:
    before = numbers(two_paid)
    move(two_paid, BEFORE)
    with two_paid.connect() as connection:
        assert plain(connection) == before
    with two_paid.session() as session:
        assert binding.changed(session, BankDetails) == set()
    move(two_paid, "head")
    with two_paid.connect() as connection:
        assert set(plain(connection)).isdisjoint(before)
    assert numbers(two_paid) == before
    assert _of_accounts(two_paid) == []


@pytest.mark.usefixtures("bound_without_currency")
def test_the_migration_does_not_hide_what_was_changed_before(two_paid: Database) -> None:
    move(two_paid, BEFORE)
    as_superuser(two_paid, "UPDATE bank_details SET number = 'DE00' WHERE id = 1")
    move(two_paid, "head")
    found = _of_accounts(two_paid)
    assert len(found) == 1
    assert "bank_details 1" in found[0]


def test_the_migration_refuses_rows_that_no_key_reads(two_paid: Database) -> None:
    use_keys(NEW)
    with pytest.raises(DomainError, match="FORMER_SECRET_KEYS"):
        move(two_paid, BEFORE)
    use_keys(OURS)
    assert NUMBER in numbers(two_paid)
