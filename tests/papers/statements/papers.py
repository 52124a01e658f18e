"""Every kind of paper, made up for the tests."""

from tests.papers.statements.made.books import (
    bank_reconciliation,
    financial_statements,
    fund_statement,
)
from tests.papers.statements.made.deciding import (
    blank_form,
    board_dossier,
    board_minutes,
    decision_list,
    regret_letter,
    reserve_letter,
    submission,
)
from tests.papers.statements.made.giving import (
    acknowledgement,
    aged_receivables,
    appeal_letter,
    contribution_agreement,
    contributions,
    donor_report_paper,
    donor_statement,
    earmark_report,
    payment_reminder,
    public_contributions,
    receipt,
    thanks_paper,
)
from tests.papers.statements.made.grants import (
    agreement,
    amended,
    award_letter,
    grant_report_paper,
    grant_statement,
    monitoring_report_paper,
    refund_letter,
)
from tests.papers.statements.made.results import annex_paper, briefing_paper

MADE = {
    "bank-reconciliation": bank_reconciliation,
    "acknowledgement": acknowledgement,
    "appeal-letter": appeal_letter,
    "thanks": thanks_paper,
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
