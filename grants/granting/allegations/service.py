"""Entering an allegation, examining it, and naming who may.

The general trail says only that an allegation exists and where it stands, under the name of the
system. Who did what and why is in the allegation's own trail, for the named persons.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record
from grants.core.database.numbering import next_number
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.links import absolute
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund
from grants.core.people.viewer import Scope
from grants.granting.allegations.models import (
    Allegation,
    AllegationEntry,
    AllegationReader,
    Subject,
)
from grants.granting.allegations.queries import may_read, readers_of, to_name
from grants.granting.allegations.workflow import ALLEGATION
from grants.platform.messages.service import Letter, Recipient, send_all


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said to have happened, and whether the person who says so is named."""

    subject: Subject
    text: str
    is_named: bool = True


def enter(
    session: Session, fund: Fund, organisation: Organisation, statement: Statement, act: Act
) -> Allegation:
    """Enter an allegation about an organisation that a fund pays. The named persons are told that
    there is one, and nothing of it.
    """
    act.demand(Permission.ALLEGATION_ENTER, Scope(fund.id, organisation.id))
    if not statement.text.strip():
        raise DomainError(_("Say what happened."))
    day = fund.today()
    number = next_number(session, f"allegation/{fund.code}/{day.year}")
    allegation = Allegation(
        reference=f"{fund.code}-X-{day.year}-{number:03}",
        fund=fund,
        organisation=organisation,
        subject=statement.subject,
        text=statement.text.strip(),
        reporter_id=act.actor.person_id if statement.is_named else None,
        received_at=act.at,
    )
    begin(session, allegation, ALLEGATION, _without_name(act))
    _inform_readers(session, allegation)
    return allegation


def _without_name(act: Act) -> Act:
    """The act as the general trail may have it: without who, and without why."""
    hidden = Act.by_system("allegations")
    return Act(hidden.actor, None, act.at)


def _inform_readers(session: Session, allegation: Allegation) -> None:
    """To the named persons; while there are none, to those who name them."""
    fund, people = allegation.fund, [item.person for item in readers_of(session, allegation.fund)]
    letter, page = "received", f"/allegations/{allegation.reference}"
    if not people:
        people = list(people_of_fund(session, Permission.ALLEGATION_NAME, fund.id))
        letter, page = "nobody_named", f"/allegations/readers/{fund.code}"
    facts = {"fund": fund, "url": absolute(page)}
    event = f"allegation:{allegation.id}:received"
    send_all(
        session,
        [
            Letter(Recipient.of(person), f"granting/allegations/{letter}", event, facts)
            for person in people
        ],
    )


def examine(session: Session, allegation: Allegation, act: Act) -> None:
    """The examination begins."""
    _take_step(session, allegation, "examine", act)


def substantiate(session: Session, allegation: Allegation, act: Act) -> None:
    """Record that an allegation is shown to be true: payments are stopped until it is closed."""
    _take_step(session, allegation, "substantiate", act)


def dismiss(session: Session, allegation: Allegation, act: Act) -> None:
    """Record that an allegation is not shown to be true."""
    _take_step(session, allegation, "dismiss", act)


def close(session: Session, allegation: Allegation, act: Act) -> None:
    """What had to be done is done; payments are possible again."""
    _take_step(session, allegation, "close", act)


def add_note(session: Session, allegation: Allegation, text: str, act: Act) -> None:
    """Add to the allegation's own trail what was learned or done."""
    _lock_allegation(session, allegation, act)
    if allegation.state in ALLEGATION.final:
        raise Conflict(_("The allegation is closed."))
    if not text.strip():
        raise DomainError(_("Say what was learned or done."))
    _write_entry(session, allegation, "note", text, act)


def _take_step(session: Session, allegation: Allegation, action: str, act: Act) -> None:
    _lock_allegation(session, allegation, act)
    step = ALLEGATION.require(action, allegation.state)
    if step.needs_reason and not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    advance(session, allegation, ALLEGATION, action, Act(_without_name(act).actor, "-", act.at))
    _write_entry(session, allegation, action, act.reason or "", act)


def _write_entry(
    session: Session, allegation: Allegation, action: str, text: str, act: Act
) -> None:
    session.add(
        AllegationEntry(
            allegation_id=allegation.id,
            action=action,
            text=text.strip(),
            person_id=act.actor.person_id,
            at=act.at,
        )
    )
    session.flush()
    session.refresh(allegation, ["entries"])


def _lock_allegation(session: Session, allegation: Allegation, act: Act) -> None:
    """Forbidden to all who were not named to read it."""
    act.demand(Permission.ALLEGATION_EXAMINE, allegation.scope)
    session.refresh(allegation, with_for_update={"of": Allegation})
    if not may_read(session, allegation, act.actor):
        raise Forbidden(_("Your role does not allow this."))


def name_reader(session: Session, fund: Fund, person: Person, act: Act) -> AllegationReader:
    """Name a person who reads and examines the allegations of a fund."""
    act.demand(Permission.ALLEGATION_NAME, Scope(fund.id))
    if person.id not in {other.id for other in to_name(session, fund)}:
        raise DomainError(_("%(name)s cannot be named.", name=person.name))
    reader = AllegationReader(fund_id=fund.id, person=person, named_at=act.at)
    session.add(reader)
    record(session, reader, "name_reader", act, person=person.name)
    facts = {"fund": fund, "url": absolute("/allegations")}
    event = f"allegation-reader:{reader.id}"
    letter = "granting/allegations/named"
    send_all(session, [Letter(Recipient.of(person), letter, event, facts)])
    return reader


def end_reader(session: Session, fund: Fund, reader: AllegationReader, act: Act) -> None:
    """A person is no longer named. Conflict for the last one while an allegation may come."""
    act.demand(Permission.ALLEGATION_NAME, Scope(fund.id))
    session.refresh(reader, with_for_update={"of": AllegationReader})
    if reader.ended_at is not None or reader.fund_id != fund.id:
        raise Conflict(_("This person is no longer named."))
    if len(readers_of(session, fund)) == 1:
        raise Conflict(_("Name another person first."))
    reader.ended_at = act.at
    record(session, reader, "end_reader", act, person=reader.person.name)
