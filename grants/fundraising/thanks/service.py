"""Beginning a round of thanks, and sending its letters."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_day
from grants.fundraising.thanks.facts import as_kept, as_read, year_of
from grants.fundraising.thanks.models import ThanksLetter, ThanksRound
from grants.fundraising.thanks.queries import (
    APART,
    last_round,
    letters_waiting,
    readers_to_thank,
)
from grants.platform.messages.service import Recipient, send


def require_due(session: Session, fund: Fund) -> None:
    """Conflict so soon after the last round."""
    earlier = last_round(session, fund)
    if earlier is not None and clock.now() < earlier.begun_at + APART:
        raise Conflict(
            _(
                "Donors were informed on %(day)s. You can inform them again from %(next)s.",
                day=plain_day(clock.day_of(earlier.begun_at)),
                next=plain_day(clock.day_of(earlier.begun_at + APART)),
            )
        )


def begin_round(session: Session, fund: Fund, words: Mapping[str, str], act: Act) -> ThanksRound:
    """Tell each donor of the last two years what the fund did; the worker sends the letters, except
    those to addresses from which e-mails are returned.
    """
    act.demand(Permission.OUTREACH_SEND, Scope(fund.id))
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("thanks", fund.id))))
    require_due(session, fund)
    facts = year_of(session, fund)
    year = clock.today().year
    number = next_number(session, f"{fund.code}/thanks/{year}")
    thanks = ThanksRound(
        fund=fund,
        fund_id=fund.id,
        code=f"{fund.code}-T-{year}-{number:02d}",
        facts=as_kept(facts),
        words=dict(words),
        begun_by_id=act.actor.person_id,
        begun_at=act.at,
    )
    session.add(thanks)
    session.flush()
    letters = [
        ThanksLetter(
            round=thanks,
            donor_id=reader.contact.organisation_id,
            name=reader.contact.name,
            email=(reader.contact.email or "").lower(),
            language=reader.contact.language,
            pooled=reader.pooled,
            earmarked=list(reader.earmarked),
        )
        for reader in readers_to_thank(session, fund)
    ]
    session.add_all(letters)
    record(session, thanks, "thank_donors", act, year=facts.year, letters=len(letters))
    return thanks


def send_letters(session: Session, most: int = 100) -> int:
    """Send the letters that wait, so many at a time; how many there were."""
    letters = session.scalars(
        letters_waiting(by_post=False)
        .limit(most)
        .with_for_update(skip_locked=True, of=ThanksLetter)
        .options(joinedload(ThanksLetter.round).joinedload(ThanksRound.fund))
    ).all()
    for letter in letters:
        send(
            session,
            Recipient(letter.email, letter.name, letter.language),
            "fundraising/thanks/thanks",
            event=f"thanks_letter:{letter.id}",
            fund=letter.round.fund,
            name=letter.name,
            year=as_read(letter.round.facts),
            pooled=letter.pooled,
            url=absolute(letter.path),
        )
        letter.sent_at = clock.now()
    return len(letters)


def send_by_post(session: Session, letter: ThanksLetter, act: Act) -> None:
    """A letter of thanks whose address does not work was printed and posted."""
    act.demand(Permission.OUTREACH_SEND, letter.scope)
    session.refresh(letter, with_for_update={"of": ThanksLetter})
    if letter.sent_at is not None:
        raise Conflict(_("This has already been sent by post."))
    letter.sent_at = act.at
    record(session, letter.round, "post_thanks", act, letter=letter.id)
