"""Two records of one organisation become one under two persons, and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.applying.applications.models import Application
from grants.applying.applications.queries import application_for_viewer
from grants.applying.calls.models import Call
from grants.applying.drafts.service import start
from grants.applying.organisations.service import invite, join
from grants.applying.submissions.service import submit
from grants.books.ledger import verify
from grants.core.audit.act import Act
from grants.core.audit.binding import bind, breaches
from grants.core.database.db import Base, Database
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, FundError
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.queries import members, viewer_of
from grants.deciding.awards.queries import grant_years
from grants.deciding.screening.service import Answer, decide
from grants.desk.merging import service
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.obstacles import obstacles
from grants.desk.merging.parts import ELSEWHERE, MOVING, MOVING_UNSEEN, STAYING
from grants.desk.merging.queries import to_confirm_count
from grants.desk.merging.workflow import MergeState
from grants.granting.bank_details.queries import in_force
from grants.granting.payments.service import certify
from grants.integrity.holds.models import HoldCoverage
from grants.integrity.holds.queries import applications_held, holds_of, payments_held
from grants.integrity.holds.service import Terms, place_hold
from grants.integrity.risk.models import Concern, Severity
from grants.integrity.risk.service import Raised, raise_flag
from grants.platform.messages.models import Message
from tests.books.ledger.books import settle
from tests.factories import a_call, a_team, act_of, an_organisation, complete, member, staff
from tests.grants import Scene, a_running_grant, paid_to
from tests.platform.web.client import SignInAs


class Two:
    """Two records of one organisation, and two of the fund's people."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kept = an_organisation(session, "Asociación Casa Segura del Norte")
        self.merged = an_organisation(session, "Casa Segura del Nórte")
        self.merged.website = "casasegura.example"
        self.kept.key_persons = [{"name": "Luz Reyes", "role": "Director"}]
        self.merged.key_persons = [{"name": "Eva Paz", "role": "Treasurer"}]
        self.luz = member(session, self.kept, name="Luz Reyes")
        self.eva = member(session, self.merged, name="Eva Paz")
        self.writer = member(session, self.merged, Role.ORGANISATION_EDITOR, "Ana Gil")
        self.proposer = staff(session, Role.PROGRAMME_OFFICER)
        self.second = staff(session, Role.FUND_MANAGER)

    def propose(self, *taken: str) -> OrganisationMerge:
        act = act_of(self.session, self.proposer, "Same certificate.")
        return service.propose(self.session, self.kept, self.merged, taken, act)

    def merge(self, *taken: str) -> OrganisationMerge:
        merge = self.propose(*taken)
        service.confirm(self.session, merge, act_of(self.session, self.second))
        return merge


@pytest.fixture
def two(session: Session) -> Two:
    return Two(session)


def test_every_table_that_names_an_organisation_moves_or_stays_for_a_reason() -> None:
    naming = {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "organisation" or key.target_fullname == "donor.organisation_id"
    }
    known = {
        part.model.__tablename__ for part in (*MOVING, *MOVING_UNSEEN, *STAYING)
    } | ELSEWHERE.keys()
    assert naming <= known, f"say in grants/desk/merging/parts.py what becomes of {naming - known}"


def test_the_second_person_merges_and_people_applications_and_names_are_there(
    two: Two, fund: Fund
) -> None:
    call = a_call(two.session, fund)
    draft = start(two.session, call, two.merged, act_of(two.session, two.writer))
    merge = two.propose("website")
    assert draft.organisation_id == two.merged.id, "nothing has moved yet"
    service.confirm(two.session, merge, act_of(two.session, two.second))
    two.session.expire_all()
    assert merge.state is MergeState.MERGED
    assert merge.moved["application"] == 1
    assert merge.moved["membership"] == 2
    assert draft.organisation_id == two.kept.id
    assert two.kept.website == "casasegura.example"
    assert two.kept.other_names == ["Casa Segura del Nórte"]
    assert {person["name"] for person in two.kept.key_persons} == {"Luz Reyes", "Eva Paz"}
    assert two.merged.merged_into_id == two.kept.id
    roles = {row.person.name: row.role for row in members(two.session, two.kept.id)}
    assert roles["Ana Gil"] is Role.ORGANISATION_EDITOR
    assert roles["Eva Paz"] is Role.ORGANISATION_ADMIN
    assert not members(two.session, two.merged.id)
    writer = viewer_of(two.session, two.writer.id)
    assert writer is not None
    assert application_for_viewer(two.session, draft.reference, writer) == draft


