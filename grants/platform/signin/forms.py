"""What a person types to sign in."""

from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.people.passphrases import SHORTEST_PASSPHRASE
from grants.platform.forms.fields import (
    CheckboxField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form


class SignInForm(Form):
    """E-mail and passphrase."""

    email = EmailField(_l("E-mail address"), required=True)
    passphrase = PasswordField(_l("Passphrase"), required=True)


class SignInHere(Form):
    """E-mail and passphrase beside the answers of another form."""

    sign_in_email = EmailField(_l("E-mail address"), required=True)
    sign_in_passphrase = PasswordField(_l("Passphrase"), required=True)


class LinkForm(Form):
    """Where to send a link."""

    email = EmailField(_l("E-mail address"), required=True)


class PassphraseForm(Form):
    """A new passphrase."""

    passphrase = PasswordField(
        _l("Your new passphrase"),
        hint=_l(
            "At least %(count)s characters. A short sentence is safe and easy to remember.",
            count=SHORTEST_PASSPHRASE,
        ),
        required=True,
    )


class CodeForm(Form):
    """A code of a second factor."""

    code = TextField(
        _p("signing in", "Code"),
        hint=_l("The six digits that your authenticator app shows, or one of your recovery codes."),
        required=True,
        limit=40,
        autocomplete="one-time-code",
        width=20,
    )


class PassphraseHere(Form):
    """The passphrase once more, of a person who has no second factor."""

    sign_in_passphrase = PasswordField(_l("Passphrase"), required=True)


class CodeHere(Form):
    """A code beside the answers of another form, or the answer of a device with a passkey."""

    asks = False
    sign_in_code = TextField(
        _p("signing in", "Code"),
        hint=_l("The six digits that your authenticator app shows, or one of your recovery codes."),
        limit=40,
        autocomplete="one-time-code",
        width=20,
    )
    sign_in_passkey = HiddenField(limit=8000)


class PasskeyForm(Form):
    """The answer of a device that holds a passkey."""

    passkey = HiddenField(limit=8000)


class NewPasskeyForm(PasskeyForm):
    """A new passkey, and what its owner calls the device."""

    name = TextField(
        _l("Name of the device"),
        hint=_l("So that you recognise it later, for example “Phone”."),
        required=True,
        limit=80,
    )


class AppForm(Form):
    """An authenticator app that has read the secret, and shows its first code."""

    secret = HiddenField()
    name = TextField(
        _l("Name of the device"),
        hint=_l("So that you recognise it later, for example “Phone”."),
        required=True,
        limit=80,
    )
    code = TextField(
        _l("Code that the app shows"),
        required=True,
        limit=10,
        autocomplete="one-time-code",
        width=10,
    )


class AccountForm(Form):
    """What a person may say of themselves."""

    name = TextField(_l("Your name"), required=True, limit=120)
    language = RadioField(
        _l("Language of your pages and e-mails"),
        [(code, LANGUAGES[code].name) for code in offered()],
        required=True,
    )


class StaffAccountForm(AccountForm):
    """What the fund's people may say of themselves, and how they like to work."""

    rows = RadioField(
        _l("Rows of lists"),
        [("compact", _l("Compact: as many as the screen holds")), ("roomy", _l("Comfortable"))],
        required=True,
    )
    shortcuts = CheckboxField(
        _l("Use keyboard shortcuts"),
        hint=_l("Single keys lead to pages and through lists. Press ? to see them."),
    )


class NewPassphraseForm(PassphraseForm):
    """A new passphrase over the old one."""

    present = PasswordField(_l("Your current passphrase"), required=True)
