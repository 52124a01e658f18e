"""Settling the terms of a grant and recording its signed agreement."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from grants.books.ledger.days import not_to_come
from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import adjust_reservation, commit_agreement
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, record, require
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.deciding.awards.examined import call_of, require_examined
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.deciding.awards.service import support_cost
from grants.deciding.awards.workflow import AWARD, SIGNED
from grants.granting.agreements.models import Agreement
from grants.granting.agreements.queries import agreement_of, schedule_of
from grants.granting.agreements.schedule import Schedule, check, require_first_unblocked
from grants.granting.payments.service import begin_instalments
from grants.granting.preparing.accepting import require_start_answered
from grants.granting.preparing.queries import accepted_budget, require_prepared
from grants.granting.reporting.service import begin_reports, set_budget
from grants.granting.signing.models import Signing
from grants.granting.signing.queries import require_none_out
from grants.granting.signing.workflow import Side
from grants.integrity.diligence.grantees import require_clear
from grants.integrity.holds.service import require_no_hold
from grants.platform.documents.models import Document
from grants.platform.messages.service import tell


def settle_terms(
    session: Session, award: Award, schedule: Schedule, act: Act, *, version: int | None = None
) -> Agreement:
    """Set what will be paid and reported when, as the agreement will say: until it is signed.

    The reservation follows the instalments to the cent. DomainError unless they add up to the
    award, the reports cover the grant, and the rounding is within what is available. `version` is
    the one a person began from (0: nobody has settled terms yet).
    """
    award = lock_award(session, award.id)
    act.demand(Permission.AGREEMENT_SIGN, award.scope)
    keep_apart(act.actor, award.organisation_id)
    require_changeable(session, award)
    agreement = agreement_of(session, award)
    if version is not None and version != (agreement.version if agreement else 0):
        raise Conflict(_("Another user changed this while you had it open."))
    _require_fit(award, schedule)
    if not act.actor.system:  # a history is brought in as it was
        require_first_unblocked(schedule)
    agreement = _write_terms(session, award, agreement, schedule, act)
    renew_reservation(session, award, schedule, act)
    record(
        session,
        award,
        "settle_terms",
        act,
        instalments=agreement.instalments,
        reports=agreement.reports,
    )
    return agreement


def require_changeable(session: Session, award: Award) -> None:
    """Conflict once the agreement is signed, and while it is out to be signed."""
    require_unsigned(award)
    require_none_out(session, award)


def require_unsigned(award: Award) -> None:
    """Conflict once the agreement is signed, or the award cancelled."""
    if award.state in SIGNED:
        raise Conflict(_("The agreement has been signed, so its terms can no longer be changed."))
    if not award.awaits_agreement:
        raise Conflict(_("This award was cancelled or has lapsed, so nothing can be signed."))


def agree_support_cost(session: Session, award: Award, percent: Decimal, act: Act) -> None:
    """This grant carries its own rate of programme support cost, for a reason: until it is signed.

    Its reservation follows; refused beyond what is available. The fund's own rate takes the
    agreed one back.
    """
    award = lock_award(session, award.id)
    require(session, award, AWARD, "agree_support_cost", act)
    keep_apart(act.actor, award.organisation_id)
    earlier = award.psc_percent
    award.psc_percent, award.psc_reason = support_cost(award.fund, percent, act.reason)
    facts = {"psc_percent": f"{award.psc_percent:f}", "before": f"{earlier:f}"}
    advance(session, award, AWARD, "agree_support_cost", act, **facts)
    renew_reservation(session, award, schedule_of(session, award), act)


def renew_reservation(session: Session, award: Award, schedule: Schedule, act: Act) -> None:
    """What is reserved is what these terms will commit, to the cent."""
    agreement = agreement_of(session, award)
    turn = f"{award.version}.{agreement.version if agreement else 0}"
    key = f"{award.account}:reserved:{turn}"
    voucher = Voucher(award.fund, clock.today(), award.account, key, act, note=award.reference)
    parts = [part.amount for part in schedule.instalments]
    adjust_reservation(session, voucher, parts, award.psc_percent)


def sign_agreement(
    session: Session,
    award: Award,
    signed_on: date,
    document: Document | None,
    act: Act,
    *,
    version: int | None = None,
) -> None:
    """Both sides have signed: the award and its PSC are committed, the grant begins to run.

    The terms become instalments and reports. Not by the person who approved the award; the signed
    copy, or the one that the organisation returned, is required from everyone but an import of
    earlier records.
    """
    award = lock_award(session, award.id)
    if version is not None:
        award.seen_at(version)
    require(session, award, AWARD, "sign_agreement", act)
    keep_apart(act.actor, award.organisation_id)
    require_none_out(session, award)
    require_sendable(session, award, act)
    document = document or award.returned_document
    _require_signable(award, signed_on, document, act)
    _put_in_force(session, award, "sign_agreement", signed_on, document, act)


def require_ready(session: Session, award: Award, _reference: str, act: Act) -> None:
    """Refused unless an agreement on this award may go out or be signed: it waits for one, its
    grantee is examined and clear, and its terms fit.
    """
    require_unsigned(award)
    require_clear(session, award.organisation, act)
    require_no_hold(session, award.organisation, award.fund, act)
    require_examined(session, award.organisation, call_of(award), act)
    _require_fit(award, schedule_of(session, award))


def require_sendable(session: Session, award: Award, act: Act) -> None:
    """Refused, too, while the grantee owes its budget or its answers, or asks for another start; an
    import owes nothing.
    """
    require_ready(session, award, award.reference, act)
    if not act.actor.system:
        require_start_answered(session, award)
        require_prepared(session, award)


def conclude(session: Session, signing: Signing, act: Act) -> None:
    """Both sides have signed the agreement that was sent out: the grant begins to run."""
    award = signing.award
    action = "countersign" if signing.first is Side.FUND else "sign_agreement"
    require(session, award, AWARD, action, act)
    signed_on = award.fund.day_of(act.at)
    _put_in_force(session, award, action, signed_on, signing.signed_document, act)


def _put_in_force(
    session: Session,
    award: Award,
    action: str,
    signed_on: date,
    document: Document | None,
    act: Act,
) -> None:
    """Commit the award and its support cost, and make instalments and reports of the terms."""
    schedule = schedule_of(session, award)
    if agreement_of(session, award) is None:
        _write_terms(session, award, None, schedule, act)
    award.agreement_signed_on = signed_on
    award.agreement_document, award.returned_document = document, None
    commit_agreement(
        session,
        Voucher(
            award.fund,
            signed_on,
            award.account,
            f"{award.account}:agreement",
            act,
            note=award.reference,
        ),
        [part.amount for part in schedule.instalments],
        award.psc_percent,
    )
    advance(session, award, AWARD, action, act, signed_on=signed_on.isoformat())
    planned = [(part.amount, part.due_on) for part in schedule.instalments]
    begin_instalments(session, award, planned, act)
    set_budget(session, award, accepted_budget(session, award))
    begin_reports(session, award, schedule.reports, act)
    _tell_signed(session, award, act)


def _require_fit(award: Award, schedule: Schedule) -> None:
    check(schedule, award.amount, award.starts_on, award.ends_on)
    if award.application_id is not None and not schedule.reports:
        raise DomainError(_("The last report must cover the grant to its last day."))


def _write_terms(
    session: Session, award: Award, agreement: Agreement | None, schedule: Schedule, act: Act
) -> Agreement:
    if agreement is None:
        agreement = Agreement(award_id=award.id)
        session.add(agreement)
    agreement.instalments = [part.as_json() for part in schedule.instalments]
    agreement.reports = [report.as_json() for report in schedule.reports]
    agreement.settled_at = act.at
    session.flush()
    return agreement


def _require_signable(award: Award, signed_on: date, document: Document | None, act: Act) -> None:
    if document is None and not act.actor.system:
        raise DomainError(_("Add the signed copy of the agreement."))
    if signed_on < award.approved_on:
        raise DomainError(
            _(
                "The award was approved on %(day)s. The agreement cannot have been signed "
                "before that date.",
                day=plain_day(award.approved_on),
            )
        )
    not_to_come(signed_on)


def _tell_signed(session: Session, award: Award, act: Act) -> None:
    tell(
        session,
        people_of_organisation(session, award.organisation_id, Permission.REPORT_WRITE),
        "granting/agreements/signed",
        act,
        event=f"award:{award.id}:signed",
        **facts_of_grant(award),
        amount=award.amount,
        signed_on=award.agreement_signed_on,
    )
