"""A visitor walks through the pledge pages as people do: back, again, twice, with errors."""

import re
from calendar import isleap
from datetime import date
from itertools import count
from typing import Any

import pytest
from lxml import html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.kernel import clock
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import appoint
from grants.giving.pledges.forms import ASKED, BoundForm
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.workflow import PledgeState
from grants.platform.messages.models import Message
from tests.factories import a_donor, an_organisation, member, staff
from tests.platform.web.client import SignInAs, StrictClient

pytestmark = pytest.mark.usefixtures("fund_there")

NEXT_YEAR = clock.today().year + 1
GIVER = {"name": "Government of Utopia", "country": "PT"}
CONTACT = {"name": "Ana Prado", "email": "ana@utopia.example", "language": "en"}
AMOUNT = {"amount-amount": "1,250.50", "amount-currency": "EUR", "plan": "one"}
DUE = {"due_on-day": "1", "due_on-month": "march", "due_on-year": str(NEXT_YEAR)}
FREE = {"earmarking": "unearmarked"}
WORDS = {"public_name": "yes", "message": "Keep going."}
WAY = [
    ("kind", {"kind": "member_state"}),
    ("giver", GIVER),
    ("contact", CONTACT),
    ("amount", AMOUNT),
    ("payments", DUE),
    ("earmarking", FREE),
    ("words", WORDS),
]


@pytest.fixture
def fund_there(session: Session) -> None:
    session.commit()


def _walk(browser: StrictClient, way: list[tuple[str, dict[str, str]]]) -> str:
    """Answer each page; each leads to the next. Where the last one leads."""
    location = f"/pledge/UNVTF/{way[0][0]}"
    for name, answers in way:
        assert location.endswith(f"/{name}"), f"asked {location}, expected {name}"
        response = browser.submit(f"/pledge/UNVTF/{name}", answers)
        assert response.status_code == 302, response.get_data(as_text=True)
        location = response.location
    return location


def _pledges(session: Session) -> list[Pledge]:
    session.expire_all()
    return list(session.scalars(select(Pledge).order_by(Pledge.id)))


def _link(session: Session) -> str:
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message
    url = next(word for word in message.text.split() if "/pledge/confirm/" in word)
    return url.removeprefix("http://localhost")


def _text(browser: StrictClient, path: str) -> str:
    return browser.get(path).get_data(as_text=True)


def test_from_the_first_page_to_the_own_pledge(client: StrictClient, session: Session) -> None:
    assert client.get("/pledge/unvtf").location == "/pledge/UNVTF/kind"
    assert _walk(client, WAY) == "/pledge/UNVTF/check"
    check = _text(client, "/pledge/UNVTF/check")
    for answer in ("Government of Utopia", "Portugal", "ana@utopia.example", "1,250.50", "1 Mar"):
        assert answer in check
    assert client.submit("/pledge/UNVTF/check").location == "/pledge/UNVTF/sent"
    assert "ana@utopia.example" in _text(client, "/pledge/UNVTF/sent")
    (pledge,) = _pledges(session)
    assert pledge.amount == Money(125_050, "EUR")
    assert [(part.due_on, part.amount) for part in pledge.instalments] == [
        (date(NEXT_YEAR, 3, 1), pledge.amount)
    ]
    link = _link(session)
    assert "Government of Utopia" in _text(client, link)
    assert client.submit(link).location == "/account/first-passphrase"
    page = _text(client, f"/giving/{pledge.reference}")
    assert "has been confirmed" in page
    assert pledge.reference in _text(client, "/giving")


@pytest.mark.parametrize(("country", "currency"), [("CH", "CHF"), ("PT", "EUR"), ("FJ", "USD")])
def test_the_amount_is_asked_in_the_currency_of_the_donor_where_the_fund_takes_it(
    client: StrictClient, country: str, currency: str
) -> None:
    giver = GIVER | {"country": country}
    _walk(client, [WAY[0], ("giver", giver), WAY[2]])
    assert f'<option value="{currency}" selected>' in _text(client, "/pledge/UNVTF/amount")


