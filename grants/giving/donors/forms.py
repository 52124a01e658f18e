"""What is filled in about a donor and its contacts: by the fund's people or the donor's own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.donors.facts import FACTS, Language, Profile, facts_of, profile_of
from grants.giving.donors.models import Contact, ContactRole, Donor, Honorific, Way
from grants.giving.donors.queries import Criteria
from grants.giving.donors.roles import ROLES
from grants.giving.donors.service import Card
from grants.integrity.diligence.queries import Clearance
from grants.platform.casework.filters import OwnerField, OwnerFilter
from grants.platform.forms.fields import (
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    LongTextField,
    PhoneField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.profiles import forms as profiles
from grants.platform.profiles.forms import Asking
from grants.platform.profiles.kinds import Kind


class DonorsFilter(OwnerFilter, QueryForm):
    """Which donors to list."""

    q = TextField(_l("Name or code"), limit=100)
    kind = SelectField(_l("Type of donor"), DonorKind)
    country = CountryField(_l("Country"))
    clearance = SelectField(_l("Due diligence"), Clearance)
    owner = OwnerField("donor")
    unconfirmed = CheckboxField(_l("Only donors whose sender is to be confirmed"))
    signatory = CheckboxField(_l("Only donors with a signatory to confirm"))

    @property
    def criteria(self) -> Criteria:
        return Criteria(
            self.q.data or "",
            self.kind.data,
            self.country.data or "",
            self.clearance.data,
            bool(self.unconfirmed.data),
            bool(self.signatory.data),
            self.owner_id,
        )


class ConfirmSenderForm(Form):
    """How the fund knows that a sender speaks for its State."""

    reason = LongTextField(
        _l("How do you know that the sender represents this Member State?"),
        hint=_l(
            "For example: note verbale of 3 May 2026, or a call to the permanent mission at "
            "the number in the protocol list."
        ),
        required=True,
        limit=1000,
        rows=4,
    )


class NewDonorForm(Form):
    """A donor that is not known here yet; the pledge may come later."""

    name = TextField(_l("Name"), required=True, limit=200)
    kind = RadioField(_l("Type of donor"), DonorKind, required=True)
    country = CountryField(_l("Country"))


def languages() -> list[tuple[str, str]]:
    return [(code, LANGUAGES[code].name) for code in offered()]


ASKED_BY: Mapping[type[Kind], Asking] = {
    Language: lambda _kind, asked: SelectField(choices=languages, **asked)
}


class _Profile(profiles.ProfileForm):
    """What is known of a donor, as far as the person may change it."""

    def __init__(self, *args: Any, donor: Donor, by_donor: bool, **options: Any) -> None:
        self.before = profile_of(donor)
        super().__init__(*args, data=profiles.typed_of(FACTS, self.before), **options)
        visible = [fact for fact in facts_of(donor) if not by_donor or fact.changed == "both"]
        for fact in FACTS:
            if fact not in visible:
                del self[fact.key]
        self.facts = visible

    def profile(self) -> Profile:
        """What is asked for as it was answered, the rest as it is known."""
        return replace(self.before, **self.stated())


ProfileForm: type[_Profile] = profiles.profile_form(
    _Profile, FACTS, profiles.inputs_of(FACTS, ASKED_BY)
)


class AccessForm(Form):
    """What a colleague may do for the donor."""

    may = RadioField(_l("What will they be able to do?"), ROLES, required=True)

    @property
    def chosen(self) -> Role:
        return Role(self.may.data)


class SignatoryForm(Form):
    """How the fund knows that a person signs for a State."""

    reason = LongTextField(
        _l("How do you know that this person may sign for the Member State?"),
        hint=_l("For example: note verbale of 3 May 2026 naming the new signatory."),
        required=True,
        limit=1000,
        rows=4,
    )


class RefuseSignatoryForm(Form):
    """Why a person does not sign for a State."""

    reason = LongTextField(
        _l("Why can their signature not be accepted?"),
        hint=_l("They will see this, and can send you what is missing."),
        required=True,
        limit=1000,
        rows=4,
    )


class HandOverForm(Form):
    """Who takes over from a contact, and when."""

    successor = SelectField(
        _l("Who takes over?"), missing=_l("Choose a contact person."), required=True
    )
    last_day = DateField(
        _l("Last day of the person who leaves"),
        hint=_l(
            "Their access ends after this day. Without a date it ends when the colleague has "
            "joined."
        ),
        first=clock.today,
    )

    def __init__(self, *args: Any, others: Sequence[Contact], **options: Any) -> None:
        self.others = others
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.successor.choices = [(str(other.id), other.name) for other in self.others]
        super().process(formdata, *args, **options)

    @property
    def chosen(self) -> Contact:
        return next(other for other in self.others if str(other.id) == self.successor.data)


class CardForm(Form):
    """A contact: who they are, and how they like to be reached."""

    name = TextField(_p("person", "Name"), required=True, limit=120)
    honorific = SelectField(
        _l("Form of address"),
        Honorific,
        hint=_l("Letters to an ambassador begin with “Excellency”."),
    )
    function = TextField(_l("Job title"), hint=_l("As on their business card."), limit=160)
    role = SelectField(_l("Contact person for"), ContactRole, required=True)
    email = EmailField(_l("E-mail address"))
    phone = PhoneField(_l("Telephone"))
    language = SelectField(_l("Language"), languages, required=True, default="en")
    way = RadioField(_l("Preferred means of contact"), Way, required=True, default=Way.EMAIL)
    takes_appeals = CheckboxField(
        _l("Appeals may be sent to them"),
        hint=_l("Letters about the donor’s own pledges are sent in any case."),
        default=True,
    )

    may = RadioField(
        _l("May this person sign in?"),
        [("", _l("No"), _l("They only receive letters and e-mails.")), *ROLES],
        default="",
    )

    @property
    def invited_as(self) -> Role | None:
        """In which role they are invited at once, if they are."""
        return Role(self.may.data) if self.may.data else None

    @classmethod
    def of(cls, card: Card) -> "CardForm":
        return cls(data={name: getattr(card, name) for name in card.__slots__})

    def card(self) -> Card:
        return Card(
            self.name.data or "",
            self.function.data or "",
            self.role.data,
            self.email.data or "",
            self.phone.data or "",
            self.language.data or "en",
            self.way.data,
            bool(self.takes_appeals.data),
            self.honorific.data,
        )
