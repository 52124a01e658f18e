"""Allegations are read by the persons named for it, and by nobody else, anywhere."""

import json

import pytest
from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.audit.models import TrailRow
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.granting.allegations import queries
from grants.granting.allegations.models import Allegation, Subject
from grants.granting.allegations.service import (
    Statement,
    add_note,
    close,
    dismiss,
    end_reader,
    enter,
    examine,
    name_reader,
    substantiate,
)
from grants.granting.allegations.workflow import AllegationState
from grants.granting.payments.service import certify
from grants.platform.messages.models import Message
from tests.factories import act_of, an_organisation, member, staff
from tests.granting.agreements.test_pages import text_of
from tests.grants import Scene
from tests.platform.web.client import SignInAs

WORDS = "The bookkeeper kept two sets of receipts."
WHY = "The bank confirms it."


@pytest.fixture
def running(scene: Scene) -> Scene:
    """A running grant; the programme officer is named to read allegations."""
    scene.run()
    name_reader(scene.session, scene.fund, scene.people.officer, by(scene, "manager"))
    return scene


def by(scene: Scene, rank: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, rank), reason)


def an_allegation(scene: Scene, *, is_named: bool = True, rank: str = "finance") -> Allegation:
    statement = Statement(Subject.FRAUD, WORDS, is_named=is_named)
    return enter(scene.session, scene.fund, scene.organisation, statement, by(scene, rank))


def test_a_substantiated_allegation_stops_payments_until_it_is_closed(running: Scene) -> None:
    session, first = running.session, running.instalments[0]
    allegation = an_allegation(running)
    examine(session, allegation, by(running, "officer"))
    with pytest.raises(DomainError):
        substantiate(session, allegation, by(running, "officer"))
    substantiate(session, allegation, by(running, "officer", WHY))
    with pytest.raises(DomainError, match="stopped") as refused:
        certify(session, first, by(running, "certifier", "Needed now."))
    assert "llegation" not in str(refused.value)
    assert allegation.reference not in str(refused.value)
    close(session, allegation, by(running, "officer", "The bookkeeper left; the money is back."))
    certify(session, first, by(running, "certifier", "Needed now."))
    assert [entry.action for entry in allegation.entries] == ["examine", "substantiate", "close"]


def test_one_that_is_not_shown_stops_nothing(running: Scene) -> None:
    allegation = an_allegation(running, rank="grantee")
    examine(running.session, allegation, by(running, "officer"))
    add_note(running.session, allegation, "The receipts are whole.", by(running, "officer"))
    dismiss(running.session, allegation, by(running, "officer", "Nothing was there."))
    assert allegation.state is AllegationState.NOT_SUBSTANTIATED
    assert not queries.stopped_payees(running.session, [running.organisation.id])
    close(running.session, allegation, by(running, "officer", "Both were told."))
    with pytest.raises(Conflict):
        add_note(running.session, allegation, "More.", by(running, "officer"))


def test_only_the_named_persons_read_and_act(running: Scene) -> None:
    allegation = an_allegation(running)
    for rank in ("manager", "finance", "approver", "certifier", "grantee"):
        person = getattr(running.people, rank)
        reader = viewer_of(running.session, person.id)
        assert reader is not None
        with pytest.raises(Missing):
            queries.allegation_for_viewer(running.session, allegation.reference, reader)
        with pytest.raises(Forbidden):
            examine(running.session, allegation, by(running, rank))


def test_a_named_person_of_the_organisation_does_not_read_what_is_about_it(running: Scene) -> None:
    allegation = an_allegation(running)
    officer = running.people.officer
    appoint(running.session, officer, Role.ORGANISATION_EDITOR, organisation=running.organisation)
    with pytest.raises(Forbidden):
        examine(running.session, allegation, act_of(running.session, officer))


def test_the_fund_manager_names_them_and_one_remains(running: Scene) -> None:
    session, fund = running.session, running.fund
    with pytest.raises(Forbidden):
        name_reader(session, fund, running.people.finance, by(running, "officer"))
    with pytest.raises(DomainError):
        name_reader(session, fund, running.people.grantee, by(running, "manager"))
    (first,) = queries.readers_of(session, fund)
    with pytest.raises(Conflict):
        end_reader(session, fund, first, by(running, "manager"))
    name_reader(session, fund, running.people.finance, by(running, "manager"))
    end_reader(session, fund, first, by(running, "manager"))
    allegation = an_allegation(running)
    with pytest.raises(Forbidden):
        examine(session, allegation, by(running, "officer"))
    examine(session, allegation, by(running, "finance"))


def test_nothing_of_it_is_in_the_general_trail_or_in_an_e_mail(running: Scene) -> None:
    allegation = an_allegation(running, is_named=False)
    examine(running.session, allegation, by(running, "officer"))
    substantiate(running.session, allegation, by(running, "officer", WHY))
    rows = running.session.scalars(
        select(TrailRow).where(TrailRow.subject.startswith("allegation", autoescape=True))
    ).all()
    assert {row.actor for row in rows if row.subject == "allegation"} == {"allegations"}
    whole = json.dumps([[row.reason, row.facts, row.actor] for row in rows])
    letters = running.session.scalars(select(Message)).all()
    everything = whole + "".join(f"{letter.subject} {letter.text}" for letter in letters)
    for secret in (WORDS, WHY, allegation.reference, running.people.finance.name):
        assert secret not in whole
    assert WORDS not in everything
    assert WHY not in everything
    assert allegation.reporter_id is None


def test_pages_show_it_to_nobody_else(running: Scene, sign_in_as: SignInAs) -> None:
    writer = sign_in_as(running.people.grantee)
    typed = {
        "place": f"{running.fund.code}/{running.organisation.code}",
        "subject": "abuse",
        "text": "A guard asked for favours from Maria, 17 years old.",
    }
    assert "looks like a person’s name and age" in text_of(writer.submit("/allegations/new", typed))
    typed["text"] = WORDS
    assert writer.submit("/allegations/new", typed).location.endswith("/thanks")
    allegation = running.session.scalars(select(Allegation)).one()
    page, reference = f"/allegations/{allegation.reference}", allegation.reference
    assert writer.get(page).status_code == 403
    auditor, manager = staff(running.session, Role.AUDITOR), running.people.manager
    running.session.commit()
    for person, status in ((auditor, 403), (manager, 404)):
        browser = sign_in_as(person)
        assert browser.get(page).status_code == status
        for other in ("/trail", "/start", "/findings"):
            text = text_of(browser.get(other))
            assert WORDS not in text
            assert reference not in text
        assert page not in browser.get(f"/search?q={reference}").get_data(as_text=True)
    officer = sign_in_as(running.people.officer)
    assert "Allegation to examine" in text_of(officer.get("/start"))
    assert WORDS in text_of(officer.get(page))


def test_people_write_about_their_own_grants_only(running: Scene, sign_in_as: SignInAs) -> None:
    other = an_organisation(running.session, name="Another House")
    stranger = member(running.session, other, name="Olga Other")
    statement = Statement(Subject.FRAUD, WORDS)
    act = act_of(running.session, stranger)
    with pytest.raises(Forbidden):
        enter(running.session, running.fund, running.organisation, statement, act)
