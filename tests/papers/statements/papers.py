"""One made-up document of each kind. What people would have typed stands in ‹marks›."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from grants.applying.submissions.clarifying import Compared
from grants.applying.submissions.dossier import Clarified, Dossier, OrganisationShown
from grants.banking.reconciliation.figures import OpenItem
from grants.books.ledger import financial as ledger
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.taxonomies import DonorKind, Earmarking, RegionalGroup, Service
from grants.deciding.board.models import Endorsement
from grants.deciding.decision_lists.facts import (
    AdviceGiven,
    DecisionList,
    DecisionTaken,
    Signer,
)
from grants.deciding.decision_lists.facts import Line as Decided
from grants.deciding.dossiers.case import Case, CriterionScored, Proposed
from grants.deciding.letters.models import Letter as LetterTo
from grants.deciding.letters.texts import Frame, filled, standard
from grants.giving.pledges.earmarked import EarmarkLine, GrantLine
from grants.giving.reminders.rules import Letter
from grants.granting.changes.terms import Difference
from grants.granting.clauses.standard import clauses
from grants.granting.clauses.wording import Clause
from grants.granting.reporting.differences import SpendingDifference
from grants.granting.reporting.models import ReportKind
from grants.granting.reporting.planned import Line, Reached, ReportedLine, ReportedResult
from grants.granting.reporting.questions import PlannedResult
from grants.papers.statements.builders import (
    amendment,
    annex,
    appeal,
    applying,
    banking,
    board,
    briefing,
    donor,
    donor_clauses,
    donor_report,
    earmarked,
    financial,
    fund,
    giving,
    grant,
    grant_report,
    grants_made,
    monitored,
    outcome,
    people,
    pledging,
    receivables,
    refund,
    story,
)
from grants.papers.statements.builders import contributions as by_year
from grants.papers.statements.catalogue import row_of
from grants.papers.typesetting.paper import Addressee, Issuer, Paper
from grants.platform.questionnaires import shown
from grants.platform.questions.reading import Grid

ISSUER = Issuer(
    code="‹UNVTF›",
    name="‹Voluntary trust fund for victims of trafficking in persons›",
    signatory="‹Manager of the fund›, ‹Vienna›",
    bank_details="‹The account is named in the agreement.›",
)
DONOR = Addressee("‹Ministry for Foreign Affairs›", "‹Ballhausplatz 2›\n‹1010 Vienna›", None)
GRANTEE = Addressee("‹Casa Segura›", "‹Colonia Palmira 4›", None)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
RATE = Decimal("0.924")


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


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


def aged_receivables() -> Paper:
    codes = ("not_due", "first_year", "second_year", "third_year", "later")
    shares = (usd(5_000_000), usd(2_500_000), usd(1_200_000), usd(0), usd(300_000))
    lines = tuple(
        receivables.AgedLine(
            pledge=f"‹{number}-2026›",
            donor=name,
            due_since=FIRST,
            currency="EUR",
            owed=eur("83160.00"),
            usd=usd(9_000_000),
            bands=dict(zip(codes, shares, strict=True)),
            conditional=number == 2,
            doubtful_usd=usd(600_000),
        )
        for number, name in enumerate(
            ("‹Ministry for Foreign Affairs›", "‹وزارة الخارجية›", "‹外交部›"), 1
        )
    )
    facts = receivables.AgedReceivables(
        fund="‹UNVTF›",
        on=LAST,
        currency="USD",
        pledges=lines,
        bands={code: usd(share.minor * 3) for code, share in zip(codes, shares, strict=True)},
        percents={"second_year": "25", "third_year": "60", "later": "100"},
        total_usd=usd(27_000_000),
        doubtful_usd=usd(1_800_000),
        allowance_usd=usd(1_750_000),
    )
    return made("aged-receivables", facts)


def an_earmark() -> EarmarkLine:
    return EarmarkLine(
        reference="‹UNVTF-P-2026-0003-F›",
        purpose="‹Services for children›",
        received=usd(16_233_766),
        set_apart=usd(1_130_000),
        spent=usd(2_260_000),
        left=usd(13_973_766),
        grants=(GrantLine("‹UNVTF-G-2026-001›", "‹Kenya›", usd(1_130_000), usd(2_260_000)),),
    )


def earmark_report() -> Paper:
    names = ("‹Ministry for Foreign Affairs›", "‹وزارة الخارجية›", "‹外交部›")
    facts = earmarked.EarmarkReport(
        fund="‹UNVTF›",
        from_=FIRST,
        to=LAST,
        currency="USD",
        contributions=tuple(
            earmarked.Contribution(name, an_earmark(), usd(1_130_000)) for name in names
        ),
        available=usd(55_000_000),
    )
    return made("earmarks", facts)


def made(document: str, facts: object) -> Paper:
    return Paper(document, str(row_of(document).label), "‹1-2026›", LAST, ISSUER, facts)


ACCOUNT = giving.PayInto(
    beneficiary="‹United Nations Office›",
    bank="‹Bank of Vienna›",
    bank_address="‹Schottengasse 6›, ‹1010 Vienna›",
    number="‹AT611904300234573201›",
    bic="‹BKAUATWW›",
    intermediary_bank="‹Bank of New York›, ‹IRVTUS3N›",
    currency="USD",
)


def acknowledgement(to: Addressee = DONOR) -> Paper:
    payments = tuple(
        giving.PromisedPayment(number, date(2026, 3 * number, 1), eur("50000"))
        for number in (1, 2, 3)
    )
    facts = giving.Acknowledgement(
        donor=to,
        pledge="‹1-2026›",
        amount=eur("150000"),
        currency="EUR",
        pledged_on=FIRST,
        conditional=True,
        earmarking=Earmarking.SOFT,
        earmarked_for="‹Services for children›",
        payments=payments,
        account=ACCOUNT,
    )
    return made("acknowledgement", facts)


def contribution_agreement(to: Addressee = DONOR) -> Paper:
    payments = tuple(
        giving.PromisedPayment(number, date(2026, 3 * number, 1), eur("50000"))
        for number in (1, 2, 3)
    )
    facts = pledging.ContributionAgreement(
        donor=to,
        pledge="‹1-2026›",
        amount=eur("150000"),
        currency="EUR",
        pledged_on=FIRST,
        earmarking=Earmarking.SOFT,
        earmarked_for="‹Services for children›",
        condition="‹The parliament has passed the budget.›",
        psc_percent=Decimal(13),
        payments=payments,
        account=ACCOUNT,
        clauses=donor_clauses.clauses(),
    )
    return made("contribution-agreement", facts)


def payment_reminder(to: Addressee = DONOR) -> Paper:
    facts = pledging.PaymentReminder(
        donor=to,
        pledge="‹1-2026›",
        letter=Letter.OVERDUE,
        pledged=eur("150000"),
        pledged_on=FIRST,
        payment=2,
        due_on=date(2026, 6, 1),
        currency="EUR",
        outstanding=eur("50000"),
        account=ACCOUNT,
    )
    return made("payment-reminder", facts)


def appeal_letter(to: Addressee = DONOR) -> Paper:
    facts = appeal.AppealLetter(
        donor=to,
        contact="‹Ana Prado›",
        function="‹First Secretary›",
        heading="‹World Day against Trafficking in Persons›",
        paragraphs=(
            ("‹Dear Ana Prado,›",),
            ("‹Please give.›", "‹It helps.›"),
            ("‹https://example.org›",),
        ),
    )
    return made("appeal-letter", facts)


def receipt(to: Addressee = DONOR) -> Paper:
    facts = giving.OfficialReceipt(
        receipt="‹1-2026›",
        donor=to,
        pledge="‹1-2026›",
        bank_reference="‹BK 77›",
        value_on=date(2026, 3, 11),
        currency="EUR",
        amount=eur("49985"),
        bank_fee=eur("15"),
        received=eur("50000"),
        rate=RATE,
        rate_on=date(2026, 3, 1),
        usd=usd(5_411_255),
        earmarking=Earmarking.SOFT,
        earmarked_for="‹Services for children›",
        taxed=True,
    )
    return made("receipt", facts)


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


def contributions(years: int = 3, donors: int = 4, *, public: bool = False) -> Paper:
    columns = tuple(range(2026 - years + 1, 2027))
    amounts = tuple(usd(12_345_678 + 100 * place) for place in range(years))
    rows = tuple(
        by_year.DonorRow(f"‹D{n}›", f"‹Ministry {n}›", None, 1, amounts, total(amounts))
        for n in range(donors)
    )
    sums = tuple(total(row.amounts[place] for row in rows) for place in range(years))
    groups = [by_year.DonorGroup(DonorKind.MEMBER_STATE, rows, sums, total(sums))]
    if public:
        line = by_year.DonorRow(None, "‹Anonymous donors (2)›", None, 2, amounts, total(amounts))
        groups.append(by_year.DonorGroup(None, (line,), amounts, total(amounts)))
    whole = tuple(total(group.amounts[place] for group in groups) for place in range(years))
    facts = by_year.ContributionsByDonor(
        fund="‹UNVTF›",
        from_=date(columns[0], 1, 1),
        to=LAST,
        currency="USD",
        years=columns,
        groups=tuple(groups),
        donors=donors + 2 * public,
        amounts=whole,
        total=total(whole),
    )
    return made("public-contributions" if public else "contributions", facts)


def public_contributions() -> Paper:
    return contributions(public=True)


YEARS = ("2025", "2026", "‹Ever›")


def _reached(columns: tuple[str, ...] = YEARS) -> people.People:
    many = len(columns)
    women = people.PeopleRow("female", "‹Women and girls›", tuple(1200 + n for n in range(many)))
    men = people.PeopleRow("male", "‹Men and boys›", (*(None for _ in range(many - 1)), 310))
    few = people.PeopleRow("other", "‹Other›", tuple(None for _ in range(many)))
    totals = tuple(1400 + n for n in range(many))
    rows = (women, men, few)
    tables = (
        people.PeopleTable("sex", "‹By sex›", rows, totals),
        people.PeopleTable("service", "‹By service›", rows, None),
    )
    return people.People(columns, totals, tables, 11)


REGIONS = (
    grants_made.RegionLine(
        RegionalGroup.AFRICAN,
        (grants_made.CountryLine(None, 3, usd(9_000_000)),),
        3,
        usd(9_000_000),
    ),
    grants_made.RegionLine(
        None, (grants_made.CountryLine(None, 1, usd(1_234_567)),), 1, usd(1_234_567)
    ),
)


def annex_paper() -> Paper:
    lines = (
        annex.DonorLine("‹Republic of Austria›", None, True, usd(20_000_000), usd(18_765_432)),
        annex.DonorLine("‹Anonymous donors›", None, False, usd(0), usd(100_000)),
    )
    facts = annex.Annex(
        fund="‹UNVTF›",
        purpose="‹Humanitarian, legal and financial aid to victims.›",
        from_=FIRST,
        to=LAST,
        currency="USD",
        donors=lines,
        pledged=usd(20_000_000),
        received=usd(18_865_432),
        regions=REGIONS,
        grants=4,
        awarded=usd(10_234_567),
        people=_reached(),
        statement=fund_statement().facts,
        commitments=usd(3_333_333),
        available=usd(2_222_222),
        earmarked=usd(1_000_000),
    )
    return made("annex", facts)


def briefing_paper() -> Paper:
    facts = briefing.Briefing(
        fund="‹UNVTF›",
        purpose="‹Humanitarian, legal and financial aid to victims.›",
        currency="USD",
        edition=3,
        published_on=LAST,
        received=usd(18_865_432),
        by_year=((2024, usd(8_865_432)), (2025, usd(10_000_000))),
        grants=4,
        awarded=usd(10_234_567),
        paid=usd(9_234_567),
        available=usd(2_222_222),
        places=((None, usd(9_234_567)),),  # names of countries are not the catalogue’s words
        people=_reached(),
        roles=(("‹Country of origin›", 120), ("‹Country of destination›", 80)),
        lessons=("‹81% of the people reached were women and girls.›",),
    )
    return made("briefing", facts)


def donor_report_paper() -> Paper:
    gift = donor_report.Gift(
        reference="‹1-2026›",
        currency="EUR",
        pledged=eur("300000"),
        received=eur("150000"),
        received_usd=usd(16_233_766),
        outstanding=eur("150000"),
        earmarking=Earmarking.SOFT,
        purpose="‹Services for children›",
    )
    facts = donor_report.DonorReport(
        donor="‹AUT›",
        name="‹Republic of Austria›",
        fund="‹UNVTF›",
        year=2026,
        currency="USD",
        gifts=(gift,),
        received=usd(16_233_766),
        share=Decimal("16.4"),
        statement=fund_statement().facts,
        grants=4,
        paid=usd(10_234_567),
        regions=REGIONS,
        people=_reached(("2026", "‹Ever›")),
        history=((2024, usd(12_000_000)), (2026, usd(16_233_766))),
        story=story.Story(
            title="‹Night shelter and legal aid›",
            country="KE",
            amount=usd(1_800_000),
            starts_on=date(2025, 7, 1),
            ends_on=LAST,
            services=(Service.SHELTER, Service.LEGAL),
        ),
        earmarks=(an_earmark(),),
    )
    return made("donor-report", facts)


def donor_statement(pledges: int = 4, payments: int = 6) -> Paper:
    deposits = tuple(
        donor.DepositLine(
            bank_reference=f"‹BK {number}›",
            value_on=date(2026, 1, 1) + timedelta(days=number),
            amount=eur("49985"),
            bank_fee=eur("15"),
            rate=RATE,
            usd=usd(5_411_255),
            receipt=f"‹{number}-2026›",
        )
        for number in range(1, payments + 1)
    )
    lines = tuple(
        donor.PledgeLine(
            reference=f"‹{number}-2026›",
            fund="‹UNVTF›",
            currency="EUR",
            pledged=eur("300000"),
            pledged_on=FIRST,
            signed_on=date(2026, 1, number + 1) if number % 2 else None,
            signed_usd=usd(32_467_532),
            received=eur("300000"),
            received_usd=usd(32_467_530),
            reduced=eur("20000") if number == 2 else eur("0"),
            written_off=eur("5000") if number == 3 else eur("0"),
            outstanding=eur("0"),
            exchange_difference_usd=usd(-2),
            deposits=deposits,
        )
        for number in range(1, pledges + 1)
    )
    facts = donor.DonorStatement(
        donor="‹AUT›",
        name="‹Republic of Austria›",
        from_=FIRST,
        to=LAST,
        pledges=lines,
        payments=pledges * payments,
        total_received_usd=usd(32_467_530 * pledges),
    )
    return made("donor-statement", facts)


INSTALMENTS = (
    grant.InstalmentLine(
        *(1, usd(4_000_000), FIRST, "‹Received›", date(2026, 1, 4), "‹PAY 1›"),
        *(Money(3_680_000, "EUR"), "0.92"),
    ),
    grant.InstalmentLine(2, usd(2_000_000), date(2026, 7, 1), "‹Not paid yet›", None, None),
)
REPORTS = (
    grant.ReportLine(
        1, ReportKind.INTERIM, FIRST, date(2026, 6, 30), LAST, "‹Accepted›", usd(1_876_543), True
    ),
    grant.ReportLine(
        2, ReportKind.FINAL, date(2026, 7, 1), LAST, LAST, "‹Not yet submitted›", None, False
    ),
)


PAYMENTS = (
    grant.PlannedPayment(1, usd(4_000_000), FIRST),
    grant.PlannedPayment(2, usd(2_000_000), date(2026, 7, 1)),
)
DUE = (
    grant.PlannedReport(1, ReportKind.INTERIM, FIRST, date(2026, 6, 30), LAST),
    grant.PlannedReport(2, ReportKind.FINAL, date(2026, 7, 1), LAST, LAST),
)


def _grant(terms: tuple[Clause, ...]) -> grant.Grant:
    return grant.Grant(
        grant="‹1-2026›",
        application="‹42-2026›",
        call="‹Short-term grants›",
        organisation=GRANTEE,
        title="‹Shelter and legal aid for girls›",
        country=None,
        award=usd(6_000_000),
        approved_on=FIRST,
        starts_on=FIRST,
        ends_on=LAST,
        instalments=PAYMENTS,
        reports=DUE,
        clauses=terms,
    )


def award_letter() -> Paper:
    told = {item.name: getattr(_grant(()), item.name) for item in fields(grant.Grant)}
    words = outcome.Words("‹Well done.›", (("‹Feasibility›", "‹A sound plan.›"),))
    page = "‹https://fund.example/grants/1›"
    facts = grant.Awarded(
        **told,
        words=words,
        frame=_frame(LetterTo.AWARD),
        before_agreement=page,
        bank_details=page,
    )
    return made("award-letter", facts)


def _frame(letter: LetterTo) -> Frame:
    words = standard(letter)
    return Frame(filled(words.opening, {"fund": "‹The Fund›"}), words.closing)


def agreement() -> Paper:
    told = {item.name: getattr(_grant(clauses()), item.name) for item in fields(grant.Grant)}
    return made("agreement", grant.ToAgree(**told))


def amended() -> Paper:
    facts = amendment.Amendment(
        grant="‹1-2026›",
        number=1,
        kind="‹No-cost extension›",
        organisation=GRANTEE,
        title="‹Shelter and legal aid for girls›",
        agreement_signed_on=FIRST,
        requested_on=LAST,
        by_grantee=True,
        reason="‹The shelter opens three months later.›",
        is_signed=True,
        award=usd(6_000_000),
        lines=(Difference("‹Last day›", "‹31 December›", "‹31 March›"),),
        instalments=PAYMENTS,
        reports=DUE,
    )
    return made("amendment", facts)


def refund_letter() -> Paper:
    facts = refund.Refund(
        grant="‹1-2026›",
        organisation=GRANTEE,
        title="‹Shelter and legal aid for girls›",
        amount=usd(120_050),
        cause="‹Not spent›",
        reason="‹The report tells of less than was paid.›",
        due_on=LAST,
        transfer="‹1-2026-RF1›",
        account=ACCOUNT,
    )
    return made("refund-letter", facts)


def grant_statement() -> Paper:
    facts = grant.GrantStatement(
        grant="‹1-2026›",
        organisation="‹Casa Segura›",
        title="‹Shelter and legal aid for girls›",
        country=None,
        from_=FIRST,
        to=LAST,
        award=usd(6_000_000),
        agreement_signed_on=FIRST,
        starts_on=FIRST,
        ends_on=LAST,
        instalments=INSTALMENTS,
        paid=usd(4_000_000),
        still_to_pay=usd(2_000_000),
        reports=REPORTS,
        reported_expenditure=usd(1_876_543),
        accepted_expenditure=usd(1_876_543),
        refunds=(grant.RefundLine(LAST, usd(5_000), "‹REF 1›"),),
        refunded=usd(5_000),
        written_off=usd(0),
        changes=(grant.ChangeLine(1, "‹No-cost extension›", LAST, 1),),
        balance=usd(2_118_457),
    )
    return made("grant-statement", facts)


def reserve_letter() -> Paper:
    facts = outcome.Reserved(
        application="‹43-2026›",
        organisation=GRANTEE,
        title="‹Safe return›",
        call="‹Short-term grants›",
        call_reference="‹1-2026›",
        confirmed_on=LAST,
        place=3,
        of=17,
        requested=usd(1_850_000),
        score=outcome.Score(
            Decimal("74.25"), 60, 2, (outcome.Mark("‹Feasibility›", Decimal(30), Decimal("3.5")),)
        ),
        words=outcome.Words("‹We will write again in March.›"),
        frame=_frame(LetterTo.RESERVE),
    )
    return made("reserve-letter", facts)


def regret_letter() -> Paper:
    unmet = outcome.UnmetCriterion("‹Registered before 1 December 2023›", "‹Registered in 2025.›")
    facts = outcome.Regret(
        application="‹43-2026›",
        organisation=GRANTEE,
        title="‹Safe return›",
        call="‹Short-term grants›",
        call_reference="‹1-2026›",
        decided_on=LAST,
        eligible=False,
        unmet=(unmet,),
        reason="‹One condition is not met.›",
        score=outcome.Score(
            Decimal("54.25"), 60, 2, (outcome.Mark("‹Feasibility›", Decimal(30), Decimal("2.5")),)
        ),
        words=outcome.Words(
            "‹The next call opens in May.›", (("‹Feasibility›", "‹Say who does the work.›"),)
        ),
        frame=_frame(LetterTo.INELIGIBLE),
    )
    return made("regret-letter", facts)


def grant_report_paper() -> Paper:
    answers = (shown.Answer("narrative", "long_text", "‹What was done›", text="‹Two houses.›"),)
    facts = grant_report.GrantReport(
        grant="‹7-2026›",
        number=2,
        kind="‹Interim report›",
        title="‹Safe return›",
        organisation="‹Casa Segura›",
        state="‹Accepted›",
        covers_from=FIRST,
        covers_to=LAST,
        submitted_on=LAST,
        people=61,
        spent=usd(987_654),
        sections=(shown.ShownSection("story", "‹What was done›", "", answers),),
        results=(
            ReportedResult(
                1,
                PlannedResult("‹Output›", "‹Girls return›", "‹Girls›", "‹0›", "‹140›"),
                "‹33›",
                "‹37›",
                "‹70›",
                "‹Floods.›",
            ),
        ),
        reached=Reached(
            by_form=(Line("‹Forced labour›", 43, 12, 19), Line("‹Begging›", 29, 11, 23)),
            by_person=(Line("‹Women, 18 to 24›", 58, 17, 44),),
        ),
        lines=(
            grant_report.CategorySpent(
                "‹Staff›", usd(1_000_000), usd(123_456), usd(234_567), usd(358_023)
            ),
        ),
        explanation="‹Rents rose.›",
        differences=(
            SpendingDifference("rent", "‹Rent›", usd(100_000), usd(123_400), "‹A second house.›"),
        ),
        own_lines=(ReportedLine("‹Cook›", usd(400_000), usd(23_456), usd(34_567)),),
        exchange={"currency": "‹MXN›", "rate": "‹18.5›", "source": "‹Advice of the bank›"},
        files=(grant_report.FileListed("‹Receipts.pdf›", "‹Receipts›", "‹ab12›"),),
    )
    return made("grant-report", facts)


def monitoring_report_paper() -> Paper:
    facts = monitored.MonitoringReport(
        grant="‹7-2026›",
        title="‹Safe return›",
        organisation="‹Casa Segura›",
        kind="‹Spot check›",
        held_on=LAST,
        people="‹Tomas Varga, an interpreter›",
        purpose="‹Compare receipts.›",
        report="‹Thirty-eight of forty.›",
        recommendation="‹Pay the next instalment.›",
        conclusion="‹We agree.›",
        state="‹Closed›",
        findings=(
            monitored.FindingLine(
                "‹F-001›", "‹Two receipts are missing.›", "‹Low›", usd(12_345), LAST, "‹Open›"
            ),
        ),
    )
    return made("monitoring-report", facts)


WHEN = datetime(2026, 2, 27, 22, 59, tzinfo=UTC)


def submission() -> Paper:
    answers = (
        shown.Answer("title", "short_text", "‹Title›", text="‹Safe return›"),
        shown.Answer("story", "long_text", "‹Problem›", text="‹First.›\n‹Second.›"),
        shown.Answer("services", "several_of", "‹Services›", items=("‹Shelter›", "‹Legal aid›")),
        shown.Answer("empty", "short_text", "‹Partner›"),
        shown.Answer(
            "budget",
            "budget",
            "‹Budget›",
            table=Grid(
                heads=(("‹Category›", "text"), ("‹Units›", "number"), ("‹Total›", "money")),
                rows=(("‹Staff›", Decimal("2.5"), usd(1_000_000)), ("‹Rent›", None, None)),
                foot=("‹Total›", "", usd(1_000_000)),
            ),
        ),
        shown.Answer(
            "certificate",
            "files",
            "‹Certificate›",
            files=(shown.FileShown(1, "‹certificate.pdf›", "application/pdf", 81_000, "‹0a1b›"),),
        ),
    )
    change = Compared("‹The project›", answers[1], replace(answers[1], text="‹Said again.›"))
    facts = Dossier(
        reference="‹43-2026›",
        fund="‹Fund›",
        call_reference="‹1-2026›",
        call_title="‹Short-term grants›",
        title="‹Safe return›",
        organisation=OrganisationShown(
            "‹CASA›",
            "‹Casa Segura›",
            None,
            {"registration_number": "‹123›", "registered_on": FIRST},
        ),
        country=None,
        requested=usd(1_000_000),
        state="‹Received›",
        sections=(shown.ShownSection("project", "‹Project›", "", answers),),
        budget=(("‹Staff›", usd(1_000_000)),),
        submitted_at=WHEN,
        submitted_by="‹Luz Reyes›",
        signed_off_by="‹Ana Paz›",
        sha256="‹9f86d081›",
        time_zone="Europe/Vienna",
        clarified=(Clarified("‹Who else pays?›", WHEN, (change,)),),
    )
    return made("submission", facts)


def board_dossier() -> Paper:
    one = Case(
        reference="‹1-2026-0001›",
        state="‹Recommended›",
        rank=1,
        ranked=14,
        score=Decimal("87.50"),
        pass_mark=60,
        spread=Decimal(5),
        criteria=(CriterionScored("‹Need›", Decimal(40), Decimal("4.5")),),
        remarks=("‹Worth the money.›",),
        integrity="‹Screened›",
        integrity_tone="good",
        proposed=Proposed(
            usd(1_800_000), "‹The best there is.›", "‹An emergency.›", "‹It closes.›"
        ),
        dossier=submission().facts,
    )
    facts = board.BoardDossier("‹Short-term grants›", "‹1-2026›", "‹Amadou Diallo›", (one,))
    return made("board-dossier", facts)


def board_minutes() -> Paper:
    names = ("‹Amadou Diallo›", "‹Sunita Thapa›")
    items = (
        board.ItemOfMinutes(
            title="‹Safe return›",
            country=None,
            reference="‹1-2026-0001›",
            organisation="‹Casa Segura›",
            amount=usd(1_800_000),
            votes=(("‹For›", names), ("‹Recused›", ("‹Irena Kovacs›",))),
            reasons=(("‹Sunita Thapa›", "‹A good plan.›"),),
            advice="‹Endorsed›",
            remarks="‹Mind the costs.›",
        ),
        board.ItemOfMinutes("‹A shelter›", None, shut=True),
        board.ItemOfMinutes(
            "‹Legal aid›",
            None,
            False,
            "‹1-2026-0003›",
            "‹Amparo›",
            usd(900_000),
            put_off="‹Figures are missing.›",
        ),
    )
    facts = board.Minutes(
        session="‹UNVTF-B-2026-01›",
        held_on=LAST,
        place="‹Room C3›",
        opened_at=WHEN,
        closed_at=WHEN,
        time_zone="Europe/Vienna",
        in_office=5,
        quorum=3,
        present=(*names, "‹Irena Kovacs›"),
        absent=("‹Marta Quispe›",),
        items=items,
    )
    return made("board-minutes", facts)


def decision_list() -> Paper:
    advice = AdviceGiven(
        Endorsement.ENDORSED, "‹Endorsed›", LAST, "‹Mind the costs.›", (3, 1, 0, 1)
    )
    lines = (
        Decided(
            title="‹Safe return›",
            country=None,
            reference="‹1-2026-0001›",
            organisation="‹Casa Segura›",
            rank=2,
            score=Decimal("87.50"),
            requested=usd(2_000_000),
            recommended=usd(1_800_000),
            departure="‹Nobody else works there.›",
            advice=advice,
            status="‹Approved›",
            tone="good",
            award="‹UNVTF-G-2026-001›",
            awarded=usd(1_800_000),
            decision=DecisionTaken(("‹Ama Mensah›", "‹Kofi Boateng›"), WHEN, "‹It cannot wait.›"),
        ),
        Decided("‹A shelter›", None, shut=True),
        Decided(
            title="‹Legal aid›",
            country=None,
            reference="‹1-2026-0003›",
            organisation="‹Amparo›",
            put_off="‹Figures are missing.›",
            status="‹Recommended›",
            pending=True,
        ),
    )
    facts = DecisionList(
        subject="‹UNVTF-B-2026-01›",
        title="‹Session›",
        held_on=LAST,
        lines=lines,
        left_out=1,
        signers=(Signer("‹Amadou Diallo›", "‹Trustee›"), Signer("", "‹Secretary of the Board›")),
    )
    return made("decision-list", facts)


def blank_form() -> Paper:
    asked = applying.AskedQuestion
    questions = (
        asked("title", "short_text", "‹Title›", "‹In one line.›", True, "‹At most 90.›"),
        asked("story", "long_text", "‹Problem›", "", False, ""),
        asked("services", "several_of", "‹Services›", "", True, "", ("‹Shelter›", "‹Aid›")),
        asked("again", "yes_no", "‹Again?›", "", True, ""),
        asked("people", "beneficiaries", "‹People›", "", True, "", (), ("‹Girls›",), ("‹0-11›",)),
        asked("paper", "files", "‹Certificate›", "", True, "‹Up to 2 files.›"),
    )
    facts = applying.BlankForm(
        call="‹1-2026›",
        title="‹Short-term grants›",
        summary="‹Aid for victims.›",
        opens_at=WHEN,
        deadline_at=WHEN,
        time_zone="Europe/Vienna",
        lowest=usd(500_000),
        highest=usd(2_000_000),
        duration=ngettext("Up to %(num)s month", "Up to %(num)s months", 8),
        conditions=(applying.Condition("‹Countries›", "‹Honduras›, ‹Nepal›"),),
        eligibility=("‹Registered in time›",),
        criteria=(applying.Criterion("‹Feasibility›", "‹Can it be done?›", 30),),
        sections=(applying.AskedSection("‹Project›", "‹About it.›", questions),),
    )
    return made("blank-form", facts)


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


MADE = {
    "bank-reconciliation": bank_reconciliation,
    "acknowledgement": acknowledgement,
    "appeal-letter": appeal_letter,
    "receipt": receipt,
    "contribution-agreement": contribution_agreement,
    "payment-reminder": payment_reminder,
    "fund-statement": fund_statement,
    "financial-statements": financial_statements,
    "aged-receivables": aged_receivables,
    "earmarks": earmark_report,
    "donor-statement": donor_statement,
    "contributions": contributions,
    "public-contributions": public_contributions,
    "annex": annex_paper,
    "briefing": briefing_paper,
    "donor-report": donor_report_paper,
    "submission": submission,
    "blank-form": blank_form,
    "board-dossier": board_dossier,
    "board-minutes": board_minutes,
    "decision-list": decision_list,
    "award-letter": award_letter,
    "agreement": agreement,
    "amendment": amended,
    "refund-letter": refund_letter,
    "grant-report": grant_report_paper,
    "monitoring-report": monitoring_report_paper,
    "grant-statement": grant_statement,
    "regret-letter": regret_letter,
    "reserve-letter": reserve_letter,
}
"""By name in the catalogue; a test sees to it that none is missing."""
