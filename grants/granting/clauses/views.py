"""Pages on which a fund words the clauses of its agreements, and sees them before they are kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import LANGUAGES
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.granting.clauses.service import proposal, text_of, versions_of, write_clauses
from grants.granting.clauses.wording import Clause, read, written
from grants.platform.forms.fields import HiddenField, LongTextField
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session
from grants.platform.web.funds import fund_for_viewer

pages = Blueprint("clauses", __name__, url_prefix="/clauses")
P = Permission
LIMIT = 60_000


class ClausesForm(Form):
    """All clauses of one language."""

    version = HiddenField()
    text = LongTextField(
        _l("Clauses"),
        hint=_l(
            "A line that begins with # is the heading of a clause. An empty line "
            "separates paragraphs. Numbers are added automatically: 1, 1.1, 1.2."
        ),
        limit=LIMIT,
        rows=30,
        counted=False,
        required=True,
    )


def _fund_of(code: str, language: str = "") -> Fund:
    fund = fund_for_viewer(code, P.AGREEMENT_SIGN)
    if language and language not in fund.languages:
        raise Missing(_("The fund does not write in this language."))
    return fund


@pages.get("/<code>")
@needs(P.AGREEMENT_SIGN)
def index(code: str) -> ResponseReturnValue:
    """The languages in which a fund has agreements, and whose words each has."""
    fund = _fund_of(code)
    texts = {language: text_of(session(), fund.id, language) for language in fund.languages}
    return render_template(
        "granting/clauses/index.html", fund=fund, texts=texts, language_name=language_name
    )


@pages.route("/<code>/<language>", methods=["GET", "POST"])
@needs(P.AGREEMENT_SIGN)
def edit(code: str, language: str) -> ResponseReturnValue:
    """The clauses of one language: written, looked at, then kept as a new version."""
    fund = _fund_of(code, language)
    now = text_of(session(), fund.id, language)
    wording = now.wording if now else proposal(language)
    form = ClausesForm(data={"version": str(now.number if now else 0), "text": written(wording)})
    if form.validate_on_submit() and "look" not in request.form:
        with attempt(form) as (opened, outcome):
            version = counted(form.version.data)
            write_clauses(opened, fund, language, form.text.data, this_act(), version=version)
        if outcome:
            flash(_("Saved. Agreements already sent keep their earlier clauses."), "success")
            return redirect(url_for("clauses.index", code=code))
    return render_template(
        "granting/clauses/edit.html",
        fund=fund,
        form=form,
        spoken=LANGUAGES[language],
        language_called=language_name(language),
        seen=_seen(form, wording),
        versions=versions_of(session(), fund.id, language),
    )


def _seen(form: ClausesForm, wording: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """The clauses as they would be printed; while the text cannot be numbered, as they are."""
    try:
        return read(form.text.data or "")
    except DomainError as fault:
        if "look" in request.form:
            form.complain("text", fault.message)
        return wording


@pages.get("/<code>/<language>/versions/<int:number>")
@needs(P.AGREEMENT_SIGN)
def version(code: str, language: str, number: int) -> ResponseReturnValue:
    """One version, with which earlier agreements went out."""
    fund = _fund_of(code, language)
    text = next(
        (text for text in versions_of(session(), fund.id, language) if text.number == number), None
    )
    if text is None:
        raise Missing(_("This version was not found."))
    return render_template(
        "granting/clauses/version.html",
        fund=fund,
        text=text,
        spoken=LANGUAGES[language],
        language_called=language_name(language),
    )
