"""The papers of a donor and a year, or of all years, as one archive, for those who read the donor's
statements.
"""

from collections.abc import Sequence

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.queries import organisation_by_code
from grants.papers.statements.readers import of_donor
from grants.papers.statements.views import ZIP, pages
from grants.papers.statements.year_pack import name_of_pack, pack_of_years, years_of
from grants.platform.tables.large import as_of_order, making
from grants.platform.web.access import signed_in, viewer
from grants.platform.web.database import session
from grants.platform.web.downloads import note_opening


@pages.get("/statements/years/<code>/<int:year>.zip")
@signed_in
def papers_of_year(code: str, year: int) -> ResponseReturnValue:
    """All papers of a donor and a year with a list of them, made by the worker."""
    donor, years = _donor_and_years(code)
    if year not in years:
        raise Missing(_("There are no papers for this year."))
    return _papers_of(donor, [year])


@pages.get("/statements/years/<code>/all.zip")
@signed_in
def papers_of_all_years(code: str) -> ResponseReturnValue:
    """All papers of a donor with a list of them, a folder for each year, made by the worker."""
    donor, years = _donor_and_years(code)
    if not years:
        raise Missing(_("There are no papers yet."))
    return _papers_of(donor, years)


def _donor_and_years(code: str) -> tuple[Organisation, list[int]]:
    of_donor(session(), viewer(), code)
    donor = organisation_by_code(session(), code)
    return donor, years_of(session(), donor)


def _papers_of(donor: Organisation, years: Sequence[int]) -> ResponseReturnValue:
    name = f"{name_of_pack(donor, years)}.zip"
    if making() is None:
        note_opening(name, None)

    def packed() -> Response:
        archive = pack_of_years(session(), donor, years)
        return send_file(archive, ZIP, as_attachment=True, download_name=name)

    return as_of_order(packed, "papers of years", donor.code, *sorted(years))
