"""What a reviewer can judge: it decides which applications are assigned to them."""

from dataclasses import dataclass

from babel import Locale
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.countries.countries import country_name
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import current_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import RegionalGroup, Service
from grants.core.people.models import Expertise, Person
from grants.core.people.permissions import Permission
from grants.core.texts.marks import spaced
from grants.platform.messages.service import Recipient, send
from grants.platform.staff.queries import expertise_of

READ = ("ar", "zh", "en", "fr", "ru", "es", "pt")
"""Languages in which reviewers may read applications: those of the United Nations, Portuguese."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a reviewer can judge: codes of languages, regional groups, kinds of aid."""

    languages: tuple[str, ...]
    regions: tuple[RegionalGroup, ...]
    aid: tuple[Service, ...]
    country: str | None = None


def describe_expertise(session: Session, person: Person, knowledge: Knowledge, act: Act) -> bool:
    """Note the languages, regions and kinds of aid that a reviewer knows, and the own country.

    Has the reviewer been told? They are of each change that another person made.
    """
    act.demand(Permission.PEOPLE_INVITE, None)
    if not set(knowledge.languages) <= set(READ):
        raise DomainError(_("Choose languages from the list."))
    expertise = expertise_of(session, person)
    before = _facts_of(expertise)
    expertise.languages = list(knowledge.languages)
    expertise.regions = [region.value for region in knowledge.regions]
    expertise.aid = [kind.value for kind in knowledge.aid]
    expertise.country = knowledge.country
    if _facts_of(expertise) == before:
        return False
    session.add(expertise)
    record(session, person, "describe_expertise", act, **_facts_of(expertise))
    if act.actor.person_id == person.id:
        return False
    send(
        session,
        Recipient.of(person),
        "platform/staff/expertise",
        event=f"person:{person.id}:expertise:{act.at.isoformat()}",
        by=act.actor.name,
        words=lambda: in_words(expertise),
    )
    return True


def _facts_of(expertise: Expertise) -> dict[str, list[str] | str | None]:
    """What is known, as the trail keeps it."""
    return {
        "languages": list(expertise.languages),
        "regions": list(expertise.regions),
        "aid": list(expertise.aid),
        "country": expertise.country,
    }


def in_words(expertise: Expertise) -> dict[str, str]:
    """What a reviewer knows, in the reader's language."""
    languages = dict(spoken())
    return {
        "languages": spaced(",").join(languages[code] for code in expertise.languages),
        "regions": spaced(",").join(
            str(RegionalGroup.of(code).label) for code in expertise.regions
        ),
        "aid": spaced(",").join(str(Service.of(code).label) for code in expertise.aid),
        "country": country_name(expertise.country or ""),
    }


def spoken() -> list[tuple[str, str]]:
    """The languages by their codes, named in the reader's language."""
    names = Locale.parse(current_language().locale).languages
    return [(code, str(names[code])) for code in READ]
