"""An e-mail in another language, for who holds it: the link stands in its head."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import LANGUAGES, current_language
from grants.core.kernel.language import gettext as _
from grants.platform.messages.models import Message
from grants.platform.messages.queries import message_on_page
from grants.platform.messages.wording import Words, paragraphs_of
from grants.platform.web.access import public
from grants.platform.web.database import session

pages = Blueprint("emails", __name__, url_prefix="/e-mails")


@pages.get("/<page>")
@public
def show(page: str) -> ResponseReturnValue:
    """The words of one e-mail in the language of the page. Nothing of it is kept by a browser."""
    message = message_on_page(session(), page)
    if message is None:
        raise Missing(_("This e-mail is no longer here."))
    words = _words_in(message, current_language().code)
    drawn = render_template(
        "desk/mail/e_mail.html",
        words=words,
        spoken=LANGUAGES[words.language],
        sent=LANGUAGES.get(message.language, LANGUAGES["en"]),
        paragraphs=paragraphs_of(words.text),
    )
    answer = make_response(drawn)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _words_in(message: Message, code: str) -> Words:
    """In this language if it is there, else as it was sent; a secret is in neither."""
    versions = [Words(message.language, message.subject, message.text)]
    versions += [Words(**words) for words in message.others]
    by_language = {words.language: words for words in versions}
    return by_language.get(code, by_language[message.language])
