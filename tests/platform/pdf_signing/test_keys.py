"""The key that signs: made once, for its owner alone, replaced without losing what it signed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from grants.config import Settings
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.platform.pdf_signing.hardware import Address
from grants.platform.pdf_signing.installing import Desk, key_folder, make_key
from grants.platform.pdf_signing.keys import KeyFolder, fingerprint, new_pair


def settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(tmp_path, "http://localhost:5000", **more)  # type: ignore[arg-type]


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_key(settings(tmp_path))
    folder = key_folder(settings(tmp_path))
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.file.stat().st_mode & 0o777 == 0o600
    folder.file.chmod(0o640)
    with pytest.raises(DomainError, match="chmod 600"):
        Desk(settings(tmp_path)).current()


def test_made_by_many_at_once_it_is_one_and_stays(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "signing")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: folder.make("host", clock.wall()), range(8)))
    first = folder.file.read_bytes()
    folder.make("host", clock.wall())
    assert folder.file.read_bytes() == first
    assert sorted(path.name for path in folder.path.iterdir()) == ["retired", "signer.pem"]


def test_a_replaced_key_signs_at_once_and_the_old_one_is_still_known(tmp_path: Path) -> None:
    desk = Desk(settings(tmp_path))
    old = desk.current().certificate
    key_folder(desk.settings).rotate(new_pair("next", clock.wall()))
    assert desk.current().name == "next"
    assert set(desk.known()) == {fingerprint(old), fingerprint(desk.current().certificate)}


def test_production_does_not_make_one_by_itself(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="Run flask setup"):
        Desk(settings(tmp_path, declared_production=True)).current()


def test_the_commands_show_and_replace_it(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["signing-key", "rotate", "--name", "Trust fund"]).exit_code == 0
    shown = run(args=["signing-key", "show"]).stdout.splitlines()
    assert shown[0].startswith("In use: Trust fund, valid until ")
    run(args=["signing-key", "rotate"])
    assert "Replaced: Trust fund" in run(args=["signing-key", "show"]).stdout


def test_a_key_without_its_certificate_is_refused(app: Flask, tmp_path: Path) -> None:
    first, second = (new_pair("a", clock.wall()) for _number in range(2))
    mixed = first.pem().partition(b"-----BEGIN CERT")[0] + second.pem().partition(b"KEY-----\n")[2]
    (tmp_path / "mixed.pem").write_bytes(mixed)
    for content in (mixed, b"no key", first.pem().partition(b"-----BEGIN CERT")[0]):
        (tmp_path / "mixed.pem").write_bytes(content)
        refused = app.test_cli_runner().invoke(
            args=["signing-key", "rotate", "--pem", str(tmp_path / "mixed.pem")]
        )
        assert refused.exit_code == 2


def test_a_token_is_named_as_rfc_7512_says(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234\n")
    uri = f"pkcs11:token=The%20fund;object=papers?module-path=/x.so&pin-source=file:{tmp_path}/pin"
    assert Address.of(uri) == Address("The fund", "papers", "/x.so", "1234")
    without_pin = "pkcs11:token=a;object=b?module-path=/x&pin-source=file:/no"
    for wrong in ("papers", "pkcs11:token=a", without_pin):
        with pytest.raises(DomainError, match="SIGNING_PKCS11 must be like"):
            Address.of(wrong)


def test_a_token_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="cannot be used"):
        Address("fund", "papers", str(tmp_path / "no.so"), "1").open()
