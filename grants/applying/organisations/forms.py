"""What an organisation says of itself, and whom it invites."""

from grants.applying.organisations.facts import FACTS
from grants.applying.organisations.profile import Profile
from grants.applying.organisations.service import Registrant
from grants.applying.organisations.topic_forms import INPUTS
from grants.core.kernel.language import LANGUAGES, current_language, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.permissions import Role
from grants.platform.casework.filters import OwnerField, OwnerFilter
from grants.platform.forms.fields import (
    CountryField,
    EmailField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.profiles.forms import ProfileForm, profile_form


class _Registration(ProfileForm):
    """Who registers; what the form asks of the organisation is put before it."""

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

    def profile(self) -> Profile:
        return Profile(**self.stated())


_ASKED_FIRST = [fact for fact in FACTS if fact.uses.first]
RegistrationForm: type[_Registration] = profile_form(
    _Registration,
    _ASKED_FIRST,
    {name: field for fact in _ASKED_FIRST for name, field in INPUTS[fact.key].items()},
)
"""Some facts of the profile, which has more, and who registers."""


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
        _p("organisation", "Administrator"),
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


class OrganisationsFilter(OwnerFilter, QueryForm):
    """Which organisations a list shows."""

    q = TextField(_l("Name or registration number"), limit=100)
    country = CountryField(_l("Country"))
    owner = OwnerField("organisation")
