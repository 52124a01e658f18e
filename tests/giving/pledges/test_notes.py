"""A note verbale stands with the papers of its pledge; a mission can have one written."""

from io import BytesIO

import pytest
from docx import Document as WordFile
from sqlalchemy.orm import Session

from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.kernel.language import use_language
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, Earmarking, Service
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.notes import attach_note
from grants.giving.pledges.service import decline
from grants.papers.statements.issuing import in_word, render
from tests.factories import a_document, a_donor, a_pledge, act_of, member, staff
from tests.papers.typesetting.test_pdf import text_of
from tests.platform.web.client import SignInAs


def of_state(session: Session, fund: Fund) -> Pledge:
    donor = a_donor(session, "Ministry for Foreign Affairs", DonorKind.MEMBER_STATE, "PT")
    return a_pledge(session, fund, usd(300_000_00), donor)


def test_the_donor_or_the_fund_attaches_it_and_nobody_else(session: Session, fund: Fund) -> None:
    pledge = of_state(session, fund)
    assert pledge.donor is not None
    mission = member(session, pledge.donor, Role.DONOR)
    stranger = member(session, a_donor(session, "Other"), Role.DONOR, "Zoe Stranger")
    first, second = a_document(session), a_document(session)
    with pytest.raises(Forbidden):
        attach_note(session, pledge, first, act_of(session, stranger))
    attach_note(session, pledge, first, act_of(session, mission))
    attach_note(session, pledge, second, act_of(session, staff(session, Role.FUND_MANAGER)))
    assert pledge.note_document is second
    rows = [row for row in trail_of(session, "pledge", pledge.id) if row.action == "attach_note"]
    assert [row.facts["document"] for row in rows] == [first.id, second.id]
    decline(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER), "No."))
    with pytest.raises(DomainError):
        attach_note(session, pledge, first, act_of(session, mission))


def test_the_note_says_what_is_pledged_in_the_third_person(session: Session, fund: Fund) -> None:
    pledge = of_state(session, fund)
    pledge.earmarking, pledge.earmarked_theme = Earmarking.SOFT, Service.LEGAL
    session.flush()
    text = " ".join(text_of(render(session, "note-verbale", pledge.reference)[1]).split())
    assert "The Permanent Mission of Portugal presents its compliments" in text
    assert "USD 300,000.00" in text.replace("\u00a0", " ")
    assert pledge.reference in text
    assert "assurances of its highest consideration" in text
    name, content = in_word(session, "note-verbale", pledge.reference)
    assert name.endswith(".docx")
    words = " ".join(part.text for part in WordFile(BytesIO(content)).paragraphs)
    assert "presents its compliments" in words
    with use_language("ar"):
        assert render(session, "note-verbale", pledge.reference)[1].startswith(b"%PDF")


def test_other_donors_write_no_note_verbale(session: Session, fund: Fund) -> None:
    pledge = a_pledge(
        session, fund, usd(100_00), a_donor(session, "Lena Ojo", DonorKind.INDIVIDUAL)
    )
    with pytest.raises(Missing):
        render(session, "note-verbale", pledge.reference)


def test_both_sides_find_it_on_their_pages(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    pledge = of_state(session, fund)
    assert pledge.donor is not None
    mission = member(session, pledge.donor, Role.DONOR)
    session.commit()
    client = sign_in_as(mission)
    page = client.get(f"/giving/{pledge.reference}").text
    assert "Attach your note verbale" in page
    assert f"/documents/note-verbale/{pledge.reference}.docx" in page
    attach_note(session, pledge, a_document(session), act_of(session, mission))
    session.commit()
    assert "Your note verbale" in client.get(f"/giving/{pledge.reference}").text
    assert client.get(f"/giving/{pledge.reference}/note/file").status_code == 200
    manager = sign_in_as(staff(session, Role.FUND_MANAGER))
    assert (
        "Note verbale or letter from the donor" in manager.get(f"/pledges/{pledge.reference}").text
    )
    assert manager.get(f"/pledges/{pledge.reference}/note/file").status_code == 200
