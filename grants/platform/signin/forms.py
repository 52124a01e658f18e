"""What a person types to sign in."""

from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.credentials import SHORTEST_PASSPHRASE
from grants.platform.web.fields import EmailField, PasswordField, RadioField, TextField
from grants.platform.web.forms import Form


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


class AccountForm(Form):
    """What a person may say of themselves."""

    name = TextField(_l("Your name"), required=True, limit=120)
    language = RadioField(
        _l("Language of your pages and e-mails"),
        [(code, LANGUAGES[code].name) for code in offered()],
        required=True,
    )


class NewPassphraseForm(PassphraseForm):
    """A new passphrase over the old one."""

    present = PasswordField(_l("Your present passphrase"), required=True)