@pytest.mark.parametrize(
    ("opened", "first"), [("giver", "kind"), ("contact", "kind"), ("payments", "amount")]
)
def test_a_page_that_rests_on_an_answer_waits_for_it(
    client: StrictClient, opened: str, first: str
) -> None:
    """It spoke of a pledge of USD 0.00."""
    assert client.get(f"/pledge/UNVTF/{opened}").location == f"/pledge/UNVTF/{first}"


def test_several_payments_are_proposed_in_halves_and_must_add_up(
    client: StrictClient, session: Session
) -> None:
    several = AMOUNT | {"amount-amount": "1001", "plan": "several"}
    _walk(client, [*WAY[:3], ("amount", several)])
    page = _text(client, "/pledge/UNVTF/payments")
    assert page.count('value="500.50"') == 2
    parts: dict[str, str] = {}
    for row, (amount, month) in enumerate((("400", 5), ("600", 9))):
        parts |= {
            f"rows-{row}-amount": amount,
            f"rows-{row}-due_on-day": "1",
            f"rows-{row}-due_on-month": str(month),
            f"rows-{row}-due_on-year": str(NEXT_YEAR),
        }
    wrong = client.submit("/pledge/UNVTF/payments", parts).get_data(as_text=True)
    assert "add up to 1000.00 EUR, but your pledge is 1001.00 EUR" in wrong
    assert 'value="400"' in wrong
    right = parts | {"rows-0-amount": "401"}
    assert client.submit("/pledge/UNVTF/payments", right).location.endswith("/earmarking")
    _walk(client, WAY[5:])
    client.submit("/pledge/UNVTF/check")
    (pledge,) = _pledges(session)
    assert [part.amount_minor for part in pledge.instalments] == [40_100, 60_000]


def test_rows_are_added_and_removed_without_javascript(client: StrictClient) -> None:
    _walk(client, [*WAY[:3], ("amount", AMOUNT | {"plan": "several"})])
    typed = {"rows-0-amount": "7", "rows-1-amount": "8", "rows-add": "1"}
    added = client.submit("/pledge/UNVTF/payments", typed)
    assert added.status_code == 200
    page = added.get_data(as_text=True)
    assert 'name="rows-2-amount"' in page
    assert 'value="7"' in page
    assert "There is a problem" not in page


@pytest.mark.parametrize(
    ("name", "answers", "complaint"),
    [
        ("kind", {}, "Choose what type of donor you are"),
        ("giver", {"name": "", "country": "PT"}, "Fill in"),
        ("contact", CONTACT | {"email": "ana@"}, "Enter an e-mail address"),
        ("amount", AMOUNT | {"amount-amount": "12.3456"}, "2 decimals"),
        ("amount", AMOUNT | {"amount-amount": "0"}, "greater than 0"),
        ("amount", AMOUNT | {"amount-amount": "9" * 18}, "too large"),
        ("payments", DUE | {"due_on-year": "2020"}, "or later"),
        ("earmarking", {"earmarking": "tight"}, "Enter what the contribution is for"),
        ("earmarking", {"earmarking": "tight", "window": "SGP1"}, "Name the project or activity"),
        ("words", {"message": "x" * 401, "public_name": "yes"}, "Shorten it by 1 character"),
    ],
)
def test_an_error_says_what_to_do_and_keeps_what_was_typed(
    client: StrictClient, name: str, answers: dict[str, str], complaint: str
) -> None:
    at = [step for step, _answers in WAY].index(name)
    if at:
        _walk(client, WAY[:at])
    response = client.submit(f"/pledge/UNVTF/{name}", answers)
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert complaint in page
    assert "There is a problem" in page
    for value in answers.values():
        assert value in page


def test_answers_are_shown_again_when_somebody_goes_back(client: StrictClient) -> None:
    _walk(client, WAY)
    page = _text(client, "/pledge/UNVTF/giver")
    assert 'value="Government of Utopia"' in page
    assert 'href="/pledge/UNVTF/kind"' in page


def test_changing_one_answer_leads_back_to_the_check(client: StrictClient) -> None:
    _walk(client, WAY)
    changed = GIVER | {"name": "Ministry of Kindness"}
    response = client.submit("/pledge/UNVTF/giver?change=1", changed)
    assert response.location == "/pledge/UNVTF/check"
    assert "Ministry of Kindness" in _text(client, "/pledge/UNVTF/check")


