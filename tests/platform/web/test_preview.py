"""What other sites show of a public page whose link is shared."""

import io
import re

from PIL import Image
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.platform.layout.preview import AMBER, BLUE, Asking, _broken_lines, _runs, picture
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


def test_a_picture_that_asks_shows_how_far_it_has_come_from_where_a_reader_begins() -> None:
    bright = tuple(int(AMBER[place : place + 2], 16) for place in (1, 3, 5))

    def bar(image: Image.Image) -> list[bool]:
        return [image.getpixel((left, 405)) == bright for left in (100, 400, 800, 1100)]

    asking = Asking("USD 250 / USD 1,000", "Pledged so far. Please give by 3 December.", 0.25)
    assert bar(_image(picture("AF", "A fund", "ltr", asking))) == [True, False, False, False]
    assert bar(_image(picture("AF", "صندوق", "rtl", asking))) == [False, False, False, True]
    more = _image(picture("AF", "A fund", "ltr", Asking("USD 3", "Thank you.", 1.7)))
    assert bar(more) == [True] * 4
    assert picture("AF", "基金", "ltr", Asking("USD 3", "请捐款。")) != picture("AF", "基金", "ltr")


def test_words_of_two_scripts_stand_apart() -> None:
    parts = [run for run, _font in _runs("قبل 31 ديسمبر 2026", 30)]
    assert parts == ["قبل", " 31", " ديسمبر", " 2026"]
    lines = _broken_lines("联合国援助贩运人口行为被害人自愿信托基金" * 3, 50)
    assert len(lines) > 1


def test_the_pages_of_a_person_name_no_picture(session: Session, sign_in_as: SignInAs) -> None:
    person = a_person(session)
    session.commit()
    assert "og:image" not in sign_in_as(person).get("/privacy").get_data(as_text=True)
