"""Heads of the trail, stamped by an independent authority and mailed to chosen people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.kernel.errors import DomainError
from grants.platform.messages.models import Message
from grants.platform.trail.anchoring import authority_of, keep_head
from grants.platform.trail.stamps import StampingAuthority, false_stamps, stamp_heads


@dataclass
class Stamps:
    """A time stamping authority with a certificate of its own."""

    name: str
    answers: bool = True
    asked: int = 0
    elsewhere: int = 0
    """The status with which it sends to another address."""
    followed: int = 0
    certificate: x509.Certificate = field(init=False)
    stamper: DummyTimeStamper = field(init=False)

    def __post_init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)])
        now = datetime.now(UTC)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(whose)
            .issuer_name(whose)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(purpose, critical=True)
            .sign(key, hashes.SHA256())
        )
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kept = asn1_x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))
        self.stamper = DummyTimeStamper(kept, keys.PrivateKeyInfo.load(der))

    def roots(self, folder: Path) -> Path:
        path = folder / f"{self.name}.pem"
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def answer(self, asked: bytes) -> bytes:
        self.asked += 1
        request = tsp.TimeStampReq.load(asked)
        return bytes(self.stamper.request_tsa_response(request).dump())


@pytest.fixture(scope="module")
def house() -> Stamps:
    return Stamps("Example Time Stamps")


@pytest.fixture
def authority(house: Stamps, tmp_path: Path) -> Iterator[StampingAuthority]:
    """The house, reached over HTTP as any other."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            self.send_response(house.elsewhere or (200 if house.answers else 503))
            self.send_header("Location", "/again")
            self.end_headers()
            if house.answers and not house.elsewhere:
                self.wfile.write(house.answer(sent))

        def do_GET(self) -> None:
            house.followed += 1
            self.send_error(404)

        def log_message(self, *_said: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("localhost", 0), Door)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    house.answers = True
    yield StampingAuthority(f"http://localhost:{server.server_port}", house.roots(tmp_path))
    server.shutdown()
    server.server_close()


@pytest.fixture
def stamping(settings: Settings, authority: StampingAuthority) -> Settings:
    return replace(settings, timestamp_url=authority.url, timestamp_roots=authority.roots)


def test_a_head_is_stamped_and_the_stamp_is_of_it_alone(
    session: Session, stamping: Settings, authority: StampingAuthority
) -> None:
    _head, path = keep_head(session, stamping)
    stamp = path.with_suffix(".tsr").read_bytes()
    assert authority_of(stamping) == authority
    assert authority.stamped(path.read_bytes(), stamp)
    assert not authority.stamped(path.read_bytes() + b" ", stamp)
    assert [*false_stamps(authority, stamping.anchors)] == []


def test_a_stamp_of_another_house_is_named(
    session: Session, stamping: Settings, authority: StampingAuthority, tmp_path: Path
) -> None:
    _head, path = keep_head(session, stamping)
    another = StampingAuthority("http://localhost:9", Stamps("Another House").roots(tmp_path))
    assert [*false_stamps(StampingAuthority("http://localhost:9"), stamping.anchors)] == [], (
        "it is whole"
    )
    assert [*false_stamps(another, stamping.anchors)] == [
        f"Audit trail: the time stamp {path.stem}.tsr is not genuine."
    ]


def test_a_head_that_was_written_anew_lacks_its_stamp(
    session: Session, stamping: Settings, authority: StampingAuthority
) -> None:
    _head, path = keep_head(session, stamping)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"at": "2026-01-01"}), "utf-8")
    assert len([*false_stamps(authority, stamping.anchors)]) == 1
    path.with_suffix(".tsr").write_bytes(b"nothing of the kind")
    assert len([*false_stamps(authority, stamping.anchors)]) == 1


def test_an_authority_that_does_not_answer_is_asked_again_the_next_night(
    session: Session, stamping: Settings, authority: StampingAuthority, house: Stamps
) -> None:
    house.answers = False
    _head, missed = keep_head(session, stamping)
    assert not missed.with_suffix(".tsr").exists()
    with pytest.raises(DomainError):
        authority.stamp(b"anything")
    house.answers = True
    _head, path = keep_head(session, stamping)
    assert missed.with_suffix(".tsr").exists()
    assert path.with_suffix(".tsr").exists()
    assert stamp_heads(authority, stamping.anchors) == 0, "each is stamped once"


def test_without_an_authority_there_is_the_head_alone(session: Session, settings: Settings) -> None:
    _head, path = keep_head(session, settings)
    assert [file.name for file in settings.anchors.iterdir()] == [path.name]


def test_the_head_is_sent_to_those_whom_the_settings_name(
    session: Session, settings: Settings
) -> None:
    chosen = replace(settings, anchor_mail=("auditor@un.example", "board@un.example"))
    head, path = keep_head(session, chosen)
    letters = session.scalars(select(Message).order_by(Message.id)).all()
    assert [letter.recipient for letter in letters] == list(chosen.anchor_mail)
    assert head.hash in letters[0].text
    assert json.loads(path.read_text())["signature"] in letters[0].text


def test_an_authority_that_sends_elsewhere_is_not_followed(
    session: Session, stamping: Settings, house: Stamps
) -> None:
    house.elsewhere = 302
    try:
        _head, path = keep_head(session, stamping)
    finally:
        house.elsewhere = 0
    assert house.followed == 0
    assert not path.with_suffix(".tsr").exists()
