"""Publishing the name of an organisation with its grant, or withholding it."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.deciding.awards.models import Announcement, Award


def publish_name(session: Session, award: Award, act: Act) -> None:
    """From now on the public reads which organisation has this grant, and what for.

    DomainError if the organisation asked not to be named.
    """
    act.demand(Permission.GRANTEE_NAME, award.scope)
    if award.organisation.may_be_named is False:
        raise DomainError(
            _(
                "The organisation asked us not to publish its name. "
                "It can change this in its profile."
            )
        )
    _announce_award(session, award, Announcement.NAMED, "publish_name", act)


def withhold_name(session: Session, award: Award, act: Act) -> None:
    """From now on the public reads neither the organisation nor the title of this grant, and of its
    country the region alone.
    """
    act.demand(Permission.GRANTEE_NAME, award.scope)
    _announce_award(session, award, Announcement.UNNAMED, "withhold_name", act)


def _announce_award(
    session: Session, award: Award, announcement: Announcement, action: str, act: Act
) -> None:
    before = award.announced
    award.announced = announcement
    record(session, award, action, act, before=before)
