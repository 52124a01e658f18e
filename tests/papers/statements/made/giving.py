"""Papers for donors, as tests make them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from grants.core.funds.models import BankAccount
from grants.core.kernel.money import Money, total, usd
from grants.core.kernel.taxonomies import DonorKind, Earmarking, Service
from grants.fundraising.thanks.facts import Purpose, Year
from grants.giving.pledges.earmarked import EarmarkLine, GrantLine
from grants.giving.pledges.swiss_bill import slip
from grants.giving.reminders.rules import Letter
from grants.papers.statements.builders.donors import (
    appeal,
    donor,
    donor_clauses,
    donor_report,
    giving,
    pledging,
    receivables,
    thanks,
    verbale,
)
from grants.papers.statements.builders.funds import contributions as by_year
from grants.papers.statements.builders.funds import earmarked, guide, story
from grants.papers.typesetting.enclosed import Picture
from grants.papers.typesetting.paper import Addressee, Paper
from tests.papers.statements.made.basics import DONOR, FIRST, LAST, RATE, eur, made
from tests.papers.statements.made.books import fund_statement
from tests.papers.statements.made.results import REGIONS, _reached


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


def note_verbale_paper(_to: Addressee = DONOR) -> Paper:
    paragraphs = ("‹The Permanent Mission of Greece presents its compliments.›", "‹It renews.›")
    facts = verbale.NoteVerbale(
        "‹1-2026›", "‹Ministry›", "‹Greece›", FIRST, paragraphs, "‹Voluntary trust fund›\n‹Vienna›"
    )
    return made("note-verbale", facts)


def payment_slip(_to: Addressee = DONOR) -> Paper:
    francs = Money.parse("75000", "CHF")
    bank = BankAccount(
        number="CH5604835012345678009",
        currency="CHF",
        beneficiary="United Nations Office",
        street="Palais des Nations",
        postal_code="1211",
        town="Genève 10",
        country="CH",
    )
    facts = giving.PaymentSlip("‹1-2026›", eur("75000"), date(2026, 6, 1), ACCOUNT, gift=True)
    drawn = Picture.drawn(slip(bank, francs, "UNVTF-P-2026-0029-P").encode())
    return replace(made("payment-slip", facts), slip=drawn)


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


def thanks_paper() -> Paper:
    year = Year(
        2025, 12, ("KE", "NP"), 1234, ((Service.SHELTER.value, 800), (Service.LEGAL.value, 434))
    )
    purposes = (Purpose("‹Nepal›", 2, "‹Nepal›", 40), Purpose("‹Shelter›", 0, "", 0))
    return made("thanks", thanks.Thanks(year, "‹We thank you.›", "en", purposes, pooled=True))


def guide_paper() -> Paper:
    paragraphs = (("‹Give once›", "‹Any sum.›"), ("‹Pledge›", "‹Then pay.›"))
    return made("guide", guide.GuidePaper("‹How to give.›", paragraphs))


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
