"""How the rooms become one application: what each brings, and what it needs from others."""

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType

from flask import Blueprint, Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from grants import commands
from grants.applying.applications import queries as application_queries
from grants.applying.call_pages import inquiring as calls_inquiring
from grants.applying.call_pages import outcome as calls_outcome
from grants.applying.drafts import eligibility
from grants.applying.organisations import service as organisation_service
from grants.applying.public_questions import queries as public_question_queries
from grants.applying.secretariat import views as desk
from grants.books.ledger import earmarks, entries, verify
from grants.books.periods import closing, owners
from grants.config import Settings, count_into
from grants.core.database import embedded
from grants.core.database.db import Database
from grants.core.database.encryption import use_keys
from grants.core.database.replica import Replica
from grants.core.database.seals import use_seals
from grants.core.funds.house import follow_funds
from grants.core.kernel import slots
from grants.core.people.breached import use_list
from grants.core.people.guessing import use_calm
from grants.core.proofs.secrets import use_factor_key
from grants.deciding.announcements import announcing
from grants.deciding.assigning import handover as reviews_handover
from grants.deciding.assigning import many as assigning_many
from grants.deciding.awards import queries as award_queries
from grants.deciding.awards import service as award_service
from grants.deciding.awards import upcoming
from grants.deciding.awards import views as awards_list
from grants.deciding.decisions import case as award_case
from grants.deciding.decisions import case_turn
from grants.deciding.decisions import many_views as awards_together
from grants.deciding.feedback import views as feedback
from grants.deciding.interests import queries as interests_queries
from grants.deciding.portfolio import ranking, records, scenarios
from grants.deciding.reviews import beside as reviews_beside
from grants.deciding.reviews import queries as reviews_queries
from grants.deciding.screening import beside as screening_beside
from grants.deciding.screening import suggestions
from grants.deciding.screening import views as screening
from grants.deciding.visits import views as visits
from grants.desk.portal import bookkeeping, demonstration
from grants.desk.tasks import case_kinds
from grants.giving.cards import views as cards
from grants.giving.cards.providers import use_providers
from grants.giving.cards.stripe import Stripe
from grants.giving.contributions import queries as contribution_queries
from grants.giving.donors import colleagues as donor_colleagues
from grants.giving.outreach import handover as outreach_handover
from grants.giving.outreach import leaving_views
from grants.giving.outreach import service as outreach_service
from grants.giving.pledges import earmarked as pledges_earmarked
from grants.giving.pledges import making as pledges_making
from grants.giving.pledges import page_views
from grants.giving.pledges.negotiating import service as negotiating
from grants.giving.pledging import worth as pledging_worth
from grants.granting.agreements import beside as agreements_beside
from grants.granting.agreements import framing
from grants.granting.agreements import many_views as agreements_together
from grants.granting.agreements import next_steps as grant_steps
from grants.granting.agreements import to_sign as agreement_to_sign
from grants.granting.changes import to_sign as amendment_to_sign
from grants.granting.closure import forcing as grant_closing
from grants.granting.earmarks import holdings as earmark_holdings
from grants.granting.earmarks import queries as earmark_queries
from grants.granting.earmarks import reach as earmark_reach
from grants.granting.earmarks import service as earmark_service
from grants.granting.earmarks import share as earmark_share
from grants.granting.findings import queries as finding_queries
from grants.granting.findings import recovery as finding_recovery
from grants.granting.payments import queries as payment_queries
from grants.granting.payments import returns as payment_returns
from grants.granting.payments import service as payment_service
from grants.granting.payments.abroad import rate_paid_at
from grants.granting.performance import beside as performance_beside
from grants.granting.performance import queries as performance_queries
from grants.granting.recovery import abroad as recovery_abroad
from grants.granting.recovery import service as recovery_service
from grants.granting.reporting import queries as reporting_queries
from grants.granting.reporting.reminding import owed_reports
from grants.granting.results import queries as result_queries
from grants.granting.results import typical as results_typical
from grants.granting.set_offs import beside as set_offs_beside
from grants.granting.set_offs import booking as set_off_booking
from grants.granting.signing import papers as signed_papers
from grants.granting.signing import service as signing_service
from grants.integrity.holds import beside as holds_beside
from grants.integrity.holds.queries import applications_held
from grants.integrity.sanctions import matching
from grants.operations.files.purging import use_waiting
from grants.operations.health import views as health
from grants.papers.statements import to_sign
from grants.papers.typesetting.installation import prepare_printing
from grants.platform.casework import cases, panel
from grants.platform.casework import handover as casework_handover
from grants.platform.charts import drawings
from grants.platform.documents.quota import Quota, use_quota
from grants.platform.documents.scanner import Clamd, use_scanner
from grants.platform.large_files import queries as large_file_queries
from grants.platform.layout import gallery, proof, ui
from grants.platform.signatures import drawing as signature_drawing
from grants.platform.signin import (
    again,
    in_place,
    provider,
)
from grants.platform.signin import views as signin
from grants.platform.staff import handover
from grants.platform.tables import large
from grants.platform.web import (
    access,
    arrival,
    compression,
    headers,
    journal,
    refusals,
    static,
    steps,
)
from grants.platform.web import database as web_database
from grants.variables import CardAccount

