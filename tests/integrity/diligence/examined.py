"""Donors on their way through due diligence."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import DonorKind, Exclusion
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.giving.donors.service import welcome
from grants.integrity.diligence.models import DueDiligence, Outcome
from grants.integrity.diligence.service import Answer, answer, open_case, recommend
from grants.integrity.sanctions.service import take_list
from tests.factories import a_donor, act_of, staff
from tests.integrity.sanctions.lists import a_list


def a_company(
    session: Session, name: str = "Nordwind AG", kind: DonorKind = DonorKind.PRIVATE
) -> Organisation:
    """A donor that is no State, of whom nothing is known yet."""
    company = a_donor(session, name, kind, "AT")
    welcome(session, company, Act.by_system("test"))
    return company


def officer(session: Session, reason: str | None = "All was looked into.") -> Act:
    return act_of(session, staff(session, Role.PROGRAMME_OFFICER), reason)


def approver(session: Session, reason: str | None = None) -> Act:
    return act_of(session, staff(session, Role.APPROVING_OFFICER), reason)


def take_a_list(session: Session) -> None:
    take_list(session, "list.xml", a_list(), Act.by_system("test"))


def answers(*found: Exclusion) -> dict[str, Answer]:
    """Each standard criterion with its evidence."""
    return {
        one.value: Answer(one in found, "Register of companies, read today.") for one in Exclusion
    }


def answered(session: Session, fund: Fund, donor: Organisation, *found: Exclusion) -> DueDiligence:
    examination = open_case(session, donor, fund, officer(session))
    answer(session, examination, answers(*found), [], officer(session))
    return examination


def recommended(
    session: Session,
    fund: Fund,
    donor: Organisation,
    *found: Exclusion,
    outcome: Outcome = Outcome.CLEAR,
) -> DueDiligence:
    """Examined, and waiting for another person's decision."""
    take_a_list(session)
    examination = answered(session, fund, donor, *found)
    recommend(session, examination, outcome, officer(session))
    return examination
