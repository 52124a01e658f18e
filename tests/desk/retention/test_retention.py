"""Personal data go when their time is over, two people agree, and nothing holds them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, inspect, select
from sqlalchemy.orm import Session

from grants.applying.public_questions.models import PublicQuestion
from grants.books.ledger.verify import breaches
from grants.core.audit import binding, chain, values
from grants.core.audit.act import Act
from grants.core.audit.models import TrailValue
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.database.personal import Personal, declared
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people import credentials
from grants.core.people.models import Person, SignIn
from grants.core.people.permissions import Role
from grants.desk.data_protection.service import ask_erasure, erase_at_once
from grants.desk.retention import service
from grants.desk.retention.jobs import carry_out_all
from grants.desk.retention.models import LegalHold, Purge, RetentionRule
from grants.desk.retention.models import RetentionClass as Kind
from grants.desk.retention.periods import PARTS, PROPOSED, due_of
from grants.desk.retention.queries import due, last_day_kept
from grants.desk.retention.workflow import PurgeState
from grants.giving.donors.models import Contact
from grants.giving.outside.models import OutsideContribution, Purpose
from grants.giving.outside.service import Intention, announce
from grants.platform.documents.models import Opening
from grants.platform.messages.models import Message
from grants.platform.messages.service import Recipient, send
from tests.factories import a_call, a_donor, act_of, member, staff
from tests.platform.web.client import SignInAs

LONG_AGO = datetime(2015, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def officer(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR)


@pytest.fixture
def person(session: Session, fund: Fund, officer: Person) -> Person:
    """A donor's contact of long ago: signed in, was written to, opened a file, and left."""
    donor = a_donor(session, "Utopia")
    person = member(session, donor, Role.DONOR)
    with clock.at(LONG_AGO):
        credentials.sign_in(session, person, "test")
    letter: dict[str, Any] = {"answer": "Yes", "stays": []}
    recipient = Recipient.of(person)
    mail = send(session, recipient, "desk/data_protection/refused", event="test:1", **letter)
    mail.sent_at = LONG_AGO
    card = Contact(organisation_id=donor.id, name=person.name, email=person.email)
    card.left_on = LONG_AGO.date()
    session.add(card)
    line = {"opened_at": LONG_AGO, "person_id": person.id, "name": "a.pdf", "address": "/a"}
    session.execute(insert(Opening), line)
    session.commit()
    return person


@pytest.fixture
def second(session: Session) -> Person:
    return staff(session, Role.FUND_MANAGER)


def _due(session: Session, kind: Kind) -> int:
    return due_of(session, kind, last_day_kept(session, kind))[0]


def _confirmed(session: Session, kind: Kind, officer: Person, second: Person) -> Purge:
    before = last_day_kept(session, kind)
    purge = service.propose(session, kind, before, act_of(session, officer))
    session.commit()
    service.confirm(session, purge, act_of(session, second))
    session.commit()
    return purge


def _purged(session: Session, kind: Kind, officer: Person, second: Person) -> Purge:
    purge = _confirmed(session, kind, officer, second)
    service.carry_out(session, purge, Act.by_system("retention"))
    session.commit()
    return purge


def _faults(session: Session) -> list[str]:
    checks = (chain.breaches, binding.breaches, values.breaches, breaches)
    return [fault for check in checks for fault in check(session)]


def test_each_kind_has_a_proposal_and_says_how_it_goes() -> None:
    assert PROPOSED.keys() == PARTS.keys() == set(Kind)


def test_a_row_that_is_emptied_keeps_nothing_that_names_a_person() -> None:
    for parts in PARTS.values():
        for part in parts:
            if part.instead is not None:
                kinds = declared(inspect(part.model))
                going = (Personal.CONTACT, Personal.RECORD)
                naming = {name for name, kind in kinds.items() if kind in going}
                assert part.instead.keys() >= naming, part.table.name


