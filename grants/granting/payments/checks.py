"""What has to be right before an instalment is paid, as a list that people can read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import pgettext
from grants.core.kernel.money import total, usd
from grants.core.kernel.taxonomies import SafeguardingGate
from grants.core.people.permissions import Role
from grants.core.texts.formats import plain_day, plain_money
from grants.core.texts.marks import spaced
from grants.deciding.awards.examined import Unknown, call_of, missing_in_words
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.bank_details.lasting import reason_to_wait
from grants.granting.payments.basis import Basis, all_accepted
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting.models import Report
from grants.integrity.diligence.grantees import OPEN_GATE


@dataclass(frozen=True, slots=True)
class Check:
    """One condition. `note` says its state; with `by_reason` a good reason can replace it."""

    text: str
    met: bool
    note: str
    by_reason: bool = False
    page: str = ""
    """The page of the grant on which what is missing is done."""
    unknown: Sequence[Unknown] = ()
    """What is not known of the organisation: pages link to where it is done."""
    topic: str = ""
    """What it is about, in a word: the head of its column."""
    mender: str = ""
    """Who can bring it about."""


def checklist(
    session: Session, instalment: Instalment, on: date, *, paid_elsewhere: bool = False
) -> list[Check]:
    """Everything that is asked before an instalment is certified, and again at its release.

    `paid_elsewhere`: it was paid before this system knew the grant, so neither its bank details
    nor its dates are asked for, and not what was known of the grantee.
    """
    basis = Basis.of(session, [instalment])
    return _checks_of(basis, instalment, on, paid_elsewhere=paid_elsewhere)


def checklists(
    session: Session, instalments: Sequence[Instalment], on: date
) -> Mapping[int, list[Check]]:
    """The checklists of several instalments, by their numbers, in as few queries as of one."""
    basis = Basis.of(session, instalments)
    return {part.id: _checks_of(basis, part, on, paid_elsewhere=False) for part in instalments}


def _checks_of(
    basis: Basis, instalment: Instalment, on: date, *, paid_elsewhere: bool
) -> list[Check]:
    known_here, award = not paid_elsewhere, instalment.award
    account = [_account_check(basis, instalment, on)] if known_here else []
    examined = [_examination_check(basis, award)] if known_here else []
    last = _last_of_grant(basis, instalment, on) if known_here else []
    begun = paid_elsewhere or award.starts_on <= on
    manager, officer = str(Role.FUND_MANAGER.label), str(Role.PROGRAMME_OFFICER.label)
    grantee = _("The grantee")
    topics: Sequence[tuple[str, str, Sequence[Check]]] = (
        (_("Agreement"), manager, [_agreement_check(award)]),
        (_("Suspension"), manager, [_suspension_check(award)]),
        (_("Integrity"), officer, [_integrity_check(basis, award)]),
        (_("Examination"), officer, examined),
        (_("Safeguarding"), officer, _safeguarding_check(basis, award) if known_here else []),
        (pgettext("instalment", "Receipt"), grantee, [_earlier_received(basis, instalment)]),
        (_("Reports"), f"{grantee}{spaced(',')}{officer}", [_reports_accepted(basis, instalment)]),
        (
            pgettext("of a grant", "Cost"),
            officer,
            _cost_check(basis, instalment) if known_here else [],
        ),
        (_("Findings"), f"{grantee}{spaced(',')}{officer}", [_findings_check(basis, instalment)]),
        (pgettext("payment", "Hold on payments"), "", [_stop_check(basis, award)]),
        (_("Bank details"), f"{grantee}{spaced(',')}{officer}", account),
        (_("End of the grant"), "", last),
        (_("Due"), "", [_due_date_check(instalment, on, begun=begun)]),
    )
    return [
        replace(check, topic=topic, mender=mender)
        for topic, mender, checks in topics
        for check in checks
    ]


def missing(checks: Sequence[Check], *, reason: str | None) -> list[Check]:
    """What is in the way; a reason replaces it where allowed."""
    has_reason = bool((reason or "").strip())
    return [check for check in checks if not check.met and not (check.by_reason and has_reason)]


def _agreement_check(award: Award) -> Check:
    note = {
        AwardState.AGREED: _("Signed on %(day)s", day=plain_day(award.agreement_signed_on)),
        AwardState.CLOSED: _("The grant is closed"),
    }.get(award.state, _("Not signed yet"))
    return Check(
        _("The grant agreement is signed, and the grant is active"),
        award.is_running,
        note,
    )


def _suspension_check(award: Award) -> Check:
    """A suspended grant is paid nothing until the suspension is lifted."""
    day = award.suspended_on
    note = _("Suspended since %(day)s", day=plain_day(day)) if day else _("Not suspended")
    return Check(_("The grant is not suspended"), day is None, note, page="changes.of_grant")


def _integrity_check(basis: Basis, award: Award) -> Check:
    integrity = basis.integrity[award.organisation_id]
    text = _("No case of due diligence or sanctions screening is open")
    return Check(text, integrity in OPEN_GATE, str(integrity.label))


def _examination_check(basis: Basis, award: Award) -> Check:
    """What is not known is said also where the call asks for none of it."""
    text = _("The organisation is verified, examined, rated and screened")
    unknown = basis.unknown[award.fund_id, award.organisation_id]
    call = call_of(award)
    required = call is not None and call.examines_grantees
    note = missing_in_words(unknown) or _("All known")
    if unknown and not required:
        note = " ".join((_("The call does not require it."), note))
    return Check(text, not (required and unknown), note, unknown=unknown)


def _safeguarding_check(basis: Basis, award: Award) -> list[Check]:
    """Only where the call asks for it; a call that only warns is told beside what it does."""
    call = call_of(award)
    if call is None or not call.safeguarding:
        return []
    text = _("Its safeguards against sexual exploitation and abuse have been assessed")
    if award.organisation_id in basis.safeguarded:
        return [Check(text, True, _("The assessment is valid today"))]
    note = _("No assessment is valid today.")
    if call.safeguarding == SafeguardingGate.WARNING:
        note = " ".join((note, _("The call does not require it.")))
    required = call.safeguarding == SafeguardingGate.REQUIRED
    return [Check(text, not required, note, unknown=[Unknown.SAFEGUARDING])]


def _earlier_received(basis: Basis, instalment: Instalment) -> Check:
    text = _("The grantee has confirmed receipt of the earlier instalments")
    earlier = [
        other
        for other in basis.instalments[instalment.award_id]
        if other.number < instalment.number
    ]
    open_ = [o for o in earlier if o.state is not InstalmentState.CONFIRMED]
    if not earlier:
        return Check(text, True, _("This is the first instalment"))
    if not open_:
        return Check(text, True, _("All confirmed"))
    return Check(text, False, _("Awaiting instalment %(numbers)s", numbers=_joined_numbers(open_)))


def _reports_accepted(basis: Basis, instalment: Instalment) -> Check:
    text = _("The reports due before it are accepted")
    due = [
        report
        for report in basis.reports[instalment.award_id]
        if report.due_on <= instalment.due_on
    ]
    open_ = [report for report in due if not report.is_accepted]
    if not due:
        return Check(text, True, _("No report is due before it"))
    if not open_:
        return Check(text, True, _("All accepted"))
    return Check(text, False, _("Awaiting report %(numbers)s", numbers=_joined_numbers(open_)))


def _cost_check(basis: Basis, instalment: Instalment) -> list[Check]:
    """Once the final report is accepted, no more is paid in all than the grant has cost; unspent
    money that came back was not paid.
    """
    reports = basis.reports[instalment.award_id]
    if not all_accepted(reports):
        return []
    parts = basis.instalments[instalment.award_id]
    cost = total(report.spent for report in reports)
    paid = total(part.amount for part in parts if part.number <= instalment.number)
    paid -= basis.refunded.get(instalment.award_id, usd(0))
    text = _("Payments do not exceed the cost accepted with the final report")
    if paid <= cost:
        return [Check(text, True, plain_money(cost))]
    note = _(
        "Accepted: %(cost)s. With this instalment %(paid)s would be paid. Reduce the award first.",
        cost=plain_money(cost),
        paid=plain_money(paid),
    )
    return [Check(text, False, note, by_reason=True, page="changes.of_grant")]


def _findings_check(basis: Basis, instalment: Instalment) -> Check:
    """A finding of high severity holds the payment until it is closed."""
    text = _("No finding of high severity is open")
    findings = basis.blocking.get(instalment.award_id, ())
    if not findings:
        return Check(text, True, _("None"))
    references = spaced(",").join(finding.reference for finding in findings)
    note = _("Awaiting finding %(references)s", references=references)
    return Check(text, False, note, page="findings.of_grant")


def _stop_check(basis: Basis, award: Award) -> Check:
    """Why the fund has stopped them is for the persons who were named to know it. Of a hold that
    the organisation knows, what must be done is said.
    """
    text = _("The fund has not stopped payments to the organisation")
    payee = award.fund_id, award.organisation_id
    holds = basis.held.get(payee, ())
    if remedies := [hold.remedy for hold in holds if hold.is_notified]:
        note = _("On hold. What must be done: %(what)s", what=" ".join(remedies))
        return Check(text, False, note)
    is_stopped = bool(holds) or payee in basis.stopped
    note = _("Payments are stopped. Ask the approving officer.") if is_stopped else _("Not stopped")
    return Check(text, not is_stopped, note)


def _account_check(basis: Basis, instalment: Instalment, on: date) -> Check:
    """The account is confirmed, is the one it was certified for, and is not being changed."""
    text = _("The bank details of the organisation are confirmed, and no change to them is pending")
    payee = instalment.award.fund_id, instalment.award.organisation_id
    account, page = basis.accounts.get(payee), "bank_details.of_grant"
    if payee in basis.requests:
        note = (
            _("A change of the bank details is being checked")
            if account
            else _("The bank details are being checked")
        )
        return Check(text, False, note, page=page)
    if account is None:
        return Check(text, False, _("No bank details are confirmed yet"), page=page)
    if not account.is_readable:
        return Check(text, False, _("They cannot be read: ask an administrator"))
    if account.id in basis.refused:
        note = _("The bank refused this account: the grantee must correct it")
        return Check(text, False, note, page=page)
    if instalment.bank_details_id not in {None, account.id}:
        return Check(text, False, _("Changed since it was certified: return it for certification"))
    replaces = account.id in basis.changed
    waits = reason_to_wait(account, instalment.award.fund, on, replaces=replaces)
    named = _("%(bank)s, account %(number)s", bank=account.bank, number=account.masked)
    return Check(text, not waits, waits or named, page=page if waits else "")


def _last_of_grant(basis: Basis, instalment: Instalment, on: date) -> list[Check]:
    """The last of several instalments waits for the end of the grant, whatever the reason."""
    numbers = [part.number for part in basis.instalments[instalment.award_id]]
    if len(numbers) == 1 or instalment.number < max(numbers):
        return []
    ends_on = instalment.award.ends_on
    day = plain_day(ends_on)
    met = ends_on <= on
    note = _("Ended on %(day)s", day=day) if met else _("The grant ends on %(day)s", day=day)
    return [Check(_("The grant has ended: this is the last instalment"), met, note)]


def _due_date_check(instalment: Instalment, on: date, *, begun: bool) -> Check:
    """A reason replaces the due date of a grant that has begun."""
    text, day = _("The due date has been reached"), plain_day(instalment.due_on)
    if instalment.due_on <= on:
        return Check(text, True, _("Due since %(day)s", day=day))
    if begun:
        return Check(text, False, _("Not due until %(day)s", day=day), by_reason=True)
    start = plain_day(instalment.award.starts_on)
    return Check(
        text,
        False,
        _("Not due until %(day)s. The grant starts on %(start)s", day=day, start=start),
    )


def _joined_numbers(items: Sequence[Instalment] | Sequence[Report]) -> str:
    return spaced(",").join(str(item.number) for item in items)
