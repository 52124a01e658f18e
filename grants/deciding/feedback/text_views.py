"""Pages on which a fund gives its letters words of its own, and sees them before they are kept."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import use_language
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import language_name, plain_day
from grants.deciding.feedback.forms import LetterTextForm
from grants.deciding.feedback.views import pages
from grants.deciding.letters.models import Letter, LetterText
from grants.deciding.letters.texts import (
    FACTS,
    Frame,
    example_facts,
    filled,
    newest_texts,
    standard,
    text_of,
    write_text,
)
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.funds import funds_for_viewer

P = Permission


@pages.get("/texts")
@needs(P.CALL_OPEN)
def texts() -> ResponseReturnValue:
    """The letters of each fund in each of its languages, and which have words of their own."""
    funds = funds_for_viewer(P.CALL_OPEN)
    texts_written = newest_texts(session(), [fund.id for fund in funds])
    return render_template(
        "deciding/feedback/texts.html",
        funds=[(fund, _letters_of(fund, texts_written)) for fund in funds],
    )


def _letters_of(
    fund: Fund, texts_written: Mapping[tuple[int, Letter, str], LetterText]
) -> list[list[Any]]:
    """Each letter in each language: its name as a link, the language, whose words it has."""
    return [
        [
            Link(
                letter.label,
                url_for("feedback.text", code=fund.code, letter=letter.value, language=code),
            ),
            language_name(code),
            _whose_words(fund, texts_written.get((fund.id, letter, code))),
        ]
        for letter in Letter
        for code in fund.languages
    ]


def _whose_words(fund: Fund, fund_text: LetterText | None) -> str:
    if fund_text and (fund_text.opening or fund_text.closing):
        return _("Own text since %(day)s", day=plain_day(fund.day_of(fund_text.written_at)))
    return _("Standard text")


def _fund_and_letter(code: str, letter: str, language: str) -> tuple[Fund, Letter]:
    fund = fund_by_code(session(), code)
    is_letter = letter in {kind.value for kind in Letter}
    if (
        not is_letter
        or language not in fund.languages
        or not viewer().may(P.CALL_OPEN, Scope(fund.id))
    ):
        raise Missing(_("Letter not found."))
    return fund, Letter.of(letter)


@pages.route("/texts/<code>/<letter>/<language>", methods=["GET", "POST"])
@needs(P.CALL_OPEN)
def text(code: str, letter: str, language: str) -> ResponseReturnValue:
    """How one letter begins and ends in one language: written, looked at, then kept."""
    fund, which = _fund_and_letter(code, letter, language)
    with use_language(language) as spoken:
        usual = standard(which)
    fund_text = text_of(session(), fund.id, which, language)
    form = LetterTextForm(
        data={"opening": fund_text.opening, "closing": fund_text.closing} if fund_text else {}
    )
    if form.validate_on_submit() and "look" not in request.form:
        with attempt(form) as (opened, outcome):
            write_text(opened, fund, which, language, form.words(), this_act())
        if outcome:
            flash(_("Saved. Letters already sent do not change."), "success")
            return redirect(url_for("feedback.texts"))
    return render_template(
        "deciding/feedback/text.html",
        form=form,
        fund=fund,
        letter=which,
        language_called=language_name(language),
        spoken=spoken,
        usual=usual,
        facts=FACTS,
        seen=_example_frame(fund, language, form.words(), usual),
    )


def _example_frame(fund: Fund, language: str, words: Frame, usual: Frame) -> Frame:
    """How the letter would begin and end for an example."""
    facts = example_facts(fund, language)
    return Frame(
        filled(words.opening or usual.opening, facts), filled(words.closing or usual.closing, facts)
    )
