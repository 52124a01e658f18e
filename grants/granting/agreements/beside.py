"""The way from an awarded application to its grant: its page asks
`{{ grant_of_application(application) }}`.
"""

from flask import Flask

from grants.applying.applications.models import Application
from grants.deciding.awards.models import Award
from grants.deciding.awards.queries import for_viewer
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def install(app: Flask) -> None:
    """Let the templates of all rooms ask for it."""
    app.jinja_env.globals["grant_of_application"] = grant_of_application


def grant_of_application(application: Application) -> Award | None:
    """The grant that an application became, if this person may see it."""
    query = for_viewer(viewer()).where(Award.application_id == application.id)
    return session().scalar(query.order_by(Award.id.desc()).limit(1))
