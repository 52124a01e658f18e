"""What was uploaded in an application is offered to the profile once, and found there next time."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import files_of
from grants.applying.drafts.offered import answer_offer, to_offer
from grants.applying.drafts.service import attach, start
from grants.applying.organisations.papers.queries import papers_of
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.core.people.queries import people_of_organisation
from grants.platform.file_checks.checks import Upload
from tests.factories import a_call, a_draft, act_of, an_organisation, member, staff, writer_of
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs

CERTIFICATE, ACCOUNTS = "registration_certificate", "audited_accounts"


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    """A draft with two documents that profiles keep."""
    draft = a_draft(session, a_call(session, fund))
    by = writer_of(session, draft)
    for size, question in enumerate((CERTIFICATE, ACCOUNTS), 1):
        attach(session, draft, question, Upload(f"{question}.pdf", pdf(size)), by)
    session.flush()
    return draft


def next_draft(session: Session, draft: Application, fund: Fund) -> Application:
    call = a_call(session, fund)
    return start(session, call, draft.organisation, writer_of(session, draft))


def names(session: Session, application: Application) -> list[str]:
    return sorted(file.document.name for file in files_of(session, application.id))


def test_what_is_kept_is_in_the_next_application_and_what_is_declined_is_not_offered_again(
    session: Session, draft: Application, fund: Fund
) -> None:
    certificate, accounts = to_offer(session, draft)
    by, until = writer_of(session, draft), clock.today() + timedelta(days=400)
    assert answer_offer(session, draft, {certificate.id: until}, by) == 1
    (paper,) = papers_of(session, draft.organisation_id)
    assert (paper.document_id, paper.expires_on) == (certificate.document_id, until)
    assert to_offer(session, draft) == []
    following = next_draft(session, draft, fund)
    assert names(session, following) == ["registration_certificate.pdf"]
    attach(session, following, ACCOUNTS, Upload("again.pdf", pdf(2)), by)
    session.flush()
    assert to_offer(session, following) == [], "the same content was declined before"
    attach(session, following, ACCOUNTS, Upload("new.pdf", pdf(7)), by)
    session.flush()
    assert [file.document.name for file in to_offer(session, following)] == ["new.pdf"]
    assert accounts.offer_answered_at is not None


def test_only_those_who_write_for_the_organisation_answer_and_an_expired_one_is_told(
    session: Session, draft: Application
) -> None:
    offered = to_offer(session, draft)
    other = act_of(session, member(session, an_organisation(session, "Casa Otra", "GT")))
    for act in (other, act_of(session, staff(session, Role.FUND_MANAGER))):
        with pytest.raises(Forbidden):
            answer_offer(session, draft, {}, act)
    yesterday: date = clock.today() - timedelta(days=1)
    with pytest.raises(DomainError, match="has expired"):
        answer_offer(session, draft, {offered[0].id: yesterday}, writer_of(session, draft))


def test_both_ways_are_walked_by_links_and_buttons(
    session: Session, draft: Application, fund: Fund, sign_in_as: SignInAs
) -> None:
    following_call = a_call(session, fund)
    session.commit()
    browser = sign_in_as(people_of_organisation(session, draft.organisation_id)[0])
    tasks = browser.get(f"/applying/{draft.reference}").text
    link = re.search(r'href="([^"]+)">Keep 2 documents in the profile', tasks)
    assert link
    page = browser.get(link[1]).text
    first, second = re.findall(r'name="keep_(\d+)"[^>]*value="yes"', page)
    browser.submit(link[1], {f"keep_{first}": "yes", f"keep_{second}": "no"})
    after = browser.get(f"/applying/{draft.reference}").text
    assert "1 document has been added to the profile" in after
    assert "in the profile for future applications" not in after
    assert browser.get(link[1]).status_code == 302
    papers = browser.get(f"/organisations/{draft.organisation.code}/papers").text
    assert "registration_certificate.pdf" in papers
    assert "audited_accounts.pdf" not in papers
    begun = start(session, following_call, draft.organisation, writer_of(session, draft))
    session.commit()
    documents = browser.get(f"/applying/{begun.reference}/sections/documents").text
    assert "registration_certificate.pdf" in documents
    assert (
        "in the profile for future applications"
        not in browser.get(f"/applying/{begun.reference}").text
    )