def test_the_name_of_the_closed_one_can_be_kept_and_both_are_found(two: Two) -> None:
    two.merge("name")
    assert two.kept.name == "Casa Segura del Nórte"
    assert two.kept.other_names == ["Asociación Casa Segura del Norte"]


def test_whoever_proposes_a_merge_cannot_confirm_or_refuse_it(two: Two) -> None:
    merge = two.propose()
    mine = act_of(two.session, two.proposer, "Sure.")
    for act in (service.confirm, service.refuse):
        with pytest.raises(Forbidden):
            act(two.session, merge, mine)
    proposer, second = (viewer_of(two.session, p.id) for p in (two.proposer, two.second))
    assert proposer is not None
    assert second is not None
    assert two.session.scalar(to_confirm_count(proposer)) == 0
    assert two.session.scalar(to_confirm_count(second)) == 1


def test_other_roles_and_people_of_either_organisation_cannot_merge(two: Two) -> None:
    for role in (Role.FINANCE_OFFICER, Role.AUDITOR, Role.REVIEWER, Role.APPROVING_OFFICER):
        act = act_of(two.session, staff(two.session, role, f"As {role.value}"), "Same.")
        with pytest.raises(Forbidden):
            service.propose(two.session, two.kept, two.merged, (), act)
    with pytest.raises(Forbidden):
        service.propose(two.session, two.kept, two.merged, (), act_of(two.session, two.luz, "Us."))
    merge = two.propose()
    own = member(two.session, two.merged, Role.ORGANISATION_EDITOR, two.second.name)
    assert own == two.second
    with pytest.raises(Forbidden, match="you act for this organisation"):
        service.confirm(two.session, merge, act_of(two.session, two.second))


def test_a_reason_is_needed_and_a_second_proposal_waits(two: Two) -> None:
    with pytest.raises(DomainError, match="Enter a reason"):
        service.propose(two.session, two.kept, two.merged, (), act_of(two.session, two.proposer))
    merge = two.propose()
    with pytest.raises(Conflict, match="is already waiting"):
        two.propose()
    service.withdraw(two.session, merge, act_of(two.session, two.proposer, "Two after all."))
    refused = two.propose()
    service.refuse(two.session, refused, act_of(two.session, two.second, "Different boards."))
    assert two.merged.merged_into_id is None
    assert members(two.session, two.merged.id)


def test_a_hold_on_the_closed_one_goes_on_holding_the_kept_one(two: Two, fund: Fund) -> None:
    """Where both are held, both holds stand: payments and applications are held then."""
    session, today = two.session, fund.today()
    act = act_of(session, two.proposer, "The audit is late.")
    told = Terms(HoldCoverage.APPLICATIONS, "Send the audit.", True, today + timedelta(30))
    silent = Terms(HoldCoverage.PAYMENTS, "", False, today + timedelta(60))
    place_hold(session, two.kept, fund, silent, act)
    place_hold(session, two.merged, fund, told, act)
    merge = two.merge()
    session.expire_all()
    assert merge.moved["organisation_hold"] == 1
    assert applications_held(session, two.kept.id, fund.id) == ["Send the audit."]
    assert set(payments_held(session, [two.kept.id])) == {(fund.id, two.kept.id)}
    viewer = viewer_of(session, two.second.id)
    assert viewer is not None
    assert len(holds_of(session, two.kept.id, viewer)) == 2
    assert holds_of(session, two.merged.id, viewer) == []
    assert list(breaches(session)) == []


def test_an_organisation_that_was_merged_is_not_put_on_hold(two: Two, fund: Fund) -> None:
    two.merge()
    terms = Terms(HoldCoverage.PAYMENTS, "", False, fund.today() + timedelta(30))
    with pytest.raises(Conflict, match="merged with another one"):
        place_hold(two.session, two.merged, fund, terms, act_of(two.session, two.proposer, "Late."))


def test_the_administrators_of_both_are_told_and_editors_are_not(two: Two, fund: Fund) -> None:
    fund.contact_email = "unvtf@example.org"
    two.merge()
    query = select(Message).where(Message.event.like("organisation_merge%"))
    mails = two.session.scalars(query).all()
    assert {mail.recipient for mail in mails} == {two.luz.email, two.eva.email}
    assert all(f"{fund.title}: unvtf@example.org" in mail.text for mail in mails)


