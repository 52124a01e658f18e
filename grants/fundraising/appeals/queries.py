"""Finding appeals, mailings and their letters, for a person who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.fundraising.appeals.models import Appeal, Mailing, MailingLine
from grants.giving.outreach.models import Campaign


def appeal_of(session: Session, campaign: Campaign) -> Appeal | None:
    """The text of a campaign, if it is written."""
    return session.get(Appeal, campaign.id)


def mailings_of(session: Session, campaign: Campaign) -> Sequence[Mailing]:
    """The mailings of an appeal, the newest first."""
    return session.scalars(
        select(Mailing)
        .where(Mailing.campaign_id == campaign.id)
        .options(joinedload(Mailing.begun_by), joinedload(Mailing.campaign))
        .order_by(Mailing.id.desc())
    ).all()


def mailing_for_viewer(session: Session, mailing_id: int, viewer: Viewer) -> Mailing:
    """A mailing of a fund whose outreach this person reads, or Missing."""
    mailing = session.scalar(
        select(Mailing)
        .where(Mailing.id == mailing_id)
        .options(joinedload(Mailing.campaign).joinedload(Campaign.fund))
    )
    if mailing is None or not viewer.may(Permission.OUTREACH_SEE, mailing.scope):
        raise Missing(_("Mailing not found."))
    return mailing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailing is."""

    letters: int
    done: int
    left_out: int


def progress_of(session: Session, mailings: Sequence[Mailing]) -> dict[int, Progress]:
    """How far each mailing is, in one query."""
    line = MailingLine
    rows = session.execute(
        select(
            line.mailing_id,
            func.count().filter(line.excluded.is_(None)),
            func.count(line.done_at),
            func.count(line.excluded),
        )
        .where(line.mailing_id.in_([mailing.id for mailing in mailings]))
        .group_by(line.mailing_id)
    )
    return {mailing_id: Progress(*counts) for mailing_id, *counts in rows}


def lines_of(mailing: Mailing) -> Select[MailingLine]:
    """Every line of a mailing, those left out too."""
    return (
        select(MailingLine)
        .where(MailingLine.mailing_id == mailing.id)
        .options(joinedload(MailingLine.donor))
    )


def printed_letters(session: Session, mailing: Mailing) -> Sequence[MailingLine]:
    """The letters of a mailing that are printed, in their order."""
    return session.scalars(
        lines_of(mailing)
        .where(MailingLine.document_id.is_not(None))
        .options(joinedload(MailingLine.document))
        .order_by(MailingLine.number)
    ).all()


def letter_called(session: Session, reference: str) -> MailingLine:
    """A letter by its reference; Missing if there is none, or it was sent to nobody."""
    line = session.scalar(
        select(MailingLine)
        .where(MailingLine.reference == reference, MailingLine.excluded.is_(None))
        .options(joinedload(MailingLine.mailing).joinedload(Mailing.campaign))
    )
    if line is None:
        raise Missing(_("Letter %(reference)s not found.", reference=reference))
    return line


def letter_for_viewer(session: Session, reference: str, viewer: Viewer) -> MailingLine:
    """A letter that this person may read: the fund's people, and those of the donor it went to."""
    line = letter_called(session, reference)
    is_recipient = line.donor_id in viewer.organisations_with(Permission.PLEDGE_READ)
    if not is_recipient and not viewer.may(Permission.OUTREACH_SEE, line.mailing.scope):
        raise Missing(_("Letter %(reference)s not found.", reference=reference))
    return line
