"""What each kind of data is, when it is due, and how it goes. Never the ledger, nor its papers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from grants.applying.applications.models import AttachedFile
from grants.applying.public_questions.models import PublicQuestion
from grants.applying.references.models import LetterRequest
from grants.core.audit.binding import touch_rows
from grants.core.audit.models import TrailValue
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Link, Person, SignIn, SignInAttempt
from grants.desk.retention.models import LegalHold
from grants.desk.retention.models import RetentionClass as Kind
from grants.giving.donors.models import Contact
from grants.giving.outside.models import OutsideContribution
from grants.platform.casework.models import Remark
from grants.platform.documents.models import Document, Opening
from grants.platform.documents.service import EMPTIED, forget_names, keep_emptied
from grants.platform.messages.models import Message
from grants.platform.undelivered.models import UndeliveredEmail

GONE = "–"
"""What stands in the place of a text that was purged."""
NOWHERE = "purged@purged.invalid"
"""What stands in the place of an address."""

Ranges = list[list[int]]
"""First and last number of rows that follow each other."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table that are due: since when they age, which stay, what goes of them."""

    model: Any
    since: ColumnElement[Any]
    stays: ColumnElement[bool]
    """True of the rows of persons on hold."""
    instead: Mapping[str, object] | None = None
    """What their columns say afterwards, the one by which it is seen first; None: the rows are
    deleted.
    """

    @property
    def table(self) -> Table:
        return self.model.__table__  # type: ignore[no-any-return]

    def is_due(self, before: date) -> ColumnElement[bool]:
        """Older than a day, neither on hold nor purged before."""
        return and_(self._is_old(before), ~self.stays)

    def is_back(self, before: date, ranges: Ranges) -> ColumnElement[bool]:
        """Purged with these rows, and there again: not by the application."""
        numbers = self.table.c.id
        return and_(
            self._is_old(before), or_(*(numbers.between(first, last) for first, last in ranges))
        )

    def _is_old(self, before: date) -> ColumnElement[bool]:
        moment: date = before
        if self.since.type.python_type is datetime:
            moment = datetime.combine(before, time(), clock.zone())
        return and_(self.since < moment, self._is_whole())

    def _is_whole(self) -> ColumnElement[bool]:
        if self.instead is None:
            return true()
        name, value = next(iter(self.instead.items()))
        return self.table.c[name] != value

    def purge(self, session: Session, before: date) -> Ranges:
        """Let what is due go; which rows."""
        number = self.table.c.id
        if self.instead is None:
            gone = delete(self.table).where(self.is_due(before)).returning(number)
            return _ranges_of(session.scalars(gone).all())
        if self.model is Document:
            keep_emptied(session)
        emptied = update(self.table).where(self.is_due(before)).values(self.instead)
        numbers = session.scalars(emptied.returning(number)).all()
        if self.model is Document:
            forget_names(session, numbers)
        touch_rows(session, self.model, [(key,) for key in numbers])
        return _ranges_of(numbers)


def _ranges_of(numbers: Sequence[int]) -> Ranges:
    ranges: Ranges = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


_ON_HOLD = select(LegalHold.person_id).where(LegalHold.lifted_at.is_(None))
_ADDRESSES_ON_HOLD = select(func.lower(Person.email)).where(Person.id.in_(_ON_HOLD))


def _is_person_on_hold(column: Any) -> ColumnElement[bool]:
    return func.coalesce(column.in_(_ON_HOLD), False)


def _is_address_on_hold(column: Any) -> ColumnElement[bool]:
    return func.coalesce(func.lower(column).in_(_ADDRESSES_ON_HOLD), False)


def _where_filled(column: Any, value: str) -> ColumnElement[Any]:
    return case((column.is_not(None), value))


_ADDRESS_LEFT_ON = (
    select(func.max(func.coalesce(Contact.left_on, cast(literal("infinity"), Date))))
    .where(func.lower(Contact.email) == TrailValue.email)
    .scalar_subquery()
)
"""When the last contact of an address that the trail noted has left."""
_HAS_ACCOUNT = func.coalesce(TrailValue.email.in_(select(func.lower(Person.email))), False)

_LETTER_SINCE = func.coalesce(
    LetterRequest.answered_at,
    LetterRequest.declined_at,
    LetterRequest.taken_back_at,
    LetterRequest.asked_at,
)
_LETTER_OF_FILE = (
    select(_LETTER_SINCE)
    .join(AttachedFile, AttachedFile.id == LetterRequest.file_id)
    .where(AttachedFile.document_id == Document.id)
    .scalar_subquery()
)
"""When the letter of reference that a file holds has come."""
_FILES_ON_HOLD = (
    select(AttachedFile.document_id)
    .join(LetterRequest, LetterRequest.file_id == AttachedFile.id)
    .where(_is_address_on_hold(LetterRequest.email))
)

