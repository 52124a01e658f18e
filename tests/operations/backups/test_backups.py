"""A backup taken while people write, brought into an empty installation, and compared."""

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from click.testing import Result
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from grants import create_app
from grants.books.ledger.receipts import receive_unidentified
from grants.books.ledger.verify import breaches
from grants.config import Settings
from grants.core.audit import chain
from grants.core.audit.advance import record
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.granting.bank_details.models import BankDetails
from grants.operations.backups.archive import Damaged, check_seal, unpack
from grants.operations.backups.restoring import compare
from grants.operations.backups.taking import Places, take
from grants.platform.documents.models import Document
from grants.platform.documents.store import Folder, use_store
from tests.books.ledger.books import CLERK, MARCH, money, voucher
from tests.factories import an_organisation
from tests.grants import grant_people, paid_to
from tests.run import Run, create, drop

Flask = Callable[..., Result]
OURS = "'public'::regnamespace"
SHAPE = {
    "triggers": "SELECT tgname || pg_get_triggerdef(pg_trigger.oid) || tgenabled::text"
    " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    f" WHERE relnamespace = {OURS} AND NOT tgisinternal",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc"
    f" WHERE pronamespace = {OURS} AND prokind = 'f'",
    "rules": "SELECT conrelid::regclass::text || conname || pg_get_constraintdef(oid)"
    f" FROM pg_constraint WHERE connamespace = {OURS} AND conrelid <> 0",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "sequences": "SELECT sequencename || coalesce(last_value, 0) FROM pg_sequences",
}


@pytest.fixture
def empty(whole_run: Run, server_url: str) -> Iterator[Database]:
    """A database without a table."""
    name = f"{whole_run.own}_restored"
    database = Database.at(create(server_url, name))
    yield database
    database.dispose()
    drop(server_url, name)


def flask_on(database: Database, data: Path) -> Flask:
    settings = Settings(data, "http://localhost:5000", secret_key="k" * 32, testing=True)
    runner = create_app(settings, database).test_cli_runner()
    return lambda *words: runner.invoke(args=words)


@pytest.fixture
def used(real_database: Database, tmp_path: Path) -> Flask:
    """The commands of an installation that somebody has used."""
    flask = flask_on(real_database, tmp_path / "used")
    fill(real_database, Folder(tmp_path / "used" / "files"))
    return flask


def fill(database: Database, store: Folder) -> None:
    """Money in the books, and a file."""
    content = b"minutes of the Board"
    sha256 = hashlib.sha256(content).hexdigest()
    store.put(sha256, content)
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        receive_unidentified(session, voucher(fund, MARCH), money("1234.56"))
        paper = Document(
            sha256=sha256,
            name="minutes.txt",
            media_type="text/plain",
            size=len(content),
            uploaded_at=CLERK.at,
        )
        session.add(paper)
        record(session, fund, "file minutes", CLERK, name="Ségura 中")


def shape(database: Database) -> dict[str, list[str]]:
    with database.session() as session:
        return {
            kind: sorted(plain(line) for line in session.scalars(text(query)))
            for kind, query in SHAPE.items()
        }


def plain(definition: str) -> str:
    """Without the casts that PostgreSQL writes differently when it reads a CHECK again."""
    return re.sub(r"::(text|character varying)(\[\])?|[()]", "", definition)


def test_what_is_restored_is_as_it_was(
    used: Flask, real_database: Database, empty: Database, tmp_path: Path
) -> None:
    file = tmp_path / "night.p20"
    assert used("trail", "anchor").exit_code == 0
    taken = used("backup", str(file))
    assert taken.exit_code == 0, taken.output
    assert file.stat().st_mode & 0o777 == 0o600
    restored = flask_on(empty, tmp_path / "restored")
    answer = restored("restore", str(file))
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.splitlines()[-1] == "All as in the backup."
    assert answer.stdout.splitlines()[:-1] == taken.stdout.splitlines()[:-1]
    assert "UNVTF suspense" in answer.stdout
    assert "-1234.56" in answer.stdout
    assert shape(empty) == shape(real_database)
    assert restored("ledger", "verify").exit_code == 0
    assert restored("trail", "verify").stdout == used("trail", "verify").stdout


def test_what_is_append_only_is_so_after_a_restoration(
    used: Flask, empty: Database, tmp_path: Path
) -> None:
    used("backup", str(tmp_path / "night.p20"))
    flask_on(empty, tmp_path / "restored")("restore", str(tmp_path / "night.p20"))
    for statement in ("UPDATE posting SET usd_minor = 1", "DELETE FROM trail"):
        with pytest.raises(DBAPIError, match=r"append-only|never changed"), empty.begin() as change:
            change.execute(text(statement))
    with empty.transaction() as session:  # the sequences go on where they were
        fund = fund_by_code(session, "UNVTF")
        receive_unidentified(session, voucher(fund, MARCH, key="after"), money("5"))
        record(session, fund, "go on", CLERK)
    with empty.session() as session:
        assert breaches(session) == []


@contextmanager
def four_writers(database: Database) -> Iterator[list[int]]:
    """Deposits, one after another by four at once, and their number."""
    over, written = Event(), list[int]()

    def write() -> None:
        while not over.is_set():
            with database.transaction() as session:
                fund = fund_by_code(session, "UNVTF")
                receive_unidentified(session, voucher(fund, MARCH), money("10"))
                record(session, fund, "write", CLERK)
            written.append(1)

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(write) for _writer in range(4)]
        try:
            while len(written) < 20 and not any(each.done() for each in done):
                over.wait(0.01)
            yield written
        finally:
            over.set()
        for each in done:
            each.result()


