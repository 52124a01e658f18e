"""Codes by e-mail for the signatory of a grantee."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.granting.signing.models import Signing
from grants.granting.signing.telling import address_of, facts_of
from grants.platform.signatures import codes
from grants.platform.signatures.codes import Coded


def coded(signing: Signing) -> Coded:
    """The paper, as a code is for it: the e-mail leads to the page on which the code is typed."""
    page = f"{address_of(signing)}/sign"
    return Coded(Signing.__tablename__, signing.id, facts_of(signing, url=page))


def send_code(session: Session, signing: Signing, act: Act) -> None:
    """E-mail a new code to the signatory who acts; an earlier one stops working."""
    act.demand(Permission.APPLICATION_SIGN, Scope(organisation_id=signing.award.organisation_id))
    codes.send_code(session, coded(signing), act)
