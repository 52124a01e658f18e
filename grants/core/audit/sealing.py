"""Rows that let a person in and that the application did not write: told, and never made good.

`flask setup` seals what was there before rows had seals, once, and what a former key has sealed.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from grants.core.database.db import Base
from grants.core.database.seals import Sealed, fits, is_former, seal
from grants.core.kernel.language import gettext as _


def sealed_models() -> list[Any]:
    """Every model whose rows are sealed, by the name of its table."""
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted(
        (model for model in models if issubclass(model, Sealed)),
        key=lambda item: item.__tablename__,
    )


def breaches(session: Session) -> Iterator[str]:
    """A sentence for each row that could let a person in and that the application did not write."""
    for model in sealed_models():
        columns = (getattr(model, name) for name in ("id", "seal", *model.__sealed__))
        for row in session.execute(_select_open(model, *columns)):
            if not fits(row, model):
                yield _(
                    "%(table)s %(key)s was written outside this system; it gives no access.",
                    table=model.__tablename__,
                    key=row.id,
                )


def renew(session: Session, *, every: bool = False) -> None:
    """Seal with the present key what a former one has sealed; `every`: what has no seal yet."""
    for model in sealed_models():
        for row in session.scalars(_select_open(model, model)):
            if every or is_former(row):
                seal(row)


def _select_open(model: Any, *columns: Any) -> Select[Any]:
    """What was neither used nor ended."""
    return select(*columns).where(getattr(model, model.__open_while__).is_(None)).order_by(model.id)
