"""One function writes states: it asks for permission, for a second person and for a reason."""

from datetime import date

import pytest
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, may_take
from grants.core.audit.queries import trail_of
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD, AwardState
from tests.factories import act_of, an_organisation, staff


def an_award(session: Session, fund: Fund, act: Act) -> Award:
    award = Award(
        reference="UNVTF-G-2026-001",
        fund_id=fund.id,
        organisation_id=an_organisation(session).id,
        title="Shelter",
        amount_minor=100,
        psc_percent=fund.psc_percent,
        approved_on=clock.today(),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    begin(session, award, AWARD, act)
    return award


def test_state_and_trail_are_written_together(session: Session, fund: Fund) -> None:
    officer = staff(session, Role.APPROVING_OFFICER)
    award = an_award(session, fund, act_of(session, officer))
    advance(session, award, AWARD, "cancel", act_of(session, officer, "No bank account."))
    rows = trail_of(session, "award", award.id)
    assert award.state is AwardState.CANCELLED
    assert [(row.action, row.source, row.target) for row in rows] == [
        ("create", None, "approved"),
        ("cancel", "approved", "cancelled"),
    ]
    assert rows[-1].reason == "No bank account."
    assert rows[-1].person_id == officer.id


def test_who_lacks_the_permission_is_refused(session: Session, fund: Fund) -> None:
    award = an_award(session, fund, Act.by_system("import"))
    observer = staff(session, Role.OBSERVER)
    with pytest.raises(Forbidden):
        advance(session, award, AWARD, "cancel", act_of(session, observer, "Why not."))
    assert award.state is AwardState.APPROVED


def test_who_took_the_earlier_step_is_refused_the_later_one(session: Session, fund: Fund) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    award = an_award(session, fund, act_of(session, manager))
    act = act_of(session, manager)
    award.agreement_signed_on = clock.today()
    assert not may_take(session, award, AWARD.step("sign_agreement"), act)
    with pytest.raises(Forbidden, match="A different person"):
        advance(session, award, AWARD, "sign_agreement", act)


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_step_that_needs_a_reason_is_refused_without(
    session: Session, fund: Fund, reason: str | None
) -> None:
    award = an_award(session, fund, Act.by_system("import"))
    with pytest.raises(DomainError, match="reason"):
        advance(session, award, AWARD, "cancel", Act.by_system("import", reason))


def test_a_step_that_is_no_longer_possible_is_a_conflict(session: Session, fund: Fund) -> None:
    award = an_award(session, fund, Act.by_system("import"))
    advance(session, award, AWARD, "cancel", Act.by_system("import", "Withdrawn."))
    with pytest.raises(Conflict):
        advance(session, award, AWARD, "cancel", Act.by_system("import", "Again."))


def test_of_two_simultaneous_decisions_the_second_is_refused(real_database: Database) -> None:
    with real_database.transaction() as session:
        fund = session.query(Fund).one()
        award_id = an_award(session, fund, Act.by_system("import")).id
    with real_database.session() as first, real_database.session() as second:
        mine, theirs = first.get_one(Award, award_id), second.get_one(Award, award_id)
        advance(first, mine, AWARD, "cancel", Act.by_system("import", "First."))
        first.commit()
        with pytest.raises(StaleDataError):
            advance(second, theirs, AWARD, "cancel", Act.by_system("import", "Second."))
