"""As which mailbox e-mails leave, how it signs in, and what a test of the server tells."""

import base64
import email
import sys
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest

from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError
from grants.platform.messages.relay import mail_server as signed_in
from grants.platform.messages.trying import try_server
from grants.variables import Mailbox, mailbox
from tests.platform.messages.smtp import MailServer, mail_server
from tests.platform.messages.test_post import office, write

FUND = Mailbox(
    "fund@un.example", "Fonds d’affectation", "desk@un.example", bounces="bounces@un.example"
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server(None) as started:
        yield started


def address_of(server: MailServer) -> str:
    return f"smtp://localhost:{server.port}"


def test_an_e_mail_leaves_as_the_mailbox_of_the_settings(
    real_database: Database, tmp_path: Path, server: MailServer
) -> None:
    with real_database.transaction() as session:
        number = write(session).id
    post = replace(office(real_database, tmp_path), sender=FUND, mail_url=address_of(server))
    post.deliver(number)
    letter = email.message_from_bytes(server.kept[0], policy=policy.default)
    assert letter["From"].addresses[0].display_name == "Fonds d’affectation"
    assert letter["From"].addresses[0].addr_spec == "fund@un.example"
    assert letter["Reply-To"] == "desk@un.example"
    assert letter["Message-ID"].endswith("@un.example>")
    assert any(line.startswith("mail from:<bounces@un.example>") for line in server.told)


def proof_in(server: MailServer) -> bytes:
    (line,) = [line for line in server.told if line.startswith("AUTH XOAUTH2 ")]
    return base64.b64decode(line.split()[-1])


def test_a_token_of_a_file_signs_in_as_it_is_at_that_moment(
    tmp_path: Path, server: MailServer
) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    sender = replace(FUND, token_file=token)
    token.write_text("renewed\n")
    signed_in(address_of(server), sender).close()
    assert proof_in(server) == b"user=fund@un.example\x01auth=Bearer renewed\x01\x01"


def test_a_token_that_a_command_prints_signs_in_the_user_of_the_address(server: MailServer) -> None:
    sender = replace(FUND, token_command=(sys.executable, "-c", "print('abc')"))
    signed_in(f"smtp://trust%40un.example@localhost:{server.port}", sender).close()
    assert proof_in(server) == b"user=trust@un.example\x01auth=Bearer abc\x01\x01"


def test_a_command_that_gives_no_token_is_told_and_no_e_mail_leaves(server: MailServer) -> None:
    sender = replace(FUND, token_command=("false",))
    (answer,) = try_server(address_of(server), sender, "luz@example.org")
    assert not answer.good
    assert "no token" in answer.words
    assert server.letters == 0


def test_a_token_that_the_server_refuses_is_told_in_its_words(server: MailServer) -> None:
    server.refusals["AUTH"] = b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"
    server.refusals[""] = b"535 5.7.3 Authentication unsuccessful\r\n"
    sender = replace(FUND, token_command=("echo", "old"))
    (answer,) = try_server(address_of(server), sender, "luz@example.org")
    assert answer.words == "535 5.7.3 Authentication unsuccessful"


def test_a_test_tells_each_answer_of_the_server(server: MailServer) -> None:
    answers = list(try_server(address_of(server), FUND, "luz@example.org"))
    assert all(answer.good for answer in answers)
    assert answers[-1].words == "250 kept"
    assert b"To: luz@example.org\r\n" in server.kept[0]


def test_a_test_ends_with_the_step_that_the_server_refuses(server: MailServer) -> None:
    server.refusals["MAIL"] = b"550 5.7.60 Client does not have permissions to send as this\r\n"
    answers = list(try_server(address_of(server), FUND, "luz@example.org"))
    assert [answer.good for answer in answers] == [True, False]
    assert answers[-1].words.startswith("550 5.7.60 ")
    assert "bounces@un.example" in answers[-1].step
    assert server.letters == 0


def test_a_server_that_does_not_answer_is_told() -> None:
    (answer,) = try_server("smtp://localhost:1", FUND, "luz@example.org")
    assert not answer.good
    assert "refused" in answer.words


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("fund@un.org", "", "fund@un.org"),
        ("Trust fund <fund@un.org>", "Trust fund", "fund@un.org"),
        ('"UNVTF, Vienna" <fund@un.org>', "UNVTF, Vienna", "fund@un.org"),
    ],
)
def test_the_sender_is_an_address_with_or_without_a_name(
    text: str, name: str, address: str
) -> None:
    sender = mailbox({"MAIL_FROM": text})
    assert (sender.name, sender.address) == (name, address)


@pytest.mark.parametrize("text", ["fund", "a@b@c", "Fund <fund@un.org>\r\nBcc: x@example.org", "@"])
def test_a_sender_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(DomainError, match="MAIL_FROM"):
        mailbox({"MAIL_FROM": text})
    with pytest.raises(DomainError, match="MAIL_BOUNCES_TO"):
        mailbox({"MAIL_BOUNCES_TO": text})
