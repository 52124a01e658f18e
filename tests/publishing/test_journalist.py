"""Five questions of a journalist, answered within three clicks from the front page, by links."""

import csv
import io
from collections.abc import Callable

import pytest
from lxml import html
from werkzeug.test import TestResponse

from grants.books.ledger.queries import balances
from tests.factories import a_deposit, a_donor, a_pledge
from tests.grants import Scene
from tests.platform.web.client import StrictClient
from tests.publishing.pages.test_grants import paid_and_returned

CLICKS = 3
DONOR = "Republic of Alba"
Answers = Callable[[Scene, TestResponse], bool]


def answered_within(client: StrictClient, scene: Scene, answers: Answers) -> str:
    """The first page or file, by the links of pages alone, that answers; at most three clicks."""
    asked, level = {"/"}, ["/"]
    for _click in range(CLICKS + 1):
        following: list[str] = []
        for address in level:
            answer = client.get(address, follow_redirects=True)
            if answers(scene, answer):
                return address
            if answer.mimetype == "text/html":
                links = (
                    str(link) for link in html.fromstring(answer.text).xpath("//main//a/@href")
                )
                here = {link.split("#")[0] for link in links if link.startswith("/")}
                following += sorted(here - asked)
                asked |= here
        level = following
    return ""


def words_of(answer: TestResponse) -> str:
    """What a reader sees of a page."""
    if answer.mimetype != "text/html":
        return ""
    (main,) = html.fromstring(answer.text).xpath("//main")
    return " ".join(main.text_content().split())


def rows_of(answer: TestResponse) -> list[list[str]]:
    """The tables of a page, cell by cell."""
    if answer.mimetype != "text/html":
        return []
    rows = html.fromstring(answer.text).xpath("//main//tr")
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("th | td")] for row in rows
    ]


def who_gave(_scene: Scene, answer: TestResponse) -> bool:
    """The donor by name, with what was received of it."""
    return any(row[0] == DONOR and row[-1] == "1,000.00" for row in rows_of(answer) if row)


def who_got(scene: Scene, answer: TestResponse) -> bool:
    """The grant with its amount and each payment on its day."""
    words = words_of(answer)
    return (
        "Payments Date" in words
        and "An organisation in Honduras" in words
        and f"{scene.award.amount.decimal:,.2f}" in words
    )


def how_much_is_unspent_and_why(scene: Scene, answer: TestResponse) -> bool:
    """The balance of the ledger, and each part that it is set apart for."""
    books = balances(scene.session, scene.fund)
    parts = (books.commitments, books.reserved, books.reserve, books.available, books.cash)
    written = {cell for row in rows_of(answer) for cell in row}
    return "and why" in words_of(answer) and {f"{part.decimal:,.2f}" for part in parts} <= written


def what_was_done_there(scene: Scene, answer: TestResponse) -> bool:
    """A country with how many grants, and what was awarded and paid in it."""
    awarded = f"{scene.award.amount.decimal:,.2f}"
    return any(
        row[0] == "Honduras" and row[1] == "1" and awarded in row[2]
        for row in rows_of(answer)
        if len(row) > 2
    )


def the_file(scene: Scene, answer: TestResponse) -> bool:
    """Every grant as a row, with its amounts."""
    if answer.mimetype != "text/csv":
        return False
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    return [row.get("awarded_usd") for row in rows] == [str(scene.award.amount)]


@pytest.mark.parametrize(
    "answers",
    [who_gave, who_got, how_much_is_unspent_and_why, what_was_done_there, the_file],
)
def test_a_journalist_finds_it(scene: Scene, client: StrictClient, answers: Answers) -> None:
    paid_and_returned(scene)
    pledge = a_pledge(scene.session, scene.fund, donor=a_donor(scene.session, DONOR))
    a_deposit(scene.session, scene.fund, pledge, pledge.amount)
    scene.session.commit()
    assert answered_within(client, scene, answers), answers.__doc__
