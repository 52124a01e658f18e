"""The page of the key that signs documents."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.pdf_signing.keys import fingerprint, name_of
from grants.platform.pdf_signing.signing import known, signer
from grants.platform.signing_key.service import days_left, expires_soon
from grants.platform.web.access import needs

pages = Blueprint("signing_key", __name__, url_prefix="/signing-key")


@pages.get("")
@in_menu(_l("Signing key"), 95)
@needs(Permission.FUND_OPEN)
def index() -> ResponseReturnValue:
    """Whose key signs the documents we issue, until when, and which were replaced."""
    used = signer().certificate
    earlier = [item for item in known().values() if fingerprint(item) != fingerprint(used)]
    return render_template(
        "platform/signing_key/index.html",
        name=name_of(used),
        until=clock.day_of(used.not_valid_after_utc),
        left=days_left(used),
        soon=expires_soon() is not None,
        fingerprint=fingerprint(used),
        earlier=[
            (name_of(item), clock.day_of(item.not_valid_after_utc), fingerprint(item))
            for item in earlier
        ],
    )
