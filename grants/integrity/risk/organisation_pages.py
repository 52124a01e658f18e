"""The pages of acts on an organisation whose integrity is examined: they lead back to its page."""

from flask import Blueprint, url_for

from grants.core.people.models import Organisation
from grants.core.people.queries import organisation_by_code
from grants.platform.forms.step_pages import StepPages
from grants.platform.web.database import session


def pages_of_organisations(pages: Blueprint) -> StepPages[Organisation]:
    """For a blueprint of a room: the pages with which one organisation's facts are recorded."""
    return StepPages(
        pages,
        None,
        lambda code: organisation_by_code(session(), code),
        lambda organisation: url_for("diligence.organisation", code=organisation.code),
        lambda organisation: (organisation.name,),
    )
