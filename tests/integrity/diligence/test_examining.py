"""One person examines, another decides, and what was decided stands."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.taxonomies import DonorKind, Exclusion
from grants.core.people.permissions import Role
from grants.integrity.diligence.models import DiligenceRules, DueDiligence, Outcome
from grants.integrity.diligence.queries import Clearance, clearance_of, clearances, criteria_of
from grants.integrity.diligence.service import (
    Answer,
    answer,
    attach,
    decide,
    open_case,
    recommend,
    revoke,
    send_back,
    take_over,
)
from grants.integrity.diligence.workflow import DiligenceState
from grants.integrity.sanctions.matching import confirm, watch
from grants.integrity.sanctions.queries import hits_of
from grants.platform.file_checks.checks import Upload
from tests.factories import a_donor, act_of, member, staff
from tests.integrity.diligence.examined import (
    a_company,
    answered,
    answers,
    approver,
    officer,
    recommended,
    take_a_list,
)
from tests.integrity.sanctions.deciding import told_apart
from tests.platform.documents.files import pdf

LISTED = "Black Meridian Front"


def test_from_the_first_question_to_the_clearance(session: Session, fund: Fund) -> None:
    donor = a_company(session)
    assert clearance_of(session, donor) is Clearance.NOT_BEGUN
    examination = recommended(session, fund, donor)
    assert clearance_of(session, donor) is Clearance.UNDER_WAY
    decide(session, examination, Outcome.CLEAR, approver(session))
    assert clearance_of(session, donor) is Clearance.CLEARED
    assert examination.valid_until == clock.months_after(clock.today(), 36)
    assert examination.screened["matches"] == []
    actions = [row.action for row in trail_of(session, "due_diligence", examination.id)]
    assert actions == ["create", "answer", "recommend", "clear"]


def test_whoever_recommended_does_not_decide(session: Session, fund: Fund) -> None:
    examination = recommended(session, fund, a_company(session))
    with pytest.raises(Forbidden):
        decide(session, examination, Outcome.CLEAR, officer(session))


@pytest.mark.parametrize("act", ["create", "answer", "recommend"])
def test_whoever_did_any_of_the_work_does_not_decide_in_another_role(
    session: Session, fund: Fund, act: str
) -> None:
    both = staff(session, Role.PROGRAMME_OFFICER, "Two Hats")
    staff(session, Role.APPROVING_OFFICER, "Two Hats")
    own, other = act_of(session, both, "Looked into."), officer(session)
    take_a_list(session)
    examination = open_case(session, a_company(session), fund, own if act == "create" else other)
    answer(session, examination, answers(), [], own if act == "answer" else other)
    recommend(session, examination, Outcome.CLEAR, own if act == "recommend" else other)
    with pytest.raises(Forbidden, match="A different person"):
        decide(session, examination, Outcome.CLEAR, own)


def test_nothing_is_recommended_before_every_criterion_has_its_evidence(
    session: Session, fund: Fund
) -> None:
    take_a_list(session)
    examination = open_case(session, a_company(session), fund, officer(session))
    with pytest.raises(DomainError, match=f"{len(Exclusion)} are not answered"):
        recommend(session, examination, Outcome.CLEAR, officer(session))
    some = answers() | {"arms": Answer(found=False), "tobacco": Answer(None, "Not read yet.")}
    answer(session, examination, some, [], officer(session))
    with pytest.raises(DomainError, match="2 are not answered"):
        recommend(session, examination, Outcome.CLEAR, officer(session))


def test_nobody_is_recommended_without_a_sanctions_list(session: Session, fund: Fund) -> None:
    examination = answered(session, fund, a_company(session))
    with pytest.raises(DomainError, match="No sanctions list"):
        recommend(session, examination, Outcome.CLEAR, officer(session))


def test_what_was_found_allows_no_clearance_without_conditions(
    session: Session, fund: Fund
) -> None:
    take_a_list(session)
    examination = answered(session, fund, a_company(session), Exclusion.GAMBLING)
    with pytest.raises(DomainError, match="without conditions"):
        recommend(session, examination, Outcome.CLEAR, officer(session))
    recommend(session, examination, Outcome.CONDITIONS, officer(session))
    with pytest.raises(DomainError, match="without conditions"):
        decide(session, examination, Outcome.CLEAR, approver(session))
    with pytest.raises(DomainError, match="reason"):
        decide(session, examination, Outcome.CONDITIONS, approver(session))
    decide(session, examination, Outcome.CONDITIONS, approver(session, "No logo of theirs."))
    assert clearance_of(session, examination.organisation) is Clearance.CONDITIONS


def test_a_possible_match_is_decided_first(session: Session, fund: Fund) -> None:
    take_a_list(session)
    donor = a_company(session, LISTED)
    examination = answered(session, fund, donor)
    assert clearance_of(session, donor) is Clearance.HELD
    with pytest.raises(DomainError, match="each possible match"):
        recommend(session, examination, Outcome.CLEAR, officer(session))
    (hit,) = hits_of(session, donor.id)
    told_apart(session, hit, "A company of 1873 in Graz.")
    recommend(session, examination, Outcome.CLEAR, officer(session))
    (kept,) = examination.screened["matches"]
    assert (kept["reference"], kept["state"]) == ("TSe.101", "different")
    assert kept["reason"] == "A company of 1873 in Graz."


def test_whoever_is_on_the_list_can_only_be_refused(session: Session, fund: Fund) -> None:
    take_a_list(session)
    donor = a_company(session, LISTED)
    examination = answered(session, fund, donor)
    confirm(session, hits_of(session, donor.id)[0], officer(session, "The same address."))
    with pytest.raises(DomainError, match="only be refused"):
        recommend(session, examination, Outcome.CONDITIONS, officer(session))
    recommend(session, examination, Outcome.REFUSE, officer(session))
    decide(session, examination, Outcome.REFUSE, approver(session, "On the list."))
    assert clearance_of(session, donor) is Clearance.BARRED


def test_owners_are_screened_with_the_donor(session: Session, fund: Fund) -> None:
    take_a_list(session)
    donor = a_company(session)
    examination = open_case(session, donor, fund, officer(session))
    answer(session, examination, {}, ["Марек Дравенко"], officer(session))
    assert clearance_of(session, donor) is Clearance.HELD


def test_the_decider_asks_for_more(session: Session, fund: Fund) -> None:
    examination = recommended(session, fund, a_company(session))
    send_back(session, examination, approver(session, "Who owns it?"))
    assert examination.state is DiligenceState.OPEN
    answer(session, examination, answers(), ["Ada Byron"], officer(session))
    assert examination.persons == ["Ada Byron"]


def test_a_clearance_runs_out_and_is_renewed(session: Session, fund: Fund) -> None:
    session.add(DiligenceRules(fund_id=fund.id, years=1, examines_igos=False, more_criteria=[]))
    donor = a_company(session)
    first = recommended(session, fund, donor)
    decide(session, first, Outcome.CLEAR, approver(session))
    assert first.valid_until is not None
    with clock.at(clock.now() + timedelta(days=367)):
        assert clearance_of(session, donor) is Clearance.EXPIRED
        second = answered(session, fund, donor)
        assert clearance_of(session, donor) is Clearance.EXPIRED
        recommend(session, second, Outcome.CLEAR, officer(session))
        decide(session, second, Outcome.CLEAR, approver(session))
        assert clearance_of(session, donor) is Clearance.CLEARED


def test_a_clearance_holds_through_its_last_day(session: Session, fund: Fund) -> None:
    donor = a_company(session)
    examination = recommended(session, fund, donor)
    decide(session, examination, Outcome.CLEAR, approver(session))
    assert examination.valid_until is not None
    left = (examination.valid_until - clock.today()).days
    with clock.at(clock.now() + timedelta(days=left)):
        assert clearance_of(session, donor) is Clearance.CLEARED
    with clock.at(clock.now() + timedelta(days=left + 1)):
        assert clearance_of(session, donor) is Clearance.EXPIRED


def test_a_clearance_is_revoked_for_a_reason(session: Session, fund: Fund) -> None:
    examination = recommended(session, fund, a_company(session))
    decide(session, examination, Outcome.CLEAR, approver(session))
    with pytest.raises(DomainError):
        revoke(session, examination, approver(session))
    revoke(session, examination, approver(session, "Convicted since."))
    assert clearance_of(session, examination.organisation) is Clearance.REFUSED


def test_one_examination_at_a_time(session: Session, fund: Fund) -> None:
    donor = a_company(session)
    answered(session, fund, donor)
    with pytest.raises(Conflict):
        open_case(session, donor, fund, officer(session))


def test_the_database_too_keeps_one_at_a_time(session: Session, fund: Fund) -> None:
    donor = a_company(session)
    answered(session, fund, donor)
    session.add(
        DueDiligence(
            organisation_id=donor.id,
            fund_id=fund.id,
            state=DiligenceState.OPEN,
            begun_at=clock.now(),
            criteria=[],
        )
    )
    with pytest.raises(IntegrityError, match="uq_due_diligence_undecided"):
        session.flush()


@pytest.mark.parametrize(
    "change",
    [
        "state = 'open'",
        "valid_until = valid_until + 365",
        "answers = '{}'",
        "state = 'revoked', revocation = 'x', decided_on = decided_on - 1",
        "state = 'revoked', revocation = 'x', decision = 'y'",
    ],
)
def test_the_database_keeps_what_was_decided(session: Session, fund: Fund, change: str) -> None:
    examination = recommended(session, fund, a_company(session))
    decide(session, examination, Outcome.CLEAR, approver(session))
    session.flush()
    with pytest.raises(DBAPIError, match="stands"):
        session.execute(text(f"UPDATE due_diligence SET {change}"))


def test_the_database_lets_nobody_check_their_own_work(session: Session, fund: Fund) -> None:
    recommended(session, fund, a_company(session))
    with pytest.raises(IntegrityError, match="cleared_by_another"):
        session.execute(
            text(
                "UPDATE due_diligence SET state = 'cleared', decided_by = recommended_by,"
                " decided_on = '2026-01-01', valid_until = '2027-01-01'"
            )
        )


def test_whoever_acts_for_the_donor_does_not_examine_it(session: Session, fund: Fund) -> None:
    donor = a_company(session)
    person = staff(session, Role.PROGRAMME_OFFICER)
    member(session, donor, Role.DONOR, person.name)
    with pytest.raises(Forbidden, match="act for this organisation"):
        open_case(session, donor, fund, act_of(session, person))


def test_what_was_accepted_before_is_taken_over_once_and_says_so(
    session: Session, fund: Fund
) -> None:
    donor = a_company(session)
    by = Act.by_system("import")
    examination = take_over(session, donor, fund, by)
    assert examination is not None
    assert (examination.taken_over, examination.criteria) == (True, [])
    assert "Imported from earlier records" in (examination.decision or "")
    assert clearance_of(session, donor) is Clearance.CLEARED
    assert take_over(session, donor, fund, by) is None


def test_a_person_takes_nothing_over(session: Session, fund: Fund) -> None:
    with pytest.raises(Forbidden):
        take_over(session, a_company(session), fund, approver(session, "We know them."))


def test_a_refusal_is_not_undone_by_earlier_records(session: Session, fund: Fund) -> None:
    donor = a_company(session)
    examination = recommended(session, fund, donor, outcome=Outcome.REFUSE)
    decide(session, examination, Outcome.REFUSE, approver(session, "Nobody knows its owner."))
    assert take_over(session, donor, fund, Act.by_system("import")) is None
    assert clearance_of(session, donor) is Clearance.REFUSED


@pytest.mark.parametrize("kind", list(DonorKind))
def test_who_is_examined_is_a_rule_of_the_fund(
    session: Session, fund: Fund, kind: DonorKind
) -> None:
    donor = a_company(session, kind=kind)
    free = kind in (DonorKind.MEMBER_STATE, DonorKind.IGO)
    assert (clearance_of(session, donor, fund) is Clearance.NOT_NEEDED) == free
    session.add(DiligenceRules(fund_id=fund.id, years=3, examines_igos=True, more_criteria=[]))
    free = kind is DonorKind.MEMBER_STATE
    assert (clearance_of(session, donor, fund) is Clearance.NOT_NEEDED) == free
    other = establish(session, Charter("OTHER", {"en": "Other"}, {"en": ""}))
    if kind is DonorKind.IGO:
        assert clearance_of(session, donor, other) is Clearance.NOT_NEEDED


def test_a_funds_own_criteria_are_asked_too(session: Session, fund: Fund) -> None:
    own = {"key": "own-1", "label": {"en": "Mining in the deep sea"}}
    session.add(DiligenceRules(fund_id=fund.id, years=3, examines_igos=False, more_criteria=[own]))
    session.flush()
    take_a_list(session)
    examination = answered(session, fund, a_company(session))
    assert criteria_of(examination)[-1].label == "Mining in the deep sea"
    with pytest.raises(DomainError, match="1 are not answered"):
        recommend(session, examination, Outcome.CLEAR, officer(session))


def test_files_are_attached_while_it_is_examined(session: Session, fund: Fund) -> None:
    examination = answered(session, fund, a_company(session))
    upload = Upload("register.pdf", pdf(1))
    attach(session, examination, upload, "Extract of the register", officer(session))
    assert [kept.about for kept in examination.files] == ["Extract of the register"]
    with pytest.raises(Forbidden):
        attach(session, examination, upload, "", approver(session))


def test_the_list_and_a_single_look_say_the_same(session: Session, fund: Fund) -> None:
    take_a_list(session)
    state, fresh, held = a_donor(session), a_company(session), a_company(session, LISTED)
    cleared = a_company(session, "Quiet Trust")
    take_over(session, cleared, fund, Act.by_system("test"))
    watch(session, held, Act.by_system("test"))
    each = {one.id: clearance_of(session, one) for one in (state, fresh, held, cleared)}
    assert clearances(session, each) == each
    assert set(each.values()) == {
        Clearance.NOT_NEEDED,
        Clearance.NOT_BEGUN,
        Clearance.HELD,
        Clearance.CLEARED,
    }


def test_a_private_person_is_not_asked_about_business(session: Session, fund: Fund) -> None:
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    company = open_case(session, a_company(session), fund, by)
    person = open_case(session, a_company(session, "B. Rossi", DonorKind.INDIVIDUAL), fund, by)
    asked = {one.key for one in criteria_of(person)}
    assert len(criteria_of(company)) == len(Exclusion)
    assert not asked & {"arms", "tobacco", "gambling", "forced_labour", "environment"}
    assert {"sanctions", "trafficking", "corruption", "source_of_funds"} <= asked