ROOT = Path(__file__).parent.parent


def modules_named(*patterns: str) -> list[ModuleType]:
    """The modules of all rooms whose files have such a name, in sorted order; they are imported."""
    files = {path for pattern in patterns for path in (ROOT / "grants").glob(f"*/*/**/{pattern}")}
    names = [path.relative_to(ROOT).with_suffix("").parts for path in sorted(files)]
    return [import_module(".".join(parts)) for parts in names]


# A room's pages, jobs and checks are taken up by the names of their files; nothing is named here.
# Commands are not: grants/commands.py says what each is for, and imports it when it is called.
VIEWS = modules_named("views.py", "*_views.py")
"""Modules with pages: `pages` is the blueprint of a module, or of its room."""
JOBS = modules_named("jobs.py")
"""Modules that bring work for the worker by being imported."""
CHECKED = [room for room in modules_named("verify.py") if room is not verify]
"""Rooms that bring checks and triggers for `flask ledger verify`."""

ASSIGNED = (reviews_handover, outreach_handover, casework_handover)
"""Rooms in which work is assigned to people by name."""


PARTS_OF_A_CASE = (
    screening_beside.APPLICATION,
    screening_beside.SCREENING,
    reviews_beside.REVIEWS,
    reviews_beside.STAGE_ONE,
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


def blueprints() -> list[Blueprint]:
    """The blueprint of each room once, in the order of the rooms."""
    return list(dict.fromkeys(module.pages for module in VIEWS if hasattr(module, "pages")))


def join_rooms() -> None:
    """Give each room what it needs from rooms above it; Unfilled if a room is left without."""
    application_queries.BARS.give(reviews_queries.barred, interests_queries.barred)
    desk.ACTS.give(*ACTS_ON_APPLICATIONS)
    desk.FRAME.give(case_turn.frame_beside)
    screening_beside.PARTS.give(*PARTS_OF_A_CASE)
    _tell_of_earlier_grants()
    calls_outcome.OUTCOME.give(announcing.outcome_of)
    calls_inquiring.PUBLISHED.give(public_question_queries.published)
    organisation_service.SCREENED.give(matching.watch_later)
    upcoming.UPCOMING.give(grant_steps.upcoming)
    _join_grants()
    signin.INVITATIONS.give(donor_colleagues.invite_again, organisation_service.invite_again)
    page_views.DEPOSITS_ON.give(contribution_queries.lines_on_page)
    _join_earmarks()
    owners.OWNERS.give(bookkeeping.record_of)
    owners.HELD.give(bookkeeping.held_by_the_bank)
    cases.KINDS.give(*case_kinds.KINDS)
    handover.WORK.give(*(work for room in ASSIGNED for work in room.WORK))
    closing.QUESTIONS.give(bookkeeping.accounts_are_not_reconciled)
    verify.CHECKS.give(*(check for room in CHECKED for check in room.CHECKS))
    verify.TRIGGERS.give(*(rule for room in CHECKED for rule in room.TRIGGERS.items()))
    large.KEPT.give(large_file_queries.kept_file)
    large.REACH.give(reviews_queries.reach, interests_queries.reach)
    slots.refuse_unfilled()


def _join_earmarks() -> None:
    """What grants take of earmarked contributions is known above the books and the pledges."""
    entries.FOLLOWED_BY.give(earmark_service.follow)
    negotiating.IN_USE.give(earmark_service.is_in_use)
    negotiating.STILL_FITS.give(earmark_service.require_still_fits)
    pledges_making.ENTERED.give(outreach_service.join_as_addressed)
    pledges_earmarked.USED.give(earmark_queries.line_of)
    pledges_earmarked.SHARE_OF.give(earmark_share.share_with)
    pledging_worth.COST_OF_HELP.give(results_typical.cost_of_help)
    earmarks.EARMARKED.give(earmark_holdings.idle_money)
    scenarios.KEPT_FROM.give(earmark_reach.kept_from)
    ranking.WITHIN_REACH.give(earmark_reach.within_reach)
    award_case.EARMARKED.give(earmark_reach.earmarked_beside)


def _tell_of_earlier_grants() -> None:
    """What an organisation was given before counts when it applies again."""
    eligibility.GRANT_YEARS.give(award_queries.grant_years)
    eligibility.OWED_REPORTS.give(owed_reports)
    eligibility.HELD.give(applications_held)
    suggestions.GRANTS.give(reporting_queries.earlier_grants)
    records.RECORDS.give(performance_queries.summaries)
    award_case.EARLIER.give(performance_beside.show_performance)


def _join_grants() -> None:
    """What the rooms of grants in life need from those above them."""
    awards_list.ACTS.give(agreements_together.SEND)
    awards_list.FRAME.give(framing.frame_beside)
    award_service.ENDED.give(signing_service.end_with_award)
    signed_papers.KINDS.give(agreement_to_sign.AGREEMENT, amendment_to_sign.AMENDMENT)
    signature_drawing.DRAW.give(to_sign.draw)
    finding_queries.REFUNDS.give(payment_queries.sent_refunds_of)
    recovery_service.WITHDRAWN.give(finding_recovery.drop_claim)
    recovery_abroad.PAID_RATE.give(rate_paid_at)
    payment_service.RELEASED.give(set_off_booking.deduct)
    payment_returns.TAKEN_BACK.give(set_off_booking.restore)
    result_queries.WRITTEN_OFF.give(grant_closing.written_off_in)


def assemble(settings: Settings, database: Database | None) -> Flask:
    join_rooms()
    app = journal.JournalledFlask(
        "grants", template_folder=str(ROOT / "templates"), static_folder="static"
    )
    app.config.update(flask_settings(settings))
    app.extensions["settings"] = settings
    prepare_printing(settings)
    drawings.keep_drawings(None if settings.testing else drawings.Drawings.of(settings))
    use_scanner(Clamd.at(settings.scanner_url) if settings.scanner_url else None)
    _encrypt_with(settings.secret(), *settings.former_secret_keys)
    _limit(settings)
    use_providers({account.fund: _at_stripe(account) for account in settings.card_accounts})
    web_database.install(app, lambda: database or open_database(settings))
    _trust_proxies(app, settings.trusted_proxies)
    _receive(app, settings)
    _guard_pages(app, settings)
    for part in (
        refusals,
        ui,
        panel,
        agreements_beside,
        holds_beside,
        set_offs_beside,
        static,
        proof,
        compression,
        commands,
    ):
        part.install(app)
    for pages in blueprints():
        app.register_blueprint(pages)
    for view in (health.csp_report, leaving_views.leave, cards.webhook):  # programs send these
        app.extensions["csrf"].exempt(view)
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


def _at_stripe(account: CardAccount) -> Stripe:
    return Stripe(account.secret_key, account.webhook_secret, account.currencies)


def _limit(settings: Settings) -> None:
    """What people may choose, guess and keep."""
    use_list(settings.breached_passphrases)
    use_calm(settings.sign_in_failures)
    use_waiting(settings.files_keep_days)
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
    pool, sizes = settings.database_pool_url, {"pool_size": 8, "max_overflow": 8}
    copy = Replica(settings.database_read_url, **sizes) if settings.database_read_url else None
    database = (
        Database.pooled(pool, url, copy, **sizes) if pool else Database.at(url, copy, **sizes)
    )
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
        "MAX_FORM_PARTS": 5000,  # a budget of 60 lines, by payer and period
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
        "WTF_CSRF_TIME_LIMIT": None,
    }
