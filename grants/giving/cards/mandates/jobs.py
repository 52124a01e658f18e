"""The provider is asked about monthly gifts: on its messages, once a day, and to stop them."""

from procrastinate import JobContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.house import follow_funds
from grants.core.kernel.language import gettext as _
from grants.core.kernel.logs import logger
from grants.giving.cards.jobs import SILENCE, NotKnownYet, provider_holding
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.queries import unsettled_mandates, without_pledge
from grants.giving.cards.mandates.service import settle_mandate, stop_by_giver
from grants.giving.cards.mandates.workflow import MandateState
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import MandateProgress, Progress, Refused, Unreached
from grants.platform.messages.jobs import RETRY, enqueue_all, jobs

LOG = logger(__name__)


def ask_mandate_later(session: Session, mandate: CardMandate) -> None:
    """Ask the provider about a mandate, and stop it there if it is to be stopped."""
    number = mandate.id
    enqueue_all(session, ask_mandate, [{"mandate_id": number}], lock=f"card mandate {number}")


@jobs.task(name="cards.ask_mandate", pass_context=True, retry=RETRY)
def ask_mandate(context: JobContext, *, mandate_id: int) -> None:
    """Ask how one mandate stands, or have it stopped."""
    ask_about_mandate(context.additional_context["post_office"].database, mandate_id)


def ask_about_mandate(database: Database, number: int) -> None:
    """Ask the provider about a mandate and each charge that is not settled. One that is to be
    stopped is stopped first. No transaction is open meanwhile.
    """
    with database.transaction() as session:
        mandate = session.get_one(CardMandate, number)
        provider, page = provider_holding(mandate), mandate.page_reference
        is_to_stop = mandate.state is MandateState.STOPPING
        settled = set(_settled_charges(session, mandate))
    if provider is None or page is None:
        return
    status = provider.ask_mandate(page)
    if is_to_stop and status.progress is not MandateProgress.ENDED:
        try:
            provider.stop_mandate(page)
        except Refused as refusal:  # the giver completed the page at this moment
            raise Unreached(str(refusal)) from refusal
        status = provider.ask_mandate(page)
    charges = {name: provider.ask(name) for name in status.charges if name not in settled}
    with database.transaction() as session:
        follow_funds(session)
        settle_mandate(session, session.get_one(CardMandate, number), status, charges)
    if any(item.progress is Progress.PAID and item.paid is None for item in charges.values()):
        raise NotKnownYet(f"card mandate {number}")


def _settled_charges(session: Session, mandate: CardMandate) -> list[str | None]:
    query = select(CardPayment.page_reference).where(
        CardPayment.mandate_id == mandate.id, CardPayment.is_received
    )
    return list(session.scalars(query))


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(
    name="cards.ask_silent_mandates",
    pass_context=True,
    queueing_lock="cards.ask_silent_mandates",
)
def ask_silent_mandates(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - it is passed
    """Every ten minutes, mandates of which the provider has said nothing: a message may be lost."""
    ask_about_silent_mandates(context.additional_context["post_office"].database)


def ask_about_silent_mandates(database: Database) -> None:
    """Stop the mandates of gifts that were withdrawn or declined, and ask about each that is silent
    or to be stopped; one that fails, however it fails, does not keep others back.
    """
    with database.transaction() as session:
        follow_funds(session)
        for mandate in without_pledge(session):
            act = Act.by_system("cards", _("The gift was cancelled."))
            stop_by_giver(session, mandate, act)
            ask_mandate_later(session, mandate)
        numbers = unsettled_mandates(session, SILENCE)
    for number in numbers:
        try:
            ask_about_mandate(database, number)
        except (Unreached, NotKnownYet):
            continue
        except Exception:
            LOG.exception("a monthly gift by card", number=number)
