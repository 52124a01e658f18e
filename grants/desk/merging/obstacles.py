"""What keeps a merge back: why two records cannot be merged now, and what to do."""

from collections.abc import Callable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from grants.applying.applications.models import Application
from grants.applying.applications.workflow import APPLICATION
from grants.applying.calls.models import Call
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.giving.donors.senders import is_confirmed
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.signatures.models import AgreementSigning
from grants.giving.pledges.signatures.workflow import OPEN as SIGNING
from grants.giving.pledges.workflow import ACCEPTED
from grants.granting.bank_details.models import BankDetails
from grants.granting.bank_details.workflow import OPEN
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import UNDER_WAY
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.workflow import CLEARED, UNDECIDED, DiligenceState
from grants.integrity.sanctions.models import SanctionsHit
from grants.integrity.sanctions.workflow import SETTLED

ASSOCIATED = frozenset({DonorKind.NGO, DonorKind.FOUNDATION, DonorKind.PRIVATE})
"""Kinds that are held to the same rules: a foundation may have been entered as an association."""


def obstacles(session: Session, target: Organisation, merged: Organisation) -> list[str]:
    """Why these two cannot be merged now, in sentences; none: they can."""
    return [why for check in CHECKS for why in check(session, target, merged)]


def _merged_before(_session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    for organisation in (target, merged):
        if organisation.merged_into_id is not None:
            yield _("%(name)s has already been merged.", name=organisation.name)


def _of_other_kind(_session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    """Say where one is held to other rules than the other: a State, or a private person."""
    if target.kind is not merged.kind and not {target.kind, merged.kind} <= ASSOCIATED:
        yield _(
            "A State, an intergovernmental organisation and an individual are never the same donor."
        )


def _unconfirmed_sender(
    session: Session, target: Organisation, merged: Organisation
) -> Iterator[str]:
    """Say whose sender the fund has not confirmed: its people and pledges would count as those of
    the State.
    """
    for organisation in (target, merged):
        if not is_confirmed(session, organisation):
            yield _("Confirm the sender of %(name)s first.", name=organisation.name)


def _never_cleared(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    """Say where accepted pledges would be those of a donor whom nobody has examined."""
    accepted = select(Pledge.id).where(
        Pledge.donor_id == merged.id, Pledge.state.in_(ACCEPTED), ~Pledge.express
    )
    cleared = select(DueDiligence.id).where(
        DueDiligence.organisation_id == target.id,
        DueDiligence.state.in_((*CLEARED, DiligenceState.REVOKED)),
    )
    if target.kind in ASSOCIATED | {DonorKind.INDIVIDUAL} and session.scalar(
        select(accepted.exists() & ~cleared.exists())
    ):
        yield _(
            "Pledges of %(merged)s were accepted, and due diligence has never cleared %(name)s. "
            "Examine it first, or keep the other one.",
            merged=merged.name,
            name=target.name,
        )


def _agreement_out(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    out = (
        select(Pledge.reference)
        .join(AgreementSigning, AgreementSigning.pledge_id == Pledge.id)
        .where(Pledge.donor_id.in_((target.id, merged.id)), AgreementSigning.state.in_(SIGNING))
    )
    for reference in session.scalars(out.order_by(Pledge.reference)):
        yield _(
            "The agreement on the pledge %(pledge)s is being signed. Wait until it is"
            " signed or returned unsigned.",
            pledge=reference,
        )


def _same_call(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    """Say where both together have more applications than the call allows, while one of them can
    still be withdrawn. Full proposals go with the concept notes that were invited.
    """
    first = aliased(Call)
    is_standing = ~Application.is_withdrawn
    undecided = Application.state.in_(APPLICATION.step("withdraw").sources)
    crowded_calls = (
        select(Call.reference, Call.applications_per_organisation)
        .join(Application, Application.call_id == Call.id)
        .where(
            Application.organisation_id.in_((target.id, merged.id)),
            is_standing,
            ~select(first.id).where(first.second_stage_id == Call.id).exists(),
        )
        .group_by(Call.id)
        .having(
            func.count() > Call.applications_per_organisation, func.count().filter(undecided) > 0
        )
    )
    for reference, most in session.execute(crowded_calls.order_by(Call.reference)):
        yield ngettext(
            "Together they have more than %(num)s application to the call %(call)s. One must be "
            "withdrawn first.",
            "Together they have more than %(num)s applications to the call %(call)s. Those beyond "
            "that number must be withdrawn first.",
            most,
            call=reference,
        )


def _paid_now(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    under_way = (
        select(Award.reference)
        .join(Instalment, Instalment.award_id == Award.id)
        .where(
            Award.organisation_id.in_((target.id, merged.id)),
            Instalment.state.in_(UNDER_WAY),
        )
        .distinct()
    )
    for reference in session.scalars(under_way.order_by(Award.reference)):
        yield _(
            "A payment of the grant %(grant)s has been certified or sent. Wait until it is made or "
            "returned.",
            grant=reference,
        )


def _account_changes(session: Session, target: Organisation, merged: Organisation) -> Iterator[str]:
    query = select(BankDetails.id).where(
        BankDetails.organisation_id.in_((target.id, merged.id)), BankDetails.state.in_(OPEN)
    )
    if session.scalar(query.limit(1)) is not None:
        yield _("A change of bank details is being checked. Wait until it is decided.")


def _under_examination(
    session: Session, _target: Organisation, merged: Organisation
) -> Iterator[str]:
    newest = session.scalar(
        select(DueDiligence.state)
        .where(DueDiligence.organisation_id == merged.id)
        .order_by(DueDiligence.id.desc())
        .limit(1)
    )
    if newest in UNDECIDED:
        yield _("Due diligence of %(name)s is in progress. Decide it first.", name=merged.name)
    elif newest is not None and newest not in CLEARED:
        yield _(
            "Due diligence refused %(name)s. A refusal does not disappear in a merge: keep this "
            "organisation, and merge the other one into it.",
            name=merged.name,
        )


def _on_sanctions_list(
    session: Session, _target: Organisation, merged: Organisation
) -> Iterator[str]:
    query = select(SanctionsHit.id).where(
        SanctionsHit.organisation_id == merged.id,
        SanctionsHit.state.not_in(SETTLED),
    )
    if session.scalar(query.limit(1)) is not None:
        yield _(
            "%(name)s has an open or confirmed match on the sanctions list. Decide it first.",
            name=merged.name,
        )


Check = Callable[[Session, Organisation, Organisation], Iterator[str]]
CHECKS: tuple[Check, ...] = (
    _merged_before,
    _of_other_kind,
    _unconfirmed_sender,
    _never_cleared,
    _agreement_out,
    _same_call,
    _paid_now,
    _account_changes,
    _under_examination,
    _on_sanctions_list,
)
