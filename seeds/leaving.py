"""People who leave, data that go, and programs that come in and leave."""

from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.people import credentials
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.service import Tenure, appoint
from grants.desk.data_protection import service
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.retention import service as retention
from grants.desk.retention.models import Purge
from grants.desk.retention.models import RetentionClass as Kind
from grants.desk.retention.queries import last_day_kept
from grants.platform.documents.opening import log_opening
from grants.publishing.integration.models import TokenScope
from grants.publishing.integration.service import Terms, make_token, revoke_token
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
    staying = _colleague(company, organisation, "Marta Quiroga")
    kept = _request(company, staying, -8)
    with on(days_after(company.today, -7)):
        service.withdraw(company.session, kept, company.act_of(staying))
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


def plant_retention(company: Company) -> None:
    """A period was set, a person is on hold; of four purges each is in another state."""
    session, administrator = company.session, Role.ADMINISTRATOR
    held = session.scalars(select(Person).where(Person.name == "Inés Duarte")).one()
    old = days_after(company.today, -5000)
    with on(old):
        credentials.sign_in(session, held, "Firefox on Linux")
        credentials.sign_in(session, company.people[administrator][0], "Firefox on Linux")
        log_opening(session, company.act(administrator), "old.pdf", "/old", company.fund.id, None)
    with on(days_after(company.today, -3)):
        why = "The data protection officer asked for a shorter period."
        retention.set_years(session, Kind.ACCESS_LOG, 1, company.act(administrator, why))
        why = "A finding on the grant that this person reported on is open."
        retention.place_hold(session, held, company.act(administrator, why))
        done, stopped = _proposed(company, Kind.SIGN_INS), _proposed(company, Kind.ACCESS_LOG)
        retention.confirm(session, done, company.act(Role.FUND_MANAGER))
        retention.carry_out(session, done, Act.by_system("retention"))
        why = "The auditors asked to see the log first."
        retention.stop(session, stopped, company.act(administrator, why))
        retention.confirm(
            session, _proposed(company, Kind.ACCESS_LOG), company.act(Role.FUND_MANAGER)
        )
    with on(old):
        credentials.sign_in(session, company.people[administrator][0], "Firefox on Linux")
    with on(days_after(company.today, -1)):
        _proposed(company, Kind.SIGN_INS)


def _proposed(company: Company, kind: Kind) -> Purge:
    before = last_day_kept(company.session, kind)
    return retention.propose(company.session, kind, before, company.act(Role.ADMINISTRATOR))


def plant_tokens(company: Company) -> None:
    """A program reads for the data warehouse; the token of another was revoked."""
    session, fund = company.session, company.fund
    with on(days_after(company.today, -40)):
        act = company.act(Role.ADMINISTRATOR)
        ends_on = days_after(company.today, 200)
        reading = Terms("Data warehouse", TokenScope.READ_GRANTS, ends_on)
        make_token(session, fund, reading, act)
        paying = Terms("Umoja bridge", TokenScope.WRITE_PAYMENTS, ends_on)
        token, _key = make_token(session, fund, paying, act)
    with on(days_after(company.today, -12)):
        why = "The program runs on another machine now, with a token of its own."
        revoke_token(session, token, company.act(Role.ADMINISTRATOR, why))


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
