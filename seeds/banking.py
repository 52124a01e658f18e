"""The fund's two bank accounts, the statements of the last months, and what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from xml.sax.saxutils import escape

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from grants.banking.accounts.service import approve, decline, propose
from grants.banking.bank import service
from grants.banking.bank.importing import import_statements
from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import own_amount
from grants.banking.bank.support_cost import Charged, charged
from grants.banking.lines.paying import transfer_support_cost
from grants.banking.reconciliation.service import sign_off
from grants.books.ledger.accounts import Event
from grants.books.ledger.bank_accounts import (
    AccountDetails,
    account_by_code,
    bank_balance,
    describe_account,
    open_account,
)
from grants.books.ledger.models import Entry, Posting
from grants.core.funds.models import BankAccount, Fund
from grants.core.kernel.money import Money, total
from grants.core.people.permissions import Role
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import outstanding, with_received
from grants.giving.pledges.workflow import STANDING
from seeds.company import Company, on

DAY = timedelta(days=1)
OF_GRANTS = (Event.INSTALMENT_PAID, Event.INSTALMENT_RETURNED, Event.GRANTEE_REFUNDED)
WRONG = "DBEURWRONG"
"""The bank's reference of a line that is not the fund's."""
BANK = "Donau Bank, Vienna"
BANK_ADDRESS = "Praterstrasse 100, 1020 Vienna, Austria"
BENEFICIARY = "United Nations Office on Drugs and Crime"
DOLLARS = AccountDetails(
    "Main account in US dollars",
    BANK,
    "AT61 1904 3002 3457 3201",
    "DONBATWW",
    BENEFICIARY,
    BANK_ADDRESS,
    "Hudson Bank, New York, BIC HUDSUS33",
)
OTHERS = replace(DOLLARS, number="AT07 1904 3002 3457 3203")
EUROS = AccountDetails(
    "Account in euro", BANK, "AT02 1200 0007 0344 7144", "DONBATWW", BENEFICIARY, BANK_ADDRESS
)

FRANCS = AccountDetails(
    "Account in francs",
    "Rhône Bank, Geneva",
    "CH56 0483 5012 3456 7800 9",
    "RHONCHGG",
    BENEFICIARY,
    "Quai du Mont-Blanc 7, 1201 Geneva, Switzerland",
    street="Palais des Nations",
    postal_code="1211",
    town="Geneva 10",
    country="CH",
)


def _months(today: date) -> list[date]:
    """The two months that are over, and this one, by their first days."""
    this = today.replace(day=1)
    last = (this - DAY).replace(day=1)
    return [(last - DAY).replace(day=1), last, this]


def open_accounts(company: Company, fund: Fund, other: Fund) -> None:
    """Two months ago the funds told the bank's numbers; one opened an account for its euro, the
    other one for its francs.
    """
    with on(_months(company.today)[0]):
        act = company.act(Role.FUND_MANAGER)
        main = account_by_code(company.session, f"{fund.code}-USD")
        approver = company.act(Role.APPROVING_OFFICER)
        describe_account(company.session, main, DOLLARS, approver)
        others = account_by_code(company.session, f"{other.code}-USD")
        describe_account(company.session, others, OTHERS, approver)
        named = AccountDetails(EUROS.name, "", "")
        euros = open_account(company.session, fund, f"{fund.code}-EUR", "EUR", named, act)
        describe_account(company.session, euros, EUROS, approver)
        named = AccountDetails(FRANCS.name, "", "")
        francs = open_account(company.session, other, f"{other.code}-CHF", "CHF", named, act)
        describe_account(company.session, francs, FRANCS, approver)


def plant_change(company: Company, fund: Fund) -> None:
    """The euro account got a clearer name; a false letter was turned away; the bank has moved, and
    its new address awaits approval. A line of the bank’s is set aside.
    """
    _rename(company, account_by_code(company.session, f"{fund.code}-EUR"))
    _set_aside(company)
    _turn_away(company, account_by_code(company.session, f"{fund.code}-EUR"))
    main = account_by_code(company.session, f"{fund.code}-USD")
    moved = replace(AccountDetails.of(main), bank_address="Donau-City-Strasse 1, 1220 Vienna")
    act = company.act(Role.FUND_MANAGER, "The bank’s letter of this week: it has moved.")
    propose(company.session, main, moved, act)


def _rename(company: Company, account: BankAccount) -> None:
    named = replace(AccountDetails.of(account), name="Contributions in euro")
    with on(company.today - 19 * DAY):
        why = company.act(Role.FUND_MANAGER, "Donors asked which of the two is for them.")
        change = propose(company.session, account, named, why)
    with on(company.today - 17 * DAY):
        approve(company.session, change, company.act(Role.APPROVING_OFFICER))


def _set_aside(company: Company) -> None:
    line = company.session.scalars(select(BankLine).where(BankLine.bank_reference == WRONG)).one()
    why = "A tenant’s rent, booked to us by mistake. The bank takes it back on Monday."
    service.set_aside(company.session, line, company.act(Role.FINANCE_OFFICER, why))


def _turn_away(company: Company, account: BankAccount) -> None:
    elsewhere = replace(AccountDetails.of(account), number="DE89 3704 0044 0532 0130 00")
    letter = company.act(Role.FUND_MANAGER, "A letter on the bank’s paper asks for it.")
    asked = propose(company.session, account, elsewhere, letter)
    told = "The bank knows nothing of this letter. Security has been informed."
    decline(company.session, asked, company.act(Role.APPROVING_OFFICER, told))


def plant_statements(company: Company, fund: Fund) -> None:
    """Three statements of each account: the first month is matched and signed, the last ones hold
    lines that wait for a person.
    """
    before, last, this = _months(company.today)
    for code in ("USD", "EUR"):
        account = account_by_code(company.session, f"{fund.code}-{code}")
        surprises = _surprises(company, account, this - DAY)
        unknown = total((line.amount for line in surprises), account.currency)
        nothing = Money(0, account.currency)
        _month(company, account, (before, last - DAY), nothing, [])
        _month(company, account, (last, this - DAY), nothing, surprises)
        if this < company.today:
            _month(company, account, (this, company.today - DAY), unknown, [])
    with on(last + 6 * DAY):
        dollars = account_by_code(company.session, f"{fund.code}-USD")
        sign_off(company.session, dollars, before, company.act(Role.CERTIFYING_OFFICER))


@dataclass(frozen=True, slots=True)
class _Told:
    """A line as the bank tells it, and the postings that it is, if the books have it."""

    on: date
    amount: Money
    reference: str
    name: str = ""
    quotes: str = "NOTPROVIDED"
    text: str = ""
    code: str = "RCDT"
    postings: tuple[Posting, ...] = ()
    charged_until: date | None = None
    """Support costs up to this day, where it transfers them."""


def _transfer(day: Charged, since: date) -> _Told:
    """The bank transfers early in a month the support costs that were charged before it."""
    reference = f"DBPSC{since:%y%m}"
    text = f"Programme support costs to {day.until:%d.%m.%Y}"
    payee = "United Nations Office on Drugs and Crime"
    return _Told(since, day.sum, reference, payee, text=text, charged_until=day.until)


def _month(
    company: Company,
    account: BankAccount,
    days: tuple[date, date],
    unknown: Money,
    more: Sequence[_Told],
) -> None:
    """The statement of a month is taken in, and what finance knew already is matched. Before it the
    bank held what the books held, and what they do not know yet.
    """
    since, until = days
    due = [day for day in charged(company.session, account) if day.until < since]
    owed = due[-1:]
    more = [*more, *(_transfer(day, since) for day in owed)]
    told = sorted([*_known(company, account, since, until), *more], key=lambda line: line.on)
    untransferred = total((-day.sum for day in owed), account.currency)
    opening = bank_balance(company.session, account, since - DAY).own + unknown + untransferred
    content = _camt(account, since, until, opening, told)
    with on(min(until + 2 * DAY, company.today)):
        act = company.act(Role.FINANCE_OFFICER)
        name = f"{account.code}-{since:%Y-%m}.xml"
        (taken,) = import_statements(company.session, name, content, act)
        lines = company.session.scalars(
            select(BankLine)
            .where(BankLine.statement_id == taken.statement.id)
            .order_by(BankLine.number)
        )
        for line, known in zip(lines, told, strict=True):
            if known.postings:
                service.match(company.session, line, known.postings, act)
            if known.charged_until:
                transfer_support_cost(company.session, line, known.charged_until, act)


def _known(company: Company, account: BankAccount, since: date, until: date) -> Iterable[_Told]:
    """What is in the books, as the bank would tell it: a line for each entry."""
    postings = company.session.scalars(
        select(Posting)
        .join(Posting.entry)
        .where(Posting.bank_account_id == account.id, Entry.booked_on.between(since, until))
        .order_by(Entry.id, Posting.id)
        .options(contains_eager(Posting.entry))
    ).all()
    for _number, group in groupby(postings, key=lambda posting: posting.entry_id):
        of_entry = tuple(group)
        entry = of_entry[0].entry
        if entry.event in OF_GRANTS:
            of_entry = of_entry[:1]  # its support costs are transferred apart
        yield _Told(
            entry.booked_on,
            own_amount(account, of_entry),
            f"DB{entry.id:08}",
            _sender(company, entry),
            text=entry.note,
            postings=of_entry,
        )


def _sender(company: Company, entry: Entry) -> str:
    kind, _colon, number = entry.key.partition(":")
    if kind != "deposit" or not number.isdecimal():
        return ""
    deposit = company.session.get_one(Deposit, int(number))
    donor = deposit.pledge.donor if deposit.pledge else None
    return donor.name if donor else ""


def _surprises(company: Company, account: BankAccount, day: date) -> list[_Told]:
    """What nobody expected at the end of last month: some of it explains itself, some does not."""
    currency = account.currency
    waiting = _waiting(company, account)
    found = [
        _Told(
            day - 5 * DAY,
            Money(385_000, currency),
            f"DB{currency}UNKNOWN",
            "Fundación Luz y Vida",
            text="Donación para las víctimas",
        ),
        _Told(day, Money(-1_850, currency), f"DB{currency}CHARGE", "", text="Charges", code="CHRG"),
        _Told(
            day, Money(4_217, currency), f"DB{currency}INTEREST", "", text="Interest", code="INTR"
        ),
    ]
    if currency == "EUR":
        rent = Money(118_000, currency)
        found.append(_Told(day - DAY, rent, WRONG, "Praterhof Immobilien", text="Miete Top 14"))
    for place, (pledge, left) in enumerate(waiting[:2]):
        donor = pledge.donor.name if pledge.donor else ""
        quoted = pledge.reference if place == 0 else f"{pledge.reference[:-1]}?"
        found.append(
            _Told(
                day - (2 + place) * DAY,
                left,
                f"DB{currency}{place}",
                donor.upper(),
                quotes=quoted if place == 0 else "NOTPROVIDED",
                text=f"Contribution {quoted}",
            )
        )
    return found


def _waiting(company: Company, account: BankAccount) -> list[tuple[Pledge, Money]]:
    """Pledges in the account's currency that still owe, the oldest first."""
    pledges = company.session.scalars(
        select(Pledge)
        .where(
            Pledge.fund_id == account.fund_id,
            Pledge.currency == account.currency,
            Pledge.state.in_(STANDING),
        )
        .order_by(Pledge.id)
        .options(with_received())
        .execution_options(populate_existing=True)
    )
    owed = [
        (pledge, outstanding(pledge, Money(pledge.received_minor or 0, pledge.currency)))
        for pledge in pledges
    ]
    return [(pledge, left) for pledge, left in owed if left]


