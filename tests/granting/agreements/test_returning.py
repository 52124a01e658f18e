"""The organisation returns the signed agreement; the fund records it, or says why it cannot."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import Select, select

from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.period import change_period
from grants.granting.agreements.queries import progress_of, schedule_of
from grants.granting.agreements.returning import (
    return_agreement,
    send_agreement_back,
    to_follow,
    to_record,
    to_return,
)
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.granting.closure.queries import refunds_to_make
from grants.granting.payments.queries import accounts_to_give
from grants.granting.payments.refunds import record_refund
from grants.platform.messages.models import Message
from tests.factories import act_of, member
from tests.granting.agreements.test_pages import day, grant_url, hidden, text_of
from tests.grants import Scene, a_file, an_accepted_report, paid_to, pay
from tests.platform.documents import signing
from tests.platform.web.client import SignInAs


def hand_back(scene: Scene) -> None:
    paper = a_file(scene.session, scene.people.grantee, "signed-by-us.pdf")
    return_agreement(scene.session, scene.award, paper, act_of(scene.session, scene.people.grantee))


def counted(scene: Scene, person: Person, *queries: object) -> tuple[int, ...]:
    viewer = viewer_of(scene.session, person.id)
    assert viewer is not None
    asked: list[Select[int]] = [query(viewer) for query in queries]  # type: ignore[operator]
    return tuple(scene.session.scalar(query) or 0 for query in asked)


def steps(scene: Scene) -> list[tuple[str, bool]]:
    standing = progress_of(scene.session, scene.award)
    found = next_steps(scene.award, standing, clock.today())
    return [(step.what, step.from_grantee) for step in found]


def test_a_returned_agreement_is_recorded_with_the_copy_that_the_organisation_signed(
    scene: Scene,
) -> None:
    session, manager = scene.session, act_of(scene.session, scene.people.manager)
    with pytest.raises(DomainError, match="Add the signed copy"):
        sign_agreement(session, scene.award, clock.today(), None, manager)
    hand_back(scene)
    returned = scene.award.returned_document
    told = select(Message.recipient).where(Message.event.contains(":returned:"))
    assert session.scalars(told).all() == [scene.people.manager.email]
    sign_agreement(session, scene.award, clock.today(), None, manager)
    assert (scene.award.state, scene.award.agreement_document) == (AwardState.AGREED, returned)
    assert scene.award.returned_document is None
    with pytest.raises(Conflict, match="No agreement"):
        hand_back(scene)


def test_an_agreement_goes_back_with_a_reason_and_can_be_returned_again(scene: Scene) -> None:
    session, manager = scene.session, scene.people.manager
    with pytest.raises(Conflict, match="no signed agreement to check"):
        send_agreement_back(session, scene.award, act_of(session, manager, "Page 2."))
    hand_back(scene)
    with pytest.raises(DomainError, match="Give the reason"):
        send_agreement_back(session, scene.award, act_of(session, manager))
    send_agreement_back(session, scene.award, act_of(session, manager, "Page 2 is not signed."))
    letter = session.scalars(select(Message).where(Message.event.contains(":sent_back:"))).one()
    assert letter.recipient == scene.people.grantee.email
    assert "Page 2 is not signed." in letter.text
    hand_back(scene)
    acts = [row.action for row in trail_of(session, "award", scene.award.id)]
    assert acts == ["create", "return_agreement", "send_agreement_back", "return_agreement"]


def test_terms_that_the_organisation_has_signed_stay_until_its_copy_is_returned(
    scene: Scene,
) -> None:
    session, people, award = scene.session, scene.people, scene.award
    hand_back(scene)
    with pytest.raises(Conflict, match="has signed these terms"):
        settle_terms(session, award, schedule_of(session, award), act_of(session, people.manager))
    dates = award.starts_on, award.ends_on + timedelta(30)
    with pytest.raises(Conflict, match="has signed these terms"):
        change_period(session, award, *dates, act_of(session, people.approver, "Later."))


@pytest.mark.parametrize("role", [Role.ORGANISATION_EDITOR, Role.ORGANISATION_READER])
def test_only_those_who_sign_for_the_organisation_return_its_agreement(
    scene: Scene, role: Role
) -> None:
    person = member(scene.session, scene.organisation, role, "Rosa Diaz")
    paper = a_file(scene.session, person)
    with pytest.raises(Forbidden):
        return_agreement(scene.session, scene.award, paper, act_of(scene.session, person))


def test_each_side_sees_whose_turn_it_is_until_the_grant_is_closed(scene: Scene) -> None:
    session, people = scene.session, scene.people
    theirs, ours = (to_return, accounts_to_give), (to_follow, to_record)
    assert steps(scene) == [
        ("Sign the agreement and return it", True),
        ("Give your bank details", True),
    ]
    assert counted(scene, people.grantee, *theirs) == (1, 1)
    assert counted(scene, people.manager, *ours) == (1, 0)
    hand_back(scene)
    assert steps(scene)[0] == ("Record the signed agreement", False)
    assert counted(scene, people.grantee, *theirs) == (0, 1)
    assert counted(scene, people.manager, *ours) == (0, 1)
    sign_agreement(session, scene.award, clock.today(), None, act_of(session, people.manager))
    assert steps(scene)[0] == ("Give your bank details", True)
    paid_to(session, scene.fund, scene.organisation, people)
    assert counted(scene, people.grantee, *theirs) == (0, 0)
    first, *others = scene.instalments
    pay(session, first, people, clock.today())
    for report, instalment in zip(scene.reports, others, strict=True):
        an_accepted_report(session, report, people, "9000")
        pay(session, instalment, people, clock.today())
    assert steps(scene) == [("Refund USD\N{NO-BREAK SPACE}2,000.00 that was not spent", True)]
    assert counted(scene, people.grantee, refunds_to_make) == (1,)
    by = act_of(session, people.finance)
    record_refund(session, scene.award, usd(200_000), clock.today(), "RF-1", by)
    assert counted(scene, people.grantee, refunds_to_make) == (0,)
    assert steps(scene) == [
        ("Close the grant. Nothing more is needed from the organisation.", False)
    ]


def test_the_agreement_goes_from_page_to_page(scene: Scene, sign_in_as: SignInAs) -> None:
    luz, manager = sign_in_as(scene.people.grantee), sign_in_as(scene.people.manager)
    here, upload = grant_url(scene), grant_url(scene, "/returned-agreement")
    mine = luz.get("/grants").get_data(as_text=True)
    assert f'href="{upload}"' in mine
    assert f'href="{here}/bank-details"' in mine
    issued = luz.get(f"/documents/agreement/{scene.award.reference}.pdf").data
    file = {"file": (io.BytesIO(signing.signed(issued)), "agreement.pdf")}
    answer = luz.submit(upload, file, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert "Record the signed agreement" in text_of(luz.get(here))
    assert manager.get(f"{upload}/file").status_code == 200
    why = {"reason": "The second page is not signed."}
    assert manager.submit(f"{upload}/send-back", why).status_code == 302
    assert "The second page is not signed." in text_of(luz.get(f"{here}?part=history"))
    file = {"file": (io.BytesIO(signing.signed(issued)), "agreement.pdf")}
    luz.submit(upload, file, content_type="multipart/form-data")
    signed = {"version": hidden(manager, f"{here}/sign"), **day(("signed_on", clock.today()))}
    assert manager.submit(f"{here}/sign", signed).status_code == 302
    scene.session.refresh(scene.award)
    assert scene.award.state is AwardState.AGREED


def test_bank_details_are_one_link_away_wherever_a_grantee_looks(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    scene.session.commit()
    luz, there = sign_in_as(scene.people.grantee), f'href="{grant_url(scene, "/bank-details")}"'
    own = f"/organisations/{scene.organisation.code}"
    assert f'href="{own}/bank-details"' in luz.get(own).get_data(as_text=True)
    for page in (grant_url(scene), f"{own}/bank-details"):
        assert there in luz.get(page).get_data(as_text=True), page


def test_the_condition_that_no_bank_details_are_confirmed_leads_to_them(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    paper = a_file(scene.session, scene.people.manager)
    manager = act_of(scene.session, scene.people.manager)
    sign_agreement(scene.session, scene.award, clock.today(), paper, manager)
    scene.session.commit()
    luz = sign_in_as(scene.people.grantee)
    assert "Bank details to give" in text_of(luz.get("/start"))
    page = luz.get(grant_url(scene, "/instalments/1")).get_data(as_text=True)
    assert f'href="{grant_url(scene, "/bank-details")}">No bank details are confirmed yet' in page
