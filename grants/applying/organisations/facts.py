"""The facts of an organisation's profile, each declared once with all that is made of it.

To add one: a column of Organisation with its migration, a field of Profile, and a row here.
"""

from typing import Any

from grants.applying.organisations.declared import Fact, Files, Topic, Uses
from grants.applying.organisations.kinds import Budgets, Portal
from grants.applying.organisations.profile import KeyPerson, Profile, Referee, Safeguards
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import LegalStatus
from grants.core.people.models import Organisation
from grants.core.texts.formats import example_day
from grants.platform.profiles import facts
from grants.platform.profiles.facts import Group, Table, rows_of
from grants.platform.profiles.kinds import (
    Choice,
    Country,
    Day,
    Flag,
    LongText,
    Names,
    Number,
    Phone,
    Records,
    Text,
    Web,
    YesNo,
)

SAFEGUARDS = (
    facts.Fact(
        key="psea_policy",
        label=_l("Policy against sexual exploitation and abuse"),
        kind=YesNo(question=_l("Is there a written policy against sexual exploitation and abuse?")),
    ),
    facts.Fact(
        key="child_policy",
        label=_l("Policy for the protection of children"),
        kind=YesNo(question=_l("Is there a written policy for the protection of children?")),
    ),
    facts.Fact(
        key="measures",
        label=_l("How people are kept safe"),
        kind=LongText(
            question=_l("How do you keep victims, staff and volunteers safe?"),
            hint=_l("Recruitment checks, training, code of conduct, security of premises."),
            limit=2000,
        ),
    ),
    facts.Fact(
        key="complaints",
        label=_l("How complaints are handled"),
        kind=LongText(
            question=_l("How can people make a complaint, and how is it handled?"), limit=1500
        ),
    ),
    facts.Fact(
        key="data_protection",
        label=_l("How victims’ information is protected"),
        kind=LongText(question=_l("How do you protect what victims tell you?"), limit=1500),
    ),
)

