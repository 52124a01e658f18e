"""Changes of grants: one of each kind, and one in each state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.changes import service, signing
from grants.granting.changes.models import GrantChange
from grants.granting.changes.queries import terms_of
from grants.granting.changes.to_sign import send_amendment
from grants.granting.changes.workflow import ChangeKind
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from seeds.company import GRANTEE, Company, days_after, on
from seeds.projects import proposal
from seeds.scans import page_saying

K = ChangeKind
NEEDED = 7
"""So many running grants, one for each open change and for each that needs its own."""


def plant_changes(company: Company) -> None:
    """Of the grants that run longest, each is changed in another way, as far as another."""
    grants = _running_grants(company)
    assert len(grants) >= NEEDED, f"{len(grants)} grants run"
    shown, *others = grants
    _extend(company, shown)
    _top_up(company, shown)
    _revise(company, others[0])
    _move(company, others[1])
    _another_signatory(company, others[2])
    _stop(company, others[3])
    _suspend(company, others[4])
    _terminate(company, others[5])
    _reduce(company, others[:3])
    _agree_for_later(company, others[4])


def _running_grants(company: Company) -> list[Award]:
    """Active grants whose final report is not submitted: first that of the organisation whose
    people sign in, then those that end last.
    """
    awards = company.session.scalars(
        select(Award)
        .where(Award.state == AwardState.AGREED)
        .order_by(Award.ends_on.desc(), Award.id)
    ).all()
    running = [
        award
        for award in awards
        if (reports := terms_of(company.session, award).reports) and reports[-1].is_open
    ]
    own = proposal(GRANTEE).organisation
    return sorted(running, key=lambda award: award.organisation.name != own)


def _extend(company: Company, award: Award) -> None:
    """Asked for by the organisation, returned once, and in force."""
    session = company.session
    wished = {"ends_on": (award.ends_on + timedelta(61)).isoformat()}
    with on(days_after(company.today, -24)):
        change = _begin(company, award, K.EXTENSION, wished, "The licence of the shelter is late.")
    with on(days_after(company.today, -22)):
        service.approve(session, change, company.act(Role.APPROVING_OFFICER))
    with on(days_after(company.today, -20)):
        signing.return_signed(session, change, _paper(company, award), _signatory(company, award))
    with on(days_after(company.today, -19)):
        why = "The second page is missing."
        signing.send_copy_back(session, change, company.act(Role.FUND_MANAGER, why))
        signing.return_signed(session, change, _paper(company, award), _signatory(company, award))
    with on(days_after(company.today, -18)):
        manager = company.act(Role.FUND_MANAGER)
        signing.put_in_force(session, change, clock.today(), None, manager)


def _top_up(company: Company, award: Award) -> None:
    """Approved, and sent to the organisation to be signed online."""
    with on(days_after(company.today, -12)):
        wished = {
            "amount": "2400.00",
            "ends_on": award.ends_on.isoformat(),
            "from": clock.today().isoformat(),
        }
        change = _begin(company, award, K.TOP_UP, wished, "More people arrive than were planned.")
    with on(days_after(company.today, -9)):
        service.approve(company.session, change, company.act(Role.APPROVING_OFFICER))
    with on(days_after(company.today, -8)):
        send_amendment(company.session, change, "en", company.act(Role.FUND_MANAGER))


def _revise(company: Company, award: Award) -> None:
    """A partner was not accepted; a revision of the budget waits for its approval."""
    with on(days_after(company.today, -30)):
        wished = {"partner": "Centro de Acogida, transport of survivors"}
        change = _begin(company, award, K.PARTNER, wished, "Our partner has closed its office.")
    with on(days_after(company.today, -27)):
        why = "The organisation is not registered in the country of the project."
        service.reject(company.session, change, company.act(Role.APPROVING_OFFICER, why))
    budget = terms_of(company.session, award).budget
    first, second = sorted(budget, key=lambda line: -line.amount.minor)[:2]
    moved = first.amount.share(Decimal(20))
    lines = {
        first.category: str(first.amount - moved),
        second.category: str(second.amount + moved),
    }
    with on(days_after(company.today, -5)):
        _begin(company, award, K.BUDGET, {"lines": lines}, "Rents have risen by a fifth.")


def _move(company: Company, award: Award) -> None:
    """Signed by the organisation, to be recorded by the fund."""
    with on(days_after(company.today, -15)):
        wished = {"country": award.country or "", "place": "The northern province"}
        change = _begin(company, award, K.PLACE, wished, "The road to the south is closed.")
    with on(days_after(company.today, -13)):
        service.approve(company.session, change, company.act(Role.APPROVING_OFFICER))
    with on(days_after(company.today, -4)):
        paper, signatory = _paper(company, award), _signatory(company, award)
        signing.return_signed(company.session, change, paper, signatory)


def _another_signatory(company: Company, award: Award) -> None:
    """Withdrawn once, asked again, and returned to be corrected."""
    session, wished = company.session, {"name": "Amara Diallo", "title": "Director"}
    with on(days_after(company.today, -16)):
        change = _ask(company, award, K.SIGNATORY, wished, "Our director leaves in spring.")
    with on(days_after(company.today, -14)):
        why = "The board of our association decides first."
        service.withdraw(session, change, _signatory(company, award, why))
    with on(days_after(company.today, -6)):
        change = _ask(company, award, K.SIGNATORY, wished, "Our board has decided.")
    with on(days_after(company.today, -3)):
        why = "Please give the full name as in the decision of your board."
        service.send_back(session, change, company.act(Role.PROGRAMME_OFFICER, why))


def _stop(company: Company, award: Award) -> None:
    """The organisation asks to end its grant early; to be examined."""
    with on(days_after(company.today, -2)):
        wished = _early_end(company, award)
        _ask(company, award, K.TERMINATION, wished, "The State has opened a shelter of its own.")


def _suspend(company: Company, award: Award) -> None:
    """Suspended and lifted once, and suspended again."""
    session = company.session
    for begun, why in ((-33, "The audited accounts are missing."), (-8, "A partner is examined.")):
        with on(days_after(company.today, begun)):
            wished = {"from": clock.today().isoformat()}
            change = _begin(company, award, K.SUSPENSION, wished, why)
        with on(days_after(company.today, begun + 1)):
            service.approve_at_once(session, change, company.act(Role.APPROVING_OFFICER))
        if begun == -33:
            with on(days_after(company.today, begun + 10)):
                done = company.act(Role.APPROVING_OFFICER, "The accounts have been submitted.")
                service.lift(session, change, done)


def _terminate(company: Company, award: Award) -> None:
    """Ended by the fund before its time."""
    with on(days_after(company.today, -10)):
        wished = _early_end(company, award)
        change = _begin(company, award, K.TERMINATION, wished, "The shelter has been closed.")
    with on(days_after(company.today, -9)):
        service.approve_at_once(company.session, change, company.act(Role.APPROVING_OFFICER))


def _reduce(company: Company, awards: list[Award]) -> None:
    """The fund would pay less to one of these: a cheaper house was found. To be approved."""
    for award in awards:
        terms = terms_of(company.session, award)
        unpaid = terms.amount - terms.paid_or_on_its_way
        if unpaid.minor >= 4:
            with on(days_after(company.today, -1)):
                wished = {"amount": str(terms.amount - usd(unpaid.minor // 4))}
                _begin(company, award, K.REDUCTION, wished, "A house was found for less rent.")
            return


def _agree_for_later(company: Company, award: Award) -> None:
    """Signed by both, and in force in some weeks."""
    session, name = company.session, {"partner": "Casa Abierta, legal aid"}
    with on(days_after(company.today, -11)):
        officer = company.act(Role.PROGRAMME_OFFICER, "A lawyer joins the team.")
        day = min(days_after(company.today, 40), award.ends_on)
        change = service.begin_change(session, award, K.PARTNER, name, officer, day)
    with on(days_after(company.today, -7)):
        service.approve(session, change, company.act(Role.APPROVING_OFFICER))
    with on(days_after(company.today, -6)):
        paper, manager = _paper(company, award), company.act(Role.FUND_MANAGER)
        signing.put_in_force(session, change, clock.today(), paper, manager)


def _early_end(company: Company, award: Award) -> dict[str, Any]:
    """The grant ends now, or as soon as what was reported and its first day allow."""
    terms = terms_of(company.session, award)
    days = [report.covers_to for report in terms.reports if not report.is_open]
    ends_on = max([award.starts_on, *days]) + timedelta(1)
    ends_on = min(max(ends_on, clock.today()), award.ends_on)
    return {"ends_on": ends_on.isoformat(), "amount": str(terms.paid_or_on_its_way)}


def _begin(
    company: Company, award: Award, kind: ChangeKind, wished: dict[str, Any], why: str
) -> GrantChange:
    officer = company.act(Role.PROGRAMME_OFFICER, why)
    return service.begin_change(company.session, award, kind, wished, officer)


def _ask(
    company: Company, award: Award, kind: ChangeKind, wished: dict[str, Any], why: str
) -> GrantChange:
    return service.request_change(
        company.session, award, kind, wished, _signatory(company, award, why)
    )


def _signatory(company: Company, award: Award, why: str | None = None) -> Act:
    people = people_of_organisation(
        company.session, award.organisation_id, Permission.APPLICATION_SIGN
    )
    return company.act_of(people[0], why)


def _paper(company: Company, award: Award) -> Document:
    upload = Upload("Signed amendment.pdf", page_saying(f"Amendment to {award.reference}, signed"))
    signatory = _signatory(company, award)
    return keep(company.session, upload, signatory, organisation_id=award.organisation_id)
