"""The block of a case that tells how the organisation did with its earlier grants."""

from flask import render_template

from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.granting.performance.queries import performance_of_each
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def show_performance(organisation: Organisation) -> str:
    """One line, and a row for each grant with the way to its page and its findings."""
    return render_template(
        "granting/performance/block.html",
        performance=performance_of_each(session(), [organisation.id])[organisation.id],
        may_open=lambda award: viewer().may(Permission.AWARD_SEE, award.scope),
        may_see_findings=lambda award: viewer().may(Permission.REPORT_SEE, award.scope),
    )
