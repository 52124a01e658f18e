"""Writing an appeal, and beginning to send it: as e-mails, or as letters to print."""

import re
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.fundraising.appeals.jobs import work_off
from grants.fundraising.appeals.merge import fields_in
from grants.fundraising.appeals.models import Appeal, Mailing, MailingLine, Post
from grants.fundraising.appeals.recipients import Worded, worded
from grants.giving.outreach.models import Campaign
from grants.giving.outreach.service import require_changeable
from grants.platform.messages.jobs import enqueue

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def write_appeal(
    session: Session,
    campaign: Campaign,
    heading: Mapping[str, str],
    body: Mapping[str, str],
    act: Act,
) -> Appeal:
    """Write the text of a campaign, in each language both heading and body or neither.

    InvalidInput names a field that does not exist.
    """
    act.demand(Permission.OUTREACH_RECORD, campaign.scope)
    require_changeable(campaign)
    headings, bodies = _plain_texts(heading), _plain_texts(body)
    if headings.keys() != bodies.keys() or "en" not in bodies:
        raise DomainError(
            _(
                "Enter the heading and the text in English. In another language, enter both or "
                "neither."
            )
        )
    for text in (*headings.values(), *bodies.values()):
        fields_in(text)
    appeal = session.get(Appeal, campaign.id) or Appeal(campaign=campaign)
    appeal.heading, appeal.body, appeal.written_at = headings, bodies, act.at
    session.add(appeal)
    record(session, campaign, "write_appeal", act, languages=sorted(bodies))
    return appeal


def _plain_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts that are written, with plain line ends and no control characters."""
    plain = {
        code: _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
        for code, text in texts.items()
    }
    return {code: text for code, text in plain.items() if text}


def begin_mailing(session: Session, campaign: Campaign, post: Post, key: str, act: Act) -> Mailing:
    """Send the appeal to everyone it may go to: each line is worded now, the rest is a job's.

    The same `key` begins one mailing, however often the button is pressed; and whatever the key,
    a campaign writes to nobody twice.
    """
    act.demand(Permission.OUTREACH_SEND, campaign.scope)
    session.scalars(
        select(Campaign)
        .where(Campaign.id == campaign.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if earlier := session.scalar(select(Mailing).where(Mailing.key == key)):
        return earlier
    lines = worded(session, _appeal_to_send(session, campaign), post)
    if all(line.excluded for line in lines):
        raise DomainError(_("No recipients are left."))
    mailing = Mailing(
        campaign=campaign,
        number=_next_number(session, campaign),
        key=key,
        post=post,
        begun_by_id=act.actor.person_id,
        begun_at=act.at,
    )
    session.add(mailing)
    session.flush()
    session.add_all(_mailing_line(mailing, number, line) for number, line in enumerate(lines, 1))
    sent = sum(1 for line in lines if not line.excluded)
    record(session, campaign, "send", act, mailing=mailing.reference, post=post.value, letters=sent)
    enqueue(session, work_off, mailing_id=mailing.id)
    return mailing


def go_on(session: Session, mailing: Mailing, act: Act) -> None:
    """Let a worker do what is left of a mailing whose own was killed. Asking twice does nothing
    twice.
    """
    act.demand(Permission.OUTREACH_SEND, mailing.scope)
    if mailing.finished_at is None:
        enqueue(session, work_off, mailing_id=mailing.id)


def _appeal_to_send(session: Session, campaign: Campaign) -> Appeal:
    if not campaign.is_running:
        raise Conflict(_("An appeal can be sent only while its campaign is active."))
    appeal = session.get(Appeal, campaign.id)
    if appeal is None:
        raise DomainError(_("Write the appeal first."))
    return appeal


def _next_number(session: Session, campaign: Campaign) -> int:
    last = session.scalar(
        select(func.max(Mailing.number)).where(Mailing.campaign_id == campaign.id)
    )
    return (last or 0) + 1


def _mailing_line(mailing: Mailing, number: int, worded_: Worded) -> MailingLine:
    reader, contact = worded_.reader, worded_.reader.contact
    by_email = mailing.post is Post.EMAIL
    return MailingLine(
        mailing=mailing,
        campaign_id=mailing.campaign_id,
        number=number,
        reference=f"{mailing.reference}-{number:04d}",
        donor=reader.donor,
        contact_id=contact.id if contact else None,
        name=reader.name,
        function=contact.function if contact else None,
        email=contact.email if contact and by_email else None,
        address=None if by_email else reader.address,
        language=worded_.language,
        excluded=worded_.excluded,
        heading=worded_.heading or None,
        body=worded_.body or None,
    )
