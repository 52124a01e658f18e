"""What each topic of an organisation's profile asks: a page of a few questions.

A new topic is a class here and a line in TOPICS, in topics.py.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, ClassVar, Self

from grants.applying.organisations.fields import PartnerPortalField, YearField
from grants.applying.organisations.profile import (
    KeyPerson,
    Profile,
    Referee,
    Safeguards,
    YearBudget,
)
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, currencies
from grants.core.kernel.taxonomies import LegalStatus
from grants.platform.web.fields import (
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    LongTextField,
    NumberField,
    PhoneField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
    WebField,
    YesNoField,
)
from grants.platform.web.forms import Form


class TopicForm(Form):
    """A part of the profile. What it asks has the name that the profile gives it."""

    title: ClassVar[str]

    @classmethod
    def of(cls, known: Profile) -> Self:
        return cls(data=cls.shown(known))

    @classmethod
    def shown(cls, known: Profile) -> Mapping[str, Any]:
        """What the profile says, by the names of the fields."""
        return {item.name: getattr(known, item.name) for item in fields(known)}

    def said(self) -> Mapping[str, Any]:
        """What was entered, by the names of the profile; empty answers as the profile has them."""
        names = {item.name for item in fields(Profile)}
        return {field.short_name: field.data for field in self if field.short_name in names}

    def profile(self, before: Profile) -> Profile:
        """The profile with what was entered here."""
        return replace(before, **self.said())


class NameForm(TopicForm):
    """How it is called and found."""

    title = _l("Name and address")
    name = TextField(
        _l("Name of the organisation"),
        hint=_l("As shown on the registration certificate."),
        required=True,
        limit=200,
    )
    other_names = LongTextField(
        _l("Former and other names"),
        hint=_l("One name per line: former names, acronyms, the name in another script."),
        limit=2000,
        rows=3,
    )
    website = WebField(_l("Website"))
    address = TextField(
        _l("Postal address of the office"), hint=_l("Never the address of a shelter."), limit=400
    )
    telephone = PhoneField(
        _l("Telephone of the office"),
        hint=_l("We call it before we pay to a new bank account."),
    )

    @classmethod
    def shown(cls, known: Profile) -> Mapping[str, Any]:
        return {**super().shown(known), "other_names": "\n".join(known.other_names)}

    def said(self) -> Mapping[str, Any]:
        names = str(self.other_names.data or "").splitlines()
        return {**super().said(), "other_names": tuple(names)}


class RegistrationTopic(TopicForm):
    """What it is in law."""

    title = _l("Registration")
    legal_status = RadioField(_l("What type of organisation is it?"), LegalStatus.choices)
    country = CountryField(_l("Country of registration"), required=True)
    registration_number = TextField(_l("Registration number"), limit=80)
    registered_on = DateField(
        _l("Date of registration"), hint=_l("As on the certificate, for example 27 3 2019.")
    )

    def said(self) -> Mapping[str, Any]:
        return {**super().said(), "legal_status": self.legal_status.data or ""}


class KeyPersonRow(Row):
    """A person who leads the organisation or signs for it."""

    name = TextField(_l("Full name"), required=True, limit=120)
    role = TextField(_l("Job title"), limit=120)


class PeopleForm(TopicForm):
    """Who leads it."""

    title = _l("People who lead it")
    key_persons = RowsField(
        KeyPersonRow,
        _l("Key persons"),
        hint=_l(
            "The head of the organisation, the members of its board, and the persons who sign for "
            "it. Their names are compared with the sanctions list of the United Nations."
        ),
        most=30,
        shown=1,
        add_label=_l("Add a person"),
    )
    survivor_led = CheckboxField(_l("Survivors of trafficking lead this organisation"))

    @classmethod
    def shown(cls, known: Profile) -> Mapping[str, Any]:
        persons = [asdict(person) for person in known.key_persons]
        return {**super().shown(known), "key_persons": persons}

    def said(self) -> Mapping[str, Any]:
        rows = [KeyPerson(row["name"], row["role"] or "") for row in self.key_persons.data]
        named = tuple(person for person in rows if person.name)
        return {"key_persons": named, "survivor_led": bool(self.survivor_led.data)}


class ExperienceForm(TopicForm):
    """What it does, and for how long."""

    title = _l("Experience")
    assists_since = YearField(
        _l("Since which year has it directly assisted victims of trafficking?")
    )
    mission = LongTextField(
        _l("What does the organisation do?"),
        hint=_l("Its purpose, and its work with victims of trafficking in the last years."),
        limit=1500,
    )
    paid_staff = NumberField(_l("How many paid staff does it have?"), width=5)
    volunteers = NumberField(_l("How many volunteers?"), width=5)


class BudgetRow(Row):
    """A financial year."""

    year = YearField(_l("Year"), required=True)
    amount = NumberField(_l("Budget"), places=2, required=True)


class BudgetsForm(TopicForm):
    """What it had to spend."""

    title = _l("Annual budget")
    accounts_in = SelectField(
        _l("Currency of your accounts"), lambda: [(code, code) for code in sorted(currencies())]
    )
    budgets = RowsField(
        BudgetRow,
        _l("Budget of the last three financial years"),
        hint=_l("The year is the one in which the financial year ended."),
        most=3,
        shown=1,
        add_label=_l("Add a year"),
    )

    @classmethod
    def shown(cls, known: Profile) -> Mapping[str, Any]:
        rows = [{"year": one.year, "amount": str(one.amount)} for one in known.budgets]
        currency = known.budgets[0].amount.currency if rows else "USD"
        return {"budgets": rows, "accounts_in": currency}

    def validate(self, *args: Any, **options: Any) -> bool:
        """Each year once."""
        sound = bool(super().validate(*args, **options))
        years = [row["year"] for row in self.budgets.data]
        if sound and len(set(years)) < len(years):
            self.budgets.errors = [_("Enter each year only once.")]
            return False
        return sound

    def said(self) -> Mapping[str, Any]:
        currency = self.accounts_in.data or "USD"
        found = [
            YearBudget(row["year"], Money.parse(str(row["amount"]), currency))
            for row in self.budgets.data
        ]
        return {"budgets": tuple(sorted(found, key=lambda one: one.year, reverse=True))}


class RefereeRow(Row):
    """An organisation or authority to ask, and the person there."""

    organisation = TextField(_l("Organisation or authority"), required=True, limit=150)
    name = TextField(_l("Person to contact"), limit=120)
    email = EmailField(_l("E-mail address"))


class ReferencesForm(TopicForm):
    """Who knows its work."""

    title = _l("UN Partner Portal and references")
    partner_portal = PartnerPortalField(
        _l("Number in the UN Partner Portal"),
        hint=_l("If the organisation has a profile there, for example 23145."),
        width=12,
        limit=30,
    )
    referees = RowsField(
        RefereeRow,
        _l("References"),
        hint=_l("Organisations or authorities that know your work and agree to be asked."),
        most=5,
        shown=1,
        add_label=_l("Add a reference"),
    )

    @classmethod
    def shown(cls, known: Profile) -> Mapping[str, Any]:
        referees = [asdict(one) for one in known.referees]
        return {"partner_portal": known.partner_portal, "referees": referees}

    def said(self) -> Mapping[str, Any]:
        rows = [
            Referee(row["organisation"], row["name"] or "", row["email"] or "")
            for row in self.referees.data
        ]
        return {"partner_portal": self.partner_portal.data or "", "referees": tuple(rows)}


class SafeguardsForm(TopicForm):
    """How it keeps people safe."""

    title = _l("Safeguarding")
    psea_policy = YesNoField(_l("Is there a written policy against sexual exploitation and abuse?"))
    child_policy = YesNoField(_l("Is there a written policy for the protection of children?"))
    measures = LongTextField(
        _l("How do you keep victims, staff and volunteers safe?"),
        hint=_l("Recruitment checks, training, code of conduct, security of premises."),
        limit=2000,
    )
    complaints = LongTextField(
        _l("How can people make a complaint, and how is it handled?"), limit=1500
    )
    data_protection = LongTextField(_l("How do you protect what victims tell you?"), limit=1500)

    @classmethod
    def shown(cls, known: Profile) -> Mapping[str, Any]:
        return asdict(known.safeguards)

    def said(self) -> Mapping[str, Any]:
        names = {item.name for item in fields(Safeguards)}
        said = {field.short_name: field.data for field in self if field.short_name in names}
        return {"safeguards": Safeguards(**said)}