def test_an_invitation_to_the_closed_one_leads_to_the_kept_one(two: Two, session: Session) -> None:
    invite(
        session,
        two.merged,
        "Rosa Diaz",
        "rosa@example.org",
        Role.ORGANISATION_EDITOR,
        act_of(session, two.eva),
    )
    mail = session.scalar(select(Message).where(Message.recipient == "rosa@example.org"))
    assert mail is not None
    token = mail.text.split("/join/")[1].split()[0]
    two.merge()
    organisation, rosa = join(session, token)
    assert organisation == two.kept
    assert rosa.name in {row.person.name for row in members(session, two.kept.id)}


def test_nothing_is_begun_for_a_closed_organisation(two: Two, fund: Fund) -> None:
    call = a_call(two.session, fund)
    earlier = act_of(two.session, two.writer)
    two.merge()
    with pytest.raises(Conflict, match="merged with another"):
        start(two.session, call, two.merged, earlier)


def test_two_applications_to_one_call_keep_a_merge_back(two: Two, fund: Fund) -> None:
    call = a_call(two.session, fund)
    start(two.session, call, two.merged, act_of(two.session, two.eva))
    start(two.session, call, two.kept, act_of(two.session, two.luz))
    with pytest.raises(DomainError, match=call.reference):
        two.propose()


def test_a_merge_keeps_all_applications_to_a_call_that_allows_several(two: Two, fund: Fund) -> None:
    call = a_call(two.session, fund, applications_per_organisation=2)
    one = start(two.session, call, two.merged, act_of(two.session, two.eva))
    other = start(two.session, call, two.kept, act_of(two.session, two.luz))
    two.merge()
    assert {one.organisation, other.organisation} == {two.kept}
    assert (other.place, one.place) == (1, 2)


def test_applications_that_nobody_can_withdraw_any_more_are_kept_beyond_the_limit(
    two: Two, fund: Fund
) -> None:
    call, team = a_call(two.session, fund), a_team(two.session)
    for organisation, person in ((two.merged, two.eva), (two.kept, two.luz)):
        draft = start(two.session, call, organisation, act_of(two.session, person))
        submit(two.session, complete(two.session, draft), act_of(two.session, person))
        unmet = {row["key"]: Answer(False, "Not met.") for row in call.eligibility}
        decide(two.session, draft, unmet, act_of(two.session, team.officer))
    two.merge()
    rows = two.session.execute(select(Application.organisation_id, Application.place))
    assert sorted(rows) == [(two.kept.id, 1), (two.kept.id, 2)]


# Money ------------------------------------------------------------------------------------------


@pytest.fixture
def running(scene: Scene) -> Scene:
    """A signed grant whose organisation has an account in use."""
    a_running_grant(scene.session, scene.award, scene.people.manager)
    paid_to(scene.session, scene.fund, scene.organisation, scene.people)
    return scene


def other_record(scene: Scene) -> Organisation:
    other = an_organisation(scene.session, "The other record")
    member(scene.session, other, name="Olga Other")
    return other


def merged_into(scene: Scene, kept: Organisation) -> OrganisationMerge:
    act = act_of(scene.session, scene.people.officer, "Same certificate.")
    merge = service.propose(scene.session, kept, scene.organisation, (), act)
    service.confirm(scene.session, merge, act_of(scene.session, scene.people.manager))
    return merge


def test_a_grant_moves_under_its_reference_and_no_account_moves_with_it(running: Scene) -> None:
    kept = other_record(running)
    flag_act = act_of(running.session, running.people.officer)
    raise_flag(
        running.session,
        running.organisation,
        running.fund,
        Raised(Severity.YELLOW, next(iter(Concern)), "Late report."),
        flag_act,
    )
    reference = running.award.reference
    merged_into(running, kept)
    running.session.flush()
    bind(running.session)
    running.session.expire_all()
    assert running.award.reference == reference
    assert running.award.organisation == kept
    started = running.award.starts_on.year
    assert started in grant_years(running.session, kept.id, running.fund.id)
    assert in_force(running.session, running.fund.id, kept.id) is None
    assert in_force(running.session, running.fund.id, running.organisation.id) is not None
    with pytest.raises(DomainError, match="No bank details are confirmed yet"):
        certify(
            running.session,
            running.instalments[0],
            act_of(running.session, running.people.certifier, "Needed now."),
        )
    settle(running.session)
    bind(running.session)
    assert list(breaches(running.session)) == []
    assert list(verify.breaches(running.session)) == []


