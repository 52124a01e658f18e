"""Who looks after cases, what the fund's people say of them among themselves, what is unread."""

from typing import Any

from sqlalchemy import ColumnElement, select

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import ApplicationState
from grants.banking.bank.models import BankLine
from grants.banking.bank.workflow import LineState
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.giving.donors.models import Donor
from grants.giving.pledges.models import Pledge
from grants.platform.casework import service
from grants.platform.casework.cases import Case, case_for
from seeds.company import Company, days_after, on

MANAGER, OFFICER, FINANCE = Role.FUND_MANAGER, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER


def plant_casework(company: Company) -> None:
    """One case of each kind has an owner and remarks; one remark was withdrawn, some are unread."""
    application, award, pledge, donor, line = _cases_of(company)
    manager = company.act(MANAGER).actor
    applicant = case_for(company.session, manager, "organisation", application.organisation_id or 0)
    with on(days_after(company.today, -3)):
        _assign(company, application, OFFICER, MANAGER)
        _assign(company, award, OFFICER, OFFICER)
        _assign(company, pledge, MANAGER, MANAGER)
        _assign(company, donor, MANAGER, OFFICER)
        _assign(company, line, FINANCE, FINANCE)
        _assign(company, applicant, OFFICER, OFFICER)
        _write_remark(
            company, pledge, MANAGER, "The capital asked for the draft agreement in French."
        )
        slip = _write_remark(company, award, OFFICER, "The report is two weeks late.")
    with on(days_after(company.today, -2)):
        service.withdraw_remark(company.session, slip, award, company.act(OFFICER))
        _write_remark(
            company, applicant, OFFICER, "New address since May; the papers still show the old."
        )
        _write_remark(company, line, FINANCE, "Is this the second part of your pledge?", MANAGER)
    with on(days_after(company.today, -1)):
        words = "Please look at the budget before you screen it: two lines are the same."
        _write_remark(company, application, MANAGER, words, OFFICER)
        _write_remark(company, donor, MANAGER, "Their new contact prefers to be called.", OFFICER)


def _cases_of(company: Company) -> list[Case]:
    """An application, a grant, a pledge, a donor and a line of the bank."""
    kinds: tuple[tuple[str, Any, ColumnElement[bool], Any], ...] = (
        (
            "application",
            Application,
            Application.state == ApplicationState.SUBMITTED,
            Application.submitted_at,
        ),
        ("award", Award, Award.fund_id == company.fund.id, Award.approved_on),
        ("pledge", Pledge, Pledge.fund_id == company.fund.id, Pledge.pledged_on),
        ("donor", Donor, Donor.sender_confirmed_at.is_not(None), Donor.known_since),
        ("bank_line", BankLine, BankLine.state == LineState.UNMATCHED, BankLine.booked_on),
    )
    return [_case_of(company, *each) for each in kinds]


def _case_of(
    company: Company, kind: str, model: Any, condition: ColumnElement[bool], since: Any
) -> Case:
    """The newest record of a kind, if possible one that was there before people spoke of it."""
    key = model.__mapper__.primary_key[0]
    is_older = since <= days_after(company.today, -4)
    newest = select(key).where(condition).order_by(is_older.desc(), key.desc()).limit(1)
    number = company.session.scalar(newest)
    assert number is not None, kind
    role = FINANCE if kind == "bank_line" else MANAGER
    return case_for(company.session, company.act(role).actor, kind, number)


def _assign(company: Company, case: Case, owner: Role, by: Role) -> None:
    person = company.act(owner).actor.person_id
    service.assign(company.session, case, person, None, company.act(by))


def _write_remark(company: Company, case: Case, by: Role, words: str, *mentioned: Role) -> Any:
    people = {number for role in mentioned if (number := company.act(role).actor.person_id)}
    return service.write_remark(company.session, case, words, people, company.act(by))