def test_a_backup_is_one_moment_while_many_write(
    real_database: Database, empty: Database, tmp_path: Path
) -> None:
    store = Folder(tmp_path / "files")
    fill(real_database, store)
    places = Places(store, tmp_path / "anchors", tmp_path / "none", "")
    with four_writers(real_database) as written:
        before = len(written)
        taken = take(real_database, places, tmp_path / "night.p20")
        assert len(written) > before
    manifest = unpack(tmp_path / "night.p20", tmp_path / "unpacked")
    assert manifest["trail"]["rows"] == taken.figures.trail["rows"]
    use_store(Folder(tmp_path / "elsewhere"))
    restored = flask_on(empty, tmp_path / "restored")
    assert restored("restore", str(tmp_path / "night.p20")).exit_code == 0
    assert restored("ledger", "verify").exit_code == 0
    with real_database.session() as session, empty.session() as again:
        assert chain.head(session).rows > chain.head(again).rows >= before


def test_a_byte_that_changed_anywhere_is_noticed(
    used: Flask, empty: Database, tmp_path: Path
) -> None:
    file, broken = tmp_path / "night.p20", tmp_path / "broken.p20"
    used("backup", str(file))
    whole = file.read_bytes()
    check_seal(file)
    restored = flask_on(empty, tmp_path / "restored")
    for place in (*range(0, len(whole), len(whole) // 40), len(whole) - 1):
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Damaged):
            check_seal(broken)
    answer = restored("restore", str(broken))
    assert answer.exit_code == 1
    assert "SHA-256" in answer.stderr
    assert shape(empty)["rules"] == []  # nothing was written
    broken.write_bytes(whole[:-5000])
    assert restored("restore", str(broken)).exit_code == 1


def test_a_file_that_was_exchanged_is_noticed_though_the_archive_was_sealed_again(
    used: Flask, tmp_path: Path
) -> None:
    file, forged = tmp_path / "night.p20", tmp_path / "forged.p20"
    used("backup", str(file))
    folder = tmp_path / "unpacked"
    unpack(file, folder)
    next((folder / "files").iterdir()).write_bytes(b"other minutes")
    with tarfile.open(forged, "w") as tar:
        tar.add(folder, arcname="")
    digest = hashlib.sha256(forged.read_bytes()).hexdigest()
    forged.write_bytes(forged.read_bytes() + f"sha256 {digest}\n".encode())
    with pytest.raises(Damaged, match="differs from the manifest"):
        unpack(forged, tmp_path / "again")


def test_an_installation_that_is_in_use_is_not_overwritten(used: Flask, tmp_path: Path) -> None:
    used("backup", str(tmp_path / "night.p20"))
    answer = used("restore", str(tmp_path / "night.p20"))
    assert answer.exit_code == 2
    assert "already holds data" in answer.stderr


def test_a_file_that_a_record_names_and_that_is_lost_is_told(used: Flask, tmp_path: Path) -> None:
    (kept,) = Folder(tmp_path / "used" / "files").names()
    next((tmp_path / "used" / "files").glob(f"*/{kept}")).write_bytes(b"rotten")
    answer = used("backup", str(tmp_path / "night.p20"))
    assert answer.exit_code == 1
    assert kept in answer.stderr


def test_another_balance_head_or_file_than_the_manifest_says_is_a_difference(
    used: Flask, real_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "night.p20"
    used("backup", str(file))
    manifest = unpack(file, tmp_path / "unpacked")
    store = Folder(tmp_path / "used" / "files")
    places = Places(store, tmp_path / "anchors", tmp_path / "none", "")
    assert compare(real_database, places, manifest).differences == []
    changed = json.loads(json.dumps(manifest).replace("1234.56", "1234.57"))
    changed["trail"]["rows"] += 1
    empty_store = replace(places, store=Folder(tmp_path / "empty"))
    found = compare(real_database, empty_store, changed).differences
    assert len(found) == 3


def test_a_backup_with_another_secret_is_told(used: Flask, empty: Database, tmp_path: Path) -> None:
    used("backup", str(tmp_path / "night.p20"))
    settings = Settings(tmp_path / "r", "http://localhost", secret_key="z" * 32, testing=True)
    runner = create_app(settings, empty).test_cli_runner()
    answer = runner.invoke(args=["restore", str(tmp_path / "night.p20")])
    assert answer.exit_code == 0
    assert "SECRET_KEY is not the key of the backup" in answer.stderr


def test_bank_details_of_a_backup_are_read_again_once_the_former_secret_is_given(
    used: Flask, real_database: Database, empty: Database, tmp_path: Path
) -> None:
    with real_database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        organisation = an_organisation(session)
        details = paid_to(session, fund, organisation, grant_people(session, organisation))
        number = details.number
    used("backup", str(tmp_path / "night.p20"))

    def flask(*former: str) -> Flask:
        data = tmp_path / "r"
        here = Settings(data, "http://localhost", secret_key="z" * 32, testing=True)
        here = replace(here, former_secret_keys=former)
        runner = create_app(here, empty).test_cli_runner()
        return lambda *words: runner.invoke(args=words)

    assert "FORMER_SECRET_KEYS" in flask()("restore", str(tmp_path / "night.p20")).stderr
    told = flask()("setup")
    assert told.exit_code == 0
    (line,) = told.stderr.splitlines()
    assert line.startswith(
        "Bank details that another SECRET_KEY encrypted and that cannot be read: 1."
    )
    done = flask("k" * 32)("setup")
    assert "Records encrypted with the present SECRET_KEY: 1." in done.stdout
    assert done.stderr == ""
    assert flask()("setup").stderr == ""
    verified = flask()("ledger", "verify")
    assert verified.exit_code == 0, verified.output
    with empty.session() as session:
        assert session.scalars(select(BankDetails.number)).all() == [number]
