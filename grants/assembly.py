"""Which rooms make the application, and how they are joined."""

from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from grants import commands
from grants.applying.applications import queries as application_queries
from grants.applying.applications import verify as application_checks
from grants.applying.builder import (
    documents,
    library,
    placing,
    questions,
    removing,
    translating,
    trying,
    undoing,
    wording,
)
from grants.applying.builder import pages as builder
from grants.applying.builder import views as builder_views
from grants.applying.call_files import carrying
from grants.applying.call_pages import delete_views as call_deleting
from grants.applying.call_pages import inquiring as calls_inquiring
from grants.applying.call_pages import list_views as call_list
from grants.applying.call_pages import outcome as calls_outcome
from grants.applying.call_pages import ready_views as call_ready
from grants.applying.call_pages import stage_views as call_stages
from grants.applying.call_pages import views as calls
from grants.applying.drafts import eligibility
from grants.applying.organisations import paper_views as organisation_papers
from grants.applying.organisations import profile_views as organisation_profiles
from grants.applying.organisations import service as organisation_service
from grants.applying.organisations import verification_views as organisation_verification
from grants.applying.organisations import views as organisations
from grants.applying.organisations.papers import jobs as paper_jobs
from grants.applying.public_questions import queries as public_question_queries
from grants.applying.public_questions import views as public_questions
from grants.applying.secretariat import views as desk
from grants.applying.submissions import jobs as application_jobs
from grants.applying.writing import (
    begin_views,
    clarify_views,
    comment_views,
    section_views,
    sign_views,
    team_views,
    uploading,
)
from grants.applying.writing import pages as applications
from grants.applying.writing import views as applicant_views
from grants.banking.accounts import views as fund_accounts
from grants.banking.bank import deciding as bank_deciding
from grants.banking.bank import paying_views as bank_paying
from grants.banking.bank import receiving as bank_receiving
from grants.banking.bank import verify as bank_checks
from grants.banking.bank import views as bank
from grants.banking.reconciliation import views as reconciliation
from grants.books.certificates import verify as certificate_checks
from grants.books.ledger import earmarks, verify
from grants.books.periods import closing, months, owners
from grants.books.periods import views as books
from grants.books.rates import views as rates
from grants.books.settings import verify as setting_checks
from grants.books.settings import views as fund_settings
from grants.books.verification import jobs as verification_jobs
from grants.books.verification import views as verification
from grants.config import Settings, count_into
from grants.core.database import embedded
from grants.core.database.db import Database
from grants.core.database.encryption import use_keys
from grants.core.database.seals import use_seals
from grants.core.funds.house import follow_funds
from grants.core.kernel import slots
from grants.core.people.breached import use_list
from grants.core.people.guessing import use_calm
from grants.core.proofs.secrets import use_factor_key
from grants.deciding.awards import (
    announcing,
    archive_views,
    confirm_views,
    decision,
    invite_views,
    publishing,
    queue,
    upcoming,
)
from grants.deciding.awards import case as award_case
from grants.deciding.awards import jobs as award_jobs
from grants.deciding.awards import many as awards_together
from grants.deciding.awards import queries as award_queries
from grants.deciding.awards import service as award_service
from grants.deciding.awards import views as awards
from grants.deciding.board import views as board
from grants.deciding.decision_lists import views as decision_lists
from grants.deciding.dossiers import views as dossiers
from grants.deciding.feedback import text_views as letter_text_views
from grants.deciding.feedback import views as feedback
from grants.deciding.interests import queries as interests_queries
from grants.deciding.interests import views as interests
from grants.deciding.portfolio import scenario_views
from grants.deciding.portfolio import views as portfolio
from grants.deciding.reviews import assigning, assigning_many
from grants.deciding.reviews import beside as reviews_beside
from grants.deciding.reviews import handover as reviews_handover
from grants.deciding.reviews import queries as reviews_queries
from grants.deciding.reviews import verify as review_checks
from grants.deciding.reviews import views as reviews
from grants.deciding.screening import beside as screening_beside
from grants.deciding.screening import suggestions
from grants.deciding.screening import views as screening
from grants.deciding.sessions import ballots, taking_part
from grants.deciding.sessions import verify as session_checks
from grants.deciding.sessions import views as board_sessions
from grants.deciding.visits import views as visits
from grants.desk.fund_setup import picturing
from grants.desk.fund_setup import views as fund_setup
from grants.desk.merging import verify as merge_checks
from grants.desk.merging import views as merging
from grants.desk.moving_in import views as moving
from grants.desk.portal import (
    bookkeeping,
    dashboard,
    delayed_messages,
    demonstration,
    donor,
    gap,
    outbox,
)
from grants.desk.portal import views as portal
from grants.desk.search import views as search
from grants.fundraising.appeals import views as appeals
from grants.giving.contributions import queries as contribution_queries
from grants.giving.contributions import verify as contribution_checks
from grants.giving.contributions import views as contributions
from grants.giving.donors import colleagues as donor_colleagues
from grants.giving.donors import own as own_donors
from grants.giving.donors import views as donors
from grants.giving.outreach import contact_views as diary
from grants.giving.outreach import handover as outreach_handover
from grants.giving.outreach import joining
from grants.giving.outreach import views as outreach
from grants.giving.pledges import page as pledge_page
from grants.giving.pledges.changes import views as pledge_changes
from grants.giving.pledges.dates import views as payment_dates
from grants.giving.pledging import own
from grants.giving.pledging import views as giving
from grants.giving.receivables import verify as receivable_checks
from grants.giving.receivables import views as receivables
from grants.giving.reminders import jobs as reminder_jobs
from grants.giving.reminders import views as reminders
from grants.giving.totals import figures as total_figures
from grants.granting.agreements import next_steps as grant_steps
from grants.granting.agreements import to_sign as agreement_to_sign
from grants.granting.agreements import verify as grant_checks
from grants.granting.agreements import views as agreements
from grants.granting.bank_details import verify as payee_checks
from grants.granting.bank_details import views as bank_details
from grants.granting.changes import views as grant_changes
from grants.granting.clauses import views as clauses
from grants.granting.closure import views as closure
from grants.granting.payments import step_views as payment_steps
from grants.granting.payments import views as disbursements
from grants.granting.preparing import views as preparing
from grants.granting.reporting import queries as reporting_queries
from grants.granting.reporting import views as reporting
from grants.granting.results import views as results
from grants.granting.signing import jobs as signing_jobs
from grants.granting.signing import papers as signed_papers
from grants.granting.signing import service as signing_service
from grants.granting.signing import views as signing
from grants.integrity.diligence import organisation_views
from grants.integrity.diligence import verify as diligence_checks
from grants.integrity.diligence import views as diligence
from grants.integrity.enquiries import views as enquiries
from grants.integrity.other_grants import views as other_grants
from grants.integrity.risk import views as risk
from grants.integrity.sanctions import matching
from grants.integrity.sanctions import views as sanctions
from grants.operations.health import views as health
from grants.papers.certification import verify_page
from grants.papers.certification import views as assurance
from grants.papers.printing import views as runs
from grants.papers.statements import jobs as statement_jobs
from grants.papers.statements import to_sign
from grants.papers.statements import views as statements
from grants.papers.typesetting.installation import prepare_printing
from grants.platform.charts import drawings
from grants.platform.documents.quota import Quota, use_quota
from grants.platform.documents.scanner import Clamd, use_scanner
from grants.platform.large_files import jobs as large_file_jobs
from grants.platform.large_files import queries as large_file_queries
from grants.platform.large_files import views as large_files
from grants.platform.layout import gallery, ui
from grants.platform.lists import views as lists
from grants.platform.scanning import jobs as scanning_jobs
from grants.platform.signin import (
    account,
    again,
    by_provider,
    factors,
    in_place,
    losing,
    passkeys,
    provider,
)
from grants.platform.signin import jobs as signin_jobs
from grants.platform.signin import views as signin
from grants.platform.signing_key import jobs as signing_key_jobs
from grants.platform.signing_key import views as signing_key
from grants.platform.staff import deciding as staff_deciding
from grants.platform.staff import handover, linking
from grants.platform.staff import views as staff
from grants.platform.tables import large
from grants.platform.trail import jobs as trail_jobs
from grants.platform.trail import verify as trail_checks
from grants.platform.trail import views as trail
from grants.platform.web import (
    access,
    arrival,
    compression,
    headers,
    journal,
    proof,
    refusals,
    static,
    steps,
)
from grants.platform.web import database as web_database

