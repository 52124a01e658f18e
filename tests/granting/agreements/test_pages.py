"""The pages of a grant: each person sees and does what is theirs, and nothing of anybody else's."""

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Role
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.queries import schedule_of
from grants.granting.payments.service import certify
from grants.granting.payments.workflow import InstalmentState
from tests.books.ledger.books import main_account
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_award,
    an_organisation,
    member,
    staff,
)
from tests.grants import Scene, an_accepted_report, cash, pay
from tests.platform.documents import signing
from tests.platform.web.client import SignInAs, StrictClient


def grant_url(scene: Scene, tail: str = "") -> str:
    return f"/grants/{scene.award.reference}{tail}"


def text_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def hidden(client: StrictClient, url: str, name: str = "version") -> str:
    page = client.get(url).get_data(as_text=True)
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"{url} has no {name}"
    return found[1]


def day(at: tuple[str, date]) -> dict[str, str]:
    """A day as its three boxes are typed."""
    name, when = at
    parts = {"day": when.day, "month": when.month, "year": when.year}
    return {f"{name}-{part}": str(number) for part, number in parts.items()}


def test_an_awarded_application_leads_to_its_grant(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs
) -> None:
    cash(session, fund)
    application = a_submitted_application(session, a_closed_call(session, fund))
    award = an_award(session, application, team)
    session.commit()
    writer = member(session, application.organisation, name="Rosa Lima")
    page = sign_in_as(writer).get(f"/applying/{application.reference}").text
    assert f'href="/grants/{award.reference}"' in page


