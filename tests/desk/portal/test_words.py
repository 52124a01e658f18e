"""Every word of these pages goes through gettext: the pseudo-language marks all that does."""

import re

import pytest
from lxml import html
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.language import CLOSE_MARK, OPEN_MARK
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.service import enter_organisation
from tests.factories import a_call, a_submission, a_team, member, money_for_awards, staff
from tests.platform.web.client import SignInAs, StrictClient

OWN = re.compile(
    r"Paragraph 20|Pseudo|English|العربية|中文|Français|Русский|Español"
    r"|PDF|XLSX|UNVTF[-\w]*|USD|[kM]\b"
)
"""Names that are the same in every language, and the thousands and millions of a chart's axis."""
DAY = re.compile(r"(\d+ )?[A-Z][a-z]+ \d{4}")
"""A day, or a month."""


def unmarked(page: str) -> str:
    """What is left of a page's words without marked messages, own names, numbers and days."""
    tree = html.fromstring(page)
    for element in tree.xpath("//script|//style|//time|//kbd|//*[@lang]/span|//bdi"):
        element.text = ""
    told = " ".join(tree.xpath("//text()|//@aria-label|//@alt|//@placeholder"))
    marked = f"{OPEN_MARK}[^{OPEN_MARK}{CLOSE_MARK}]*{CLOSE_MARK}"
    while re.search(marked, told):
        told = re.sub(marked, " ", told)
    return re.sub(r"[\W\d_]+", " ", OWN.sub(" ", DAY.sub(" ", told))).strip()


@pytest.mark.parametrize("path", ["/", "/funds/UNVTF", "/accessibility", "/privacy", "/outbox"])
def test_the_public_pages_hold_no_untranslated_word(
    client: StrictClient, session: Session, fund: Fund, path: str
) -> None:
    a_call(session, fund)
    assert unmarked(client.get(f"{path}?language=en-XA").get_data(as_text=True)) == ""


@pytest.mark.parametrize(
    "path",
    ["/start", "/dashboard/UNVTF", "/statements", "/statements/fund-statement/UNVTF"],
)
def test_the_pages_of_the_fund_hold_no_untranslated_word(
    sign_in_as: SignInAs, session: Session, fund: Fund, path: str
) -> None:
    money_for_awards(session, fund)
    a_submission(session, a_call(session, fund))
    a_team(session)
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    words = unmarked(browser.get(f"{path}?language=en-XA").get_data(as_text=True))
    assert set(words.split()) <= {"Fund", "Manager", "F", "FM"}


def test_the_start_pages_of_outsiders_hold_no_untranslated_word(
    sign_in_as: SignInAs, session: Session, fund: Fund
) -> None:
    application = a_submission(session, a_call(session, fund))
    donor = enter_organisation(session, "Arcadia", DonorKind.MEMBER_STATE, code="ARC")
    for person in (
        member(session, application.organisation, name="Ana"),
        member(session, donor, Role.DONOR, "Jo"),
    ):
        words = unmarked(sign_in_as(person).get("/start?language=en-XA").get_data(as_text=True))
        rest = words.replace(application.title, "").split()
        assert set(rest) <= {"Ana", "Jo", "A", "J"}