ROOT = Path(__file__).parent.parent

PAGES = (
    portal.pages,
    dashboard.pages,
    gap.pages,
    outbox.pages,
    delayed_messages.pages,
    search.pages,
    assurance.pages,
    statements.pages,
    signin.pages,
    account.pages,
    lists.pages,
    fund_setup.pages,
    staff.pages,
    trail.pages,
    factors.pages,
    agreements.pages,
    grant_changes.pages,
    signing.pages,
    clauses.pages,
    preparing.pages,
    closure.pages,
    results.pages,
    disbursements.pages,
    bank_details.pages,
    reporting.pages,
    organisations.pages,
    merging.pages,
    calls.pages,
    public_questions.pages,
    builder.pages,
    applications.pages,
    screening.pages,
    reviews.pages,
    visits.pages,
    assigning.pages,
    feedback.pages,
    interests.pages,
    dossiers.pages,
    board_sessions.pages,
    decision_lists.pages,
    board.pages,
    decision.pages,
    portfolio.pages,
    awards.pages,
    publishing.pages,
    archive_views.pages,
    receivables.pages,
    books.pages,
    rates.pages,
    fund_settings.pages,
    moving.pages,
    runs.pages,
    giving.pages,
    own.pages,
    outreach.pages,
    appeals.pages,
    pledge_page.pages_with(contribution_queries.lines_on_page),
    donors.pages,
    own_donors.pages,
    diligence.pages,
    risk.pages,
    enquiries.pages,
    other_grants.pages,
    sanctions.pages,
    pledge_changes.pages,
    payment_dates.pages,
    reminders.pages,
    contributions.pages,
    bank.pages,
    fund_accounts.pages,
    reconciliation.pages,
    verification.pages,
    large_files.pages,
    signing_key.pages,
    health.pages,
    drawings.pages,
)
"""The blueprints of the rooms, in the order of the menu."""