def test_a_change_that_unsettles_another_answer_asks_for_that_one(client: StrictClient) -> None:
    _walk(client, WAY)
    response = client.submit("/pledge/UNVTF/amount?change=1", AMOUNT | {"plan": "several"})
    assert response.location == "/pledge/UNVTF/payments"
    response = client.submit("/pledge/UNVTF/kind?change=1", {"kind": "individual"})
    assert response.location == "/pledge/UNVTF/payments"


def test_a_page_is_not_skipped_by_its_address(client: StrictClient) -> None:
    assert client.get("/pledge/UNVTF/check").location == "/pledge/UNVTF/kind"
    _walk(client, WAY[:3])
    assert client.get("/pledge/UNVTF/check").location == "/pledge/UNVTF/amount"
    assert client.get("/pledge/UNVTF/donor").status_code == 404
    assert client.get("/pledge/NOFUND").status_code == 404


def test_an_intergovernmental_organisation_has_no_country(
    client: StrictClient, session: Session
) -> None:
    way = [("kind", {"kind": "igo"}), ("giver", {"name": "League of Utopias"}), *WAY[2:]]
    _walk(client, way)
    client.submit("/pledge/UNVTF/check")
    client.submit(_link(session))
    (pledge,) = _pledges(session)
    assert pledge.donor
    assert (pledge.donor.kind, pledge.donor.country) == (DonorKind.IGO, None)


def test_an_individual_is_asked_for_one_name(client: StrictClient, session: Session) -> None:
    contact = {name: text for name, text in CONTACT.items() if name != "name"}
    way = [
        ("kind", {"kind": "individual"}),
        ("giver", {"name": "Ana Prado", "country": "PT"}),
        ("contact", contact),
        *WAY[3:],
    ]
    _walk(client, way)
    client.submit("/pledge/UNVTF/check")
    assert _pledges(session)[0].promise["contact"] == "Ana Prado"


def test_each_grade_is_asked_what_concerns_it_and_nothing_else_is_kept(
    client: StrictClient,
) -> None:
    page = html.fromstring(client.get("/pledge/UNVTF/earmarking").text)
    shown = {
        (grade, part.xpath(".//@name")[0].split("-")[0])
        for part in page.xpath("//*[@data-grades]")
        for grade in part.get("data-grades").split()
    }
    assert shown == {(grade.value, name) for grade, names in ASKED.items() for name in names}
    given: dict[str, Any] = {
        "window": "SGP1",
        "region": "african",
        "theme": "legal",
        "earmarked_for": "A call",
    }
    given |= {"countries": [{"country": "KE"}], "until": date(2027, 12, 31)}
    with client.application.test_request_context():
        for grade, names in ASKED.items():
            form = BoundForm(None, data={**given, "earmarking": grade.value})
            assert {name for name, value in form.bound().items() if value} == {*names}


def test_earmarking_and_privacy_reach_the_pledge(client: StrictClient, session: Session) -> None:
    bound = {"earmarking": "soft", "theme": "legal", "earmarked_for": "Legal aid in the Sahel"}
    _walk(client, [*WAY[:5], ("earmarking", bound), ("words", {"public_name": "no"})])
    client.submit("/pledge/UNVTF/check")
    (pledge,) = _pledges(session)
    assert (pledge.earmarking, pledge.earmarked_for) == (
        Earmarking.SOFT,
        "Legal aid in the Sahel",
    )
    assert pledge.purpose == "Legal aid · Legal aid in the Sahel"
    assert (pledge.public_name, pledge.message) == (False, None)


def test_a_double_click_makes_one_pledge(client: StrictClient, session: Session) -> None:
    _walk(client, WAY)
    before = client.get_cookie("session")
    assert before
    first = client.submit("/pledge/UNVTF/check")
    client.set_cookie("session", before.value)
    second = client.submit("/pledge/UNVTF/check")
    assert (first.location, second.location) == ("/pledge/UNVTF/sent", "/pledge/UNVTF/sent")
    assert len(_pledges(session)) == 1
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_sending_again_after_it_was_sent_shows_that_it_was(
    client: StrictClient, session: Session
) -> None:
    _walk(client, WAY)
    client.submit("/pledge/UNVTF/check")
    assert client.get("/pledge/UNVTF/check").location == "/pledge/UNVTF/sent"
    assert len(_pledges(session)) == 1


