"""Are the kept figures of calls those of their applications? `flask ledger verify` asks it."""

from collections.abc import Callable, Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.core.kernel.language import gettext as _

TRIGGERS = {
    "application_counted": "application",
    "recommendation_counted": "recommendation",
    "call_kept": "call",
    "title_worded": "application",
}
"""What keeps published calls, the figures of calls and the words of titles, and of which table."""


def figures_of_calls_are_those_of_applications(session: Session) -> Iterator[str]:
    """Applications by call and state, and what they ask for, are kept as the records have them."""
    rows = session.execute(
        text(
            "SELECT call.reference, coalesce(own.state, kept.state) FROM"
            " (SELECT call_id, state, count(*) AS applications,"
            "   sum(coalesce(requested_minor, 0)) AS requested,"
            "   sum(coalesce(amount_minor, requested_minor, 0)) AS needed"
            "   FROM application LEFT JOIN recommendation ON application_id = application.id"
            "   WHERE state <> 'draft' GROUP BY 1, 2) own"
            " FULL JOIN (SELECT call_id, state, sum(applications) AS applications,"
            "   sum(requested_minor) AS requested, sum(needed_minor) AS needed"
            "   FROM call_figure GROUP BY 1, 2) kept USING (call_id, state)"
            " JOIN call ON call.id = coalesce(own.call_id, kept.call_id)"
            " WHERE (coalesce(own.applications, 0), coalesce(own.requested, 0),"
            "     coalesce(own.needed, 0))"
            "   <> (coalesce(kept.applications, 0), coalesce(kept.requested, 0),"
            "     coalesce(kept.needed, 0)) ORDER BY 1, 2"
        )
    )
    for reference, state in rows:
        yield _(
            "The stored figures of call %(call)s do not match its applications (%(state)s).",
            call=reference,
            state=state,
        )


def words_of_titles_are_known(session: Session) -> Iterator[str]:
    """Every word of the titles of submitted applications is kept: a search looks for no other."""
    words = session.scalars(
        text(
            "SELECT said.word FROM ts_stat("
            " 'SELECT title_words FROM application WHERE submitted_at IS NOT NULL') AS said"
            " WHERE NOT EXISTS (SELECT FROM title_word WHERE title_word.word = said.word)"
            " ORDER BY 1"
        )
    )
    for word in words:
        yield _("Searches do not find the word “%(word)s” in titles of applications.", word=word)


CHECKS: list[Callable[[Session], Iterator[str]]] = [
    figures_of_calls_are_those_of_applications,
    words_of_titles_are_known,
]
