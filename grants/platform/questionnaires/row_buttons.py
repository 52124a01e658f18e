"""The buttons of a page for the rows of its tables: add one, take one away."""

from grants.platform.questionnaires.form import Section
from grants.platform.questions.reading import Typed


def without_buttons(section: Section, posted: Typed) -> tuple[Typed, Typed]:
    """What was typed, and the buttons for rows: a row taken away is not typed any more."""
    typed = dict(posted)
    names = [question.name for question in section.questions]
    pressed = {n: typed[n] for name in names for n in (f"{name}-add",) if n in typed}
    for name in names:
        if removed := typed.pop(f"{name}-remove", None):
            pressed[f"{name}-remove"] = removed
            row = f"{name}-{removed[0]}-"
            typed = {n: texts for n, texts in typed.items() if not n.startswith(row)}
    return typed, pressed
