"""Finding an agreement to sign, for its donor's people and the fund's."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import Viewer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.queries import pledge_for_viewer
from grants.giving.pledges.signatures.models import AgreementSigning


def signing_for_viewer(session: Session, number: int, viewer: Viewer) -> AgreementSigning:
    """An agreement on a pledge that this person may know of, or Missing."""
    reference = session.scalar(
        select(Pledge.reference).join(AgreementSigning).where(AgreementSigning.id == number)
    )
    if reference is None:
        raise Missing(_("Agreement not found."))
    pledge_for_viewer(session, reference, viewer)
    return session.get_one(AgreementSigning, number)
