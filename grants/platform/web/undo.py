"""The message that something is done, with a button that takes it back for a few seconds."""

from flask import flash


def flash_undo(text: str, address: str, **fields: object) -> None:
    """Say that something is done. The button posts `fields` to `address`, whose act asks whether
    there is still time.
    """
    flash({"text": str(text), "undo": address, "fields": fields}, "success")  # type: ignore[arg-type]
