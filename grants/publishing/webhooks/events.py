"""What each event is: the act of the trail that it tells of, and what its body says.

A body holds references and what the public may read. It never names a person or an organisation.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.audit.models import TrailRow
from grants.core.kernel.links import absolute
from grants.deciding.announcements.public_references import public_reference
from grants.deciding.awards.models import Award
from grants.giving.contributions.models import Deposit
from grants.granting.payments.models import Instalment
from grants.granting.reporting.models import Report
from grants.publishing.facts.grants import PublishedGrant, grants_of, public_awards
from grants.publishing.webhooks.models import BodyScope, WebhookEvent

Facts = dict[str, Any]
E = WebhookEvent

ACTS: Mapping[tuple[str, str], WebhookEvent] = {
    ("call", "open"): E.CALL_OPENED,
    ("application", "submit"): E.APPLICATION_SUBMITTED,
    ("award", "create"): E.AWARD_MADE,
    ("instalment", "send"): E.PAYMENT_SENT,
    ("instalment", "release"): E.PAYMENT_PAID,
    ("report", "accept"): E.REPORT_ACCEPTED,
    ("deposit", "record"): E.CONTRIBUTION_RECEIVED,
    ("deposit", "allocate"): E.CONTRIBUTION_RECEIVED,
}
"""By the kind of record and the act, as the trail calls them."""


def event_of(session: Session, row: TrailRow, fund_id: int) -> tuple[WebhookEvent, Any] | None:
    """The event that an act is for a fund, and its record; None if it is none, or of another fund.
    Money of an unidentified sender is an event once it is allocated to a pledge.
    """
    event = ACTS[row.subject, row.action]
    record = session.get(_KINDS[row.subject], row.subject_id)
    if record is None or _fund_of(record) != fund_id:
        return None
    if row.subject == "deposit" and (record.pledge is None or _counts_as_allocated(record, row)):
        return None
    return event, record


def _counts_as_allocated(deposit: Deposit, row: TrailRow) -> bool:
    return row.action == "record" and deposit.allocated_on is not None


def _fund_of(record: Any) -> int:
    award = getattr(record, "award", record)
    number: int = award.fund_id
    return number


def body_of(
    session: Session, row: TrailRow, record: Any, number: int, scope: BodyScope, fund: str
) -> str:
    """The body of an event as JSON; `number`: its place in what one receiver gets."""
    references, facts = _SAID[row.subject](session, record)
    data = {**references, **facts} if scope is BodyScope.FACTS else references
    return json.dumps(
        {
            "type": ACTS[row.subject, row.action].value,
            "timestamp": row.at.isoformat(),
            "sequence": number,
            "fund": fund,
            "data": data,
        },
        ensure_ascii=False,
    )


def _call(_session: Session, call: Call) -> tuple[Facts, Facts]:
    facts = {
        "title": call.title,
        "opens_at": call.opens_at.isoformat(),
        "deadline_at": call.deadline_at.isoformat(),
        "url": absolute(f"/calls/{call.reference}"),
    }
    return {"call": call.reference}, facts


def _application(_session: Session, application: Application) -> tuple[Facts, Facts]:
    return {"application": application.reference, "call": application.call.reference}, {}


def _award(session: Session, award: Award) -> tuple[Facts, Facts]:
    grant = _published_grant(session, award)
    if grant is None:
        return {"grant": public_reference(award)}, {}
    facts = {
        "country": grant.country,
        "awarded_usd": str(grant.awarded),
        "starts_on": grant.starts_on.isoformat(),
        "ends_on": grant.ends_on.isoformat(),
        "url": absolute(f"/funds/{grant.fund}/grants/{grant.reference}"),
    }
    return {"grant": grant.reference}, facts


def _published_grant(session: Session, award: Award) -> PublishedGrant | None:
    awards = session.scalars(public_awards(award.fund).where(Award.id == award.id)).all()
    return next(iter(grants_of(session, awards)), None)


def _instalment(session: Session, instalment: Instalment) -> tuple[Facts, Facts]:
    references = {"grant": public_reference(instalment.award), "number": instalment.number}
    if instalment.paid_on is None or _published_grant(session, instalment.award) is None:
        return references, {}
    paid = {"amount_usd": str(instalment.amount), "paid_on": instalment.paid_on.isoformat()}
    return references, paid


def _report(_session: Session, report: Report) -> tuple[Facts, Facts]:
    grant = public_reference(report.award)
    return {"grant": grant, "number": report.number, "kind": report.kind.value}, {}


def _deposit(_session: Session, deposit: Deposit) -> tuple[Facts, Facts]:
    references = {
        "contribution": deposit.id,
        "pledge": deposit.pledge.reference if deposit.pledge else None,
        "receipt": deposit.receipt.reference if deposit.receipt else None,
    }
    facts = {
        "amount": str(deposit.amount),
        "currency": deposit.currency,
        "amount_usd": str(deposit.usd),
        "received_on": deposit.value_on.isoformat(),
    }
    return references, facts


_KINDS: Mapping[str, type[Any]] = {
    "call": Call,
    "application": Application,
    "award": Award,
    "instalment": Instalment,
    "report": Report,
    "deposit": Deposit,
}
_SAID: Mapping[str, Callable[[Session, Any], tuple[Facts, Facts]]] = {
    "call": _call,
    "application": _application,
    "award": _award,
    "instalment": _instalment,
    "report": _report,
    "deposit": _deposit,
}
