"""A form as JSON: how it is kept with its call and carried between installations."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.budget import Budget
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    ByExploitation,
    ByService,
    Choice,
    Country,
    Day,
    Files,
    LongText,
    Number,
    OneOf,
    Question,
    SeveralOf,
    ShortText,
    YesNo,
)

KINDS: Mapping[str, type[Question]] = {
    kind.kind: kind
    for kind in (
        *(ShortText, LongText, Number, Amount, Day, YesNo, OneOf, SeveralOf, Country),
        *(Beneficiaries, ByExploitation, ByService, Budget, Files),
    )
}
FORMAT = 1


def to_json(form: Form) -> dict[str, Any]:
    """What `from_json` makes the same form of."""
    return {
        "format": FORMAT,
        "version": form.version,
        "facts": dict(form.facts),
        "sections": [
            {
                "key": section.key,
                "title": dict(section.title),
                **({"intro": dict(section.intro)} if section.intro else {}),
                "questions": [_question_to_json(question) for question in section.questions],
            }
            for section in form.sections
        ],
    }


def _question_to_json(question: Question) -> dict[str, Any]:
    """What differs from the kind's defaults."""
    facts: dict[str, Any] = {"kind": question.kind}
    for item in fields(question):
        value = getattr(question, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if value != default:
            facts[item.name] = _plain(value)
    return facts


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Choice():
            return {"code": value.code, "label": dict(value.label)}
        case tuple():
            return [_plain(part) for part in value]
        case Mapping():
            return dict(value)
        case _:
            return value


def from_json(data: Any) -> Form:
    """The form that JSON describes; InvalidInput says where it does not."""
    given = _mapping(data, "form")
    if given.get("format") != FORMAT:
        raise InvalidInput(_("This form is of a format that is not known here."))
    _only(given, {"format", "version", "facts", "sections"}, "form")
    return Form(
        sections=tuple(
            _section(part, f"sections[{at}]")
            for at, part in enumerate(_list(given.get("sections"), "sections"))
        ),
        facts=_texts(given.get("facts", {}), "facts"),
        version=_count(given.get("version", 1), "version"),
    )


def _section(data: Any, where: str) -> Section:
    given = _mapping(data, where)
    _only(given, {"key", "title", "intro", "questions"}, where)
    return Section(
        key=_text(given.get("key"), f"{where}.key"),
        title=_texts(given.get("title"), f"{where}.title"),
        intro=_texts(given.get("intro", {}), f"{where}.intro"),
        questions=tuple(
            _question(part, f"{where}.questions[{at}]")
            for at, part in enumerate(_list(given.get("questions"), f"{where}.questions"))
        ),
    )


def _question(data: Any, where: str) -> Question:
    given = dict(_mapping(data, where))
    kind = KINDS.get(_text(given.pop("kind", None), f"{where}.kind"))
    if kind is None:
        raise InvalidInput(_("%(where)s.kind: use one of %(kinds)s.", where=where, kinds=_kinds()))
    known = {item.name: item for item in fields(kind)}
    _only(given, set(known), where)
    values = {name: _READ[name](value, f"{where}.{name}") for name, value in given.items()}
    for name, item in known.items():
        if name not in values and item.default is MISSING and item.default_factory is MISSING:
            raise InvalidInput(_("%(where)s.%(name)s is missing.", where=where, name=name))
    return kind(**values)


def _kinds() -> str:
    return ", ".join(KINDS)


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if more := set(given) - known:
        raise InvalidInput(
            _("%(where)s: %(names)s is not known.", where=where, names=", ".join(sorted(more)))
        )


def _expected(where: str, what: str) -> InvalidInput:
    return InvalidInput(_("%(where)s must be %(what)s.", where=where, what=what))


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _expected(where, "{…}")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _expected(where, "[…]")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _expected(where, '"…"')
    return value


def _texts(value: Any, where: str) -> dict[str, str]:
    return {
        str(name): _text(text, f"{where}.{name}") for name, text in _mapping(value, where).items()
    }


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _expected(where, "true / false")
    return value


def _count(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected(where, "123")
    return value


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(_text(value, where))
    except ValueError:
        raise _expected(where, '"2026-03-27"') from None


def _choices(value: Any, where: str) -> tuple[Choice, ...]:
    found = []
    for at, part in enumerate(_list(value, where)):
        given = _mapping(part, f"{where}[{at}]")
        _only(given, {"code", "label"}, f"{where}[{at}]")
        found.append(
            Choice(
                _text(given.get("code"), f"{where}[{at}].code"),
                _texts(given.get("label"), f"{where}[{at}].label"),
            )
        )
    return tuple(found)


def _strings(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_text(part, f"{where}[{at}]") for at, part in enumerate(_list(value, where)))


_READ: Mapping[str, Callable[[Any, str], Any]] = {
    "key": _text,
    "label": _texts,
    "help": _texts,
    "unit": _texts,
    "required": _flag,
    "people": _flag,
    "zero": _flag,
    "limit": _count,
    "least": _count,
    "most": _count,
    "places": _count,
    "currency": _text,
    "taxonomy": _text,
    "first": _day,
    "last": _day,
    "choices": _choices,
    "categories": _choices,
    "accept": _strings,
}
"""How each property of a question is read, whatever its kind."""
