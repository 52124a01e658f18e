"""What a fund has to know of an organisation before it awards and pays: and what it does not know.

That no case is open says nothing of an organisation that nobody has examined.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.organisations.verification.models import Verification
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import SafeguardingGate, Term
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.texts.marks import sentence
from grants.deciding.awards.models import Award
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.queries import exempt
from grants.integrity.diligence.workflow import CLEARED
from grants.integrity.risk.models import RiskRating
from grants.integrity.risk.queries import with_safeguarding
from grants.integrity.sanctions.models import SanctionsList


class Unknown(Term):
    """What is not known of an organisation."""

    VERIFICATION = "verification", _l("The organisation is not verified")
    EXAMINATION = "examination", _l("Due diligence has not been done, or has expired")
    RATING = "rating", _l("The risk has not been rated")
    SCREENING = "screening", _l("No sanctions list has been imported to compare it with")
    SAFEGUARDING = "safeguarding", _l("No safeguarding assessment is in force")

    @property
    def page(self) -> str:
        """The endpoint where it is done."""
        return _PAGES[self][0]

    @property
    def permission(self) -> Permission:
        """What a person needs to do it."""
        return _PAGES[self][2]

    @property
    def act(self) -> str:
        """What is done there, for a link."""
        return str(_PAGES[self][1])


_PAGES: Mapping[str, tuple[str, str, Permission]] = {
    Unknown.VERIFICATION: (
        "organisations.verification",
        _l("Verify"),
        Permission.ORGANISATION_VERIFY,
    ),
    Unknown.EXAMINATION: ("diligence.organisation", _l("Examine"), Permission.DUE_DILIGENCE_SEE),
    Unknown.RATING: ("risk.rate", _l("Rate the risk"), Permission.DUE_DILIGENCE_RECOMMEND),
    Unknown.SCREENING: ("diligence.organisation", _l("Screen"), Permission.DUE_DILIGENCE_SEE),
    Unknown.SAFEGUARDING: (
        "risk.assess_safeguarding",
        _l("Assess safeguarding"),
        Permission.DUE_DILIGENCE_RECOMMEND,
    ),
}


def is_verified() -> ColumnElement[bool]:
    """Is the organisation of a query verified today?"""
    return (
        select(Verification.id)
        .where(
            Verification.organisation_id == Organisation.id,
            Verification.is_verified,
            Verification.valid_until >= clock.today(),
        )
        .exists()
    )


def is_examined(fund: Fund) -> ColumnElement[bool]:
    """Does a clearance of the organisation of a query hold today, or does it need none?"""
    cleared = select(DueDiligence.id).where(
        DueDiligence.organisation_id == Organisation.id,
        DueDiligence.state.in_(CLEARED),
        DueDiligence.valid_until >= clock.today(),
    )
    return or_(exempt(fund), cleared.exists())


def is_rated(fund: Fund) -> ColumnElement[bool]:
    """Has the fund rated the organisation of a query?"""
    rated = select(RiskRating.id).where(
        RiskRating.organisation_id == Organisation.id, RiskRating.fund_id == fund.id
    )
    return rated.exists()


def unknown_of_each(
    session: Session, organisation_ids: Collection[int], fund: Fund
) -> Mapping[int, Sequence[Unknown]]:
    """What is not known of each of these organisations today, of all that every fund has to know.
    Safeguarding is assessed where a call asks for it.
    """
    always = [fact for fact in Unknown if fact is not Unknown.SAFEGUARDING]
    screened = select(SanctionsList.id).exists()
    query = select(Organisation.id, is_verified(), is_examined(fund), is_rated(fund), screened)
    rows = session.execute(query.where(Organisation.id.in_(organisation_ids)))
    return {
        number: [fact for fact, is_known in zip(always, answers, strict=True) if not is_known]
        for number, *answers in rows
    }


def unknown_of(session: Session, organisation: Organisation, fund: Fund) -> Sequence[Unknown]:
    """What is not known of an organisation today."""
    return unknown_of_each(session, [organisation.id], fund)[organisation.id]


def missing_in_words(unknown: Sequence[Unknown]) -> str:
    """Why nothing can be awarded or paid; empty if everything is known."""
    return " ".join(sentence(fact.label) for fact in unknown)


def call_of(award: Award) -> Call | None:
    """The call under which a grant was applied for; None for one of before this system."""
    return award.application.call if award.application else None


def asks_for_safeguarding(award: Award) -> bool:
    """Does the call of this grant ask whether safeguarding is assessed?"""
    call = call_of(award)
    return call is not None and bool(call.safeguarding)


def lacking(session: Session, organisation: Organisation, call: Call | None) -> Sequence[Unknown]:
    """What is not known of an organisation although the call asks for it."""
    if call is None:
        return ()
    unknown = list(unknown_of(session, organisation, call.fund)) if call.examines_grantees else []
    if call.safeguarding == SafeguardingGate.REQUIRED and not with_safeguarding(
        session, [organisation.id]
    ):
        unknown.append(Unknown.SAFEGUARDING)
    return unknown


def require_examined(
    session: Session,
    organisation: Organisation,
    call: Call | None,
    act: Act,
    facts_missing: Sequence[Unknown] | None = None,
) -> None:
    """DomainError unless everything is known that the call asks for.
    `facts_missing`: what a page that only shows it has read already.

    What the system takes over from earlier records has happened already, and without a call it was
    decided before.
    """
    if act.actor.system:
        return
    unknown = lacking(session, organisation, call) if facts_missing is None else facts_missing
    if unknown:
        raise DomainError(
            _(
                "Nothing can be awarded or paid to %(name)s now. %(why)s",
                name=organisation.name,
                why=missing_in_words(unknown),
            )
        )
