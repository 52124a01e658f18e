"""The fund that a page is about."""

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.platform.web.access import viewer
from grants.platform.web.database import session


def fund_for_viewer(code: str, permission: Permission) -> Fund:
    """A fund for which the viewer has a permission; for others it is not there (Missing)."""
    fund = fund_by_code(session(), code)
    if not viewer().may(permission, Scope(fund.id)):
        raise Missing(_("Fund not found."))
    return fund