def test_an_old_window_with_other_answers_does_not_change_what_was_sent(
    client: StrictClient, session: Session
) -> None:
    _walk(client, WAY)
    before = client.get_cookie("session")
    assert before
    client.submit("/pledge/UNVTF/check")
    client.set_cookie("session", before.value)
    client.submit("/pledge/UNVTF/amount?change=1", AMOUNT | {"amount-amount": "5"})
    assert client.submit("/pledge/UNVTF/check").status_code == 409
    assert _pledges(session)[0].amount == Money(125_050, "EUR")


def test_the_longest_answers_in_any_script_fit_or_are_refused(client: StrictClient) -> None:
    """Chinese texts are the largest in a cookie."""
    signs = [chr(0x4E00 + number * 17 % 20_000) for number in range(1_000)]
    giver = {"name": "".join(signs[:200]), "country": "CN"}
    contact = CONTACT | {"name": "".join(signs[200:320])}
    bound = {"earmarking": "soft", "earmarked_for": "".join(signs[320:400])}
    _walk(
        client, [WAY[0], ("giver", giver), ("contact", contact), *WAY[3:5], ("earmarking", bound)]
    )
    response = client.submit(
        "/pledge/UNVTF/words", {"public_name": "no", "message": "".join(signs[400:800])}
    )
    page = response.get_data(as_text=True)
    assert response.status_code == 302 or "Shorten your message" in page
    cookie = client.get_cookie("session")
    assert cookie
    assert len(cookie.value) < 4000


def test_the_e_mail_is_sent_again_at_most_a_few_times(
    client: StrictClient, session: Session
) -> None:
    _walk(client, WAY)
    client.submit("/pledge/UNVTF/check")
    assert client.submit("/pledge/UNVTF/sent").status_code == 302
    pages = [client.submit("/pledge/UNVTF/sent").get_data(as_text=True) for _time in range(3)]
    assert "several times" in pages[-1]
    assert session.scalar(select(func.count()).select_from(Message)) == 4


def test_looking_at_the_link_confirms_nothing(client: StrictClient, session: Session) -> None:
    _walk(client, WAY)
    client.submit("/pledge/UNVTF/check")
    client.get(_link(session))
    assert _pledges(session)[0].state is PledgeState.UNCONFIRMED


def test_a_second_click_on_the_link_says_that_it_is_done(
    client: StrictClient, session: Session
) -> None:
    _walk(client, WAY)
    client.submit("/pledge/UNVTF/check")
    link = _link(session)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', _text(client, link))
    before = client.get_cookie("session")
    assert found
    assert before
    first = client.post(link, data={"csrf_token": found[1]})
    client.set_cookie("session", before.value)
    second = client.post(link, data={"csrf_token": found[1]})
    assert (first.status_code, second.status_code) == (302, 200)
    assert "has been confirmed" in second.get_data(as_text=True)
    assert "has been confirmed" in _text(client, link)
    assert session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_an_expired_link_is_replaced(client: StrictClient, session: Session) -> None:
    _walk(client, WAY)
    client.submit("/pledge/UNVTF/check")
    old = _link(session)
    from grants.core.people.credentials import LINK_LIFE

    with clock.at(clock.now() + LINK_LIFE * 1.01):
        assert "has expired" in _text(client, old)
        client.submit(f"{old}/again", page=old)
        new = _link(session)
        assert new != old
        assert client.submit(new).status_code == 302


def test_an_unknown_link_is_not_found(client: StrictClient) -> None:
    assert client.get("/pledge/confirm/nonsense").status_code == 404


def test_somebody_who_decides_for_a_fund_is_not_signed_in_by_a_pledges_link(
    client: StrictClient, session: Session
) -> None:
    officer = staff(session, Role.APPROVING_OFFICER)
    session.commit()
    _walk(client, [*WAY[:2], ("contact", CONTACT | {"email": officer.email}), *WAY[3:]])
    client.submit("/pledge/UNVTF/check")
    client.submit(_link(session))
    assert _pledges(session)[0].state is PledgeState.PLEDGED
    assert client.get("/start").status_code == 302


