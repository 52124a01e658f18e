"""Five questions of a journalist, answered within three clicks from the front page, by links."""

import re
from collections.abc import Callable

import pytest
from lxml import html

from tests.grants import Scene
from tests.platform.web.client import StrictClient
from tests.publishing.pages.test_grants import paid_and_returned

CLICKS = 3
Answers = Callable[[str], object]


def answered_within(client: StrictClient, answers: Answers, clicks: int = CLICKS) -> str:
    """The first page, by links of public pages alone, whose text or file answers."""
    asked, level = {"/"}, ["/"]
    for _click in range(clicks + 1):
        following: list[str] = []
        for address in level:
            answer = client.get(address, follow_redirects=True)
            if answers(answer.text if answer.mimetype == "text/html" else f"FILE {address}"):
                return address
            if answer.mimetype == "text/html":
                tree = html.fromstring(answer.text)
                links = (str(link) for link in tree.xpath("//main//a/@href"))
                here = {link.split("#")[0] for link in links if link.startswith("/")}
                following += sorted(here - asked)
                asked |= here
        level = following
    return ""


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("who gave", r"Our donors"),
        ("who got", r"An organisation in Honduras"),
        ("how much is unspent, and why", r"What has not been spent, and why"),
        ("what was done in a country", r"All countries|Spending by country"),
        ("give me the file", r"^FILE .*grants\.csv"),
    ],
)
def test_a_journalist_finds_it(
    scene: Scene, client: StrictClient, question: str, answers: str
) -> None:
    paid_and_returned(scene)
    assert answered_within(client, re.compile(answers).search), question
