"""The outbox: e-mails that would have been sent, while the software is tried out."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from grants.platform.messages.post import PostOffice
from grants.platform.messages.service import Recipient, send
from grants.variables import Mailbox
from tests.platform.web.client import StrictClient

NAME = "31-" + "0123456789abcdef" * 2 + "01234567"


@pytest.fixture
def letter(settings: Settings) -> Path:
    message = EmailMessage()
    message["To"], message["Subject"] = "luz@example.org", "Confirm <your> pledge"
    message["Date"] = "Wed, 25 Nov 2026 10:00:00 +0000"
    message.set_content("Dear Luz,\n\nPress http://localhost/x?a=1&b=2\n\n<script>1</script>\n")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a b.pdf")
    folder = settings.data_dir / "mail"
    folder.mkdir()
    path = folder / f"{NAME}.eml"
    path.write_bytes(bytes(message))
    return path


def test_an_e_mail_is_shown_with_its_links_and_files(client: StrictClient, letter: Path) -> None:
    assert "Confirm &lt;your&gt; pledge" in client.get("/outbox").get_data(as_text=True)
    page = client.get(f"/outbox/{NAME}").get_data(as_text=True)
    assert 'href="http://localhost/x?a=1&amp;b=2"' in page
    assert "<script>1" not in page
    assert f"/outbox/{NAME}/0" in page


def test_an_e_mail_that_the_product_sent_opens_from_the_list(
    client: StrictClient, session: Session, database: Database, settings: Settings
) -> None:
    recipient = Recipient("luz@example.org", "Luz", "en")
    link = "http://localhost/passphrase/one"
    message = send(session, recipient, "platform/signin/passphrase_link", event="one", url=link)
    session.commit()
    sender, folder = Mailbox("fund@localhost"), settings.data_dir / "mail"
    PostOffice(database, folder, sender, lambda *_names: ("", b"")).deliver(message.id)
    listed = client.get("/outbox").get_data(as_text=True)
    (address,) = re.findall(r'href="(/outbox/[^"]+)"', listed)
    assert f'href="{link}"' in client.get(address).get_data(as_text=True)


def test_a_file_of_an_e_mail_can_be_had(client: StrictClient, letter: Path) -> None:
    answer = client.get(f"/outbox/{NAME}/0")
    assert answer.data == b"%PDF-1.7"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/outbox/{NAME}/1").status_code == 404


@pytest.mark.parametrize("name", ["f" * 32, "..%2F..%2Fsecret-key", "secret-key", NAME[:-1]])
def test_nothing_but_e_mails_is_shown(client: StrictClient, letter: Path, name: str) -> None:
    assert client.get(f"/outbox/{name}").status_code == 404


def test_under_another_name_than_this_machines_own_there_is_no_outbox(
    client: StrictClient, letter: Path
) -> None:
    for path in ("/outbox", f"/outbox/{NAME}", f"/outbox/{NAME}/0", "/gallery"):
        assert client.get(path, base_url="http://rebound.example.org").status_code == 404
        assert client.get(path, base_url="http://127.0.0.1:5000").status_code == 200


def test_in_production_there_is_no_outbox(tmp_path: Path, database: Database) -> None:
    settings = Settings(data_dir=tmp_path, base_url="https://fund.example.org", secret_key="s" * 40)
    app: Flask = create_app(settings, database)
    browser = app.test_client()
    for path in ("/outbox", f"/outbox/{NAME}", f"/outbox/{NAME}/0"):
        assert browser.get(path, base_url="https://fund.example.org").status_code == 404
