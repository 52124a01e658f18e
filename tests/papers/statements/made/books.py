"""Papers of the books and the bank, as tests make them."""

from datetime import date

from grants.banking.reconciliation.figures import OpenItem
from grants.books.ledger import financial as ledger
from grants.core.kernel.money import Money, usd
from grants.papers.statements.builders.funds import banking, financial, fund
from grants.papers.typesetting.paper import Paper
from tests.papers.statements.made.basics import FIRST, LAST, eur, made


def financial_year(since: date, factor: int) -> ledger.FinancialYear:
    """A year of the books whose figures tie, any number of times the size."""
    section = ledger.Section

    def usd_(dollars: int) -> Money:
        return usd(dollars * 100 * factor)

    revenue = {"contribution_revenue": usd_(900_000), "interest": usd_(12_000)}
    expense = {"grant_expense": usd_(400_000), "programme_support_cost": usd_(52_000)}
    assets = {"cash": usd_(800_000), "receivable_allowance": usd_(-10_000)}
    return ledger.FinancialYear(
        since,
        since.replace(month=12, day=31),
        ledger.Performance(
            section(revenue, usd_(912_000)), section(expense, usd_(452_000)), usd_(460_000)
        ),
        ledger.Position(
            assets=section(assets, usd_(790_000)),
            liabilities=section({"suspense": usd_(30_000)}, usd_(30_000)),
            net_assets=usd_(760_000),
            operating_reserve=usd_(100_000),
            accumulated_surplus=usd_(660_000),
            commitments=usd_(321_000),
            reserved=usd_(0),
        ),
        usd_(300_000),
    )


def financial_statements() -> Paper:
    facts = financial.FinancialStatements(
        fund="‹UNVTF›",
        from_=FIRST,
        to=LAST,
        currency="USD",
        current=financial_year(FIRST, 2),
        previous=financial_year(FIRST.replace(year=2025), 1),
    )
    return made("financial-statements", facts)


def fund_statement() -> Paper:
    source = fund.Source(
        usd(98_765_432), usd(1_234_567), usd(250_000), usd(-500_000), usd(99_749_999)
    )
    use = fund.Use(
        *(usd(45_000_000), usd(5_850_000), usd(0), usd(0)),
        *(usd(12_345), usd(1_000_000), usd(51_862_345)),
    )
    facts = fund.FundStatement(
        fund="‹UNVTF›",
        from_=FIRST,
        to=LAST,
        currency="USD",
        opening_balance=usd(123_456_789),
        source=source,
        use=use,
        exchange_differences_on_cash=usd(-12_300),
        closing_balance=usd(171_332_143),
    )
    return made("fund-statement", facts)


def bank_reconciliation() -> Paper:
    items = tuple(
        OpenItem(date(2026, 12, number), f"‹Payer {number}›", f"‹BK {number}›", eur("250"), note)
        for number, note in ((3, ""), (17, "‹The bank will put it right.›"))
    )
    facts = banking.BankReconciliation(
        account="‹UNVTF-EUR›",
        name="‹Euro account›",
        number="‹AT02…7144›",
        bank="‹Bank of Vienna›",
        currency="EUR",
        from_=date(2026, 12, 1),
        to=LAST,
        bank_balance=eur("1234567.89"),
        ledger_balance=eur("1234177.89"),
        difference=eur("390"),
        only_bank=items,
        only_bank_sum=eur("500"),
        only_ledger=(OpenItem(LAST, "‹Deposit›", "‹BK 9›", eur("100")),),
        only_ledger_sum=eur("100"),
        support_costs=(OpenItem(LAST, "", "‹UNVTF-G-2026-001 / 1›", eur("10"), support_cost=True),),
        support_cost_sum=eur("10"),
        unexplained=eur("0"),
        matched=41,
        signed_by="‹Kwame Boateng›",
        signed_on=date(2027, 1, 6),
    )
    return made("bank-reconciliation", facts)