JOBS = (
    application_jobs,
    award_jobs,
    large_file_jobs,
    paper_jobs,
    reminder_jobs,
    scanning_jobs,
    signin_jobs,
    signing_jobs,
    signing_key_jobs,
    statement_jobs,
    trail_jobs,
    verification_jobs,
)
"""Modules that bring work for the worker by being imported."""

MORE_VIEWS = (
    bank_deciding,
    bank_paying,
    payment_steps,
    bank_receiving,
    by_provider,
    carrying,
    call_deleting,
    call_list,
    call_ready,
    call_stages,
    begin_views,
    clarify_views,
    comment_views,
    confirm_views,
    invite_views,
    desk,
    team_views,
    diary,
    donor,
    joining,
    linking,
    losing,
    library,
    documents,
    months,
    passkeys,
    organisation_papers,
    organisation_profiles,
    sign_views,
    organisation_verification,
    organisation_views,
    picturing,
    queue,
    scenario_views,
    letter_text_views,
    staff_deciding,
    taking_part,
    ballots,
    builder_views,
    placing,
    questions,
    removing,
    translating,
    trying,
    undoing,
    uploading,
    verify_page,
    wording,
    section_views,
    applicant_views,
)
"""Modules that put further pages into a blueprint of their room by being imported."""

VERIFIED = (
    application_checks,
    contribution_checks,
    grant_checks,
    merge_checks,
    payee_checks,
    certificate_checks,
    bank_checks,
    diligence_checks,
    receivable_checks,
    review_checks,
    session_checks,
    setting_checks,
    trail_checks,
)
"""Rooms that bring checks and triggers for `flask ledger verify`."""


ASSIGNED = (reviews_handover, outreach_handover)
"""Rooms in which work is assigned to people by name."""


PARTS_OF_A_CASE = (
    screening_beside.APPLICATION,
    screening_beside.SCREENING,
    reviews_beside.REVIEWS,
    visits.VISITS,
    award_case.ORGANISATION,
    award_case.MONEY,
    feedback.LETTERS,
    award_case.HISTORY,
)
"""What stands beside a form about an application, in the order of the tabs."""

STAGES_WITH_ACTS = ("recommend", "invite", "approve", "reject", "confirm")
ACTS_ON_APPLICATIONS = (
    screening.ACCEPT,
    assigning_many.ASSIGN,
    *(act for stage in STAGES_WITH_ACTS for act in awards_together.BY_STAGE[stage]),
    feedback.WRITE,
)
"""What the list of applications offers for several of them."""


