"""Every document there is: how it is called, what builds it, who may read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.viewer import Viewer
from grants.papers.statements import readers, sheets
from grants.papers.statements.builders.calls import applying, board, decisions
from grants.papers.statements.builders.donors import (
    appeal,
    donor,
    donor_pledges,
    donor_report,
    giving,
    pledging,
    receivables,
    thanks,
    verbale,
)
from grants.papers.statements.builders.funds import (
    annex,
    banking,
    briefing,
    contributions,
    earmarked,
    financial,
    fund,
    guide,
)
from grants.papers.statements.builders.grants import (
    amendment,
    grant,
    grant_report,
    monitored,
    outcome,
    refund,
)
from grants.papers.typesetting.paper import DocumentRequest, Paper, Span
from grants.platform.tables.exports import Sheet


class About(StrEnum):
    """What the reference of a document names."""

    RECORD = "record"
    FUND = "fund"
    DONOR = "donor"


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of document. Its template is templates/papers/statements/<name>.html.

    `readable` raises Missing unless the viewer may see the record of that reference.
    """

    name: str
    label: str
    build: Callable[[Session, str, Span | None], Paper]
    readable: Callable[[Session, Viewer, str], None]
    public: bool = False
    """Anybody may read it, signed in or not, as far as `readable` lets them."""
    about: About = About.RECORD
    """Of a fund, or of a donor, it is offered on the pages of statements."""
    periodic: bool = False
    """It is about a period, which has to be named."""
    calendar_year: bool = False
    """The period has to be a calendar year."""
    data: bool = False
    """Its facts are in the PDF as a JSON file too, for a person who recomputes them."""
    sheets: Callable[[Any], list[Sheet]] | None = None
    """Its facts as the sheets of a workbook too."""
    word: Callable[[Any], bytes] | None = None
    """Its facts as a DOCX file too, to be filled in."""
    signed: bool = True
    """Its PDF is signed by this installation, as a record is."""
    comes_back: bool = False
    """It comes back with the signatures of others: no picture of ours stands on it, so that a copy
    which nobody signed is told from one with a signature."""
    certified: bool = False
    """It is provisional until the certifying officer certifies it, and kept from then on."""
    together: Callable[[Session, Sequence[str], Span], Mapping[str, Paper]] | None = None
    """Builds many of one period in as few questions to the database as one takes."""
    canonical: Callable[[Session, str, Span | None], str] = lambda _session, reference, _span: (
        reference
    )
    """The one reference under which it is certified, of several that lead to it."""
    narrowed: Callable[[Session, Viewer, str], str] = lambda _session, _viewer, reference: reference
    """As much of it as a viewer may have, who may not have all."""
    takes_long: Callable[[Session, str], bool] = lambda _session, _reference: False
    """Are its facts reckoned of so many records that the worker does it?"""


def _of_record(
    build: Callable[[Session, str], Paper],
) -> Callable[[Session, str, Span | None], Paper]:
    return lambda session, reference, _span: build(session, reference)


def _of_period(
    build: Callable[[Session, str, Span], Paper],
) -> Callable[[Session, str, Span | None], Paper]:
    def built(session: Session, reference: str, span: Span | None) -> Paper:
        if span is None:
            raise DomainError(_("Enter the first and the last day of the period."))
        return build(session, reference, span)

    return built


def _form_in_word(facts: Any) -> bytes:
    """The library is imported when a form is asked for."""
    from grants.papers.statements.word import blank_form

    return blank_form(facts)


def _note_in_word(facts: Any) -> bytes:
    from grants.papers.statements.word import note_verbale

    return note_verbale(facts)


