"""The page on which several agreements go out to be signed at once: all of them or none."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import language_name
from grants.deciding.awards.locking import lock_awards
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements import service
from grants.granting.agreements.forms import language_of
from grants.granting.agreements.queries import schedule_of
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.agreements.views import pages
from grants.granting.preparing.queries import reply_of
from grants.granting.reporting.queries import within
from grants.granting.signing.queries import last_signing, require_none_out
from grants.granting.signing.workflow import SIGNING
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, viewer
from grants.platform.web.database import session

P = Permission
MOST_SENT = 60
"""Agreements that one page sends: each is drawn as a PDF while its grant is locked."""


def _mine() -> Select[Award]:
    mine = select(Award).where(within(viewer(), P.AGREEMENT_SIGN))
    return mine.options(joinedload(Award.organisation), joinedload(Award.application))


def _queue() -> Select[Award]:
    return _mine().where(Award.awaits_agreement)


def _foresee(opened: Session, awards: Sequence[Award], _form: Any, act: Act) -> list[Outlook]:
    """Each agreement with its language and terms, and what stands in the way of sending it."""
    return [_outlook_of(opened, award, act) for award in awards]


def _outlook_of(opened: Session, award: Award, act: Act) -> Outlook:
    language, reply = language_of(award), reply_of(opened, award.id)
    accepted_at = reply.accepted_at if reply else None
    draft = url_for("agreements.show", reference=award.reference)
    terms = schedule_of(opened, award)
    cells = (
        Link(award.organisation.name, draft),
        award.amount,
        language_name(language),
        len(terms.instalments),
        award.starts_on,
        award.ends_on,
        accepted_at and award.fund.day_of(accepted_at),
    )

    def check() -> None:
        service.require_changeable(opened, award)
        require_none_out(opened, award)
        service.require_sendable(opened, award, act)

    return Outlook(award, cells, why_refused(check), f"{language} {terms}")


def _status_of(award: Award) -> str:
    signing = last_signing(session(), award.id, "agreement")
    return str(SIGNING.names[signing.state].staff) if signing else ""


SEND = Bulk(
    text=_l("Send the agreements for signature"),
    endpoint="agreements.send_many",
    model=Award,
    seen=_mine,
    queue=_queue,
    name=lambda award: award.reference,
    foresee=_foresee,
    do=lambda opened, award, _form, act: send_agreement(opened, award, language_of(award), act),
    heads=(
        _l("Organisation"),
        {"text": _l("Amount"), "kind": "money"},
        _l("Language"),
        {"text": _l("Instalments"), "kind": "number"},
        {"text": _l("Starts"), "kind": "date"},
        {"text": _l("Ends"), "kind": "date"},
        {"text": _l("Accepted on"), "kind": "date"},
    ),
    before=lock_awards,
    status=_status_of,
    takes=lambda award: award.state is AwardState.APPROVED,
    most=MOST_SENT,
)


@pages.route("/grants/several/send-for-signature", methods=["GET", "POST"])
@needs(P.AGREEMENT_SIGN)
def send_many() -> ResponseReturnValue:
    """Send the agreements of several awards for signature."""
    back = url_for("awards.index", state=AwardState.APPROVED.value)
    return SEND.page("granting/agreements/send_many.html", back)