def join_rooms() -> None:
    """Give each room what it needs from rooms above it; Unfilled if a room is left without."""
    application_queries.BARS.give(reviews_queries.barred, interests_queries.barred)
    desk.ACTS.give(*ACTS_ON_APPLICATIONS)
    screening_beside.PARTS.give(*PARTS_OF_A_CASE)
    eligibility.GRANT_YEARS.give(award_queries.grant_years)
    suggestions.GRANTS.give(reporting_queries.earlier_grants)
    calls_outcome.OUTCOME.give(announcing.outcome_of)
    calls_inquiring.PUBLISHED.give(public_question_queries.published)
    organisation_service.SCREENED.give(matching.watch_later)
    upcoming.UPCOMING.give(grant_steps.upcoming)
    award_service.ENDED.give(signing_service.end_with_award)
    signed_papers.KINDS.give(agreement_to_sign.AGREEMENT)
    signed_papers.DRAW.give(to_sign.draw)
    signin.INVITATIONS.give(donor_colleagues.invite_again, organisation_service.invite_again)
    earmarks.RECEIVED.give(total_figures.received_for_a_purpose)
    owners.OWNERS.give(bookkeeping.record_of)
    owners.HELD.give(bookkeeping.held_by_the_bank)
    handover.WORK.give(*(work for room in ASSIGNED for work in room.WORK))
    closing.QUESTIONS.give(bookkeeping.accounts_are_not_reconciled)
    verify.CHECKS.give(*(check for room in VERIFIED for check in room.CHECKS))
    verify.TRIGGERS.give(*(rule for room in VERIFIED for rule in room.TRIGGERS.items()))
    large.KEPT.give(large_file_queries.kept_file)
    large.REACH.give(reviews_queries.reach, interests_queries.reach)
    slots.refuse_unfilled()


def assemble(settings: Settings, database: Database | None) -> Flask:
    join_rooms()
    app = journal.JournalledFlask(
        "grants", template_folder=str(ROOT / "templates"), static_folder="static"
    )
    app.config.update(flask_settings(settings))
    app.extensions["settings"] = settings
    _trust_proxies(app, settings.trusted_proxies)
    prepare_printing(settings)
    drawings.keep_drawings(None if settings.testing else drawings.Drawings.of(settings))
    use_scanner(Clamd.at(settings.scanner_url) if settings.scanner_url else None)
    _encrypt_with(settings.secret(), *settings.former_secret_keys)
    _limit(settings)
    web_database.install(app, lambda: database or open_database(settings))
    _receive(app, settings)
    _guard_pages(app, settings)
    refusals.install(app)
    ui.install(app)
    static.install(app)
    proof.install(app)
    compression.install(app)
    commands.install(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    app.extensions["csrf"].exempt(health.csp_report)  # a browser sends it by itself
    steps.refuse_unkept(app)
    if not settings.production:
        gallery.register(app, access.public)
        demonstration.register(app)
    return app


def _encrypt_with(*secrets: str) -> None:
    """What the database keeps encrypted: the first encrypts, all of them read."""
    use_factor_key(*secrets)
    use_keys(*secrets)
    use_seals(*secrets)


def _limit(settings: Settings) -> None:
    """What people may choose, guess and keep."""
    use_list(settings.breached_passphrases)
    use_calm(settings.sign_in_failures)
    use_quota(Quota(settings.upload_megabytes * 1024 * 1024, settings.upload_files))


def _receive(app: Flask, settings: Settings) -> None:
    """What is done with every request and every answer, whatever page it is."""
    if settings.metrics_listen:
        count_into(settings.counts)
        from grants.operations.metrics import counting  # which reads where to count when imported

        counting.install(app)
    journal.install(app)
    arrival.install(app)
    headers.install(app, production=settings.production)


def _guard_pages(app: Flask, settings: Settings) -> None:
    """Who sits there, whether they may come in, and whether they have to show it again."""
    in_place.install(app)
    access.install(app)
    again.install(app)
    provider.install(app, settings.provider)


def _trust_proxies(app: Flask, hops: int) -> None:
    """Read the address of a visitor from so many proxies of our own."""
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def open_database(settings: Settings) -> Database:
    """The server of DATABASE_URL, or the embedded one under DATA_DIR, as the application's role."""
    url = settings.database_url or embedded.as_application(
        embedded.start(settings.data_dir / "postgresql")
    )
    database = Database.at(url, pool_size=8, max_overflow=8)
    with database.session() as session, suppress(DBAPIError):  # before the first migration
        follow_funds(session, now=True)
    return database


def flask_settings(settings: Settings) -> dict[str, object]:
    """Flask's own configuration, from ours."""
    return {
        "SECRET_KEY": settings.secret(),
        "TESTING": settings.testing,
        "KEEP_PAGES": not settings.testing,  # a test plants its records past the trail
        "SESSION_COOKIE_NAME": "__Host-session" if settings.production else "session",
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRUSTED_HOSTS": [settings.host] if settings.production else None,
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 5 * 1024 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
        "WTF_CSRF_TIME_LIMIT": None,
    }
