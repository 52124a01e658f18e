"""The notice of a hold on pages of grants, instalments, awards and applications. They draw it by
`{{ holds_on(organisation, fund_id) }}`.
"""

from flask import Flask, render_template
from markupsafe import Markup

from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.integrity.holds.queries import standing_on
from grants.platform.web.access import viewer
from grants.platform.web.database import session
from grants.platform.web.once import once


def install(app: Flask) -> None:
    """Let the templates of all rooms draw the notice."""
    app.jinja_env.globals["holds_on"] = notice_of


def notice_of(organisation: Organisation, fund_id: int) -> Markup:
    """What a fund holds of an organisation: with its reason for the people who see due diligence,
    with what must be done for the organisation, as far as it is told.
    """
    is_staff = viewer().may(Permission.DUE_DILIGENCE_SEE, Scope(fund_id))
    scope = Scope(fund_id, organisation.id)
    if not is_staff and not viewer().may(Permission.APPLICATION_READ, scope):
        return Markup()
    standing = once(standing_on, session(), organisation.id, fund_id)
    holds = [hold for hold in standing if is_staff or hold.is_notified]
    if not holds:
        return Markup()
    page = render_template(
        "integrity/holds/notice.html", holds=holds, organisation=organisation, is_staff=is_staff
    )
    return Markup(page)  # noqa: S704 - a template's own output
