"""Files for translators: a form in one language, out and back in."""

from collections.abc import Iterator

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import FORM, pages, purpose_of_page
from grants.applying.builder.translating_views import (
    FormInLanguage,
    form_in_language,
    translation_page,
)
from grants.applying.form_parts.translation_forms import TranslationForm
from grants.applying.form_translations.texts import Returned, SentText, returned
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.platform.forms.fields import FileField
from grants.platform.forms.forms import Form
from grants.platform.tables.exports import download
from grants.platform.web.access import needs
from grants.platform.web.acts import attempt
from grants.platform.web.downloads import attachment

LARGEST = 5
"""Megabytes of a file."""


class TranslatedFileForm(Form):
    """What a translator has sent back."""

    file = FileField(
        _l("Translated file"),
        hint=_l("The file that you downloaded here, with the translations filled in."),
        accept=(".xlsx", ".xlf", ".xliff"),
        most=LARGEST,
        required=True,
    )


@pages.get(FORM + "/languages/<code>/texts.<any(xlsx, xlf):ending>")
@needs(Permission.CALL_EDIT)
def translation_file(reference: str, code: str, ending: str) -> Response:
    """The texts of the form for a translator: those that are translated, and what is proposed."""
    page = form_in_language(reference, code)
    name = f"{page.call.reference}-{purpose_of_page().value}-{code}"
    if ending == "xlsx":
        heads = [_("Reference"), _("Place"), _("Text"), _("English")]
        heads += [f"{language_name(code)} ({code})", _("Remark")]
        rows = (
            (t.reference, t.where, t.part, t.english, t.words, t.remark)
            for t in _texts_to_send(page)
        )
        return download(name, ending, heads, rows)
    from grants.applying.form_translations.files import to_xliff  # lxml: other pages need none

    content = to_xliff(name, code, _texts_to_send(page))
    return attachment(f"{name}.xlf", "application/xliff+xml", content)


def _texts_to_send(page: FormInLanguage) -> Iterator[SentText]:
    for text in page.texts:
        words = page.words(text)
        remarks = page.remarks(text, words)
        if not words:
            remarks.insert(0, _("Not translated yet"))
        elif not text.words(page.code):
            remarks.insert(0, _("Proposed from an earlier translation: check it"))
        yield SentText(
            text.reference, text.text.where, text.text.part, text.english, words, " ".join(remarks)
        )


@pages.route(FORM + "/languages/<code>/file", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def translated_file(reference: str, code: str) -> ResponseReturnValue:
    """Fill in the texts from a translator's file: they are read on the page, then saved there."""
    page, form = form_in_language(reference, code), TranslatedFileForm()
    if form.validate_on_submit():
        with attempt(form, form.file) as (_opened, outcome):
            back = _read_upload(page, form)
        if outcome:
            return _filled_in(page, back)
    return render_template(
        "applying/builder/translated_file.html",
        call=page.call,
        form=form,
        code=code,
        language_title=language_name(code),
    )


def _read_upload(page: FormInLanguage, form: TranslatedFileForm) -> Returned:
    from grants.applying.form_translations.files import read_file  # lxml: other pages need none

    upload = form.file.data
    file_texts = read_file(str(upload.filename), upload.stream.read(), page.code)
    return returned(page.texts, file_texts)


def _filled_in(page: FormInLanguage, back: Returned) -> str:
    words = [
        (text.name, text.english, back.words.get(text.name) or text.words(page.code))
        for text in page.texts
    ]
    typed = TranslationForm.of(words, from_page=False)
    typed.version.process_data(str(page.call.version))
    return translation_page(page, typed, back)
