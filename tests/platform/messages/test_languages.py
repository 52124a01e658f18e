"""An e-mail is read in the other languages of its fund, at an address that stands in its head."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import grants
from grants.core.funds.models import Fund
from grants.core.texts.templates import FOLDER
from grants.desk.retention.periods import PARTS
from grants.platform.messages.models import Message
from grants.platform.messages.service import Recipient, send
from grants.platform.messages.wording import SECRETS
from tests.platform.web.client import StrictClient

LUZ = Recipient("luz@example.org", "Luz Paz", "en")


@pytest.fixture(autouse=True)
def _fund_of_three_languages(fund: Fund) -> None:
    fund.languages = ["en", "ar", "fr"]


def signed_out(session: Session, fund: Fund, recipient: Recipient = LUZ) -> Message:
    """An e-mail without a secret."""
    facts: dict[str, Any] = {"fund": fund, "by": "Ingrid Berg", "reason": "A lost device."}
    return send(session, recipient, "platform/staff/signed_out", event="signed out", **facts)


def coded(session: Session, fund: Fund) -> Message:
    facts: dict[str, Any] = {
        "fund": fund,
        "paper": "Agreement",
        "title": "A house",
        "code": "493 817",
        "minutes": 15,
        "url": "http://localhost/sign",
    }
    return send(session, LUZ, "platform/signatures/code", event="code", **facts)


def test_the_other_languages_of_the_fund_are_kept_with_the_e_mail(
    session: Session, fund: Fund
) -> None:
    message = signed_out(session, fund)
    assert [words["language"] for words in message.others] == ["ar", "fr"]
    assert "Ingrid Berg" in message.others[1]["text"]
    assert message.page is not None
    assert f"/e-mails/{message.page}?language=fr" in message.html
    assert "Français" in message.html


def test_a_fund_of_one_language_sends_no_such_link(session: Session, fund: Fund) -> None:
    fund.languages = ["en"]
    message = signed_out(session, fund)
    assert (message.others, message.page) == ([], None)
    assert "/e-mails/" not in message.html


def test_who_holds_the_e_mail_reads_it_without_signing_in(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    message = signed_out(session, fund)
    session.commit()
    answer = client.get(f"/e-mails/{message.page}?language=ar")
    assert "الإنكليزية" in answer.text  # as the United Nations writes it
    assert answer.status_code == 200
    assert message.others[0]["subject"] in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert 'name="robots" content="noindex"' in answer.text
    assert message.subject in client.get(f"/e-mails/{message.page}?language=en").text
    assert client.get(f"/e-mails/{message.id}").status_code == 404


def test_a_code_is_in_the_e_mail_alone(session: Session, fund: Fund, client: StrictClient) -> None:
    message = coded(session, fund)
    session.commit()
    assert "493 817" in message.text
    for code in ("en", "ar", "fr"):
        assert "493 817" not in client.get(f"/e-mails/{message.page}?language={code}").text
    assert "493 817" not in str(message.others)


TO_A_PAGE = {
    "applying/organisations": "paper_expired paper_soon role_changed verification_rejected "
    "verification_returned verification_suspended verification_verified",
    "applying/public_questions": "answered",
    "applying/references": "declined received",
    "giving/donors": "signatory_confirmed signatory_refused signatory_to_confirm undeliverable",
    "platform/signin": "factor_lost",
    "platform/staff": "not_appointed to_confirm",
}
"""E-mails of rooms that make links with a token, whose own link leads to a page as any other."""


def test_each_e_mail_with_a_link_of_its_reader_is_known_to_hold_a_secret() -> None:
    source = Path(grants.__file__).parent
    rooms = {
        path.parent.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if re.search(r"(?<!def )make_link\(", path.read_text())
    }
    holding = set()
    for path in Path(FOLDER).glob("*/*/email/*.txt"):
        room, words = path.parent.parent.relative_to(FOLDER).as_posix(), path.read_text()
        if "{{ code }}" in words or (room in rooms and "url" in words):
            holding.add(f"{room}/{path.stem}")
    plain = {f"{room}/{name}" for room, names in TO_A_PAGE.items() for name in names.split()}
    assert plain <= holding
    assert holding - plain == set(SECRETS)


def test_erasure_and_retention_empty_the_page(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    message = signed_out(session, fund)
    page, message.others = message.page, []
    session.commit()
    assert client.get(f"/e-mails/{page}").status_code == 404
    (emptied,) = (part for parts in PARTS.values() for part in parts if part.model is Message)
    assert {"others", "page"} <= set(emptied.instead or ())
