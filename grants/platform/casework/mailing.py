"""E-mails of what concerns a person: at once or every morning, as each has chosen. They name the
case and say what happened; the words of a remark stay in the fund's own pages.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grants.core.kernel.language import use_language
from grants.core.kernel.links import absolute
from grants.core.kernel.taxonomies import InboxMail
from grants.core.people.models import Person
from grants.core.people.queries import viewer_of
from grants.platform.casework.models import CaseFollower
from grants.platform.casework.queries import to_mail
from grants.platform.casework.wording import lines_of
from grants.platform.messages.service import Recipient, send


def tell_followers(session: Session, mail: InboxMail) -> int:
    """Write to those who have chosen this: one e-mail for everything new. Who may no longer read a
    case is told nothing of it. How many e-mails were written.
    """
    follows = select(CaseFollower.person_id)
    people = select(Person).where(Person.inbox_mail == mail, Person.id.in_(follows))
    return sum(_tell_person(session, person) for person in session.scalars(people).all())


def _tell_person(session: Session, person: Person) -> bool:
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    events = to_mail(session, viewer)
    if not events:
        return False
    last = max(event.place for event in events)
    with use_language(person.language):
        lines = lines_of(events, viewer)
    send(
        session,
        Recipient.of(person),
        "platform/casework/inbox",
        event=f"casework:{person.id}:{last}",
        lines=lines,
        url=absolute("/inbox"),
    )
    mailed = update(CaseFollower).where(
        CaseFollower.person_id == person.id, CaseFollower.mailed_to < last
    )
    session.execute(mailed.values(mailed_to=last))
    return True
