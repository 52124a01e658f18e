"""What erasure makes of every table, by what its model declares. Done again, it changes nothing.

Rows about the person stay and belong to a person without a name; what lets them in is deleted; what
names them is replaced. What a person did is theirs still, by number: separation of duties and the
trail rest on it.
"""

from typing import Any

from sqlalchemy import Column, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapper, Session

from grants.applying.applications.models import AttachedFile
from grants.applying.references.models import LetterRequest
from grants.core.audit.act import Act
from grants.core.audit.binding import touch_rows
from grants.core.database.db import Base
from grants.core.database.personal import Personal, declared, refers_to_person
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import OF_DONORS, OUTSIDE
from grants.core.texts.actors import DONOR_CONTACT, STAFF_MEMBER, USER
from grants.desk.data_protection.own_data import rows_of_person, table_of, tables_about
from grants.giving.cards.mandates.queries import stoppable_of
from grants.giving.cards.mandates.service import stop_by_giver
from grants.giving.donors.models import Contact, Donor
from grants.giving.outside.models import OutsideContribution
from grants.platform.documents.models import Document
from grants.platform.documents.service import EMPTIED, forget_names, keep_emptied

GONE = "–"
"""What stands in the place of a telephone number or a postal address."""
NUMBERED = ("event", "subject")
"""Columns that may have to differ from row to row."""
DOMAIN = "erased.invalid"
"""Of the addresses of persons whose data were erased: no mail can go there."""


def erase_person(session: Session, person: Person) -> None:
    """Replace or delete everything that names a person, and end their sign-in."""
    name, address = placeholder_of(session, person), f"person-{person.id}@{DOMAIN}"
    _erase_in_organisations(session, person, name)
    _erase_as_donor(session, person, name)
    _erase_outside_fund(session, person, name)
    _erase_letters(session, person)
    _end_access(session, person)
    for mapper in tables_about():
        kinds = set(declared(mapper).values())
        if Personal.ENTRY in kinds:
            session.execute(delete(table_of(mapper)).where(rows_of_person(mapper, person)))
        elif Personal.CONTACT in kinds:
            _replace(session, mapper, person, name, address)
    person.name, person.email, person.password_hash = name, address, None
    session.flush()


def is_erased(person: Person) -> bool:
    """Was this person's name replaced?"""
    return person.email.endswith(f"@{DOMAIN}")


def placeholder_of(session: Session, person: Person) -> str:
    """What stands in the place of a name: by the last role, and with the person's number."""
    query = select(Membership.role).where(Membership.person_id == person.id)
    roles = set(session.scalars(query))
    if roles - OUTSIDE:
        return f"{STAFF_MEMBER} {person.id}"
    return f"{DONOR_CONTACT if roles & {*OF_DONORS} else USER} {person.id}"


def _replace(
    session: Session, mapper: Mapper[Any], person: Person, name: str, address: str
) -> None:
    table = table_of(mapper)
    values = {
        column: _instead(table.c[column], name, address)
        for column, kind in declared(mapper).items()
        if kind is Personal.CONTACT
    }
    chosen = update(table).where(rows_of_person(mapper, person)).values(values)
    keys = session.execute(chosen.returning(*table.primary_key)).all()
    if "__bound__" in mapper.class_.__dict__:
        touch_rows(session, mapper.class_, [tuple(key) for key in keys])
    session.expire_all()


def _instead(column: Column[Any], name: str, address: str) -> Any:
    """What a column says of a person without a name."""
    if isinstance(column.type, JSONB):
        return []
    if column.name in ("email", "recipient"):
        return address
    if column.name in NUMBERED:
        return func.concat(name, " ", column.table.c.id)
    if column.nullable:  # whether there was a telephone number may be a rule of the table
        return case((column.is_not(None), GONE))
    return name


def _end_access(session: Session, person: Person) -> None:
    """Roles, second factors and accounts at a provider end, and they are no donor's contact."""
    cards = select(Contact).where(func.lower(Contact.email) == person.email.lower())
    for card in session.scalars(cards.where(Contact.left_on.is_(None))):
        card.left_on = clock.today()
    session.flush()
    for mapper in Base.registry.mappers:
        table = table_of(mapper)
        if "ended_at" not in table.c or Personal.ABOUT not in declared(mapper).values():
            continue
        whose = next(c for c in table.c if c.name == "person_id" and refers_to_person(c))
        ending = update(table).where(whose == person.id, table.c.ended_at.is_(None))
        keys = session.execute(ending.values(ended_at=clock.now()).returning(*table.primary_key))
        touch_rows(session, mapper.class_, [tuple(key) for key in keys])
    session.expire_all()


def _erase_in_organisations(session: Session, person: Person, name: str) -> None:
    """Where the profile of an organisation of theirs names them as a person who leads or signs."""
    query = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person.id)
    )
    texts = {person.name: name, person.email: ""}
    for organisation in session.scalars(query.distinct()):
        organisation.key_persons = [_without(entry, texts) for entry in organisation.key_persons]
        organisation.referees = [_without(entry, texts) for entry in organisation.referees]
    session.flush()


def _erase_as_donor(session: Session, person: Person, name: str) -> None:
    """A person who gives in their own name is an organisation of one: the gifts stay, unnamed, and
    what they give every month stops.
    """
    query = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person.id, Organisation.kind == DonorKind.INDIVIDUAL)
    )
    for giver in session.scalars(query.distinct()):
        giver.name, giver.other_names, giver.public_name = name, [], False
        giver.website, giver.registration_number = None, None
        giver.address = GONE if giver.address else None
        giver.telephone = GONE if giver.telephone else None
        if donor := session.get(Donor, giver.id):
            donor.mailing_address = GONE if donor.mailing_address else None
            donor.notes = None
        for mandate in stoppable_of(session, giver.id):
            by = Act.by_system("cards", _("The donor’s data have been erased."))
            stop_by_giver(session, mandate, by)
    session.flush()


def _erase_outside_fund(session: Session, person: Person, name: str) -> None:
    """What was announced from their address to the office: their words, and the name of a donor who
    is a private person. The rows are of their address still, which goes afterwards.
    """
    address = func.lower(OutsideContribution.email) == person.email.lower()
    for contribution in session.scalars(select(OutsideContribution).where(address)):
        contribution.wording = GONE if contribution.wording else ""
        if contribution.donor_kind is DonorKind.INDIVIDUAL:
            contribution.donor_name = name
    session.flush()


def _erase_letters(session: Session, person: Person) -> None:
    """The files of letters of reference that came from their address."""
    query = (
        select(Document)
        .join(AttachedFile, AttachedFile.document_id == Document.id)
        .join(LetterRequest, LetterRequest.file_id == AttachedFile.id)
        .where(func.lower(LetterRequest.email) == person.email.lower())
    )
    if documents := session.scalars(query).all():
        keep_emptied(session)
    for document in documents:
        for column, value in EMPTIED.items():
            setattr(document, column, value)
    forget_names(session, [document.id for document in documents])
    session.flush()


def _without(entry: dict[str, str], texts: dict[str, str]) -> dict[str, str]:
    return {key: texts.get(value, value) for key, value in entry.items()}
