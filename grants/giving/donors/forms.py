"""What is filled in about a donor and its contacts: by the fund's people or the donor's own."""

from collections.abc import Sequence
from typing import Any

from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.giving.donors.models import Contact, ContactRole, Donor, Way
from grants.giving.donors.queries import Wanted
from grants.giving.donors.service import Card, Profile, profile_of
from grants.integrity.diligence.queries import Clearance
from grants.platform.web.fields import (
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    LongTextField,
    PhoneField,
    RadioField,
    SelectField,
    TextField,
    WebField,
)
from grants.platform.web.forms import Form, QueryForm


class DonorsFilter(QueryForm):
    """Which donors to list."""

    q = TextField(_l("Name or code"), limit=100)
    kind = SelectField(_l("Type of donor"), DonorKind)
    country = CountryField(_l("Country"))
    clearance = SelectField(_l("Due diligence"), Clearance)
    unconfirmed = CheckboxField(_l("Only donors whose sender is to be confirmed"))

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            self.q.data or "",
            self.kind.data,
            self.country.data or "",
            self.clearance.data,
            bool(self.unconfirmed.data),
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


class ProfileForm(Form):
    """What is known of a donor. Its name and the notes only the fund's people change."""

    name = TextField(_l("Name"), required=True, limit=200)
    other_names = LongTextField(
        _l("Other names"),
        hint=_l("Acronyms, former names and names in other scripts, one per line."),
        limit=1000,
        rows=3,
    )
    country = CountryField(_l("Country"))
    language = SelectField(_l("Language of correspondence"), languages, required=True)
    website = WebField(_l("Website"))
    address = LongTextField(_l("Address"), limit=400, rows=3)
    mailing_address = LongTextField(
        _l("Address for letters"), hint=_l("If it is different."), limit=400, rows=3
    )
    registration_number = TextField(_l("Registration number"), limit=80)
    registered_on = DateField(_l("Date of registration"))
    public_name = CheckboxField(_l("This donor’s name may be published"))
    notes = LongTextField(
        _l("Notes"), hint=_l("Only fund staff can read them."), limit=4000, rows=5
    )

    def __init__(self, *args: Any, donor: Donor, own: bool, **options: Any) -> None:
        self.known = profile_of(donor)
        facts = {name: getattr(self.known, name) for name in self.known.__slots__}
        facts["other_names"] = "\n".join(self.known.other_names)
        super().__init__(*args, data=facts, **options)
        if own:
            del self.name, self.notes
        if donor.organisation.kind in (DonorKind.MEMBER_STATE, DonorKind.INDIVIDUAL):
            del self.registration_number, self.registered_on

    def profile(self) -> Profile:
        """What is asked for as it was answered, the rest as it is known."""

        def answered(name: str) -> Any:
            return self[name].data if name in self else getattr(self.known, name)

        return Profile(
            name=answered("name"),
            country=answered("country"),
            other_names=tuple(str(self.other_names.data or "").splitlines()),
            language=answered("language"),
            website=answered("website"),
            address=answered("address"),
            mailing_address=answered("mailing_address"),
            registration_number=answered("registration_number"),
            registered_on=answered("registered_on"),
            public_name=bool(answered("public_name")),
            notes=answered("notes"),
        )


class HandOverForm(Form):
    """Who takes over from a contact."""

    successor = SelectField(
        _l("Who takes over?"), missing=_l("Choose a contact person."), required=True
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

    name = TextField(_l("Name"), required=True, limit=120)
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

    invite = CheckboxField(
        _l("Invite them by e-mail to sign in"),
        hint=_l("They will see the pledges of this donor and act on them."),
    )

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
        )