def test_what_is_due_goes_after_two_agreed_and_only_that(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    credentials.sign_in(session, person, "today")
    for kind in (Kind.SIGN_INS, Kind.ACCESS_LOG, Kind.MAIL, Kind.FORMER_CONTACTS):
        purge = _purged(session, kind, officer, second)
        assert purge.purged == purge.listed == 1, kind
        assert _due(session, kind) == 0
    session.expire_all()
    assert session.scalars(select(SignIn.browser)).all() == ["today"]
    assert session.scalar(select(func.count()).select_from(Opening)) == 0
    message = session.scalars(select(Message).where(Message.event.startswith("purged:"))).one()
    assert message.recipient == "purged@purged.invalid"
    everything = f"{message.event} {message.subject} {message.text} {message.html}"
    assert person.email not in everything
    assert person.name not in everything
    card = session.scalars(select(Contact)).one()
    assert (card.name, card.email, card.phone) == ("–", "purged@purged.invalid", None)
    assert _faults(session) == []


def test_the_trail_says_which_rows_went_and_a_row_that_is_back_is_told(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    row = session.execute(select(Opening.__table__)).mappings().one()
    purge = _purged(session, Kind.ACCESS_LOG, officer, second)
    assert purge.rows == {"document_opening": [[row["id"], row["id"]]]}
    done = trail_of(session, "purge", purge.id)
    assert {"document_opening": 1} in [act.facts.get("purged") for act in done]
    session.execute(insert(Opening), dict(row))
    assert any("has reappeared" in fault for fault in breaches(session))


def test_what_the_trail_noted_of_a_former_contact_goes_with_the_card(
    session: Session, fund: Fund, officer: Person, second: Person
) -> None:
    donor = a_donor(session, "Utopia")
    left, active = "gone@utopia.example", "here@utopia.example"
    for address, day in ((left, LONG_AGO.date()), (active, None), (active, LONG_AGO.date())):
        card = Contact(organisation_id=donor.id, name="Ines", email=address, left_on=day)
        session.add(card)
    for address in (left, active, "other@utopia.example"):
        values.seal_value(session, "card before", email=address)
    session.commit()
    purge = _purged(session, Kind.FORMER_CONTACTS, officer, second)
    assert purge.purged == 3, "two cards, and what the trail noted of the one that is gone"
    noted = session.scalars(select(TrailValue.email).order_by(TrailValue.id)).all()
    assert noted == [active, "other@utopia.example"]
    assert _faults(session) == []


def test_a_question_that_nobody_answered_keeps_its_address(
    session: Session, fund: Fund, officer: Person, second: Person
) -> None:
    call = a_call(session, fund)
    for number, answered in enumerate((LONG_AGO, None)):
        question = PublicQuestion(
            call_id=call.id,
            asked="When?",
            asked_at=LONG_AGO,
            email=f"asker-{number}@example.org",
            language="en",
            answer="Soon" if answered else None,
            answered_at=answered,
        )
        session.add(question)
    session.commit()
    assert _purged(session, Kind.QUESTIONS, officer, second).purged == 1
    session.expire_all()
    addresses = session.scalars(select(PublicQuestion.email).order_by(PublicQuestion.id)).all()
    assert addresses == ["purged@purged.invalid", "asker-1@example.org"]
    assert _faults(session) == []


def test_of_an_old_contribution_outside_the_fund_who_gives_and_how_much_stays(
    session: Session, fund: Fund, officer: Person, second: Person
) -> None:
    fund.outside_email = "contributions@office.example"
    with clock.at(LONG_AGO):
        for donor, kind in (("Ada", DonorKind.INDIVIDUAL), ("Utopia", DonorKind.MEMBER_STATE)):
            words = Intention(
                donor, kind, "Ada", "ada@x.example", usd(5_00), Purpose.GENERAL, "From Ada"
            )
            announce(session, fund, words, Act.by_system("test"))
    session.commit()
    assert _purged(session, Kind.OUTSIDE, officer, second).purged == 2
    session.expire_all()
    rows = session.scalars(select(OutsideContribution).order_by(OutsideContribution.id)).all()
    assert [row.donor_name for row in rows] == ["–", "Utopia"]
    for row in rows:
        assert (row.contact, row.email, row.wording) == ("–", "purged@purged.invalid", "–")
        assert row.amount == usd(5_00)
    assert _due(session, Kind.OUTSIDE) == 0
    assert _faults(session) == []


def test_a_period_decides_what_is_due(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    act = act_of(session, officer, "Asked for by the data protection officer.")
    service.set_years(session, Kind.ACCESS_LOG, 50, act)
    lines = {line.kind: line for line in due(session)}
    assert (lines[Kind.ACCESS_LOG].count, lines[Kind.ACCESS_LOG].years) == (0, 50)
    assert lines[Kind.MAIL].count == 1
    with pytest.raises(DomainError, match="not due yet"):
        service.propose(session, Kind.ACCESS_LOG, clock.today(), act)
    with pytest.raises(DomainError, match="Nothing is due"):
        _purged(session, Kind.ACCESS_LOG, officer, second)
    with clock.at(LONG_AGO + timedelta(days=51 * 366)):
        assert _due(session, Kind.ACCESS_LOG) == 1
    with clock.at(datetime(2028, 2, 29, 12, tzinfo=UTC)):
        assert last_day_kept(session, Kind.SIGN_INS).isoformat() == "2027-02-28"


def test_a_period_that_was_made_longer_stops_what_was_agreed(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    act = act_of(session, officer, "The auditors ask for it.")
    waits = service.propose(session, Kind.MAIL, last_day_kept(session, Kind.MAIL), act)
    agreed = _confirmed(session, Kind.ACCESS_LOG, officer, second)
    service.set_years(session, Kind.ACCESS_LOG, 50, act)
    service.set_years(session, Kind.MAIL, 50, act)
    with pytest.raises(DomainError, match="longer"):
        service.confirm(session, waits, act_of(session, second))
    with pytest.raises(DomainError, match="longer"):
        service.carry_out(session, agreed, Act.by_system("retention"))
    service.set_years(session, Kind.ACCESS_LOG, 2, act)
    service.carry_out(session, agreed, Act.by_system("retention"))
    assert agreed.purged == 1


def test_two_people_agree_on_a_purge_and_an_auditor_on_none(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    act, before = act_of(session, officer, "Why not"), last_day_kept(session, Kind.MAIL)
    purge = service.propose(session, Kind.MAIL, before, act)
    with pytest.raises(Forbidden, match="different person"):
        service.confirm(session, purge, act)
    with pytest.raises(Conflict):
        service.carry_out(session, purge, Act.by_system("retention"))
    auditor = act_of(session, staff(session, Role.AUDITOR), "Why not")
    for refused in (
        lambda: service.propose(session, Kind.SIGN_INS, before, auditor),
        lambda: service.confirm(session, purge, auditor),
        lambda: service.stop(session, purge, auditor),
        lambda: service.place_hold(session, person, auditor),
        lambda: service.set_years(session, Kind.MAIL, 1, auditor),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert _due(session, Kind.MAIL) == 1


def test_a_legal_hold_stops_purge_and_erasure_until_it_is_lifted(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    act = act_of(session, officer, "An allegation is examined.")
    request = ask_erasure(session, person, "", act_of(session, person))
    purge = _confirmed(session, Kind.MAIL, officer, second)
    hold = service.place_hold(session, person, act)
    with pytest.raises(Conflict):
        service.place_hold(session, person, act)
    for kind in (Kind.SIGN_INS, Kind.ACCESS_LOG, Kind.FORMER_CONTACTS):
        assert _due(session, kind) == 0, kind
    service.carry_out(session, purge, Act.by_system("retention"))
    assert purge.purged == 0, "it was placed after the list was confirmed"
    with pytest.raises(DomainError, match="legal hold"):
        erase_at_once(session, request, act)
    service.lift_hold(session, hold, act)
    with pytest.raises(Conflict):
        service.lift_hold(session, hold, act)
    erase_at_once(session, request, act)
    assert _due(session, Kind.ACCESS_LOG) == 1


def test_a_purge_that_was_stopped_takes_nothing(
    session: Session, person: Person, officer: Person, second: Person
) -> None:
    act = act_of(session, officer, "The auditors have come.")
    purge = _confirmed(session, Kind.MAIL, officer, second)
    with pytest.raises(Conflict):
        service.propose(session, Kind.MAIL, last_day_kept(session, Kind.MAIL), act)
    service.stop(session, purge, act)
    with pytest.raises(Conflict):
        service.carry_out(session, purge, Act.by_system("retention"))
    assert _due(session, Kind.MAIL) == 1


def test_a_purge_that_breaks_off_has_taken_nothing_and_is_done_later(
    session: Session,
    person: Person,
    officer: Person,
    second: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    purge = _confirmed(session, Kind.SIGN_INS, officer, second)
    database = Database(session.connection())

    def break_off(*_arguments: object, **_facts: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(service, "advance", break_off)
        with pytest.raises(OSError, match="killed"):
            carry_out_all(database)
    assert _due(session, Kind.SIGN_INS) == 1
    carry_out_all(database)
    carry_out_all(database)
    session.expire_all()
    assert (purge.state, purge.purged) == (PurgeState.DONE, 1)


def test_officers_read_the_list_agree_on_it_and_hold_a_person(
    session: Session, person: Person, officer: Person, second: Person, sign_in_as: SignInAs
) -> None:
    session.commit()
    first, other = sign_in_as(officer), sign_in_as(second)
    (offered,) = re.findall(r"/retention/kinds/mail/purge/[0-9-]+", first.get("/retention").text)
    first.submit(offered, {})
    purge = session.scalars(select(Purge)).one()
    here = f"/retention/purges/{purge.id}"
    assert f"{here}/confirm" not in first.get(here).text
    assert "Purge of data to confirm" in other.get("/start").text
    letter = session.scalars(select(Message).where(Message.recipient == second.email)).one()
    assert f"{here}" in letter.text
    other.submit(f"{here}/confirm", {})
    session.expire_all()
    assert purge.state is PurgeState.CONFIRMED
    first.submit(f"{here}/stop", {"reason": "An audit has begun."})
    first.submit("/retention/holds/new", {"email": person.email, "reason": "An audit."})
    page = first.get("/retention").text
    assert "/retention/kinds/mail/purge/" not in page
    assert person.name in page
    hold = session.scalars(select(LegalHold)).one()
    first.submit(f"/retention/holds/{hold.id}/lift", {"reason": "It is over."})
    assert "/retention/kinds/mail/purge/" in first.get("/retention").text
    first.submit("/retention/kinds/access_log/years", {"years": "1", "reason": "Shorter."})
    assert session.scalars(select(RetentionRule.years)).one() == 1
    assert first.get("/retention/kinds/other/years").status_code == 404
    assert sign_in_as(staff(session, Role.OBSERVER)).get("/retention").status_code == 403