def test_a_signed_in_donor_is_asked_about_the_money_only(
    sign_in_as: SignInAs, session: Session
) -> None:
    donor = a_donor(session)
    browser = sign_in_as(member(session, donor, Role.DONOR))
    assert browser.get("/pledge/UNVTF").location == "/pledge/UNVTF/amount"
    _walk(browser, WAY[3:])
    assert donor.name in _text(browser, "/pledge/UNVTF/check")
    response = browser.submit("/pledge/UNVTF/check")
    (pledge,) = _pledges(session)
    assert response.location == f"/giving/{pledge.reference}"
    assert (pledge.state, pledge.donor_id) == (PledgeState.PLEDGED, donor.id)


def test_whoever_acts_for_two_donors_chooses(sign_in_as: SignInAs, session: Session) -> None:
    first, second = a_donor(session), a_donor(session, "Utopia")
    person = member(session, first, Role.DONOR)
    appoint(session, person, Role.DONOR, organisation=second)
    browser = sign_in_as(person)
    _walk(browser, [("donor", {"donor": second.code}), *WAY[3:]])
    browser.submit("/pledge/UNVTF/check")
    assert _pledges(session)[0].donor_id == second.id
    wrong = browser.submit("/pledge/UNVTF/donor", {"donor": "NOT-MINE"})
    assert "Choose who you are pledging for" in wrong.get_data(as_text=True)


def test_somebody_signed_in_without_a_donor_needs_no_e_mail(
    sign_in_as: SignInAs, session: Session
) -> None:
    browser = sign_in_as(member(session, an_organisation(session), Role.ORGANISATION_EDITOR))
    _walk(browser, [*WAY[:2], *WAY[3:]])
    response = browser.submit("/pledge/UNVTF/check")
    (pledge,) = _pledges(session)
    assert response.location == f"/giving/{pledge.reference}"
    assert browser.get(response.location).status_code == 200


def test_the_funds_own_people_are_led_to_their_page(sign_in_as: SignInAs, session: Session) -> None:
    browser = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert browser.get("/pledge/UNVTF").location == "/pledges/new?fund=UNVTF"


def test_the_pages_speak_the_readers_language_and_direction(client: StrictClient) -> None:
    page = _text(client, "/pledge/UNVTF/kind?language=ar-XB")
    assert 'dir="rtl"' in page
    assert "⟦Who is making the pledge?⟧" in page


def test_a_pledge_is_paid_once_a_year_for_three_years(
    session: Session, client: StrictClient
) -> None:
    yearly = {"amount-amount": "100,000.00", "amount-currency": "EUR", "plan": "yearly"}
    year = next(
        year
        for year in count(clock.today().year)
        if isleap(year) and date(year, 2, 29) > clock.today()
    )
    first = {"due_on-day": "29", "due_on-month": "2", "due_on-year": str(year)}
    replaced = {"amount": yearly, "payments": first}
    way = [(name, replaced.get(name, answers)) for name, answers in WAY]
    check = client.get(_walk(client, way)).get_data(as_text=True)
    assert "Once a year for three years" in check
    assert client.submit("/pledge/UNVTF/check").status_code == 302
    pledge = session.scalars(select(Pledge)).one()
    assert [part.due_on for part in pledge.instalments] == [
        date(year, 2, 29),
        date(year + 1, 2, 28),
        date(year + 2, 2, 28),
    ]
    assert [part.amount_minor for part in pledge.instalments] == [33_33334, 33_33333, 33_33333]


def test_a_yearly_pledge_asks_for_the_first_day(client: StrictClient) -> None:
    yearly = {"amount-amount": "100,000.00", "amount-currency": "EUR", "plan": "yearly"}
    way = [(name, yearly if name == "amount" else answers) for name, answers in WAY[:4]]
    assert _walk(client, way).endswith("/payments")
    page = client.submit("/pledge/UNVTF/payments", {}).get_data(as_text=True)
    assert "Enter the date." in page
