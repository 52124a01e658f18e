"""Whether the rows of a table are bound to the trail: each model says so, or why not.

`__bound__` names the columns that are (grants/core/audit/binding.py). `__unbound__` says why the
whole table is not, or why some columns of a bound table are not: `Unbound.PROGRESS.of("used_at")`.
A model that says nothing of a column cannot be loaded.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Unbound(StrEnum):
    """Why rows or columns are not bound to the trail."""

    CHAIN = "They are the trail, which is a chain of its own."
    SEALED = "Each row carries a seal of the installation's key (grants/core/database/seals.py)."
    FIGURE = "The database or the application works them out of records that are bound."
    DRAFT = "They are written before something is submitted; what was submitted is bound."
    MADE_OF_IT = "Nothing rests on them once something was made of them, which is bound."
    OWNER = "They belong to a record whose hash covers them."
    PROGRESS = "They tell how far a device, a job or a delivery has come."
    PREFERENCE = "They are how a person likes the pages; nothing rests on them."
    LOG = "They tell who looked at what, cannot be changed, and are deleted after a while."
    SALTED = "The trail holds a salted hash of each; they are deleted with a person’s data."
    PASSING = "They slow down guesses or save a second notice, and are deleted after a while."

    def of(self, *columns: str) -> Mapping[str, "Unbound"]:
        """Columns of a bound table that are not bound for this reason."""
        return dict.fromkeys(columns, self)


def require_declared(model: Any) -> None:
    """TypeError with the columns of which the model does not say whether they are bound."""
    unbound = model.__dict__.get("__unbound__", {})
    bound = (
        *_attribute_names(model, "__bound__"),
        *_attribute_names(model, "__bound_with_owner__"),
    )
    if isinstance(unbound, Unbound) and not bound:
        return
    exempt = () if isinstance(unbound, Unbound) else tuple(unbound)
    version = model.__mapper__.version_id_col
    silent = [
        column.name
        for column in model.__table__.columns
        if column.name not in (*bound, *exempt) and column is not version and not column.computed
    ]
    if silent:
        raise TypeError(
            f"{model.__name__} does not say whether {', '.join(silent)} of {model.__tablename__} "
            "are bound to the trail: name them in __bound__, or say why not in __unbound__."
        )


def _attribute_names(model: Any, attribute: str) -> tuple[str, ...]:
    names: tuple[str, ...] = model.__dict__.get(attribute, ())
    return names
