"""What a fund says of itself to the public: in its own words, else what holds for every fund."""

from lxml import html
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.publishing.pages.standard_texts import CommonQuestion, questions_in
from tests.platform.web.client import StrictClient


def test_a_fund_without_words_of_its_own_says_how_this_system_works(
    fund: Fund, client: StrictClient
) -> None:
    page = client.get(f"/funds/{fund.code}/about").text
    assert "takes no part in the decision" in page
    assert "Do not name victims" in page
    assert "Who can apply for a grant?" in page


def test_words_of_the_fund_stand_instead(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    fund.conflict_rules = {"en": "Trustees leave the room."}
    fund.complaints = {"en": "Write to the Ombudsman."}
    fund.common_questions = {"en": "Who can give?\nStates alone."}
    session.commit()
    page = client.get(f"/funds/{fund.code}/about").text
    assert "Trustees leave the room." in page
    assert "Write to the Ombudsman." in page
    assert "States alone." in page
    assert "Who can apply for a grant?" not in page


def test_a_reader_is_told_in_which_language_the_words_of_the_fund_are(
    session: Session, fund: Fund, client: StrictClient
) -> None:
    fund.conflict_rules = {"en": "Trustees leave the room.", "ar": "يغادر الأمناء القاعة."}
    session.commit()
    assert "It is shown in" not in client.get(f"/funds/{fund.code}/about").text
    fund.complaints = {"en": "Write to the Ombudsman."}
    session.commit()
    page = html.fromstring(client.get(f"/funds/{fund.code}/about?language=ar").text)
    (shown,) = page.xpath("//main//span[@lang='en']")
    assert shown.text == "Write to the Ombudsman."
    assert page.xpath("count(//main//p[@class='govuk-hint'])") == 1


def test_questions_and_answers_are_told_apart() -> None:
    text = "Who?\r\nStates.\r\nAll others too.\r\n\r\n\r\nJust an answer."
    assert questions_in(text) == [
        CommonQuestion("Who?", "States.\nAll others too."),
        CommonQuestion("", "Just an answer."),
    ]
