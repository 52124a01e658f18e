"""People who leave: their requests for erasure, one in each state."""

from sqlalchemy import select

from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.service import Tenure, appoint
from grants.desk.data_protection import service
from grants.desk.data_protection.models import ErasureRequest
from grants.platform.documents.opening import log_opening
from seeds.company import GRANTEE, Company, days_after, on
from seeds.projects import proposal


def plant_requests(company: Company) -> None:
    """One waits, one waits for the second person, one was answered by erasing, one refused."""
    organisation = company.session.scalars(
        select(Organisation).where(Organisation.name == proposal(GRANTEE).organisation)
    ).one()
    waiting, erased, refused = (
        _colleague(company, organisation, name)
        for name in ("Lucía Paredes", "Bruno Salles", "Inés Duarte")
    )
    former = company.enter("Gerhard Lindner")
    tenure = Tenure(days_after(company.today, -900), days_after(company.today, -400))
    appoint(company.session, former, Role.CERTIFYING_OFFICER, tenure=tenure)
    proposed, decided, denied = (
        _request(company, person, -9) for person in (former, erased, refused)
    )
    _request(company, waiting, -2)
    with on(days_after(company.today, -4)):
        why = "No duty of the fund asks us to keep the name."
        service.erase_at_once(company.session, decided, company.act(Role.ADMINISTRATOR, why))
        why = "You sign for the grant of your organisation until it is closed."
        service.refuse(company.session, denied, company.act(Role.FUND_MANAGER, why))
        why = "Left more than a year ago. The payments that were certified are audited."
        service.propose(company.session, proposed, company.act(Role.ADMINISTRATOR, why))


def _colleague(company: Company, organisation: Organisation, name: str) -> Person:
    person = company.enter(name)
    appoint(company.session, person, Role.ORGANISATION_READER, organisation=organisation)
    return person


def _request(company: Company, person: Person, days: int) -> ErasureRequest:
    with on(days_after(company.today, days)):
        wish = "I do not work here any more."
        return service.ask_erasure(company.session, person, wish, company.act_of(person))


def plant_openings(company: Company) -> None:
    """Officers opened files of yesterday and today, so that the access log has lines."""
    with on(days_after(company.today, -1)):
        for role in (Role.PROGRAMME_OFFICER, Role.CERTIFYING_OFFICER):
            log_opening(
                company.session,
                company.act(role),
                "agreement.pdf",
                f"/grants/{company.grants[0][0].reference}/signed-agreement",
                company.fund.id,
                company.grants[0][0].agreement_document_id,
            )
