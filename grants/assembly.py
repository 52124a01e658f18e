"""Which rooms make the application, and how they are joined."""

from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError

from grants import commands
from grants.applying.applications import queries as application_queries
from grants.applying.applications import staff_views as desk
from grants.applying.applications import views as applications
from grants.applying.applications import writing
from grants.applying.calls import views as calls
from grants.applying.organisations import views as organisations
from grants.banking.bank import deciding as bank_deciding
from grants.banking.bank import receiving as bank_receiving
from grants.banking.bank import verify as bank_checks
from grants.banking.bank import views as bank
from grants.banking.reconciliation import views as reconciliation
from grants.books.certificates import verify as certificate_checks
from grants.books.ledger import verify
from grants.books.periods import closing, months, owners
from grants.books.periods import views as books
from grants.books.rates import views as rates
from grants.books.settings import verify as setting_checks
from grants.books.settings import views as fund_settings
from grants.config import Settings
from grants.core.funds.house import follow_funds
from grants.core.kernel import embedded, slots
from grants.core.kernel.db import Database
from grants.deciding.awards import decision, queue
from grants.deciding.awards import views as awards
from grants.deciding.board import views as board
from grants.deciding.portfolio import views as portfolio
from grants.deciding.reviews import assigning
from grants.deciding.reviews import queries as reviews_queries
from grants.deciding.reviews import views as reviews
from grants.deciding.screening import views as screening
from grants.desk.moving_in import views as moving
from grants.desk.portal import bookkeeping, dashboard, donor, gap, outbox
from grants.desk.portal import views as portal
from grants.fundraising.appeals import views as appeals
from grants.giving.contributions import queries as contribution_queries
from grants.giving.contributions import verify as contribution_checks
from grants.giving.contributions import views as contributions
from grants.giving.donors import own as own_donors
from grants.giving.donors import views as donors
from grants.giving.outreach import contact_views as diary
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
from grants.granting.agreements import verify as grant_checks
from grants.granting.agreements import views as agreements
from grants.granting.closure import views as closure
from grants.granting.payments import views as disbursements
from grants.granting.reporting import views as reporting
from grants.granting.results import views as results
from grants.integrity.diligence import verify as diligence_checks
from grants.integrity.diligence import views as diligence
from grants.integrity.sanctions import views as sanctions
from grants.papers.certification import verify_page
from grants.papers.certification import views as assurance
from grants.papers.printing import views as runs
from grants.papers.statements import views as statements
from grants.papers.typesetting.installation import prepare_printing
from grants.platform.signin import account, in_place
from grants.platform.signin import views as signin
from grants.platform.trail import jobs as trail_jobs
from grants.platform.trail import verify as trail_checks
from grants.platform.web import (
    access,
    arrival,
    compression,
    gallery,
    headers,
    proof,
    refusals,
    static,
    steps,
    ui,
)
from grants.platform.web import database as web_database

ROOT = Path(__file__).parent.parent

PAGES = (
    portal.pages,
    dashboard.pages,
    gap.pages,
    outbox.pages,
    assurance.pages,
    statements.pages,
    signin.pages,
    account.pages,
    agreements.pages,
    closure.pages,
    results.pages,
    disbursements.pages,
    reporting.pages,
    organisations.pages,
    calls.pages,
    applications.pages,
    screening.pages,
    reviews.pages,
    assigning.pages,
    board.pages,
    decision.pages,
    portfolio.pages,
    awards.pages,
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
    sanctions.pages,
    pledge_changes.pages,
    payment_dates.pages,
    reminders.pages,
    contributions.pages,
    bank.pages,
    reconciliation.pages,
)
"""The blueprints of the rooms, in the order of the menu."""

JOBS = (reminder_jobs, trail_jobs)
"""Modules that bring work for the worker by being imported."""

MORE_VIEWS = (
    bank_deciding,
    bank_receiving,
    desk,
    diary,
    donor,
    joining,
    months,
    queue,
    verify_page,
    writing,
)
"""Modules that put further pages into a blueprint of their room by being imported."""

VERIFIED = (
    contribution_checks,
    grant_checks,
    certificate_checks,
    bank_checks,
    diligence_checks,
    receivable_checks,
    setting_checks,
    trail_checks,
)
"""Rooms that bring checks and triggers for `flask ledger verify`."""


def join_rooms() -> None:
    """Give each room what it needs from rooms above it; Unfilled if a room is left without."""
    application_queries.BARS.give(reviews_queries.barred)
    owners.OWNERS.give(bookkeeping.record_of)
    owners.HELD.give(bookkeeping.held_by_the_bank)
    closing.QUESTIONS.give(bookkeeping.accounts_are_not_reconciled)
    verify.CHECKS.give(*(check for room in VERIFIED for check in room.CHECKS))
    verify.TRIGGERS.give(*(rule for room in VERIFIED for rule in room.TRIGGERS.items()))
    slots.refuse_unfilled()


def assemble(settings: Settings, database: Database | None) -> Flask:
    join_rooms()
    app = Flask("grants", template_folder=str(ROOT / "templates"), static_folder="static")
    app.config.update(flask_settings(settings))
    app.extensions["settings"] = settings
    prepare_printing(settings)
    web_database.install(app, lambda: database or open_database(settings))
    arrival.install(app)
    headers.install(app)
    in_place.install(app)
    access.install(app)
    refusals.install(app)
    ui.install(app)
    static.install(app)
    proof.install(app)
    compression.install(app)
    commands.install(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    steps.refuse_unkept(app)
    if not settings.production:
        gallery.register(app, access.public)
    return app


def open_database(settings: Settings) -> Database:
    """The server of DATABASE_URL, or the embedded one under DATA_DIR."""
    url = settings.database_url or embedded.start(settings.data_dir / "postgresql")
    database = Database.at(url, pool_size=8, max_overflow=8)
    with database.session() as session, suppress(DBAPIError):  # before the first migration
        follow_funds(session, now=True)
    return database


def flask_settings(settings: Settings) -> dict[str, object]:
    """Flask's own configuration, from ours."""
    return {
        "SECRET_KEY": settings.secret(),
        "TESTING": settings.testing,
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
