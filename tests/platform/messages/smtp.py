"""A mail server of a test's own, with STARTTLS or with TLS from the first byte."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name, which is its own authority, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@dataclass
class MailServer:
    """What it was told, line by line; letters among them."""

    port: int
    told: list[str] = field(default_factory=list)
    letters: int = 0
    kept: list[bytes] = field(default_factory=list)
    """Each letter as it came."""
    once_kept: Callable[[], object] = int
    """What happens after a letter was kept and before the sender is told."""
    goodbye: bytes = b"221 bye\r\n"
    refusals: dict[str, bytes] = field(default_factory=dict)
    """What it answers to a line that begins with a word, instead of taking it."""


@contextmanager
def mail_server(tls: Path | None, *, from_the_start: bool = False) -> Iterator[MailServer]:
    """Serve one connection after another until the test is over."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = MailServer(listener.getsockname()[1])

        def serve() -> None:
            with suppress(OSError):
                while True:
                    one, _address = listener.accept()
                    with suppress(OSError, ssl.SSLError), one:
                        _talk(one, context, server, from_the_start)

        Thread(target=serve, daemon=True).start()
        yield server


def _talk(
    one: socket.socket, context: ssl.SSLContext | None, server: MailServer, from_the_start: bool
) -> None:
    """One conversation; after STARTTLS it goes on inside TLS."""
    with ExitStack() as opened:
        if from_the_start and context:
            one = opened.enter_context(context.wrap_socket(one, server_side=True))
        one.sendall(b"220 test\r\n")
        lines = opened.enter_context(one.makefile("rb"))
        while line := lines.readline():
            server.told.append(line.decode().strip())
            one.sendall(_answer(server, offers_tls=context is not None))
            if server.told[-1].upper() == "STARTTLS" and context:
                one = opened.enter_context(context.wrap_socket(one, server_side=True))
                lines = opened.enter_context(one.makefile("rb"))
            elif server.told[-1].upper() == "DATA":
                server.kept.append(b"".join(iter(lines.readline, b".\r\n")))
                server.letters += 1
                server.once_kept()
                one.sendall(b"250 kept\r\n")


def _answer(server: MailServer, *, offers_tls: bool) -> bytes:
    word = server.told[-1].upper()
    if refusal := server.refusals.get(word.partition(" ")[0]):
        return refusal
    if word.startswith("AUTH"):
        return b"235 signed in\r\n"
    if word.startswith("EHLO"):
        return b"250-test\r\n250 STARTTLS\r\n" if offers_tls else b"250 test\r\n"
    if word == "STARTTLS":
        return b"220 go on\r\n"
    return {"DATA": b"354 go on\r\n", "QUIT": server.goodbye}.get(word, b"250 ok\r\n")
