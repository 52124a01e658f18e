"""Which rooms make the application, and how they are joined."""

from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect

from grants import commands
from grants.agreements import verify as grant_checks
from grants.agreements import views as agreements
from grants.amendments import views as amendments
from grants.appeals import views as appeals
from grants.applications import desk, writing
from grants.applications import queries as application_queries
from grants.applications import views as applications
from grants.assurance import verify_page
from grants.assurance import views as assurance
from grants.awards import views as awards
from grants.bank import deciding as bank_deciding
from grants.bank import receiving as bank_receiving
from grants.bank import verify as bank_checks
from grants.bank import views as bank
from grants.books import closing, months, owners
from grants.books import views as books
from grants.calls import views as calls
from grants.certificates import verify as certificate_checks
from grants.config import Settings
from grants.contributions import pledge_page
from grants.contributions import verify as contribution_checks
from grants.contributions import views as contributions
from grants.decisions import queue, ranking_page, recommending
from grants.decisions import views as decisions
from grants.diligence import verify as diligence_checks
from grants.diligence import views as diligence
from grants.disbursements import views as disbursements
from grants.donors import own as own_donors
from grants.donors import views as donors
from grants.giving import own
from grants.giving import views as giving
from grants.kernel import embedded
from grants.kernel.db import Database
from grants.ledger import verify
from grants.moving import views as moving
from grants.organisations import views as organisations
from grants.outreach import diary, joining
from grants.outreach import views as outreach
from grants.pledges import views as pledges
from grants.portal import bookkeeping, dashboard, donor, gap, outbox, results
from grants.portal import views as portal
from grants.rates import views as rates
from grants.receivables import verify as receivable_checks
from grants.receivables import views as receivables
from grants.reconciliation import views as reconciliation
from grants.reminders import jobs as reminder_jobs
from grants.reminders import views as reminders
from grants.reporting import views as reporting
from grants.reviews import assigning
from grants.reviews import queries as reviews_queries
from grants.reviews import views as reviews
from grants.runs import views as runs
from grants.sanctions import views as sanctions
from grants.schedules import views as schedules
from grants.screening import views as screening
from grants.settings import verify as setting_checks
from grants.settings import views as fund_settings
from grants.signin import account
from grants.signin import views as signin
from grants.statements import views as statements
from grants.statements.outfit import outfit
from grants.web import access, arrival, gallery, headers, refusals, static, ui
from grants.web import database as web_database

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
    disbursements.pages,
    reporting.pages,
    organisations.pages,
    calls.pages,
    applications.pages,
    screening.pages,
    reviews.pages,
    assigning.pages,
    decisions.pages,
    ranking_page.pages,
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
    pledges.pages,
    donors.pages,
    own_donors.pages,
    diligence.pages,
    sanctions.pages,
    amendments.pages,
    schedules.pages,
    reminders.pages,
    contributions.pages,
    bank.pages,
    reconciliation.pages,
)
"""The blueprints of the rooms, in the order of the house from its public door inwards."""

JOBS = (reminder_jobs,)
"""Modules that bring work for the worker by being imported."""

MORE_VIEWS = (
    bank_deciding,
    bank_receiving,
    desk,
    diary,
    donor,
    joining,
    months,
    pledge_page,
    queue,
    recommending,
    results,
    verify_page,
    writing,
)
"""Modules that put further pages into a blueprint of their room by being imported."""

application_queries.BARS.append(reviews_queries.barred)
owners.OWNERS.append(bookkeeping.record_of)
owners.HELD.append(bookkeeping.held_by_the_bank)
closing.QUESTIONS.append(bookkeeping.accounts_are_not_reconciled)
verify.CHECKS += [
    *contribution_checks.CHECKS,
    *grant_checks.CHECKS,
    *certificate_checks.CHECKS,
    *bank_checks.CHECKS,
    *diligence_checks.CHECKS,
    *receivable_checks.CHECKS,
    *setting_checks.CHECKS,
]
verify.TRIGGERS |= (
    contribution_checks.TRIGGERS
    | grant_checks.TRIGGERS
    | certificate_checks.TRIGGERS
    | bank_checks.TRIGGERS
    | diligence_checks.TRIGGERS
    | receivable_checks.TRIGGERS
    | setting_checks.TRIGGERS
)


def assemble(settings: Settings, database: Database | None) -> Flask:
    app = Flask("grants", template_folder=str(ROOT / "templates"), static_folder="static")
    app.config.update(flask_settings(settings))
    app.extensions["settings"] = settings
    outfit(settings)
    web_database.install(app, lambda: database or open_database(settings))
    arrival.install(app)
    CSRFProtect(app)
    headers.install(app)
    access.install(app)
    refusals.install(app)
    ui.install(app)
    static.install(app)
    commands.install(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    if not settings.production:
        gallery.register(app, access.public)
    return app


def open_database(settings: Settings) -> Database:
    """The server of DATABASE_URL, or the embedded one under DATA_DIR."""
    url = settings.database_url or embedded.start(settings.data_dir / "postgresql")
    return Database.at(url, pool_size=8, max_overflow=8)


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
