"""The fund that a page is about, and the funds that it offers."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.web.access import chosen_fund, viewer
from grants.platform.web.database import session


def fund_for_viewer(code: str, permission: Permission) -> Fund:
    """A fund for which the viewer has a permission; for others it is not there (Missing)."""
    fund = fund_by_code(session(), code)
    if not viewer().may(permission, Scope(fund.id)):
        raise Missing(_("Fund not found."))
    return fund


def funds_for_viewer(permission: Permission) -> list[Fund]:
    """The funds for which the viewer has a permission."""
    return [fund for fund in all_funds(session()) if viewer().may(permission, Scope(fund.id))]


def to_first_fund(permission: Permission, endpoint: str) -> ResponseReturnValue:
    """To the page of the fund that the viewer has chosen, or else of the first of these funds."""
    for fund in sorted(funds_for_viewer(permission), key=lambda fund: fund.id != chosen_fund()):
        return redirect(url_for(endpoint, code=fund.code))
    raise Missing(_("Fund not found."))
