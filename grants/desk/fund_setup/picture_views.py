"""Pages on which a fund's mark and signatures are uploaded and removed."""

from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.models import Fund, FundPicture, PictureKind
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.desk.fund_setup.forms import PictureForm
from grants.desk.fund_setup.pictures import put_picture, redrawn, remove_picture
from grants.desk.fund_setup.views import described_fund, pages
from grants.platform.file_checks.checks import Upload
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.face import forget_funds

P = Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A picture that a fund has or may have: the mark, or the signature of its nth signatory."""

    name: str
    kind: PictureKind
    whose: str
    picture: FundPicture | None

    @property
    def title(self) -> str:
        if self.kind is PictureKind.MARK:
            return _("Logo of the fund")
        return _("Signature of %(name)s", name=self.whose)


def places_of(fund: Fund) -> list[Place]:
    """The mark, then a signature for each signatory."""
    places = [("mark", PictureKind.MARK, "")]
    for number, signatory in enumerate(fund.signatories, 1):
        places.append((f"signature-{number}", PictureKind.SIGNATURE, signatory["name"]))
    return [Place(name, kind, whose, fund.picture(kind, whose)) for name, kind, whose in places]


def _place_by_name(fund: Fund, name: str) -> Place:
    for place in places_of(fund):
        if place.name == name:
            return place
    raise Missing(_("Page not found."))


@pages.get("/<code>/pictures")
@needs(P.FUND_DESCRIBE)
def pictures(code: str) -> ResponseReturnValue:
    """The pictures that the fund has, and those that it may have."""
    fund = described_fund(code)
    return render_template("desk/fund_setup/pictures.html", fund=fund, places=places_of(fund))


@pages.route("/<code>/pictures/<name>", methods=["GET", "POST"])
@needs(P.FUND_DESCRIBE)
def picture(code: str, name: str) -> ResponseReturnValue:
    """Upload one picture, or remove it."""
    fund = described_fund(code)
    place = _place_by_name(fund, name)
    form = PictureForm()
    if "remove" in request.form:
        with attempt(form) as (opened, outcome):
            remove_picture(opened, fund, place.kind, place.whose, this_act())
        if outcome:
            forget_funds()
            flash(_("Removed."), "success")
            return redirect(url_for("fund_setup.pictures", code=fund.code))
    elif form.validate_on_submit():
        with attempt(form, at=form.file) as (opened, outcome):
            file = form.file.data
            content = redrawn(Upload.of(file.filename, file.stream))
            new = FundPicture(kind=place.kind, whose=place.whose, content=content)
            put_picture(opened, fund, new, this_act())
        if outcome:
            forget_funds()
            flash(_("Saved."), "success")
            return redirect(url_for("fund_setup.pictures", code=fund.code))
    return render_template("desk/fund_setup/picture.html", fund=fund, place=place, form=form)


@pages.get("/<code>/pictures/<name>.png")
@needs(P.FUND_DESCRIBE)
def picture_file(code: str, name: str) -> ResponseReturnValue:
    """One picture as it is kept, for those who describe the fund."""
    picture = _place_by_name(described_fund(code), name).picture
    if picture is None:
        raise Missing(_("This picture no longer exists."))
    return Response(picture.content, mimetype="image/png")
