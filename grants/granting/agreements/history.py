"""What happened to a grant, as its grantee and as the fund's people may read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.kernel.language import gettext as _
from grants.deciding.awards.models import Award
from grants.granting.agreements.queries import GrantProgress
from grants.granting.changes.effect import FOR_LATER


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: what, when, by whom (for the fund's people), why."""

    title: str
    at: datetime
    by: str
    text: str | None


FOR_ALL = frozenset(
    {
        "create",
        "accept_award",
        "ask_start",
        "keep_start",
        "change_period",
        "return_agreement",
        "send_agreement_back",
        "sign_agreement",
        "countersign",
        "lapse",
        "close",
        "force_close",
        "state_closing",
        "cancel",
        "release",
        "take_back",
        "confirm_receipt",
        "report_missing",
        "answer_receipt",
    }
)
FOR_ALL_REPORTS = frozenset({"submit", "accept", "send_back"})
FOR_ALL_CHANGES = frozenset(
    {"create", "send_back", "decline", "reject", "approve", "withdraw", "drop", "lift"}
    | {*FOR_LATER, *FOR_LATER.values(), "take_effect", "call_off"}
)
"""Acts that a grantee reads about; the others are the fund's own business."""


def history_of(
    session: Session, award: Award, progress: GrantProgress, *, is_staff: bool
) -> list[Happening]:
    """Everything that happened to a grant and its parts, the newest first."""
    happenings = [
        happening
        for row in _trail_rows(session, award, progress)
        if (happening := _happening_of(row, progress, is_staff=is_staff))
    ]
    return list(reversed(happenings))


def _trail_rows(session: Session, award: Award, progress: GrantProgress) -> Sequence[TrailRow]:
    parts = {
        "award": [award.id],
        "instalment": [part.id for part in progress.instalments],
        "report": [report.id for report in progress.reports],
        "refund_request": [request.id for request in progress.ending.requests],
        "grant_change": [change.id for change in progress.changes],
    }
    about = [
        and_(TrailRow.subject == subject, TrailRow.subject_id.in_(ids))
        for subject, ids in parts.items()
        if ids
    ]
    return session.scalars(select(TrailRow).where(or_(*about)).order_by(TrailRow.id)).all()


def _happening_of(row: TrailRow, progress: GrantProgress, *, is_staff: bool) -> Happening | None:
    if not is_staff and not _is_for_all(row):
        return None
    title = dict(_action_titles(row, progress)).get(row.action)
    if title is None:
        return None
    return Happening(title, row.at, row.actor if is_staff else "", row.reason)


def _is_for_all(row: TrailRow) -> bool:
    if row.subject == "report":
        return row.action in FOR_ALL_REPORTS
    if row.subject == "refund_request":
        return True
    if row.subject == "grant_change":
        return row.action in FOR_ALL_CHANGES
    return row.action in FOR_ALL or row.action == "record_refund"


def _action_titles(row: TrailRow, progress: GrantProgress) -> Iterator[tuple[str, str]]:
    """What each act is called, by its action; none for what begins with the agreement."""
    if row.subject == "award":
        yield from _award_titles()
    elif row.subject == "instalment":
        yield from _instalment_titles(_part_number(progress.instalments, row.subject_id))
    elif row.subject == "refund_request":
        yield from _refund_titles()
    elif row.subject == "grant_change":
        yield from _change_titles(row, progress)
    else:
        number = _part_number(progress.reports, row.subject_id)
        yield "submit", _("Report %(number)s submitted", number=number)
        yield "accept", _("Report %(number)s accepted", number=number)
        yield "send_back", _("Report %(number)s returned", number=number)


def _instalment_titles(number: int) -> Iterator[tuple[str, str]]:
    yield "certify", _("Instalment %(number)s certified", number=number)
    yield "approve", _("Payment of instalment %(number)s approved", number=number)
    yield "send", _("Payment of instalment %(number)s sent", number=number)
    yield "fail", _("Instalment %(number)s refused by the bank", number=number)
    yield "take_back", _("Instalment %(number)s returned by the bank", number=number)
    yield "hold", _("Instalment %(number)s on hold", number=number)
    yield "let_go", _("Hold on instalment %(number)s ended", number=number)
    yield "send_back", _("Instalment %(number)s returned", number=number)
    yield "release", _("Instalment %(number)s paid", number=number)
    yield "confirm_receipt", _("Receipt of instalment %(number)s confirmed", number=number)
    yield (
        "report_missing",
        _("Instalment %(number)s reported as not received in full", number=number),
    )
    yield (
        "answer_receipt",
        _("Answer from the fund about the receipt of instalment %(number)s", number=number),
    )


def _award_titles() -> Iterator[tuple[str, str]]:
    yield "create", _("Award approved")
    yield "settle_terms", _("Terms agreed")
    yield "accept_award", _("Award accepted by the organisation")
    yield "ask_start", _("Another start asked for by the organisation")
    yield "keep_start", _("Start kept by the fund")
    yield "change_period", _("Period changed")
    yield "agree_support_cost", _("Programme support costs agreed")
    yield "choose_earmark", _("Earmarked money chosen")
    yield "return_agreement", _("Agreement signed by the organisation")
    yield "send_agreement_back", _("Agreement returned to the organisation")
    yield "sign_agreement", _("Agreement signed")
    yield "countersign", _("Agreement signed")
    yield "lapse", _("Award lapsed: the agreement was not signed in time")
    yield "record_refund", _("Refund received")
    yield "state_closing", _("Assets and lessons stated")
    yield "close", _("Grant closed")
    yield "force_close", _("Grant closed with a write-off")
    yield "cancel", _("Award cancelled")


def _refund_titles() -> Iterator[tuple[str, str]]:
    yield "create", _("Refund requested")
    yield "report_transfer", _("Refund reported as paid by the organisation")
    yield "ask", _("Question from the organisation about a refund")
    yield "answer", _("Answer from the fund about a refund")
    yield "settle", _("Refund received in full")
    yield "withdraw", _("Request for a refund withdrawn")
    yield "write_off", _("Refund written off")


def _change_titles(row: TrailRow, progress: GrantProgress) -> Iterator[tuple[str, str]]:
    change = next(change for change in progress.changes if change.id == row.subject_id)
    named = {"number": change.number, "kind": change.label}
    yield "create", _("Change %(number)s requested: %(kind)s", **named)
    yield "recommend", _("Change %(number)s recommended: %(kind)s", **named)
    yield "send_back", _("Change %(number)s returned: %(kind)s", **named)
    yield "approve", _("Change %(number)s approved: %(kind)s", **named)
    for action in ("decline", "reject"):
        yield action, _("Change %(number)s rejected: %(kind)s", **named)
    for action in FOR_LATER.values():
        yield action, _("Change %(number)s agreed for a later day: %(kind)s", **named)
    for action in ("withdraw", "drop", "call_off"):
        yield action, _("Change %(number)s withdrawn: %(kind)s", **named)
    for action in (*FOR_LATER, "take_effect"):
        yield action, _("Change %(number)s in force: %(kind)s", **named)
    yield "lift", _("Suspension lifted")


def _part_number(parts: Sequence[object], part_id: int) -> int:
    return next(int(getattr(p, "number", 0)) for p in parts if getattr(p, "id", 0) == part_id)
