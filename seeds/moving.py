"""The slavery fund's records of earlier years: one file has faults, one waits to be confirmed."""

import io
import zipfile

from grants.core.funds.models import Fund
from grants.core.kernel.errors import FundError
from grants.core.people.permissions import Role
from grants.desk.moving_in import service
from grants.desk.moving_in.models import Import
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on

MOMENT = (1980, 1, 1, 0, 0, 0)
"""What the entries of an archive are dated, so that the same records are the same file."""


def plant_imports(company: Company, fund: Fund) -> None:
    """One year is in the books. For the next the finance officer tried three times: a file was
    discarded, one has faults, and the last is for the fund manager to confirm.
    """
    year = company.today.year - 5
    before = _records(year - 1)
    _take_over(company, _hand_in(company, fund, -9, f"records-{year - 1}.zip", before))
    right = _records(year)
    wrong = right | {
        "deposits.csv": right["deposits.csv"].replace("59990.00", "59990.005"),
        "grants.csv": right["grants.csv"].replace(",NP,", ",Nepal,"),
    }
    first = wrong | {"grants.csv": wrong["grants.csv"].replace(f"{year}-06-01", "June")}
    given_up = _hand_in(company, fund, -5, f"records-{year}-draft.zip", first)
    with on(days_after(company.today, -5), 15):
        service.discard(company.session, given_up, company.act(Role.FINANCE_OFFICER))
    _hand_in(company, fund, -4, f"records-{year}.zip", wrong)
    _hand_in(company, fund, -3, f"records-{year}-new.zip", right)


def _take_over(company: Company, handed_in: Import) -> None:
    with on(days_after(company.today, -8)):
        service.confirm(company.session, handed_in, company.act(Role.FUND_MANAGER))
        taken = service.replay(company.session, handed_in, lambda _done, _all: None)
        service.note_taken_over(company.session, handed_in, taken, service.by_worker())


def _hand_in(company: Company, fund: Fund, days: int, name: str, files: dict[str, str]) -> Import:
    """A file is uploaded so many days from today, and checked an hour later."""
    session, day = company.session, days_after(company.today, days)
    with on(day):
        act = company.act(Role.FINANCE_OFFICER)
        handed_in = service.upload(session, fund, Upload(name, _packed(files)), act)
    with on(day, hour=11):
        rolled_back = session.begin_nested()
        try:
            taken = service.replay(session, handed_in, lambda _done, _all: None)
        except FundError as refusal:
            rolled_back.rollback()
            service.note_faults(session, handed_in, refusal, service.by_worker())
            return handed_in
        rolled_back.rollback()
        service.note_checked(session, handed_in, taken, service.by_worker())
    return handed_in


def _packed(files: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), text)
    return file.getvalue()


def _records(year: int) -> dict[str, str]:
    """What a spreadsheet of the fund's first years looks like."""
    return {
        "rates.csv": "currency,effective_on,rate\n"
        f"EUR,{year}-01-01,0.9034\nEUR,{year}-07-01,0.8812\nCHF,{year}-01-01,0.9211\n",
        "donors.csv": "code,name,kind,country\n"
        "LIE-OLD,Principality of Liechtenstein,member_state,LI\n"
        "CANDELA,Candela Foundation,foundation,CH\n",
        "pledges.csv": "reference,donor,currency,amount,pledged_on,agreement_signed_on,"
        "conditional,earmarking\n"
        f"OLD-{year}-P1,LIE-OLD,CHF,60000.00,{year}-02-10,{year}-03-01,no,unearmarked\n"
        f"OLD-{year}-P2,CANDELA,EUR,25000.00,{year}-03-15,{year}-04-02,no,soft\n",
        "deposits.csv": "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
        f"OLD-{year}-IN-1,OLD-{year}-P1,{year}-04-02,CHF,59990.00,10.00\n"
        f"OLD-{year}-IN-2,OLD-{year}-P2,{year}-08-20,EUR,25000.00,\n"
        f"OLD-{year}-IN-3,,{year}-09-09,EUR,150.00,\n",
        "organisations.csv": "code,name,country\nFREE-HANDS,Free Hands Collective,NP\n",
        "grants.csv": "reference,organisation,country,award_usd,agreement_signed_on,starts_on,"
        f"ends_on\nOLD-{year}-G1,FREE-HANDS,NP,30000.00,{year}-05-02,{year}-06-01,{year}-12-31\n",
        "instalments.csv": "grant,number,amount_usd,due_on\n"
        f"OLD-{year}-G1,1,20000.00,{year}-06-01\nOLD-{year}-G1,2,10000.00,{year}-11-01\n",
        "payments.csv": "grant,number,paid_on,bank_reference\n"
        f"OLD-{year}-G1,1,{year}-06-04,OLD-{year}-OUT-1\n",
        "grant_refunds.csv": "grant,refunded_on,amount_usd,bank_reference\n"
        f"OLD-{year}-G1,{year}-12-20,412.50,OLD-{year}-IN-4\n",
        "other.csv": "kind,booked_on,currency,amount,reference,pledge\n"
        f"interest,{year}-12-31,USD,64.18,OLD-{year}-I-1,\n",
    }