def test_a_payment_under_way_keeps_a_merge_back_also_at_its_confirmation(running: Scene) -> None:
    kept = other_record(running)
    act = act_of(running.session, running.people.officer, "Same certificate.")
    merge = service.propose(running.session, kept, running.organisation, (), act)
    certify(
        running.session,
        running.instalments[0],
        act_of(running.session, running.people.certifier, "Needed now."),
    )
    with pytest.raises(DomainError, match="has been certified or sent"):
        service.confirm(running.session, merge, act_of(running.session, running.people.manager))
    assert running.award.organisation == running.organisation


def test_a_change_of_bank_details_keeps_a_merge_back(scene: Scene) -> None:
    from tests.granting.bank_details.test_two_persons import ask

    a_running_grant(scene.session, scene.award, scene.people.manager)
    ask(scene)
    kept = other_record(scene)
    assert any("bank details" in why for why in obstacles(scene.session, kept, scene.organisation))


def test_verify_notices_a_merge_that_one_person_made_by_hand(two: Two) -> None:
    two.session.execute(
        text("UPDATE organisation SET merged_into_id = :kept WHERE id = :merged"),
        {"kept": two.kept.id, "merged": two.merged.id},
    )
    from grants.desk.merging.verify import merged_by_two_persons

    assert list(merged_by_two_persons(two.session))


# Pages ------------------------------------------------------------------------------------------


def test_two_of_the_funds_people_merge_on_the_pages(two: Two, sign_in_as: SignInAs) -> None:
    two.merged.registration_number = "HN-77-2016"
    two.kept.registration_number = "HN 77 2016"
    codes = two.kept.code, two.merged.code
    first = sign_in_as(two.proposer)
    listed = first.get("/organisations/duplicates")
    assert f"/organisations/{codes[0]}/merge/{codes[1]}" in listed.text
    page = first.get(f"/organisations/{codes[0]}/merge/{codes[1]}")
    assert "HN-77-2016" in page.text
    answer = first.submit(
        f"/organisations/{codes[0]}/merge/{codes[1]}",
        {"taken": ["registration_number"], "reason": "Same certificate."},
    )
    assert answer.status_code == 302
    shown = first.get(answer.location)
    assert "/confirm" not in shown.text, "the proposer has no button for it"
    second = sign_in_as(two.second)
    assert f"{answer.location}/confirm" in second.get(answer.location).text
    confirm = f"{answer.location}/confirm"
    assert second.submit(confirm, {"version": "1"}).status_code == 302
    closed = second.get(f"/organisations/{codes[1]}")
    assert "This record is closed" in closed.text
    assert codes[1] not in second.get("/organisations/all").text
    eva = sign_in_as(two.eva)
    assert eva.get(f"/organisations/{codes[1]}").location == f"/organisations/{codes[0]}"


# At the same moment ------------------------------------------------------------------------------


def both(*works: Callable[[Barrier], object]) -> list[str]:
    """Start all of them at the same moment: what each gave, or how it was refused."""
    barrier = Barrier(len(works))

    def tried(work: Callable[[Barrier], object]) -> str:
        try:
            work(barrier)
        except (FundError, StaleDataError) as refused:
            return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(tried, works))


def test_two_confirmations_and_a_new_application_at_once_have_one_effect_and_lose_nothing(
    real_database: Database,
) -> None:
    with real_database.transaction() as opened:
        two = Two(opened)
        third = staff(opened, Role.FUND_MANAGER, "Third Manager")
        call_id = a_call(opened, opened.scalars(select(Fund)).one()).id
        writing = act_of(opened, two.writer)
        acts = [act_of(opened, one) for one in (two.second, third)]
        number, kept_id, merged_id = two.propose().id, two.kept.id, two.merged.id

    def confirming(act: Act) -> Callable[[Barrier], object]:
        def work(barrier: Barrier) -> None:
            with real_database.transaction() as opened:
                merge = opened.get_one(OrganisationMerge, number)
                barrier.wait()
                service.confirm(opened, merge, act)

        return work

    def beginning(barrier: Barrier) -> None:
        with real_database.transaction() as opened:
            known = opened.get_one(Call, call_id), opened.get_one(Organisation, merged_id)
            barrier.wait()
            start(opened, *known, writing)

    *confirmed, begun = both(*map(confirming, acts), beginning)
    assert confirmed.count("done") == 1, confirmed
    with real_database.session() as opened:
        owners = opened.scalars(select(Application.organisation_id)).all()
        assert list(owners) == ([kept_id] if begun == "done" else [])
        assert list(breaches(opened)) == []
