"""The fund's way, from call to payment."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.organisations.verification.questions import CHECKS
from grants.books.ledger.queries import balances
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.clock import months_after
from tests.browser import donor_way
from tests.browser.conftest import Site
from tests.browser.ngo_way import CASA, Ngo
from tests.browser.walking import (
    a_day,
    a_paper,
    answer,
    follow,
    press,
    text_of,
)
from tests.platform.documents.files import pdf


def open_a_call(page: Page) -> str:
    """The fund manager prepares a call from the standard one, and opens it."""
    follow(page, "/calls/manage")
    press(page, "Create a call")
    opens, closes = clock.today(), clock.today() + timedelta(days=30)
    answer(page, title="Short-term aid", summary="Direct aid to victims.", window="SGP1")
    answer(page, **a_day("opens_on", opens.day, opens.month, opens.year), opens_time="00:01")
    answer(page, **a_day("deadline_on", closes.day, closes.month, closes.year))
    answer(page, deadline_time="23:59", envelope="50,000", lowest="5,000", highest="20,000")
    answer(page, months="8")
    press(page, "Save")
    add_question(page, "What will you do if your lease ends?")
    press(page, "Open the call")
    press(page, "Open the call")
    return page.url.rsplit("/", 1)[-1]


def add_question(page: Page, words: str) -> None:
    """The form of the call gets a question of its own, in the builder."""
    press(page, "Edit the form")
    page.locator("#s-project > summary").click()
    page.locator("#s-project").get_by_role("link", name="Add a question").click()
    answer(page, kind="short_text")
    press(page, "Continue")
    answer(page, label=words, limit="200")
    press(page, "Save")
    for language in ("French", "Spanish", "Arabic", "Russian", "Chinese"):
        press(page, language)
        press(page, "All texts on one page")
        for box in page.locator(".translate--missing textarea").all():
            box.fill(words)
        press(page, "Save")
    press(page, "Back")


def the_deadline_passes(site: Site, call: str) -> None:
    """A month goes by: the calendar is the one thing a test cannot wait for."""
    with site.database.transaction() as session:
        found = session.scalars(select(Call).where(Call.reference == call)).one()
        found.opens_at -= timedelta(days=60)
        found.deadline_at -= timedelta(days=45)


def press_close(page: Page, call: str) -> None:
    follow(page, "/calls/manage", f"/calls/{call}")
    press(page, "Close the call")
    press(page, "Close the call")


def screen(page: Page, reference: str) -> None:
    """Each criterion is looked at; then the decision."""
    follow(page, "/screening", f"/screening/{reference}")
    for met in page.locator("[type=radio][value=met]").all():
        met.check()
    press(page, "Continue")
    press(page, "Record as eligible")


def assign(page: Page, reference: str) -> None:
    """Two reviewers are asked."""
    follow(page, "/reviews/assign", f"/reviews/assign/{reference}")
    for box in page.locator("[name=reviewers]").all():
        box.check()
    press(page, "Invite them")


def review(page: Page, reference: str) -> None:
    """A reviewer finds the file shut, declares, scores and submits."""
    assert page.request.get(f"/documents/submission/{reference}.pdf").status == 404
    follow(page, "/reviews", f"/reviews/{reference}")
    page.locator("[name=declared]").check()
    press(page, "Declare and open")
    for mark in page.locator("[type=radio][value='4']").all():
        mark.check()
    for reason in page.locator("textarea[name^=why_]").all():
        reason.fill("As the work plan shows.")
    press(page, "Continue")
    press(page, "Submit the review")


def examine_grantee(page: Page, approver: Page, name: str = "Casa Segura") -> None:
    """What the fund asks for before it awards: verified, rated, and examined by two."""
    follow(page, "/organisations/verification")
    press(page, name)
    here = urlsplit(page.url).path.removesuffix("/verification")
    press(page, "Answer the questions")
    for check in CHECKS:
        answer(page, **{check.key: "yes" if check.passes else "no"})
        answer(page, **{f"{check.key}_note": "The public register, and a telephone call."})
    press(page, "Verify")
    follow(page, here, home=False)
    press(page, "Sanctions screening and due diligence")
    press(page, "Rate the risk")
    answer(page, level="low", reason="Audited accounts of two years.")
    press(page, "Record the rating")
    press(page, "Start due diligence")
    press(page, "Begin")
    donor_way.find_nothing(page)
    donor_way.clear(approver, name)


def recommend(page: Page, reference: str) -> None:
    """The fund manager recommends, and records the Board's advice."""
    follow(page, "/decisions", f"/decisions/{reference}")
    press(page, "Recommend")
    answer(page, amount="11,000", rationale="Strong, and nobody else helps there.")
    press(page, "Record the recommendation")
    here = f"/decisions/{reference}"
    follow(page, "/decisions", here, f"{here}/advice")
    day = clock.today()
    answer(page, **a_day("session_on", day.day, day.month, day.year), endorsement="endorsed")
    page.locator("[name=minutes]").set_input_files(
        {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    press(page, "Record the advice")


def approve(page: Page, reference: str) -> None:
    """Another person approves, within the money available."""
    here = f"/decisions/{reference}"
    follow(page, "/decisions", here, f"{here}/approve")
    press(page, "Approve the award")


def award_of(page: Page, site: Site, folder: Path, ngo: Ngo = CASA) -> str:
    """The grantee reads of it by e-mail, with the letter; the grant's reference."""
    enclosed = [
        part.get_filename()
        for letter in site.letters(ngo.email)
        for part in letter.iter_attachments()
    ]
    assert any("award" in str(name) for name in enclosed), enclosed
    follow(page, "/grants")
    found = re.search(r"UNVTF-G-\d{4}-\d+", page.inner_text("main"))
    assert found is not None
    letter = page.request.get(f"/documents/award-letter/{found[0]}.pdf")
    path = folder / "award.pdf"
    path.write_bytes(letter.body())
    assert "11,000.00" in text_of(path)
    return found[0]


def begin_early(page: Page, grant: str, days_ago: int) -> None:
    """The organisation has begun before the award: the approving officer moves the period."""
    here = f"/grants/{grant}"
    follow(page, "/awards", here, f"{here}/period")
    first = clock.today() - timedelta(days=days_ago)
    last = months_after(first, 8) - timedelta(days=1)
    answer(page, **a_day("starts_on", first.day, first.month, first.year))
    answer(page, **a_day("ends_on", last.day, last.month, last.year))
    answer(page, reason="The shelter has been open since.")
    press(page, "Change the period")


def sign(page: Page, grant: str, folder: Path) -> None:
    """The signed copy of the agreement is recorded; its money is committed."""
    agreement = page.request.get(f"/documents/agreement/{grant}.pdf")
    path = folder / "agreement.pdf"
    path.write_bytes(agreement.body())
    assert "Casa Segura" in text_of(path)
    follow(page, "/awards", f"/grants/{grant}", f"/grants/{grant}/sign")
    day = clock.today()
    answer(page, **a_day("signed_on", day.day, day.month, day.year))
    answer(page, document=a_paper(folder, "signed"))
    press(page, "Record the agreement")


def check_account(
    caller: Page, approver: Page, name: str = "Casa Segura", director: str = "Luz Reyes"
) -> None:
    """One officer calls the organisation back, on a number that the fund knew; another approves."""
    follow(caller, "/bank-details")
    caller.locator("main").get_by_role("link", name=name).click()
    press(caller, "Record the call-back")
    day = clock.today()
    answer(caller, **a_day("called_on", day.day, day.month, day.year), spoke_to=director)
    caller.locator("[name=number]").first.check()
    press(caller, "Record the call-back")
    follow(approver, "/bank-details")
    approver.locator("main").get_by_role("link", name=name).click()
    press(approver, "Approve")
    press(approver, "Approve")


def pay(certifying: Page, approving: Page, finance: Page, grant: str) -> None:
    """One certifies the first instalment, another approves it, and a third pays it."""
    first = f"/grants/{grant}/instalments/1"
    follow(certifying, "/disbursements", first)
    press(certifying, "Certify")
    follow(approving, "/disbursements", first)
    press(approving, "Approve the payment")
    follow(finance, "/disbursements", first)
    day = clock.today()
    answer(finance, **a_day("paid_on", day.day, day.month, day.year), bank_reference="OUT-1")
    press(finance, "Record the payment")


def statement_of_fund(page: Page, session: Session, folder: Path) -> None:
    """The statement of source and use ties to the ledger, as PDF and as data."""
    year = clock.today().year
    address = f"/documents/fund-statement/UNVTF.pdf?from={year}-01-01&to={year}-12-31"
    path = folder / "fund.pdf"
    path.write_bytes(page.request.get(address).body())
    told = balances(session, fund_by_code(session, "UNVTF"))
    assert f"{told.cash.decimal:,}" in text_of(path)
    follow(page, "/dashboard")
    expect(page.get_by_text("Available").first).to_be_visible()