def _camt(
    account: BankAccount, since: date, until: date, opening: Money, told: Sequence[_Told]
) -> bytes:
    closing = opening + total((line.amount for line in told), opening.currency)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>{account.code}-{since:%Y-%m}</Id><FrToDt><FrDtTm>{since}T00:00:00</FrDtTm>"
        f"<ToDtTm>{until}T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{account.number}</IBAN></Id></Acct>"
        f"{_balance('OPBD', opening, since)}{_balance('CLBD', closing, until)}"
        f"{''.join(map(_entry, told))}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _amount(amount: Money) -> str:
    sign = "CRDT" if amount.minor >= 0 else "DBIT"
    plain = str(amount).lstrip("-")
    return f'<Amt Ccy="{amount.currency}">{plain}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _balance(code: str, amount: Money, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(amount)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(line: _Told) -> str:
    other = "Dbtr" if line.amount.minor > 0 else "Cdtr"
    name = f"<{other}><Pty><Nm>{escape(line.name)}</Nm></Pty></{other}>" if line.name else ""
    return (
        f"<Ntry>{_amount(line.amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{line.on}</Dt></BookgDt>"
        f"<ValDt><Dt>{line.on}</Dt></ValDt><AcctSvcrRef>{line.reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{line.code}</Cd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{line.quotes}</EndToEndId></Refs>"
        f"<RltdPties>{name}</RltdPties><RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
    )