CATALOGUE: Mapping[str, Row] = {
    row.name: row
    for row in (
        Row(
            "acknowledgement",
            _l("Acknowledgement of a pledge"),
            _of_record(giving.acknowledgement),
            readers.of_pledge,
        ),
        Row(
            "contribution-agreement",
            _l("Contribution agreement"),
            _of_record(pledging.contribution_agreement),
            readers.of_pledge,
            data=True,
            comes_back=True,
        ),
        Row(
            "payment-reminder",
            _l("Reminder of a payment"),
            _of_record(pledging.payment_reminder),
            readers.of_reminder,
            data=True,
        ),
        Row(
            "note-verbale",
            _l("Note verbale"),
            _of_record(verbale.note_verbale),
            readers.of_pledge,
            word=_note_in_word,
            signed=False,
        ),
        Row(
            "payment-slip",
            _l("Payment slip"),
            _of_record(giving.payment_slip),
            readers.of_gift_or_pledge,
            public=True,
            signed=False,
        ),
        Row(
            "appeal-letter",
            _l("Appeal for contributions"),
            _of_record(appeal.appeal_letter),
            readers.of_appeal_letter,
        ),
        Row(
            "thanks",
            _l("What your support did"),
            _of_record(thanks.thanks_paper),
            readers.of_thanks,
            public=True,
            signed=False,
        ),
        Row(
            "guide",
            _l("Guide"),
            _of_record(guide.guide),
            readers.of_guide,
            public=True,
            signed=False,
        ),
        Row("receipt", _l("Official receipt"), _of_record(giving.receipt), readers.of_receipt),
        Row(
            "donor-statement",
            _l("Statement of contributions"),
            _of_period(donor.donor_statement),
            readers.of_donor,
            periodic=True,
            data=True,
            certified=True,
            about=About.DONOR,
            together=donor.donor_statements,
            canonical=donor_pledges.canonical,
            narrowed=readers.narrowed_donor,
        ),
        Row(
            "fund-statement",
            _l("Statement of source and use of funds"),
            _of_period(fund.fund_statement),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
        ),
        Row(
            "financial-statements",
            _l("Statements of financial performance and position"),
            _of_period(financial.financial_statements),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
        ),
        Row(
            "aged-receivables",
            _l("Aged receivables"),
            _of_period(receivables.aged_receivables),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
            takes_long=fund.has_many_pledges,
        ),
        Row(
            "earmarks",
            _l("Earmarked contributions"),
            _of_period(earmarked.earmark_report),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
            takes_long=fund.has_many_pledges,
        ),
        Row(
            "contributions",
            _l("Contributions by donor and year"),
            _of_period(contributions.contributions_by_donor),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
            sheets=sheets.of_contributions,
            takes_long=fund.has_many_pledges,
        ),
        Row(
            "public-contributions",
            _l("Contributions by donor and year, for the public"),
            _of_period(contributions.public_contributions),
            readers.of_public_fund,
            public=True,
            periodic=True,
            data=True,
            about=About.FUND,
            sheets=sheets.of_contributions,
            takes_long=fund.has_many_pledges,
        ),
        Row(
            "donor-report",
            _l("Annual report to a donor"),
            _of_period(donor_report.donor_report),
            readers.of_donor,
            periodic=True,
            calendar_year=True,
            data=True,
            certified=True,
            about=About.DONOR,
            canonical=donor_pledges.canonical,
            narrowed=readers.narrowed_donor,
        ),
        Row(
            "annex",
            _l("Annex to the report of the Secretary-General"),
            _of_period(annex.annex),
            readers.of_fund,
            periodic=True,
            data=True,
            certified=True,
            about=About.FUND,
            canonical=fund.canonical,
            sheets=sheets.of_annex,
            takes_long=fund.has_many_pledges,
        ),
        Row(
            "briefing",
            _l("Briefing on the fund for Member States"),
            _of_record(briefing.briefing),
            readers.of_public_fund,
            public=True,
            data=True,
        ),
        Row(
            "bank-reconciliation",
            _l("Bank reconciliation"),
            _of_record(banking.bank_reconciliation),
            readers.of_bank_account,
            data=True,
        ),
        Row(
            "submission",
            _l("Application as submitted"),
            _of_record(applying.submission),
            readers.of_application,
            narrowed=readers.narrowed_to_reviewers,
        ),
        Row(
            "board-dossier",
            _l("Dossier for the Board of Trustees"),
            _of_record(board.board_dossier),
            readers.of_board_dossier,
            narrowed=readers.narrowed_to_reader,
        ),
        Row(
            "board-minutes",
            _l("Minutes of the Board of Trustees"),
            _of_record(board.board_minutes),
            readers.of_board_minutes,
            comes_back=True,
            narrowed=readers.narrowed_to_reader,
        ),
        Row(
            "decision-list",
            _l("List of decisions"),
            _of_record(decisions.decision_list),
            readers.of_decision_list,
            comes_back=True,
            narrowed=readers.narrowed_to_reader,
        ),
        Row(
            "blank-form",
            _l("Application form"),
            _of_record(applying.blank_form),
            readers.of_call,
            public=True,
            word=_form_in_word,
            signed=False,
        ),
        Row(
            "award-letter", _l("Award of a grant"), _of_record(grant.award_letter), readers.of_award
        ),
        Row(
            "regret-letter",
            _l("Outcome of an application"),
            _of_record(outcome.regret_letter),
            readers.of_decision,
        ),
        Row(
            "reserve-letter",
            _l("Place on the reserve list"),
            _of_record(outcome.reserve_letter),
            readers.of_reserve,
        ),
        Row(
            "agreement",
            _l("Grant agreement"),
            _of_record(grant.agreement),
            readers.of_award,
            comes_back=True,
        ),
        Row(
            "amendment",
            _l("Amendment to a grant agreement"),
            _of_record(amendment.amendment),
            readers.of_amendment,
            comes_back=True,
        ),
        Row(
            "refund-letter",
            _l("Request for a refund"),
            _of_record(refund.refund_letter),
            readers.of_refund,
        ),
        Row(
            "grant-report",
            _l("Report on a grant"),
            _of_record(grant_report.grant_report),
            readers.of_report,
        ),
        Row(
            "monitoring-report",
            _l("Report on a visit, a spot check or an audit"),
            _of_record(monitored.monitoring_report),
            readers.of_monitoring,
        ),
        Row(
            "grant-statement",
            _l("Grant statement"),
            grant.grant_statement,
            readers.of_award,
            data=True,
        ),
    )
}


def row_of(document: str) -> Row:
    """The kind of document of this name, or Missing."""
    row = CATALOGUE.get(document)
    if row is None:
        raise Missing(_("Document %(name)s not found.", name=document))
    return row


def paper_of(session: Session, document: str, reference: str, span: Span | None = None) -> Paper:
    """What a document says today, in the current language, before its layout."""
    paper = row_of(document).build(session, reference, span)
    return replace(paper, asked=DocumentRequest(reference, span))


def papers_of(
    session: Session, document: str, references: Sequence[str], span: Span
) -> Mapping[str, Paper]:
    """What many documents of a kind say: read together where that is possible."""
    together = row_of(document).together
    if together is None:
        return {reference: paper_of(session, document, reference, span) for reference in references}
    return {
        reference: replace(paper, asked=DocumentRequest(reference, span))
        for reference, paper in together(session, references, span).items()
    }
