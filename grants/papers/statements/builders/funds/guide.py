"""A guide of the product on paper, as its page says it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.papers.typesetting.paper import Issuer, Paper
from grants.platform.guides.places import GUIDES


@dataclass(frozen=True, slots=True)
class GuidePaper:
    """What the guide is for, and its headings with what stands below each."""

    lead: str
    paragraphs: tuple[tuple[str, str], ...]


def guide(session: Session, name: str) -> Paper:
    """The guide of this name, in the reader's language."""
    written = GUIDES.get(name)
    if written is None:
        raise Missing(_("Page not found."))
    return Paper(
        document="guide",
        title=str(written.title),
        reference=name,
        on=clock.today(),
        issuer=_issuer_of_guides(session),
        facts=GuidePaper(
            str(written.lead),
            tuple((str(part.heading), str(part.text)) for part in written.paragraphs),
        ),
    )


def _issuer_of_guides(session: Session) -> Issuer:
    """The fund of this installation; of several, all together: a guide is about no fund."""
    funds = session.scalars(select(Fund).limit(2)).all()
    if len(funds) == 1:
        return Issuer.of(funds[0])
    return Issuer(_("UN trust funds"), _("United Nations voluntary trust funds"), "", "")
