"""A form as JSON: how it is kept with its call and carried between installations."""

import marshal
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.form import Check, Form, Section
from grants.platform.questions import KINDS, Choice, Question

FORMAT = 1


def to_json(form: Form) -> dict[str, Any]:
    """What `from_json` makes the same form of."""
    checks = [_check_to_json(check) for check in form.checks]
    return {
        "format": FORMAT,
        "version": form.version,
        "facts": dict(form.facts),
        "sections": [_section_to_json(section) for section in form.sections],
        **({"checks": checks} if checks else {}),
    }


def _section_to_json(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": dict(section.title),
        **({"intro": dict(section.intro)} if section.intro else {}),
        **({"show_when": section.show_when} if section.show_when else {}),
        "questions": [question_to_json(question) for question in section.questions],
    }


def _check_to_json(check: Check) -> dict[str, Any]:
    at = {"at": check.at} if check.at else {}
    return {"rule": check.rule, "message": dict(check.message), **at}


def question_to_json(question: Question) -> dict[str, Any]:
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
        case Question():
            return question_to_json(value)
        case tuple():
            return [_plain(part) for part in value]
        case Mapping():
            return dict(value)
        case _:
            return value


def from_json(data: Any) -> Form:
    """The form that JSON describes; InvalidInput says where it does not. Nothing of a form is ever
    changed, so the same JSON gives the same form.
    """
    try:
        packed = marshal.dumps(data, _PLAINLY)
    except ValueError:  # no JSON, or too deep: what is wrong is said
        return _read(data)
    return _read_once(packed)


_PLAINLY = 2
"""The version of marshal that writes equal values alike."""


@lru_cache(maxsize=64)
def _read_once(packed: bytes) -> Form:
    """Reading a form of forty questions takes a tenth of a page's time."""
    return _read(marshal.loads(packed))  # noqa: S302 - what was packed just above


def _read(data: Any) -> Form:
    read = read_form(data)
    if read.faults:
        raise InvalidInput(" ".join(read.faults))
    return read.form


@dataclass(frozen=True, slots=True)
class Read:
    """As much of a form as could be read, with what could not. `unread` are keys of questions that
    are there but left out.
    """

    form: Form
    faults: list[str]
    unread: frozenset[str] = frozenset()


def read_form(data: Any) -> Read:
    """Read a form from JSON, and tell everything that cannot be read at once."""
    gather = _Gather()
    given = gather.read(_mapping, data, "form")
    if given is not None and given.get("format") != FORMAT:
        gather.faults.append(_("The format of this form is not supported."))
    if given is None or gather.faults:
        return Read(Form(sections=()), gather.faults)
    gather.only(given, {"format", "version", "facts", "sections", "checks"}, "form")
    parts = gather.read(_list, given.get("sections"), "sections") or []
    sections = [gather.section(part, f"sections[{at}]") for at, part in enumerate(parts)]
    parts = gather.read(_list, given.get("checks", []), "checks") or []
    checks = [gather.check(part, f"checks[{at}]") for at, part in enumerate(parts)]
    form = Form(
        sections=tuple(section for section in sections if section),
        facts=gather.read(_texts, given.get("facts", {}), "facts") or {},
        checks=tuple(check for check in checks if check),
        version=gather.read(_count, given.get("version", 1), "version") or 1,
    )
    return Read(form, gather.faults, frozenset(gather.unread))


class _Gather:
    """Reads part by part, and collects what cannot be read."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.unread: set[str] = set()

    def read(self, reader: Callable[[Any, str], Any], value: Any, where: str) -> Any:
        """The value; None if it cannot be read."""
        try:
            return reader(value, where)
        except InvalidInput as refusal:
            self.faults.append(refusal.message)
            return None

    def only(self, given: Mapping[str, Any], known: set[str], where: str) -> None:
        try:
            _only(given, known, where)
        except InvalidInput as refusal:
            self.faults.append(refusal.message)

    def section(self, data: Any, where: str) -> Section | None:
        given = self.read(_mapping, data, where)
        if given is None:
            return None
        self.only(given, {"key", "title", "intro", "show_when", "questions"}, where)
        parts = self.read(_list, given.get("questions"), f"{where}.questions") or []
        questions = [
            self.question(part, f"{where}.questions[{at}]") for at, part in enumerate(parts)
        ]
        return Section(
            key=self.read(_text, given.get("key"), f"{where}.key") or "",
            title=self.read(_texts, given.get("title"), f"{where}.title") or {},
            intro=self.read(_texts, given.get("intro", {}), f"{where}.intro") or {},
            show_when=self.read(_text, given.get("show_when", ""), f"{where}.show_when") or "",
            questions=tuple(question for question in questions if question),
        )

    def question(self, data: Any, where: str) -> Question | None:
        """The question; None, and its key among those unread, if anything in it is wrong."""
        before = len(self.faults)
        given = dict(self.read(_mapping, data, where) or {})
        question = self._question(given, where) if len(self.faults) == before else None
        if question is None and isinstance(key := given.get("key"), str):
            self.unread.add(key)
        return question

    def _question(self, given: dict[str, Any], where: str) -> Question | None:
        name = self.read(_text, given.pop("kind", None), f"{where}.kind")
        kind = KINDS.get(name)
        if kind is None:
            if name is not None:
                said = _("%(where)s.kind: use one of %(kinds)s.", where=where, kinds=_kinds())
                self.faults.append(said)
            return None
        before = len(self.faults)
        known = {item.name: item for item in fields(kind)}
        self.only(given, set(known), where)
        values = {
            name: self.read(_READ[name], value, f"{where}.{name}")
            for name, value in given.items()
            if name in known
        }
        for name, item in known.items():
            if name not in given and item.default is MISSING and item.default_factory is MISSING:
                self.faults.append(_("%(where)s.%(name)s is missing.", where=where, name=name))
        return kind(**values) if len(self.faults) == before else None

    def check(self, data: Any, where: str) -> Check | None:
        given = self.read(_mapping, data, where)
        if given is None:
            return None
        self.only(given, {"rule", "message", "at"}, where)
        return Check(
            rule=self.read(_text, given.get("rule"), f"{where}.rule") or "",
            message=self.read(_texts, given.get("message"), f"{where}.message") or {},
            at=self.read(_text, given.get("at", ""), f"{where}.at") or "",
        )


def _kinds() -> str:
    return ", ".join(KINDS)


def _only(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if more := set(given) - known:
        raise InvalidInput(
            _("%(where)s: %(names)s is not recognised.", where=where, names=", ".join(sorted(more)))
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


def _columns(value: Any, where: str) -> tuple[Question, ...]:
    gather = _Gather()
    parts = gather.read(_list, value, where) or []
    found = [gather.question(part, f"{where}[{at}]") for at, part in enumerate(parts)]
    if gather.faults:
        raise InvalidInput(" ".join(gather.faults))
    return tuple(column for column in found if column)


_READ: Mapping[str, Callable[[Any, str], Any]] = {
    "key": _text,
    "label": _texts,
    "help": _texts,
    "unit": _texts,
    "required": _flag,
    "show_when": _text,
    "names_applicant": _flag,
    "people": _flag,
    "zero": _flag,
    "limit": _count,
    "words": _count,
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
    "columns": _columns,
    "totals": _strings,
    "least_rows": _count,
    "most_rows": _count,
    "quarters": _flag,
    "periods": _count,
}
"""How each property of a question is read, whatever its kind."""
