"""Pages that belong together: each shows the others as tabs.

A list that is one of several is named here, and needs no buttons that only lead to the others.
"""

from collections.abc import Mapping

from flask import current_app, request, url_for

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.platform.layout.chrome import opens_to
from grants.platform.web.access import door_of, viewer

SIBLINGS: tuple[Mapping[str, str], ...] = (
    {
        "bank.index": _l("Bank statement lines"),
        "reconciliation.index": _l("Reconciliation"),
        "bank.statements": _l("Bank statements"),
        "bank.accounts": _l("Bank accounts"),
    },
    {
        "pledges.index": _l("Pledges"),
        "pledge_changes.index": _l("Changes to pledges"),
        "payment_dates.index": _l("Requests to change payment dates"),
        "reminders.index": _l("Reminders"),
    },
    {
        "donors.index": _l("Donors"),
        "diligence.index": _l("Due diligence"),
        "sanctions.index": _l("Sanctions list"),
        "merging.duplicates": _l("Possible duplicates"),
    },
    {
        "outreach.index": _l("Campaigns"),
        "outreach.contacts": _l("Communications with donors"),
        "outside.index": _l("Outside the fund"),
    },
    {
        "periods.overview": _p("ledger", "Balances"),
        "periods.entries": _l("Entries"),
        "periods.accounts": _l("Chart of accounts"),
        "receivables.index": _l("Aged receivables"),
        "earmarks.index": _l("Earmarks"),
        "periods.months": _l("Periods"),
        "settings.index": _l("Fund settings"),
    },
    {
        "statements.index": _l("Statements"),
        "certification.index": _l("Certified documents"),
        "printing.index": _l("Bulk statements"),
    },
)
"""Endpoints of one address, with no parts or with those of their first page."""


NOT_IN_THE_MENU: Mapping[str, str] = {
    "screening.index": _l("Screening"),
    "public_questions.waiting": _l("Questions about calls"),
    "assigning.queue": _l("Reviewers and reviews"),
    "sessions.index": _l("Sessions of the Board of Trustees"),
    "visits.queue": _l("Interviews and site visits"),
    "feedback.index": _l("Feedback to applicants"),
    "publishing.index": _l("Results to publish"),
}
"""Lists of work that the start page or another list leads to; Ctrl K does too."""


def more_pages() -> list[tuple[str, str]]:
    """Pages that the menu leaves out and this person may open: words and address."""
    named = {endpoint: text for group in SIBLINGS for endpoint, text in group.items()}
    rules = current_app.url_map
    return [
        (str(text), url_for(endpoint))
        for endpoint, text in {**named, **NOT_IN_THE_MENU}.items()
        if opens_to(door_of(current_app.view_functions[endpoint]), viewer())
        and not rules.is_endpoint_expecting(endpoint, "code")
    ]


def tabs_here() -> list[tuple[str, str, bool]]:
    """The pages beside this one that open to the person who looks: words, address, this one."""
    group = next((group for group in SIBLINGS if request.endpoint in group), None)
    if group is None:
        return []
    tabs = [
        (str(text), url_for(endpoint, **(request.view_args or {})), endpoint == request.endpoint)
        for endpoint, text in group.items()
        if opens_to(door_of(current_app.view_functions[endpoint]), viewer())
    ]
    return tabs if len(tabs) > 1 else []
