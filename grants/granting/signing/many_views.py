"""The page on which an officer signs several papers for the fund at once: all of them or none."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.deciding.awards.locking import lock_awards
from grants.granting.signing import queries, service
from grants.granting.signing.forms import SeveralForm
from grants.granting.signing.models import Signing
from grants.granting.signing.papers import kind_of
from grants.granting.signing.views import ACTS, pages
from grants.granting.signing.workflow import SIGNING, WITH_PARTIES, Side
from grants.platform.signatures.stamps import Signed, Way
from grants.platform.tables.bulk import Bulk, Outlook, why_refused
from grants.platform.tables.cells import Link
from grants.platform.web.access import needs, viewer
from grants.platform.web.again import asks_again

P = Permission
MOST_SIGNED = 60
"""Papers that one page signs: each is drawn again with both names while its grant is locked."""


def _mine() -> Select[Signing]:
    return queries.signed_by(viewer())


def _queue() -> Select[Signing]:
    return _mine().where(queries.waits_for(Side.FUND))


def _lock_grants(opened: Session, ids: Sequence[int]) -> None:
    """The grants of these papers, as each signature locks them first."""
    mine = _mine().with_only_columns(Signing.award_id, maintain_column_froms=True)
    lock_awards(opened, opened.scalars(mine.where(Signing.id.in_(ids)).distinct()).all())


def _is_our_turn(signing: Signing) -> bool:
    return signing.state in WITH_PARTIES and signing.turn is Side.FUND


def _foresee(opened: Session, signings: Sequence[Signing], _form: Any, act: Act) -> list[Outlook]:
    """Each paper with the PDF that would be signed, and what stands in the way."""
    return [_outlook_of(opened, signing, act) for signing in signings]


def _outlook_of(opened: Session, signing: Signing, act: Act) -> Outlook:
    award = signing.award
    paper = url_for("signing.file", reference=award.reference, number=signing.id)
    cells = (
        Link(kind_of(signing.kind).label, paper, "PDF"),
        award.organisation.name,
        award.amount,
        signing.sent_at,
    )
    check = lambda: service.require_signable(opened, signing, Side.FUND, act)  # noqa: E731
    return Outlook(signing, cells, why_refused(check), signing.document.sha256)


def _sign_for_fund(opened: Session, signing: Signing, form: Any, act: Act) -> None:
    how = Signed(act.actor.name, form.function.data, Way.FACTOR)
    service.sign(opened, signing, how, act)


SIGN = Bulk(
    text=_l("Sign for the fund"),
    endpoint="signing.sign_many",
    model=Signing,
    seen=_mine,
    queue=_queue,
    name=lambda signing: signing.reference,
    foresee=_foresee,
    do=_sign_for_fund,
    heads=(
        _l("Document"),
        _l("Organisation"),
        {"text": _l("Amount"), "kind": "money"},
        {"text": _l("Sent"), "kind": "moment"},
    ),
    form=SeveralForm,
    before=_lock_grants,
    status=lambda signing: str(SIGNING.names[signing.state].staff),
    takes=_is_our_turn,
    most=MOST_SIGNED,
)
ACTS.append(SIGN)


@pages.route("/signing/several", methods=["GET", "POST"])
@needs(P.AGREEMENT_SIGN)
@asks_again
def sign_many() -> ResponseReturnValue:
    """Sign several documents for the fund, with one proof of who signs."""
    return SIGN.page("granting/signing/sign_many.html", url_for("signing.index"))
