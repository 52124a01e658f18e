"""Papers for grantees, as tests make them."""

from dataclasses import fields
from datetime import date

from grants.core.kernel.money import Money, usd
from grants.deciding.letters.models import Letter as LetterTo
from grants.deciding.letters.texts import Frame, filled, standard
from grants.granting.changes.terms import Difference
from grants.granting.clauses.standard import clauses
from grants.granting.clauses.wording import Clause
from grants.granting.reporting.differences import SpendingDifference
from grants.granting.reporting.models import ReportKind
from grants.granting.reporting.planned import Line, Reached, ReportedLine, ReportedResult
from grants.granting.reporting.questions import PlannedResult
from grants.papers.statements.builders.grants import (
    amendment,
    grant,
    grant_report,
    monitored,
    outcome,
    refund,
)
from grants.papers.typesetting.paper import Paper
from grants.platform.questionnaires.presentation import Answer, ShownSection
from tests.papers.statements.made.basics import FIRST, GRANTEE, LAST, made
from tests.papers.statements.made.giving import ACCOUNT

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
        requested=usd(7_200_000),
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
    budget = (
        grant.PlannedCost("‹Direct aid›", "‹Rent of the shelter›", usd(4_512_300)),
        grant.PlannedCost("‹Staff›", "‹A counsellor›", usd(1_487_700)),
    )
    return made("agreement", grant.ToAgree(**told, budget=budget))


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
        effective_on=LAST,
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
        abroad=Money(114_048, "EUR"),
        rate="0.95",
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


def grant_report_paper() -> Paper:
    answers = (Answer("narrative", "long_text", "‹What was done›", text="‹Two houses.›"),)
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
        sections=(ShownSection("story", "‹What was done›", "", answers),),
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
