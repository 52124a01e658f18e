"""A short form in which some questions depend on answers."""

from typing import Any

from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json


def _text(words: str) -> dict[str, str]:
    return {"en": words}


def conditional_form(**more: Any) -> Form:
    """Partners are asked about only where there are any; a section only for more than two."""
    project = [
        {"kind": "short_text", "key": "title", "label": _text("Title of the project")},
        {"kind": "amount", "key": "asked", "label": _text("Amount asked for"), "required": True},
        {"kind": "amount", "key": "own", "label": _text("Own contribution")},
        {"kind": "yes_no", "key": "partners", "label": _text("Do you work with partners?")},
        {
            "kind": "number",
            "key": "how_many",
            "label": _text("How many partners?"),
            "required": True,
            "show_when": "partners",
        },
    ]
    partners = [
        {"kind": "short_text", "key": "lead", "label": _text("Who leads?"), "required": True},
        {"kind": "files", "key": "letter", "label": _text("Agreement of the partners")},
    ]
    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "asked"},
            "sections": [
                {"key": "project", "title": _text("The project"), "questions": project},
                {
                    "key": "partners",
                    "title": _text("The partners"),
                    "show_when": "how_many > 2",
                    "questions": partners,
                },
            ],
            "checks": [
                {
                    "rule": "own <= asked / 2",
                    "at": "own",
                    "message": _text("Your own contribution is at most half of what you ask for."),
                }
            ],
            **more,
        }
    )
