"""A call may limit the years in a row in which an organisation holds a grant of the fund."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.applying.call_changes.amendments import AMENDABLE, amendments_of
from grants.applying.call_changes.copying import copy_call
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.models import Call
from grants.applying.drafts.eligibility import obstacles
from grants.applying.submissions.service import amend_call, submit
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from tests.factories import (
    a_call,
    a_complete_draft,
    a_draft_call,
    act_of,
    an_organisation,
    member,
    staff,
    writer_of,
)
from tests.grants import a_running_grant, an_approved_award, cash
from tests.platform.web.client import SignInAs

YEAR = clock.today().year + 1
"""In which the projects of the call can start."""


def a_limited_call(session: Session, fund: Fund, most: int | None) -> Call:
    start = date(YEAR, 2, 1)
    return a_call(session, fund, years_in_a_row=most, earliest_start_on=start)


def approved(session: Session, fund: Fund, organisation: Organisation, year: int) -> Award:
    """An award of a whole year, not signed yet."""
    approver = staff(session, Role.APPROVING_OFFICER)
    first = date(year, 1, 1)
    return an_approved_award(session, fund, organisation, approver, "5000", first, months=12)


def granted(session: Session, fund: Fund, organisation: Organisation, year: int) -> Award:
    """The same with its agreement signed."""
    award = approved(session, fund, organisation, year)
    return a_running_grant(session, award, staff(session, Role.FUND_MANAGER))


def begun(session: Session) -> int:
    return session.scalar(select(func.count(Application.id))) or 0


@pytest.mark.parametrize(
    ("held", "most", "again"),
    [
        ([-1], 1, 1),
        ([-1], 2, None),
        ([-2, -1], 2, 1),
        ([-3, -1], 2, None),
        ([-2], 1, None),
        ([0], 1, None),
        ([-1, 0], 1, 2),
        ([-1, 1], 2, 3),
        ([-2, -1], None, None),
    ],
)
def test_years_are_counted_before_and_after_that_of_the_call_up_to_a_gap(
    session: Session, fund: Fund, held: list[int], most: int | None, again: int | None
) -> None:
    cash(session, fund)
    organisation = an_organisation(session)
    for years in held:
        granted(session, fund, organisation, YEAR + years)
    call = a_limited_call(session, fund, most)
    remedies = [one.remedy for one in obstacles(session, call, organisation)]
    assert len(remedies) == (0 if again is None else 1)
    assert all(f"start in {YEAR + (again or 0)} or later" in one for one in remedies)


def test_a_grant_counts_in_every_year_in_which_it_runs(session: Session, fund: Fund) -> None:
    cash(session, fund)
    organisation = an_organisation(session)
    approver, first = staff(session, Role.APPROVING_OFFICER), date(YEAR - 2, 7, 1)
    award = an_approved_award(session, fund, organisation, approver, "5000", first, months=12)
    a_running_grant(session, award, staff(session, Role.FUND_MANAGER))
    (found,) = obstacles(session, a_limited_call(session, fund, 2), organisation)
    assert f"every year from {YEAR - 2} to {YEAR}. The call allows 2 years" in found.reason


def test_only_signed_grants_of_the_same_fund_to_the_same_organisation_count(
    session: Session, fund: Fund
) -> None:
    cash(session, fund)
    organisation, other = an_organisation(session), an_organisation(session, "Another")
    second = establish(session, Charter("SLAVERY", {"en": "Other"}, {"en": "Other"}))
    cash(session, second)
    granted(session, second, organisation, YEAR - 1)
    granted(session, fund, other, YEAR - 1)
    award = approved(session, fund, organisation, YEAR - 1)
    call = a_limited_call(session, fund, 1)
    assert obstacles(session, call, organisation) == []
    a_running_grant(session, award, staff(session, Role.FUND_MANAGER))
    assert len(obstacles(session, call, organisation)) == 1


def test_who_held_grants_long_enough_is_told_so_and_nothing_begins(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    cash(session, fund)
    organisation = an_organisation(session)
    person = member(session, organisation)
    granted(session, fund, organisation, YEAR - 1)
    call = a_limited_call(session, fund, 1)
    row = {f"e_{row['key']}": "yes" for row in call.eligibility if row.get("ask")}
    session.commit()
    typed = {"organisation": organisation.code, **row}
    page = sign_in_as(person).submit(f"/calls/{call.reference}/apply", typed).text
    assert f"every year from {YEAR - 1} to {YEAR}" in page
    assert f"start in {YEAR + 1} or later" in page
    assert begun(session) == 0


def test_a_grant_signed_while_the_application_is_written_keeps_it_from_being_submitted(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    cash(session, fund)
    call = a_limited_call(session, fund, 1)
    call.reports_first = False  # what it owes of the other grant is another test
    draft = a_complete_draft(session, call)
    granted(session, fund, draft.organisation, YEAR - 1)
    with pytest.raises(DomainError, match="The call allows 1 year in a row"):
        submit(session, draft, writer_of(session, draft))
    assert draft.state is ApplicationState.DRAFT
    call.years_in_a_row = 2
    submit(session, draft, writer_of(session, draft))
    assert draft.submitted_at is not None


def test_the_public_page_says_how_many_years_and_nothing_where_there_is_no_limit(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    limited, free = a_limited_call(session, fund, 3), a_limited_call(session, fund, None)
    session.commit()
    browser = sign_in_as(staff(session, Role.FUND_MANAGER, "Ingrid Solvang"))
    said = f"At most 3 years in a row with a grant from the fund, including {YEAR}"
    assert said in browser.get(f"/calls/{limited.reference}").text
    assert "years in a row" not in browser.get(f"/calls/{free.reference}").text


def test_an_amendment_gives_more_years_but_never_fewer(session: Session, fund: Fund) -> None:
    call = a_limited_call(session, fund, 2)
    rules = {name: getattr(call, name) for name in AMENDABLE}
    by = act_of(session, staff(session, Role.FUND_MANAGER), "As the Board advised.")
    with pytest.raises(DomainError, match="may not fall"):
        amend_call(session, call, {**rules, "years_in_a_row": 1}, by)
    earlier = {"earliest_start_on": date(YEAR - 1, 12, 31)}
    with pytest.raises(DomainError, match="in another year"):
        amend_call(session, call, {**rules, **earlier}, by)
    amend_call(session, call, {**rules, "years_in_a_row": 3}, by)
    amend_call(session, call, {**rules, "years_in_a_row": None}, by)
    changes = [change for one in amendments_of(session, call) for change in one.changes]
    assert [(one.before, one.after) for one in changes] == [("3", "–"), ("2", "3")]
    with pytest.raises(DomainError, match="may not fall"):
        amend_call(session, call, {**rules, "years_in_a_row": 9}, by)


def test_a_copy_and_a_second_stage_keep_the_limit(session: Session, fund: Fund) -> None:
    start = clock.today() + timedelta(days=90)
    call = a_draft_call(session, fund, years_in_a_row=3, earliest_start_on=start)
    by = act_of(session, staff(session, Role.FUND_MANAGER))
    assert copy_call(session, call, by).years_in_a_row == 3
    assert add_second_stage(session, call, by).years_in_a_row == 3