PROPOSED: Mapping[Kind, int] = {
    Kind.SIGN_INS: 1,
    Kind.ACCESS_LOG: 2,
    Kind.MAIL: 7,
    Kind.FORMER_CONTACTS: 7,
    Kind.QUESTIONS: 3,
    Kind.OUTSIDE: 7,
    Kind.LETTERS: 7,
    Kind.REMARKS: 7,
}
"""Years that are proposed."""

PARTS: Mapping[Kind, Sequence[Part]] = {
    Kind.SIGN_INS: (
        Part(
            SignIn,
            func.coalesce(SignIn.ended_at, SignIn.begun_at),
            _is_person_on_hold(SignIn.person_id),
        ),
        Part(SignInAttempt, SignInAttempt.__table__.c.at, _is_address_on_hold(SignInAttempt.email)),
        Part(Link, Link.__table__.c.expires_at, _is_address_on_hold(Link.email)),
    ),
    Kind.ACCESS_LOG: (
        Part(Opening, Opening.__table__.c.opened_at, _is_person_on_hold(Opening.person_id)),
    ),
    Kind.MAIL: (
        Part(
            Message,
            Message.__table__.c.sent_at,
            _is_person_on_hold(Message.person_id) | _is_address_on_hold(Message.recipient),
            {
                "recipient": NOWHERE,
                "event": func.concat("purged:", Message.id),
                "subject": GONE,
                "text": GONE,
                "html": "",
                "attachments": [],
                "unsubscribe": None,
                "reply_to": None,
                "others": [],
                "page": None,
            },
        ),
        Part(
            UndeliveredEmail,
            UndeliveredEmail.__table__.c.came_back_at,
            _is_address_on_hold(UndeliveredEmail.email),
            {"email": NOWHERE, "words": GONE},
        ),
    ),
    Kind.FORMER_CONTACTS: (
        Part(TrailValue, _ADDRESS_LEFT_ON, _HAS_ACCOUNT),
        Part(
            Contact,
            Contact.__table__.c.left_on,
            _is_address_on_hold(Contact.email),
            {
                "name": GONE,
                "email": _where_filled(Contact.email, NOWHERE),
                "phone": _where_filled(Contact.phone, GONE),
            },
        ),
    ),
    Kind.QUESTIONS: (
        Part(
            PublicQuestion,
            func.coalesce(PublicQuestion.answered_at, PublicQuestion.set_aside_at),
            _is_address_on_hold(PublicQuestion.email),
            {"email": NOWHERE},
        ),
    ),
    Kind.OUTSIDE: (
        Part(
            OutsideContribution,
            func.coalesce(
                OutsideContribution.confirmed_on,
                OutsideContribution.handed_on,
                OutsideContribution.announced_on,
            ),
            _is_address_on_hold(OutsideContribution.email),
            {
                "email": NOWHERE,
                "contact": GONE,
                "donor_name": case(
                    (OutsideContribution.donor_kind == DonorKind.INDIVIDUAL, GONE),
                    else_=OutsideContribution.donor_name,
                ),
                "wording": case((OutsideContribution.wording == "", ""), else_=GONE),
            },
        ),
    ),
    Kind.LETTERS: (
        Part(Document, _LETTER_OF_FILE, Document.id.in_(_FILES_ON_HOLD), EMPTIED),
        Part(
            LetterRequest,
            _LETTER_SINCE,
            _is_address_on_hold(LetterRequest.email),
            {
                "email": NOWHERE,
                "name": GONE,
                "letter": _where_filled(LetterRequest.letter, GONE),
            },
        ),
    ),
    Kind.REMARKS: (
        Part(
            Remark,
            Remark.__table__.c.written_at,
            _is_person_on_hold(Remark.written_by_id),
            {"text": GONE},
        ),
    ),
}
"""What goes of each kind, in this order."""


def due_of(session: Session, kind: Kind, before: date) -> tuple[int, date | None]:
    """How many rows of a kind are due, and the day of the oldest."""
    queries = (
        select(func.count(), func.min(part.since))
        .select_from(part.table)
        .where(part.is_due(before))
        for part in PARTS[kind]
    )
    rows = session.execute(union_all(*queries)).all()
    oldest = min((since for _count, since in rows if since), default=None)
    day = clock.day_of(oldest) if isinstance(oldest, datetime) else oldest
    return sum(count for count, _since in rows), day


def rows_back(
    session: Session, kind: Kind, before: date, rows: Mapping[str, Ranges]
) -> Iterator[tuple[str, int]]:
    """Table and number of each row that was purged and is there again."""
    for part in PARTS[kind]:
        if ranges := rows.get(part.table.name):
            query = select(part.table.c.id).where(part.is_back(before, ranges))
            for number in session.scalars(query.order_by(part.table.c.id)):
                yield part.table.name, number
