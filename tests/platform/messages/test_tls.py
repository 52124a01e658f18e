"""E-mails leave over TLS whose certificate was checked, or they do not leave this machine."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from grants.platform.messages import relay
from tests.platform.messages.smtp import certificate, mail_server


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own mail server counts as one on another machine."""
    monkeypatch.setattr(relay, "is_local", lambda _url: False)


def send(url: str) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "fund@example.org", "luz@example.org"
    letter.set_content("Dear Luz")
    with relay.mail_server(url) as server:
        server.send_message(letter)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.usefixtures("elsewhere")
def test_a_server_whose_certificate_is_known_gets_the_letter_over_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    known = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    with mail_server(known, from_the_start=scheme == "smtps") as server:
        send(f"{scheme}://localhost:{server.port}")
    assert server.letters == 1
    if scheme == "smtp":
        assert server.told.index("STARTTLS") < server.told.index("data")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("fault", ["nobody knows it", "another name"])
@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_that_is_not_the_servers_stops_the_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, fault: str
) -> None:
    shown = certificate(tmp_path, "localhost" if fault == "nobody knows it" else "mail.example.org")
    if fault == "another name":
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    with (
        mail_server(shown, from_the_start=scheme == "smtps") as server,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        send(f"{scheme}://localhost:{server.port}")
    assert server.letters == 0


@pytest.mark.usefixtures("elsewhere")
def test_a_server_elsewhere_without_tls_gets_no_letter_unless_the_setting_says_so() -> None:
    with mail_server(None) as server:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            send(f"smtp://localhost:{server.port}")
        assert server.letters == 0
        send(f"smtp://localhost:{server.port}?tls=no")
        assert server.letters == 1


def test_a_server_on_this_machine_needs_no_tls() -> None:
    with mail_server(None) as server:
        send(f"smtp://localhost:{server.port}")
    assert server.letters == 1
