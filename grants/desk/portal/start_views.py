"""The start page: what waits for the person who has signed in, and what is theirs."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.applications.queries import applications_of
from grants.applying.applications.workflow import APPLICATION
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.workflow import AWARD
from grants.desk.dashboards.portfolio_views import only_reads
from grants.desk.donor_pages import tasks as donor_tasks
from grants.desk.donor_pages.earmarks import earmarks_of_donors
from grants.desk.donor_pages.glance import pledge_rows
from grants.desk.donor_pages.support import support_of
from grants.desk.fund_setup.checklist import unfinished
from grants.desk.portal.auditing import auditing_of
from grants.desk.portal.views import pages
from grants.desk.tasks.case_kinds import casework_of
from grants.desk.tasks.queue import heading_of, queue_of
from grants.desk.tasks.waiting import (
    all_wait_for_others,
    cases_for_person,
    lines_of,
    waiting_for_person,
)
from grants.giving.donors.signatories import unconfirmed_for
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledges_of_viewer
from grants.granting.agreements.owing import coming_up
from grants.granting.agreements.queries import own_grants, progress_by_grant
from grants.granting.agreements.step_lines import owed_lines
from grants.operations.backups.noting import overdue_backup
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cells import Lines, Link, Tag
from grants.platform.undelivered.queries import undeliverable_addresses
from grants.platform.web.access import at_work, signed_in, viewer
from grants.platform.web.database import session
from grants.platform.web.unchanged import (
    while_nothing_happens,
)

SHOWN = 5
PLEDGES_READ = 30
PLEDGES_SHOWN = 12


@pages.get("/start")
@in_menu(_l("Home"), 5, alone=True, key="h")
@signed_in
def start() -> ResponseReturnValue:
    """What waits for the person who has signed in, and what is theirs."""
    person = viewer()
    donors = person.organisations_with(Permission.PLEDGE_READ)
    applies = bool(person.organisations_with(Permission.APPLICATION_READ))
    pledges = pledges_of_viewer(session(), person, PLEDGES_READ) if donors else []
    tasks = _donor_tasks(pledges, person) if pledges else []
    worker = at_work()
    waiting = waiting_for_person(worker)
    todo = lines_of(waiting)
    queue = queue_of(waiting, cases_for_person(worker, waiting), worker)
    late = sum(line["tone"] == "late" for line in tasks)
    return render_template(
        "desk/portal/start.html",
        person=person,
        own=tasks,
        rest=donor_tasks.rest(pledges),
        unconfirmed=_unconfirmed_names(person),
        unreached=_is_unreached(person),
        support=_support_facts(donors),
        backup=overdue_backup() if person.may(Permission.FUND_OPEN) else None,
        todo=todo,
        queue=queue,
        kinds=todo if person.works_for_a_fund else (),
        heading=heading_of(queue.overdue + late, queue.rest + len(tasks) - late),
        coming=_coming_steps(person) if applies and all_wait_for_others(waiting) else [],
        unfinished=_unfinished_funds(person) if person.may(Permission.FUND_DESCRIBE) else (),
        applications=_application_rows(person) if applies else [],
        pledges=pledge_rows(pledges[:PLEDGES_SHOWN], _pledge_page),
        grants=_grant_rows(person) if applies else [],
        reading=_reading_links(person),
        auditing=auditing_of(session(), person) if person.may(Permission.AUDIT_SAMPLE) else None,
        applies=bool(person.organisations_with(Permission.APPLICATION_WRITE)),
        gives=bool(donors),
        **casework_of(person),
    )


def _is_unreached(person: Viewer) -> bool:
    """Do e-mails to a person outside the fund come back? Colleagues are told by administrators."""
    if person.works_for_a_fund:
        return False
    return bool(undeliverable_addresses(session(), person.email))


def _unconfirmed_names(person: Viewer) -> list[str]:
    """The States for which the person is to sign, if there is a donor for which they do not yet."""
    signs = person.organisations_with(Permission.PLEDGE_AGREE)
    waits = person.organisations_with(Permission.PLEDGE_READ) - signs
    return unconfirmed_for(session(), person.email) if waits else []


def _donor_tasks(pledges: Sequence[Pledge], person: Viewer) -> list[dict[str, Any]]:
    return donor_tasks.lines(session(), pledges, clock.today(), _pledge_page, person)


def _reading_links(person: Viewer) -> list[tuple[str, str]]:
    """Where trustees, observers and auditors read about a fund, whatever waits for them."""
    lines: list[tuple[str, str]] = []
    if person.may(Permission.AUDIT_SAMPLE):
        lines += [
            (_("Samples of payments, drawn at random"), url_for("audit_samples.index")),
            (_("Audit trail"), url_for("trail.index")),
        ]
    if lines or only_reads(person):
        lines += [
            (
                _("Portfolio: awards, sessions of the Board, public papers"),
                url_for("portfolio_of_fund.index"),
            ),
            (_("Dashboard: the fund in figures"), url_for("dashboard.index")),
        ]
    return lines


def _unfinished_funds(person: Viewer) -> list[tuple[Fund, int]]:
    """Funds that cannot work yet, and how much is missing."""
    return [(fund, len(missing)) for fund, missing in unfinished(session(), person)]


def _support_facts(donors: frozenset[int]) -> dict[str, Any] | None:
    """What a donor's money came to, with its chart; None before the first payment."""
    if not donors:
        return None
    support = support_of(session(), donors, while_nothing_happens)
    if support is None:
        return None
    chart = charts.picture(
        _("Your contributions by year"),
        _("What you paid in each year, in US dollars at the rate on the day of each payment."),
        {_("Received"): Meaning.RECEIVED},
        {str(year): (came,) for year, came in support.years},
    )
    return {
        "facts": support,
        "title": chart.title,
        "svg": charts.bars(chart),
        "earmarks": earmarks_of_donors(session(), donors) if support.earmarked else [],
    }


def _application_rows(person: Viewer) -> list[list[object]]:
    """Number, project and state of the newest."""
    return [
        [
            Link(
                application.reference,
                url_for("applications.standing", reference=application.reference),
            ),
            application.title,
            _state_tag(APPLICATION.names[application.state]),
        ]
        for application in applications_of(session(), person, SHOWN)
    ]


def _coming_steps(person: Viewer) -> list[dict[str, Any]]:
    """What is next on the grants of one's organisations, for a day on which nothing waits."""
    awards, today = own_grants(session(), person), clock.today()
    coming = coming_up(awards, progress_by_grant(session(), awards), today)
    return owed_lines(coming[:SHOWN], today)


def _grant_rows(person: Viewer) -> list[list[object]]:
    """Number, project, award and state of the newest; of several organisations, whose each is."""
    grants = own_grants(session(), person, SHOWN)
    several = len({grant.organisation_id for grant in grants}) > 1
    return [
        [
            Link(grant.reference, url_for("agreements.show", reference=grant.reference)),
            Lines((grant.title, grant.organisation.name)) if several else grant.title,
            grant.amount,
            _state_tag(AWARD.names[grant.state]),
        ]
        for grant in grants
    ]


def _state_tag(name: Any) -> Tag:
    return Tag(name.public, name.tone)


def _pledge_page(reference: str) -> str:
    return url_for("own_pledges.show", reference=reference)
