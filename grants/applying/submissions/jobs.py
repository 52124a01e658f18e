"""Every hour, words of answers are kept that no search finds yet; every morning, writers are
reminded of deadlines.
"""

from procrastinate import JobContext

from grants.applying.application_search.answer_words import keep_missing_words
from grants.applying.submissions.service import remind_of_deadlines
from grants.core.kernel import clock
from grants.platform.documents.arriving import clear_away
from grants.platform.documents.store import store
from grants.platform.messages.jobs import jobs


@jobs.periodic(cron="50 3 * * *")
@jobs.task(name="applications.clear", queueing_lock="applications.clear")
def clear(timestamp: int) -> None:  # noqa: ARG001 - its name is given
    """Every night: what was not uploaded to its end, and that nobody goes on with."""
    clear_away(store())


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
