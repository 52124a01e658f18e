"""One key for all hosts of an installation: a second one never makes its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.platform.pdf_signing.installing import Desk, key_folder, make_key
from grants.platform.pdf_signing.keys import fingerprint
from grants.platform.signing_key.installed import NOTED, fault, settle_key


def host(folder: Path) -> Settings:
    return Settings(folder, "https://fund.example.org", secret_key="0123456789abcdef" * 2)


def test_a_second_host_makes_no_key_and_says_where_to_get_it(
    session: Session, tmp_path: Path
) -> None:
    first, second = host(tmp_path / "a"), host(tmp_path / "b")
    assert settle_key(session, first) == ""
    told = settle_key(session, second)
    assert f"signer.pem and the folder “retired” from the host that has it into {tmp_path}" in told
    assert not key_folder(second).has_key()
    shutil.copytree(key_folder(first).path, key_folder(second).path)
    assert settle_key(session, second) == ""
    assert Desk(first).known() == Desk(second).known()


def test_a_host_that_made_a_key_before_is_told_that_it_is_another(
    session: Session, tmp_path: Path
) -> None:
    first, second = host(tmp_path / "a"), host(tmp_path / "b")
    for one in (first, second):
        make_key(one)
    before = key_folder(first).file.read_bytes()
    assert settle_key(session, first) == ""
    assert key_folder(first).file.read_bytes() == before
    assert "another key than this host has" in settle_key(session, second)


def test_a_replaced_key_is_noted_and_the_other_hosts_need_it(
    app: Flask, session: Session, settings: Settings, tmp_path: Path
) -> None:
    settle_key(session, settings)
    session.commit()
    shutil.copytree(key_folder(settings).path, key_folder(host(tmp_path / "b")).path)
    done = app.test_cli_runner().invoke(args=["signing-key", "rotate"])
    assert done.exit_code == 0, done.output
    noted = session.scalar(text(NOTED))
    assert noted == fingerprint(key_folder(settings).read().certificates[0])
    assert fault(settings, noted) == ""
    assert "another key" in fault(host(tmp_path / "b"), noted)


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
