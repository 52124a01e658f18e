"""The mark of a fund and the signatures under its letters: drawn again, shown where it speaks."""

import hashlib
import io
import re
from contextlib import nullcontext
from email import message_from_bytes
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund, FundPicture
from grants.core.people.permissions import Role
from grants.giving.pledges.service import acknowledge, offer_agreement
from grants.papers.statements.issuing import render
from grants.platform.messages.post import PostOffice
from grants.platform.messages.service import Recipient, send
from grants.variables import Mailbox
from tests.factories import a_pledge, act_of, staff
from tests.platform.web.client import SignInAs, StrictClient

MARK = "/fund-setup/UNVTF/pictures/mark"
SIGNATURE = "/fund-setup/UNVTF/pictures/signature-1"


def png(size: tuple[int, int] = (1200, 300)) -> io.BytesIO:
    """A transparent picture with a blue half, and words in its metadata."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    picture.paste((20, 80, 160, 255), (0, 0, size[0] // 2, size[1]))
    words = PngInfo()
    words.add_text("Comment", "made by Luz at home")
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=words)
    file.seek(0)
    return file


@pytest.fixture
def manager(session: Session, sign_in_as: SignInAs, fund: Fund) -> StrictClient:
    fund.signatories = [{"name": "Ada Lovelace", "title": {"en": "Manager of the fund"}}]
    return sign_in_as(staff(session, Role.FUND_MANAGER))


def upload(browser: StrictClient, address: str, file: io.BytesIO, name: str = "mark.png") -> str:
    return browser.submit(address, {"file": (file, name)}, follow_redirects=True).text


def test_a_mark_is_drawn_again_small_and_on_white(session: Session, manager: StrictClient) -> None:
    assert "Saved." in upload(manager, MARK, png())
    kept = session.scalars(select(FundPicture)).one()
    assert b"Luz" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as seen:
        assert (seen.size, seen.mode) == ((600, 150), "RGB")
        assert seen.getpixel((599, 10)) == (255, 255, 255)
    acts = session.scalars(select(TrailRow).where(TrailRow.action == "put_picture")).all()
    assert [row.facts["sha256"] for row in acts] == [kept.sha256]
    before = kept.sha256
    upload(manager, MARK, png((300, 300)))
    assert session.scalars(select(FundPicture.sha256)).one() != before


def test_what_is_no_picture_is_refused(session: Session, manager: StrictClient) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for content, name, why in (
        (drawing, "mark.svg", "Choose a file of one of these types"),
        (drawing, "mark.png", "is not in PNG format"),
        (png((1200, 10)).getvalue(), "line.png", "too small"),
    ):
        assert why in upload(manager, MARK, io.BytesIO(content), name)
    assert not session.scalars(select(FundPicture)).all()


def test_pages_and_tabs_show_the_mark_until_it_is_removed(
    manager: StrictClient, client: StrictClient
) -> None:
    assert client.get("/funds/UNVTF/mark.png").status_code == 404
    upload(manager, MARK, png())
    page = client.get("/funds/UNVTF").text
    for kind, size in (("mark", (600, 150)), ("icon", (64, 64))):
        address = re.search(rf'"(/funds/UNVTF/{kind}\.png\?v=[0-9a-f]{{12}})"', page)
        assert address
        with Image.open(io.BytesIO(client.get(address[1]).data)) as seen:
            assert (seen.format, seen.size) == ("PNG", size)
    manager.submit(MARK, {"remove": "yes"})
    assert "mark.png" not in client.get("/funds/UNVTF").text


def test_an_e_mail_carries_the_mark_inside(
    session: Session, fund: Fund, manager: StrictClient
) -> None:
    upload(manager, MARK, png())
    session.expire_all()
    to, kept = Recipient("luz@example.org", "Luz", "en"), fund.mark
    message = send(session, to, "platform/signin/passphrase_link", event="x", url="http://x/y")
    assert kept
    assert f'src="cid:{kept.sha256}"' in message.html
    inside = posted(session, message)[f"<{kept.sha256}>"]
    assert hashlib.sha256(inside).hexdigest() == kept.sha256


def posted(session: Session, message: Any) -> dict[str | None, bytes]:
    """The parts of an e-mail as it is sent, by their Content-ID."""
    database: Any = SimpleNamespace(session=lambda: nullcontext(session))
    office = PostOffice(database, Path(), Mailbox("a@example.org"), lambda *_: ("", b""))
    whole = message_from_bytes(bytes(office._letter_of(message)))
    return {part["Content-ID"]: part.get_payload(decode=True) for part in whole.walk()}  # type: ignore[misc]


def test_letters_show_mark_and_signature_and_what_comes_back_shows_neither(
    session: Session, fund: Fund, manager: StrictClient
) -> None:
    pledge = a_pledge(session, fund)
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    acknowledge(session, pledge, by)
    offer_agreement(session, pledge, "", by)
    (code,) = pictures(session, "acknowledgement", pledge.reference)
    upload(manager, MARK, png())
    assert "Saved." in upload(manager, SIGNATURE, png((400, 160)))
    session.expire_all()
    assert pictures(session, "acknowledgement", pledge.reference) == [
        code,
        (400, 160),
        (600, 150),
    ]
    assert pictures(session, "contribution-agreement", pledge.reference) == []
    assert manager.get("/fund-setup/UNVTF/pictures/signature-2").status_code == 404


def pictures(session: Session, document: str, reference: str) -> list[tuple[int, int]]:
    """Sizes of the pictures on the pages of a document."""
    _name, content = render(session, document, reference)
    found = [one.image for page in PdfReader(io.BytesIO(content)).pages for one in page.images]
    return sorted(one.size for one in found if one)


def test_signatures_are_shown_only_to_those_who_describe_the_fund(
    session: Session, manager: StrictClient, sign_in_as: SignInAs
) -> None:
    upload(manager, SIGNATURE, png())
    assert manager.get(f"{SIGNATURE}.png").status_code == 200
    officer = sign_in_as(staff(session, Role.FINANCE_OFFICER))
    assert officer.get(f"{SIGNATURE}.png").status_code == 403
