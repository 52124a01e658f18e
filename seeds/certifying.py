"""How last year's statements were certified: its months closed, then some of them signed off."""

from datetime import date

from grants.books.ledger import periods
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.papers.certification.certifying import certify
from grants.papers.printing import jobs, service
from grants.papers.printing.press.order import Failed, Tally
from grants.papers.typesetting.paper import Span
from seeds.company import Company, on
from seeds.giving import Known


def plant_certificates(company: Company, fund: Fund, donors: list[Known]) -> None:
    """The past years' books are closed, and last year's statements certified and sent for print."""
    _close_the_books(company, fund)
    _certify_last_year(company, fund, donors)
    _earlier_runs(company)
    _order_a_run(company)


def _close_the_books(company: Company, fund: Fund) -> None:
    """Every month up to the end of last year, each in the month after."""
    for year in range(company.today.year - 3, company.today.year):
        for month in range(1, 13):
            with on(date(year + month // 12, month % 12 + 1, 1)):
                act = company.act(Role.FINANCE_OFFICER)
                periods.close(company.session, fund, date(year, month, 1), act)


def _certify_last_year(company: Company, fund: Fund, donors: list[Known]) -> None:
    """The fund's own statements, and those of two donors; the others still wait."""
    year = company.today.year - 1
    span = Span(date(year, 1, 1), date(year, 12, 31))
    first, second = (f"{known.organisation.code}/{fund.code}" for known in donors[:2])
    documents = (
        ("fund-statement", fund.code),
        ("contributions", fund.code),
        ("donor-statement", first),
        ("donor-statement", second),
        ("donor-report", first),
    )
    with on(min(date(year + 1, 2, 10), company.today)):
        act = company.act(Role.CERTIFYING_OFFICER)
        for document, reference in documents:
            certify(company.session, document, reference, span, act, tell_reader=True)


def _order_a_run(company: Company) -> None:
    """Every donor's statement of last year: the worker prints them when it starts."""
    year = company.today.year - 1
    span = Span(date(year, 1, 1), date(year, 12, 31))
    run = service.order(company.session, None, span, None, company.act(Role.FINANCE_OFFICER))
    jobs.begin(company.session, run)


def _earlier_runs(company: Company) -> None:
    """Runs of earlier years: one was stopped, one lacked a statement, one could not go on."""
    session, finance = company.session, company.act(Role.FINANCE_OFFICER)
    year = company.today.year - 2
    span = Span(date(year, 1, 1), date(year, 12, 31))
    stopped, lacking, stuck = (service.order(session, None, span, None, finance) for _ in range(3))
    service.cancel(session, stopped, finance)
    worker = Act.by_system("printing")
    failed = Failed("AUT", "The statement could not be laid out: a name is too long for its line.")
    service.record_end(session, lacking, Tally(1, failures=[failed]), worker)
    full = Act.by_system("printing", "There is no space left where the statements are kept.")
    service.record_failure(session, stuck, full)
