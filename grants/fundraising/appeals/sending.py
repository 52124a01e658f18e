"""Working off a mailing: each line sent or printed once, and recorded as a contact with the
donor.
"""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel import clock
from grants.core.kernel.language import use_language
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation
from grants.core.people.viewer import Viewer
from grants.fundraising.appeals.models import LeftOut, Mailing, MailingLine, Post
from grants.giving.outreach.consents import is_suppressed, leaving_token
from grants.giving.outreach.models import Means, Outcome
from grants.giving.outreach.service import ContactDetails, record_contact
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.messages.service import Recipient, send
from grants.platform.undelivered.queries import undeliverable_addresses

Render = Callable[[str, str], tuple[str, bytes]]
"""(document, reference) → (file name, PDF), in the current language; as the post office has it."""


def carry_out(database: Database, render: Render, mailing_id: int) -> None:
    """Work off a mailing line by line, each in a transaction of its own.

    Killed anywhere, it goes on where it was; run twice at once, the two share the lines.
    """
    while _send_next(database, render, mailing_id):
        continue


def _send_next(database: Database, render: Render, mailing_id: int) -> bool:
    """Do the next line that nobody else is doing; False when none is left."""
    with database.transaction() as session:
        line = session.scalars(
            select(MailingLine)
            .where(
                MailingLine.mailing_id == mailing_id,
                MailingLine.excluded.is_(None),
                MailingLine.done_at.is_(None),
            )
            .order_by(MailingLine.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if line is None:
            finish(session, mailing_id)
            return False
        go_out(session, line, render)
        return True


def go_out(session: Session, line: MailingLine, render: Render) -> None:
    """Send or print one line, and record it as a contact with its donor."""
    act = _act_of(line.mailing)
    if why := _closed_since(session, line):
        line.excluded, line.heading, line.body = why, None, None
        return
    if line.mailing.post is Post.EMAIL:
        _send_email(session, line)
    else:
        with use_language(line.language):
            name, content = render("appeal-letter", line.reference)
        line.document = keep(session, Upload(name, content), act, accept=(".pdf",))
    _record_sent(session, line, act)
    line.done_at = act.at


def _closed_since(session: Session, line: MailingLine) -> LeftOut | None:
    """Why nothing may go to the address any more, since the mailing began."""
    if line.email and is_suppressed(session, line.email):
        return LeftOut.UNSUBSCRIBED
    if line.email and undeliverable_addresses(session, line.email):
        return LeftOut.UNDELIVERABLE
    return None


def _send_email(session: Session, line: MailingLine) -> None:
    assert line.email
    person = line.mailing.begun_by
    leave = absolute(f"/unsubscribe/{leaving_token(session, line.email)}")
    send(
        session,
        Recipient(line.email, line.name, line.language),
        "fundraising/appeals/appeal",
        event=f"mailing_line:{line.id}",
        fund=line.mailing.campaign.fund,
        heading=line.heading,
        body=line.body,
        unsubscribe=leave,
        reply_to=person.email if person else None,
        leave=leave,
        person=person,
    )


def _record_sent(session: Session, line: MailingLine, act: Act) -> None:
    """What was sent is listed among the contacts with the donor."""
    campaign = line.mailing.campaign
    by_email = line.mailing.post is Post.EMAIL
    contact = ContactDetails(
        means=Means.EMAIL if by_email else Means.LETTER,
        held_on=clock.today(),
        with_whom=line.name,
        outcome=Outcome.AWAITED,
        note=line.heading or "",
        campaign=campaign,
        key=f"mailing_line:{line.id}",
    )
    donor = session.get_one(Organisation, line.donor_id)
    record_contact(session, campaign.fund, donor, contact, act)


def _act_of(mailing: Mailing) -> Act:
    """The mailing's own person acts; whether they may was asked when it began."""
    person = mailing.begun_by
    if person is None:
        return Act.by_system("mailing")
    return Act(Viewer(person.name, person.id, person.email, person.language, system=True))


def finish(session: Session, mailing_id: int) -> None:
    """Mark the mailing as finished, unless another worker still does a line."""
    open_lines = (
        select(MailingLine.id)
        .where(
            MailingLine.mailing_id == mailing_id,
            MailingLine.excluded.is_(None),
            MailingLine.done_at.is_(None),
        )
        .exists()
    )
    mailing = session.get_one(Mailing, mailing_id, with_for_update=True)
    if mailing.finished_at is None and not session.scalar(select(open_lines)):
        mailing.finished_at = clock.now()
