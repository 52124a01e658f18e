"""The page of the nightly checks."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.books.verification.queries import recent
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.web.access import needs
from grants.platform.web.database import session

pages = Blueprint("verification", __name__, url_prefix="/nightly-checks")


@pages.get("")
@in_menu(_l("Nightly checks"), 94)
@needs(Permission.TRAIL_SEE)
def index() -> ResponseReturnValue:
    """What the last nights have found, and all breaches of the last one."""
    verifications = recent(session())
    return render_template("books/verification/index.html", found=verifications)
