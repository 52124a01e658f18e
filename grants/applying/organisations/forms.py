"""What an organisation says of itself, and whom it invites."""

from grants.applying.organisations.profile import Profile
from grants.applying.organisations.service import Registrant
from grants.core.kernel.language import LANGUAGES, current_language, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Role
from grants.platform.web.fields import (
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    PhoneField,
    RadioField,
    TextField,
    WebField,
)
from grants.platform.web.forms import Form, QueryForm


class ProfileForm(Form):
    """What an organisation says of itself when it registers; its profile has more."""

    name = TextField(
        _l("Name of the organisation"),
        hint=_l("As shown on the registration certificate."),
        required=True,
        limit=200,
    )
    country = CountryField(_l("Country of registration"), required=True)
    registration_number = TextField(_l("Registration number"), limit=80)
    registered_on = DateField(
        _l("Date of registration"), hint=_l("As on the certificate, for example 27 3 2019.")
    )
    website = WebField(_l("Website"))
    address = TextField(
        _l("Postal address of the office"),
        hint=_l("Never the address of a shelter."),
        limit=400,
    )
    telephone = PhoneField(
        _l("Telephone of the office"),
        hint=_l("We call it before we pay to a new bank account."),
    )
    survivor_led = CheckboxField(_l("Survivors of trafficking lead this organisation"))

    def profile(self) -> Profile:
        return Profile(
            self.name.data or "",
            self.country.data or "",
            self.registration_number.data or "",
            self.registered_on.data,
            self.website.data or "",
            self.address.data or "",
            self.telephone.data or "",
            bool(self.survivor_led.data),
        )


class RegistrationForm(ProfileForm):
    """The profile, and who registers."""

    your_name = TextField(_l("Your name"), required=True, limit=120)
    email = EmailField(
        _l("Your e-mail address"),
        hint=_l("We will send a link to this address. Use an address that only you can access."),
        required=True,
    )
    language = RadioField(
        _l("Language of our e-mails to you"),
        [(code, LANGUAGES[code].name) for code in offered()],
        required=True,
        default=lambda: current_language().code,
    )

    def registrant(self) -> Registrant:
        return Registrant(self.your_name.data or "", self.email.data or "", self.language.data)


ROLES = [
    (
        Role.ORGANISATION_READER.value,
        _l("Reader"),
        _l("Reads applications, grants and reports, and changes nothing."),
    ),
    (
        Role.ORGANISATION_EDITOR.value,
        _l("Editor"),
        _l("Writes applications and reports."),
    ),
    (
        Role.ORGANISATION_SIGNATORY.value,
        _l("Signatory"),
        _l("Also submits applications, and signs for the organisation."),
    ),
    (
        Role.ORGANISATION_ADMIN.value,
        _l("Administrator"),
        _l("Also submits, signs, and invites colleagues."),
    ),
]


class InvitationForm(Form):
    """A colleague to be."""

    name = TextField(_l("Their name"), required=True, limit=120)
    email = EmailField(_l("Their e-mail address"), required=True)
    role = RadioField(_l("What will they be able to do?"), ROLES, required=True)


class RoleForm(Form):
    """Another role for a colleague."""

    role = RadioField(_l("What will they be able to do?"), ROLES, required=True)


class OrganisationsFilter(QueryForm):
    """Which organisations a list shows."""

    q = TextField(_l("Name or registration number"), limit=100)
    country = CountryField(_l("Country"))


class ConfirmForm(Form):
    """A button: nothing to fill in."""