FACTS = (
    Fact(
        key="name",
        label=_l("Name of the organisation"),
        kind=Text(hint=_l("As shown on the registration certificate."), required=True, limit=200),
        topic=Topic.NAME,
        uses=Uses(first=True, tells="name", verified="not", submitted=True, answers=False),
        files=Files(listed="shown", merged="chosen", imported="Safe Shelter"),
    ),
    Fact(
        key="other_names",
        label=_l("Former and other names"),
        kind=Names(
            hint=_l("One name per line: former names, acronyms, the name in another script.")
        ),
        topic=Topic.NAME,
        uses=Uses(first=False, tells="name", verified="not", submitted=False, answers=False),
        files=Files(listed="offered", merged="both", imported="Shelter of Hope; S.S."),
    ),
    Fact(
        key="legal_status",
        label=_l("Legal status"),
        kind=Choice(question=_l("What type of organisation is it?"), terms=LegalStatus),
        topic=Topic.REGISTRATION,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=True),
        files=Files(listed="offered", merged="chosen", imported="association"),
    ),
    Fact(
        key="country",
        label=_l("Country of registration"),
        kind=Country(required=True),
        topic=Topic.REGISTRATION,
        uses=Uses(first=True, tells="nothing", verified="not", submitted=True, answers=False),
        files=Files(listed="shown", merged="chosen", imported="KE"),
    ),
    Fact(
        key="registration_number",
        label=_l("Registration number"),
        kind=Text(limit=80, code=True),
        topic=Topic.REGISTRATION,
        uses=Uses(first=True, tells="number", verified="needed", submitted=True, answers=False),
        files=Files(listed="shown", merged="chosen", imported="NGO-2009-77"),
    ),
    Fact(
        key="registered_on",
        label=_l("Date of registration"),
        kind=Day(hint=_l("As on the certificate, for example %(day)s.", day=example_day(2019))),
        topic=Topic.REGISTRATION,
        uses=Uses(first=True, tells="nothing", verified="needed", submitted=True, answers=False),
        files=Files(listed="shown", merged="chosen", imported="2009-05-04"),
    ),
    Fact(
        key="website",
        label=_l("Website"),
        kind=Web(),
        topic=Topic.NAME,
        uses=Uses(first=True, tells="website", verified="read", submitted=True, answers=True),
        files=Files(listed="offered", merged="chosen", imported="https://shelter.example"),
    ),
    Fact(
        key="address",
        label=_l("Postal address of the office"),
        kind=Text(hint=_l("Never the address of a shelter."), limit=400),
        topic=Topic.NAME,
        uses=Uses(first=True, tells="contact", verified="needed", submitted=True, answers=True),
        files=Files(listed="offered", merged="chosen", imported="P.O. Box 40, Nairobi"),
    ),
    Fact(
        key="may_be_named",
        label=_l("Name may be published with a grant"),
        kind=YesNo(
            question=_l("May we publish the name of the organisation with its grants?"),
            hint=_l(
                "Choose no if people who work or live there would be at risk. The "
                "public will then see “an organisation” in your country, and never "
                "its name."
            ),
        ),
        topic=Topic.NAME,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=False),
        files=Files(listed="offered", merged="chosen", imported=""),
    ),
    Fact(
        key="telephone",
        label=_l("Telephone of the office"),
        kind=Phone(hint=_l("We call this number before we pay into a new bank account.")),
        topic=Topic.NAME,
        uses=Uses(first=True, tells="contact", verified="read", submitted=False, answers=False),
        files=Files(listed="offered", merged="chosen", imported="+254 20 555 0140"),
    ),
    Fact(
        key="key_persons",
        label=_l("Key persons"),
        kind=Records(
            hint=_l(
                "The head of the organisation, the members of its board, and the "
                "people who sign for it. Their names are compared with the sanctions "
                "list of the United Nations. Without them your organisation cannot be verified."
            ),
            record=KeyPerson,
        ),
        topic=Topic.PEOPLE,
        uses=Uses(first=False, tells="person", verified="needed", submitted=False, answers=False),
        files=Files(
            listed="not",
            merged="both",
            imported="Amina Odhiambo, Director; Peter Mwangi, Treasurer",
        ),
    ),
    Fact(
        key="survivor_led",
        label=_l("Led by survivors"),
        kind=Flag(question=_l("Survivors of trafficking lead this organisation")),
        topic=Topic.PEOPLE,
        uses=Uses(first=True, tells="nothing", verified="not", submitted=False, answers=True),
        files=Files(listed="shown", merged="chosen", imported="no"),
    ),
    Fact(
        key="assists_since",
        label=_l("Has assisted victims since"),
        kind=Number(
            question=_l("Since which year has it directly assisted victims of trafficking?"),
            year=True,
        ),
        topic=Topic.EXPERIENCE,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=False),
        files=Files(listed="offered", merged="chosen", imported="2011"),
    ),
    Fact(
        key="mission",
        label=_l("What it does"),
        kind=LongText(
            question=_l("What does the organisation do?"),
            hint=_l("Its purpose, and its work with victims of trafficking in recent years."),
            limit=1500,
        ),
        topic=Topic.EXPERIENCE,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=True),
        files=Files(listed="not", merged="chosen", imported="Shelter and legal aid."),
    ),
    Fact(
        key="paid_staff",
        label=_l("Paid staff"),
        kind=Number(question=_l("How many paid staff does it have?")),
        topic=Topic.EXPERIENCE,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=False),
        files=Files(listed="offered", merged="chosen", imported="12"),
    ),
    Fact(
        key="volunteers",
        label=_l("Volunteers"),
        kind=Number(question=_l("How many volunteers?")),
        topic=Topic.EXPERIENCE,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=True),
        files=Files(listed="offered", merged="chosen", imported="30"),
    ),
    Fact(
        key="budgets",
        label=_l("Annual budgets"),
        kind=Budgets(
            question=_l("Budget of the last three financial years"),
            hint=_l("The year is the one in which the financial year ended."),
        ),
        topic=Topic.BUDGETS,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=False),
        files=Files(listed="not", merged="chosen", imported=""),
    ),
    Fact(
        key="partner_portal",
        label=_l("Number in the UN Partner Portal"),
        kind=Portal(
            hint=_l("If the organisation has a profile there, for example 23145."), limit=30
        ),
        topic=Topic.REFERENCES,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=True),
        files=Files(listed="offered", merged="chosen", imported="23145"),
    ),
    Fact(
        key="referees",
        label=_l("References"),
        kind=Records(
            hint=_l(
                "Organisations or authorities that know your work and have agreed to be contacted."
            ),
            record=Referee,
        ),
        topic=Topic.REFERENCES,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=False),
        files=Files(listed="not", merged="chosen", imported=""),
    ),
    Fact(
        key="safeguards",
        label=_l("Safeguarding"),
        kind=Group(record=Safeguards, facts=SAFEGUARDS),
        topic=Topic.SAFEGUARDING,
        uses=Uses(first=False, tells="nothing", verified="not", submitted=False, answers=True),
        files=Files(listed="not", merged="chosen", imported=""),
    ),
)

PROFILE = Table(
    Profile,
    FACTS,
    models=(Organisation,),
    besides=(
        "id",
        "code",
        "kind",
        "public_name",
        "merged_into_id",
        "merged_at",
        "created_at",
    ),
)


def profile_of(organisation: Organisation) -> Profile:
    return PROFILE.read(organisation)


def fill(organisation: Organisation, profile: Profile) -> None:
    """Write a profile into the organisation's record."""
    PROFILE.write(profile, organisation)


def telling(how: str) -> list[Fact]:
    """The facts that tell in this way who the organisation is."""
    return [fact for fact in FACTS if fact.uses.tells == how]


def names_of(profile: Profile) -> list[str]:
    """Every name that it states."""
    stated = (fact.of(profile) for fact in telling("name"))
    return [name for names in stated for name in ([names] if isinstance(names, str) else names)]


def parts_of(profile: Profile) -> dict[str, list[tuple[str, str]]]:
    """What its page shows, by heading; under a heading, what is not stated is left out."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for fact in FACTS:
        part = str(fact.topic.part)
        rows = rows_of([fact], profile)
        parts.setdefault(part, []).extend(row for row in rows if row[1] or not part)
    return parts


SUBMITTED = [fact for fact in FACTS if fact.uses.submitted]


def submitted_facts(organisation: Organisation) -> dict[str, Any]:
    """What an application keeps of its organisation, as JSON; None where nothing is stated."""
    profile = profile_of(organisation)
    return {fact.key: fact.kind.plain(fact.of(profile)) or None for fact in SUBMITTED}
