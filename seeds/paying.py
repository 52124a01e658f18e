"""Payments under way: of bridging grants brought in today, each as far as another."""

from collections.abc import Callable, Sequence

from grants.books.ledger.bank_accounts import account_by_code
from grants.core.audit.act import Act
from grants.core.audit.advance import begin
from grants.core.kernel import clock
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, usd
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.schedule import PlannedInstalment, Schedule
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.granting.bank_details.queries import in_force, open_request
from grants.granting.payment_runs import service as runs
from grants.granting.payment_runs.files import FileKind
from grants.granting.payments import returns, service
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.receipts import report_missing
from grants.granting.payments.returns import Arrival, Corrector
from grants.integrity.diligence.grantees import OPEN_GATE, integrity_of
from seeds.company import GRANTEE, Company, days_after, on

CLOSED = "AC04: the account is closed."


def plant_payments(company: Company) -> None:
    """Ten first instalments: approved, sent, refused, returned, on hold, paid, and missed by its
    grantee; three runs.
    """
    steps: Sequence[Callable[[Company, Instalment], None]] = (
        *(_approve, _approve, _approve, _approve),
        *(_send, _fail, _take_back, _hold, _pay, _miss),
    )
    with on(company.today):
        grantees = _payable_grantees(company)
        begun = []
        for number, (step, organisation) in enumerate(zip(steps, grantees, strict=False), 1):
            award = _bring_in(company, organisation, number)
            begun.append(instalments_of(company.session, award.id)[0])
            step(company, begun[-1])
        _gather_runs(company, begun[:3])


def _gather_runs(company: Company, approved: Sequence[Instalment]) -> None:
    """One run was sent to the bank, one was cancelled, and one is being put together."""
    session, fund, finance = company.session, company.fund, company.act(Role.FINANCE_OFFICER)
    account = account_by_code(session, f"{fund.code}-USD")
    day = company.today
    given_up = runs.begin_run(session, fund, None, day, approved, finance)
    why = "The treasury closes early today: the bank pays these."
    runs.cancel(session, given_up, company.act(Role.FINANCE_OFFICER, why))
    sent = runs.begin_run(session, fund, account, day, approved[:2], finance)
    runs.send_file(session, sent, FileKind.PAIN, finance)
    runs.begin_run(session, fund, None, day, approved[2:], finance)


def _payable_grantees(company: Company) -> list[Organisation]:
    """Grantees with an account that is in use and not being changed, those paid in euros and then
    the latest first; not the one whose people a visitor can be.
    """
    session, fund = company.session, company.fund
    houses = {award.organisation.id: award.organisation for award, _idea in company.grants}
    visited = {award.organisation.id for award, idea in company.grants if idea.number == GRANTEE}
    payable = [
        (house, account)
        for house in reversed(houses.values())
        if house.id not in visited
        and (account := in_force(session, fund.id, house.id))
        and open_request(session, fund.id, house.id) is None
        and integrity_of(session, house) in OPEN_GATE
    ]
    by_currency = sorted(payable, key=lambda pair: pair[1].currency == FUNCTIONAL_CURRENCY)
    return [house for house, _account in by_currency]


def _bring_in(company: Company, organisation: Organisation, number: int) -> Award:
    fund, today = company.fund, company.today
    by_import = Act.by_system("import", "Imported from earlier records.")
    award = Award(
        reference=f"{fund.code}-B-{today.year}-{number:03}",
        fund=fund,
        organisation=organisation,
        title="Bridging grant until the next call",
        country=organisation.country,
        amount_minor=6_000_00 + number * 100_00,
        psc_percent=fund.psc_percent,
        approved_on=today,
        starts_on=days_after(today, -20),
        ends_on=days_after(today, 160),
    )
    begin(company.session, award, AWARD, by_import)
    first = usd(4_000_00 + number * 100_00)
    parts = (
        PlannedInstalment(first, today),
        PlannedInstalment(award.amount - first, days_after(today, 160)),
    )
    settle_terms(company.session, award, Schedule(parts, ()), by_import)
    sign_agreement(company.session, award, today, None, by_import)
    return award


def _approve(company: Company, instalment: Instalment) -> None:
    service.certify(company.session, instalment, company.act(Role.CERTIFYING_OFFICER))
    service.approve(company.session, instalment, company.act(Role.APPROVING_OFFICER))


def _send(company: Company, instalment: Instalment) -> None:
    _approve(company, instalment)
    service.send(company.session, instalment, company.act(Role.FINANCE_OFFICER))


def _fail(company: Company, instalment: Instalment) -> None:
    _send(company, instalment)
    why = company.act(Role.FINANCE_OFFICER, CLOSED)
    returns.fail(company.session, instalment, Corrector.GRANTEE, why)


def _pay(company: Company, instalment: Instalment) -> None:
    _approve(company, instalment)
    reference = f"OUT{company.today:%y%m%d}{instalment.id:04}"
    finance = company.act(Role.FINANCE_OFFICER)
    service.release(company.session, instalment, clock.today(), reference, finance)


def _take_back(company: Company, instalment: Instalment) -> None:
    _pay(company, instalment)
    arrival = Arrival(clock.today(), f"RET{company.today:%y%m%d}{instalment.id:04}")
    why = company.act(Role.FINANCE_OFFICER, "BE04: the address of the bank is missing.")
    returns.take_back(company.session, instalment, arrival, Corrector.FUND, why)


def _hold(company: Company, instalment: Instalment) -> None:
    _approve(company, instalment)
    why = "A newspaper reports that the director has left. The programme officer asks."
    service.hold(company.session, instalment, company.act(Role.APPROVING_OFFICER, why))


def _miss(company: Company, instalment: Instalment) -> None:
    _pay(company, instalment)
    organisation = instalment.award.organisation_id
    people = people_of_organisation(company.session, organisation, Permission.INSTALMENT_CONFIRM)
    why = "Our bank has nothing for us. It asks which bank sent the money."
    report_missing(company.session, instalment, company.act_of(people[0], why))
