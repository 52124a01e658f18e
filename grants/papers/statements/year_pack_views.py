"""The papers of a donor and a year as one archive, for those who read the donor's statements."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.queries import organisation_by_code
from grants.papers.statements.readers import of_donor
from grants.papers.statements.views import ZIP, pages
from grants.papers.statements.year_pack import pack_of_year, years_of
from grants.platform.tables.large import as_of_order, making
from grants.platform.web.access import signed_in, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import note_opening


@pages.get("/statements/years/<code>/<int:year>.zip")
@signed_in
def papers_of_year(code: str, year: int) -> ResponseReturnValue:
    """All papers of a donor and a year with a list of them, made by the worker."""
    of_donor(session(), viewer(), code)
    donor = organisation_by_code(session(), code)
    if year not in years_of(session(), donor):
        raise Missing(_("There are no papers of this year."))
    name = f"{donor.code}-{year}.zip"
    if making() is None:
        note_opening(name, None)

    def packed() -> Response:
        archive = pack_of_year(session(), donor, year)
        return send_file(archive, ZIP, as_attachment=True, download_name=name)

    return as_of_order(packed, "papers of a year", donor.code, year)
