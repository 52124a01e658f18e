"""The page and the command that try the mail server."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.people.permissions import Role
from grants.variables import Mailbox
from tests.factories import staff
from tests.platform.messages.smtp import mail_server
from tests.platform.web.client import SignInAs

PAGE = "/mail-server"


def test_an_administrator_tries_the_server_and_reads_its_answers(
    app: Flask, settings: Settings, session: Session, sign_in_as: SignInAs
) -> None:
    person = staff(session, Role.ADMINISTRATOR)
    browser = sign_in_as(person)
    with mail_server(None) as server:
        app.extensions["settings"] = replace(
            settings,
            mail_url=f"smtp://localhost:{server.port}",
            mailbox=Mailbox("fund@un.example", "Trust fund"),
        )
        page = browser.get(PAGE).text
        assert "fund@un.example" in page
        assert person.email in page
        assert "250 kept" in browser.submit(PAGE).text
        assert f"To: {person.email}".encode() in server.kept[0]
        server.refusals["RCPT"] = b"550 no such mailbox\r\n"
        assert "550 no such mailbox" in browser.submit(PAGE).text


def test_the_page_does_not_show_the_password_of_the_server(
    app: Flask, settings: Settings, session: Session, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(staff(session, Role.ADMINISTRATOR))
    app.extensions["settings"] = replace(settings, mail_url="smtp://user:geheim@mail.un.example")
    page = browser.get(PAGE).text
    assert "mail.un.example" in page
    assert "geheim" not in page


def test_others_do_not_see_the_page(session: Session, sign_in_as: SignInAs) -> None:
    assert sign_in_as(staff(session, Role.FUND_MANAGER)).get(PAGE).status_code == 403


@pytest.mark.parametrize(("refusal", "code"), [(b"", 0), (b"550 not as this one\r\n", 1)])
def test_the_command_ends_with_what_the_server_said(
    app: Flask, settings: Settings, refusal: bytes, code: int
) -> None:
    with mail_server(None) as server:
        server.refusals["MAIL"] = refusal
        app.extensions["settings"] = replace(settings, mail_url=f"smtp://localhost:{server.port}")
        result = app.test_cli_runner().invoke(args=["mail", "test", "luz@example.org"])
    assert result.exit_code == code
    assert (refusal.decode().strip() or "250 kept") in result.output


def test_the_command_says_that_no_server_is_set(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["mail", "test", "luz@example.org"])
    assert result.exit_code == 2
    assert "MAIL_URL" in result.output
