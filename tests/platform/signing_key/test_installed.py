"""One key for all hosts of an installation: a second one never makes its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.database.encryption import use_keys
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.platform.documents.store import store
from grants.platform.pdf_signing.installing import Desk, key_folder, make_key
from grants.platform.pdf_signing.keys import fingerprint, new_pair
from grants.platform.signing_key.installed import (
    NOTED,
    NOTED_COPY,
    fault,
    follow_key,
    settle_key,
)
from grants.platform.signing_key.sharing import put_copy, take_copy


def host(folder: Path) -> Settings:
    return Settings(folder, "https://fund.example.org", secret_key="0123456789abcdef" * 2)


def test_a_second_host_gets_the_key_of_the_first_and_knows_its_papers(
    session: Session, tmp_path: Path
) -> None:
    first, second = host(tmp_path / "a"), host(tmp_path / "b")
    assert settle_key(session, first) == ""
    assert settle_key(session, second) == ""
    assert key_folder(first).file.read_bytes() == key_folder(second).file.read_bytes()
    assert key_folder(second).file.stat().st_mode & 0o777 == 0o600
    assert Desk(first).known() == Desk(second).known()
    assert Desk(first).current().certificate == Desk(second).current().certificate


def test_the_copy_is_encrypted_and_of_no_use_under_another_secret(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    first, second = host(tmp_path / "a"), host(tmp_path / "b")
    settle_key(session, first)
    copy = session.scalar(text(NOTED_COPY)) or ""
    assert b"PRIVATE KEY" not in store().read(copy)
    use_keys("another secret that nobody gave to this installation")
    try:
        told = settle_key(session, second)
        assert (
            f"signer.pem and the folder “retired” from the host that has it into {tmp_path}" in told
        )
        assert not key_folder(second).has_key()
        settle_key(session, first)  # under the new secret a fresh copy is made where the key is
        assert settle_key(session, second) == ""
    finally:
        use_keys(settings.secret())


def test_a_copy_of_another_key_is_not_taken(session: Session, tmp_path: Path) -> None:
    first, second = host(tmp_path / "a"), host(tmp_path / "b")
    settle_key(session, first)
    noted = session.scalar(text(NOTED)) or ""
    other = put_copy(new_pair("Forger", clock.wall()), [])
    assert not take_copy(key_folder(second), other, noted)
    assert not take_copy(key_folder(second), "0" * 64, noted)
    assert not key_folder(second).has_key()


def test_a_host_that_made_a_key_before_takes_that_of_the_installation(
    session: Session, tmp_path: Path
) -> None:
    first, second = host(tmp_path / "a"), host(tmp_path / "b")
    for one in (first, second):
        make_key(one)
    before = key_folder(first).file.read_bytes()
    (own,) = key_folder(second).current()
    assert settle_key(session, first) == ""
    assert settle_key(session, second) == ""
    assert key_folder(first).file.read_bytes() == key_folder(second).file.read_bytes() == before
    assert fingerprint(own) in Desk(second).known()  # what it had signed is still ours


def test_a_replaced_key_reaches_the_other_hosts_with_the_certificates_before_it(
    app: Flask, session: Session, settings: Settings, tmp_path: Path
) -> None:
    second = host(tmp_path / "b")
    for one in (settings, second):
        settle_key(session, one)
    session.commit()
    done = app.test_cli_runner().invoke(args=["signing-key", "rotate"])
    assert done.exit_code == 0, done.output
    noted = session.scalar(text(NOTED))
    assert noted == fingerprint(key_folder(settings).read().certificates[0])
    assert fault(settings, noted) == ""
    assert "another key" in fault(second, noted)
    assert follow_key(session, second) == ""
    assert Desk(second).known() == Desk(settings).known()


@contextmanager
def as_another_user(folder: Path) -> Iterator[None]:
    """Somebody who may not look into a folder."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    else:
        folder.chmod(0)
    yield
    if root:
        os.seteuid(0)
    folder.chmod(0o700)


def test_a_key_that_its_user_cannot_read_is_told_in_one_line(tmp_path: Path) -> None:
    here = host(tmp_path)
    make_key(here)
    with as_another_user(key_folder(here).path):
        for use in (key_folder(here).read, key_folder(here).current, Desk(here).current):
            with pytest.raises(DomainError, match="cannot be read by this user"):
                use()
    assert Desk(here).current().certificate.not_valid_after_utc > clock.wall()
