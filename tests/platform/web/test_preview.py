"""What other sites show of a public page whose link is shared."""

import io
import re

from PIL import Image
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.platform.web.preview import AMBER, BLUE, picture
from tests.factories import a_person
from tests.platform.web.client import SignInAs, StrictClient


def _image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def test_the_picture_that_a_public_page_names_is_there(client: StrictClient, fund: Fund) -> None:
    for path, place in (("/", "/preview.png"), (f"/funds/{fund.code}", "/funds/")):
        page = client.get(path).get_data(as_text=True)
        named = re.search('property="og:image" content="http://localhost([^"]+)"', page)
        assert named, path
        assert place in named[1] or "/funds/" in named[1]
        answer = client.get(named[1].replace("&amp;", "&"))
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert _image(answer.get_data()).size == (1200, 630)


def test_a_fund_that_is_not_there_has_no_picture(client: StrictClient) -> None:
    assert client.get("/funds/NONE/preview.png").status_code == 404


def test_the_mark_stands_where_a_reader_begins() -> None:
    bright = tuple(int(AMBER[place : place + 2], 16) for place in (1, 3, 5))

    def amber(image: Image.Image, left: int, right: int) -> bool:
        part = image.crop((left, 0, right, 260))
        return any(colour == bright for _count, colour in part.getcolors(100_000) or ())

    for title, direction in (("A fund", "ltr"), ("صندوق", "rtl")):
        image = _image(picture("AF", title, direction))
        assert amber(image, 0, 300) == (direction == "ltr")
        assert amber(image, 900, 1200) == (direction == "rtl")


def test_a_long_name_stays_inside_the_picture() -> None:
    image = _image(picture("LONG", "Voluntary contributions " * 40, "ltr"))
    ground = tuple(int(BLUE[place : place + 2], 16) for place in (1, 3, 5))
    for edge in ((0, 0, 1200, 30), (1140, 0, 1200, 630), (0, 610, 1200, 630)):
        assert {colour for _count, colour in image.crop(edge).getcolors() or ()} == {ground}


def test_the_pages_of_a_person_name_no_picture(session: Session, sign_in_as: SignInAs) -> None:
    person = a_person(session)
    session.commit()
    assert "og:image" not in sign_in_as(person).get("/privacy").get_data(as_text=True)
