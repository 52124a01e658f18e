"""The list of calls for the fund's people."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from grants.applying.call_pages.forms import CallsFilter
from grants.applying.call_pages.views import pages
from grants.applying.calls import queries
from grants.applying.calls.models import Call
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.database import session


def _url_of(call: Call) -> str:
    return url_for("calls.show", reference=call.reference)


CALLS = Listing(
    columns=(
        Column(_l("Number"), lambda c: c.reference, kind="code", order="newest"),
        Column(_l("Title"), lambda c: c.name, worth="title", link=_url_of),
        Column(_l("Cycle"), lambda c: c.cycle),
        Column(
            _l("Status"),
            lambda c: c.standing_at(clock.now()).staff,
            tone=lambda c: c.standing_at(clock.now()).tone,
        ),
        Column(_l("Opens"), lambda c: clock.day_of(c.opens_at, c.zone), kind="date"),
        Column(
            _l("Deadline"),
            lambda c: clock.day_of(c.deadline_at, c.zone),
            kind="date",
            order="deadline",
        ),
        Column(_l("Total amount available"), lambda c: c.envelope, kind="money"),
        Column(_l("Fund"), lambda c: c.fund.code),
    ),
    orders={
        "newest": Order(Call.id, descending=True),
        "deadline": Order(Call.deadline_at, Call.id, descending=True),
    },
)


@pages.get("/calls/manage")
@in_menu(_l("Calls for proposals"), 35, key="c")
@needs(Permission.CALL_SEE)
def manage() -> ResponseReturnValue:
    """The calls of the funds whose calls this person sees, those in the archive when asked for."""
    person = at_work()
    form = CallsFilter.offering(queries.cycles_of(session(), person))
    query = queries.listed_calls(
        person, archived=bool(form.archived.data), cycle=form.cycle.data or ""
    )
    listed = CALLS.of(session(), query, "calls")
    return listed.file or render_template(
        "applying/call_pages/manage.html",
        listed=listed,
        form=form,
        may_edit=viewer().may(Permission.CALL_EDIT),
    )
