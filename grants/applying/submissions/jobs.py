"""Every hour, the rows of each call's figures are added up, and words of answers are kept that no
search finds yet; every morning, writers are reminded of deadlines.
"""

from procrastinate import JobContext
from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.applying.application_search.answer_words import keep_missing_words
from grants.applying.submissions.service import remind_of_deadlines
from grants.core.kernel import clock
from grants.platform.documents.arriving import ARRIVING, clear_away
from grants.platform.messages.jobs import jobs

_FOLDED = text(
    "WITH many AS (SELECT call_id, state FROM call_figure GROUP BY 1, 2 HAVING count(*) > 1),"
    " gone AS (DELETE FROM call_figure USING many"
    " WHERE call_figure.call_id = many.call_id AND call_figure.state = many.state"
    " RETURNING call_figure.*)"
    " INSERT INTO call_figure (call_id, state, applications, requested_minor, needed_minor)"
    " SELECT call_id, state, sum(applications), sum(requested_minor), sum(needed_minor) FROM gone"
    " GROUP BY 1, 2 HAVING (sum(applications), sum(requested_minor), sum(needed_minor))"
    "   <> (0, 0, 0)"
)


def fold(session: Session) -> None:
    """Add up the rows of each call and state that has several: the others stay where they are, so
    that the table does not grow by being written again each hour.
    """
    session.execute(_FOLDED)


@jobs.periodic(cron="17 * * * *")
@jobs.task(name="calls.add_up", pass_context=True, queueing_lock="calls.add_up")
def add_up(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """The figures stay what they are; they are read faster."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        fold(session)


@jobs.periodic(cron="50 3 * * *")
@jobs.task(name="applications.clear", pass_context=True, queueing_lock="applications.clear")
def clear(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Every night: what was not uploaded to its end, and that nobody goes on with."""
    clear_away(context.additional_context["settings"].data_dir / ARRIVING)


@jobs.periodic(cron="30 5 * * *")
@jobs.task(name="calls.remind", pass_context=True, queueing_lock="calls.remind")
def remind(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """At half past five in the morning (UTC)."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        remind_of_deadlines(session, clock.now())


@jobs.periodic(cron="41 * * * *")
@jobs.task(name="applications.words", pass_context=True, queueing_lock="applications.words")
def catch_up(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """What was submitted before words were kept."""
    database = context.additional_context["post_office"].database
    with database.transaction() as session:
        keep_missing_words(session)