def test_the_manager_settles_terms_and_records_the_signed_agreement(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(scene.people.manager)
    assert "It will contain these terms:" in text_of(browser.get(grant_url(scene)))
    url = grant_url(scene, "/terms")
    first, last = clock.today(), scene.award.ends_on + timedelta(40)
    data = {
        "version": hidden(browser, url),
        "instalments-0-amount": "15,000",
        **day(("instalments-0-due_on", first)),
        "instalments-1-amount": "4,999.99",
        **day(("instalments-1-due_on", last)),
        **day(("reports-0-covers_to", scene.award.ends_on)),
        **day(("reports-0-due_on", last)),
    }
    refused = browser.submit(url, data)
    assert "Add USD 0.01 to reach the award of" in text_of(refused)
    done = browser.submit(url, data | {"instalments-1-amount": "5 000,00"})
    assert done.status_code == 302
    amounts = [str(part.amount) for part in schedule_of(scene.session, scene.award).instalments]
    assert amounts == ["15000.00", "5000.00"]
    url = grant_url(scene, "/sign")
    paper = {"version": hidden(browser, url), **day(("signed_on", first))}
    assert "Choose a file" in text_of(browser.submit(url, paper))
    issued = browser.get(f"/documents/agreement/{scene.award.reference}.pdf").data
    for content, status in ((issued, 200), (signing.signed(issued), 302)):
        file = {"document": (io.BytesIO(content), "agreement.pdf")}
        answer = browser.submit(url, paper | file, content_type="multipart/form-data")
        assert answer.status_code == status
    scene.session.refresh(scene.award)
    assert scene.award.state is AwardState.AGREED
    copy = browser.get(grant_url(scene, "/signed-agreement"))
    assert copy.data == content
    assert copy.headers["Content-Disposition"].startswith("attachment")


def test_the_terms_that_somebody_else_changed_meanwhile_are_not_overwritten(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(scene.people.manager)
    url = grant_url(scene, "/terms")
    page = browser.get(url).get_data(as_text=True)
    fields = dict(re.findall(r'name="([a-z]+-[0-9][^"]+|version)"[^>]*value="([^"]*)"', page))
    assert browser.submit(url, fields).status_code == 302
    assert browser.submit(url, fields).status_code == 409


def test_an_instalment_goes_from_one_person_to_the_next(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    scene.session.commit()
    people, url = scene.people, grant_url(scene, "/instalments/1")
    certifier, finance, grantee = (
        sign_in_as(person) for person in (people.certifier, people.finance, people.grantee)
    )
    assert "An approving officer, who is another person" in text_of(certifier.get(url))
    assert "Certify" not in text_of(finance.get(url)).replace("Certified", "")
    version = hidden(certifier, url)
    assert certifier.submit(f"{url}/certify", {"version": version}, page=url).status_code == 302
    assert certifier.submit(
        f"{url}/certify", {"version": version}, page="/account"
    ).status_code in (
        404,
        409,
    )
    approver = sign_in_as(scene.people.approver)
    agreed = {"version": hidden(approver, url)}
    assert approver.submit(f"{url}/approve", agreed, page=url).status_code == 302
    payment = {"version": hidden(finance, url), **day(("paid_on", clock.today()))}
    missing = finance.submit(f"{url}/release", payment, page=url)
    assert missing.status_code == 422
    payment["bank_reference"] = "TT-1"
    assert finance.submit(f"{url}/release", payment, page=url).status_code == 302
    assert "lease confirm" in text_of(grantee.get(grant_url(scene)))
    arrived = {"version": hidden(grantee, url), "answer": "full"}
    assert grantee.submit(f"{url}/confirm", arrived, page=url).status_code == 422
    arrived |= day(("arrived_on", clock.today()))
    assert grantee.submit(f"{url}/confirm", arrived, page=url).status_code == 302
    first = scene.instalments[0]
    scene.session.refresh(first)
    assert first.state is InstalmentState.CONFIRMED


def test_a_certified_instalment_goes_back_with_its_reason(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    certify(scene.session, scene.instalments[0], act_of(scene.session, scene.people.certifier))
    browser = sign_in_as(scene.people.finance)
    url = grant_url(scene, "/instalments/1/send-back")
    answer = {"version": hidden(browser, url), "reason": "The account is closed."}
    assert browser.submit(url, answer).status_code == 302
    told = text_of(sign_in_as(scene.people.certifier).get(grant_url(scene, "/instalments/1")))
    assert "The account is closed." in told


def test_what_is_missing_before_a_payment_is_listed(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    told = text_of(sign_in_as(scene.people.certifier).get(grant_url(scene, "/instalments/2")))
    assert "Awaiting instalment 1" in told
    assert "Awaiting report 1" in told
    assert "can be certified when all the conditions above are met" in told


def test_a_refund_is_recorded_by_finance(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    browser = sign_in_as(scene.people.finance)
    url = grant_url(scene, "/refunds/new")
    account = main_account(scene.session, scene.fund).code
    when = day(("refunded_on", clock.today()))
    data = {"account": account, "amount": "9,000", **when, "bank_reference": "RF"}
    assert "The refund cannot exceed the amount paid" in text_of(browser.submit(url, data))
    assert browser.submit(url, data | {"amount": "500"}).status_code == 302
    assert "Refunded to the fund" in text_of(browser.get(grant_url(scene)))


def test_the_grantee_sees_what_it_owes_and_what_it_is_owed(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    browser = sign_in_as(scene.people.grantee)
    assert "Agreement not signed yet" in text_of(browser.get("/grants"))
    scene.run()
    pay(scene.session, scene.instalments[0], scene.people, clock.today())
    scene.session.commit()
    told = text_of(browser.get("/grants"))
    assert "Submit the interim report" in told
    assert "8,000.00 of" in told
    told = text_of(browser.get(grant_url(scene)))
    assert "Instalment 2 will be paid" in told
    assert "Certified" not in told
    assert scene.people.certifier.name not in told


def test_a_grantee_without_a_grant_reads_when_one_will_stand_here(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    nobody = member(scene.session, an_organisation(scene.session, "Nova Vita", "MD"), name="Iva M")
    assert "No grant yet" in text_of(sign_in_as(nobody).get("/grants"))


PATHS = (
    "",
    "/terms",
    "/sign",
    "/signed-agreement",
    "/close",
    "/refunds/new",
    "/instalments/1",
    "/instalments/1/send-back",
    "/reports/1",
    "/reports/1/check",
    "/reports/1/sections/story",
    "/reports/1/send-back",
)
LISTS = ("/grants", "/disbursements", "/reports")
SEES = {"": 200, "/instalments/1": 200, "/reports/1": 200, "/signed-agreement": 200}
PAYS = {"/disbursements": 200, "/reports": 200, "/instalments/1/send-back": 409}
STATUS: dict[Role, dict[str, int]] = {
    Role.FUND_MANAGER: SEES | {"/terms": 200, "/sign": 409, "/disbursements": 200, "/reports": 200},
    Role.PROGRAMME_OFFICER: SEES
    | {"/close": 200, "/reports/1/send-back": 409, "/disbursements": 200, "/reports": 200},
    Role.FINANCE_OFFICER: SEES
    | {
        "/refunds/new": 200,
        "/instalments/1/send-back": 409,
        "/reports/1/send-back": 409,
        "/disbursements": 200,
        "/reports": 200,
    },
    Role.CERTIFYING_OFFICER: SEES | PAYS,
    Role.APPROVING_OFFICER: SEES | PAYS,
    Role.AUDITOR: SEES | {"/disbursements": 200, "/reports": 200},
    Role.ORGANISATION_ADMIN: SEES
    | {"/grants": 200, "/reports/1/check": 200, "/reports/1/sections/story": 200},
    Role.ORGANISATION_READER: SEES | {"/grants": 200},
    Role.ORGANISATION_SIGNATORY: SEES
    | {"/grants": 200, "/reports/1/check": 200, "/reports/1/sections/story": 200},
    Role.ORGANISATION_EDITOR: SEES
    | {"/grants": 200, "/reports/1/check": 200, "/reports/1/sections/story": 200},
}
"""Role × page: what is not named is not open (403, or 404 where the record is not theirs). 409:
theirs, and not to be done with a grant that is running and has neither paid nor reported.
"""


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_and_no_other(
    scene: Scene, sign_in_as: SignInAs, role: Role
) -> None:
    scene.run()
    outside = role in OUTSIDE
    person: Person = (
        member(scene.session, scene.organisation, role, "Any Body")
        if outside
        else staff(scene.session, role, "Any Body")
    )
    browser = sign_in_as(person)
    expected = STATUS.get(role, {})
    for path in (*PATHS, *LISTS):
        url = path if path in LISTS else grant_url(scene, path)
        status = browser.get(url).status_code
        wanted = expected.get(path)
        if path == "/signed-agreement" and wanted:
            continue
        assert status == wanted if wanted else status in (403, 404), f"{role} {path}: {status}"


def test_another_organisation_finds_nothing_at_any_address(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    other = an_organisation(scene.session, "Nova Vita", "MD")
    stranger = sign_in_as(member(scene.session, other, name="Iva Munteanu"))
    for path in PATHS:
        assert stranger.get(grant_url(scene, path)).status_code in (403, 404), path
    for path in ("/instalments/1/confirm", "/reports/1/sections/story/autosave"):
        posted = stranger.submit(grant_url(scene, path), page="/account")
        assert posted.status_code == 404, path


def test_a_visitor_is_asked_to_sign_in(scene: Scene, client: StrictClient) -> None:
    scene.run()
    scene.session.commit()
    for path in (*LISTS, *(grant_url(scene, path) for path in PATHS)):
        assert client.get(path).status_code == 302, path


def test_the_queue_and_the_lists_filter_page_and_export(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    browser = sign_in_as(scene.people.certifier)
    told = text_of(browser.get("/disbursements"))
    assert "Awaiting your certification" in told
    assert "3 results" in told
    assert "2 results" in text_of(browser.get("/disbursements?state=due&due=now"))
    assert "No instalments found." in text_of(browser.get("/disbursements?q=Nova"))
    assert "2 results" in text_of(browser.get("/reports?q=casa"))
    assert "1 result" in text_of(browser.get("/reports?due=late"))
    with browser.get("/disbursements?format=csv") as file:
        assert file.get_data(as_text=True).count(scene.award.reference) == 3
    with browser.get("/reports?format=xlsx") as file:
        assert file.get_data().startswith(b"PK")


def test_lists_ask_the_database_little(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    browser = sign_in_as(scene.people.certifier)
    browser.application.config["QUERY_BUDGET"] = 8  # one for the set-up of the list
    for path in ("/disbursements", "/reports"):
        browser.get(path)


def test_an_award_leads_to_its_grant_and_back(scene: Scene, sign_in_as: SignInAs) -> None:
    browser = sign_in_as(scene.people.manager)
    there = browser.get(f"/awards/{scene.award.reference}").get_data(as_text=True)
    assert f'href="{grant_url(scene)}"' in there
    back = browser.get(grant_url(scene)).get_data(as_text=True)
    assert f'href="/awards/{scene.award.reference}"' in back


def test_an_award_and_its_grant_have_one_frame(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    browser = sign_in_as(scene.people.certifier)
    pages = [
        browser.get(address).get_data(as_text=True)
        for address in (grant_url(scene), f"/awards/{scene.award.reference}")
    ]
    for tab in ("Payments and reports", "Budget and spending", "People reached", "Award"):
        assert all(f">{tab}</a>" in page for page in pages)
    for page in pages:
        assert "What you can do" in page
        assert page.count('class="stages__stage ') == 5


def test_a_finished_grant_is_closed_from_its_page(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    session, people = scene.session, scene.people
    browser = sign_in_as(people.officer)
    assert "has not been paid, or its receipt" in text_of(browser.get(grant_url(scene, "/close")))
    first, second, third = scene.instalments
    interim, final = scene.reports
    pay(session, first, people, clock.today())
    an_accepted_report(session, interim, people, "9000")
    pay(session, second, people, clock.today())
    an_accepted_report(session, final, people, "11000")
    pay(session, third, people, clock.today())
    session.commit()
    url = grant_url(scene, "/close")
    closing = {"version": hidden(browser, url)}
    assert browser.submit(url, closing).status_code == 302
    session.refresh(scene.award)
    assert scene.award.state is AwardState.CLOSED
    assert "Grant closed" in text_of(browser.get(grant_url(scene, "?part=history")))


def test_the_list_leads_a_trustee_to_the_award_and_an_officer_to_its_grant(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    trustee = staff(scene.session, Role.TRUSTEE, "Noor")
    scene.session.commit()
    reference = scene.award.reference
    listed = sign_in_as(trustee).get("/awards").text
    assert f'href="/awards/{reference}' in listed
    assert f"/grants/{reference}" not in listed
    assert f'href="/grants/{reference}' in sign_in_as(scene.people.officer).get("/awards").text
