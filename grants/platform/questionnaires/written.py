"""A form as JSON: how it is kept with its call and carried between installations."""

import marshal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.form import OWN_PAGE, PAGES, Check, Form, Section
from grants.platform.questions import EVERY_KIND, KINDS, Choice, Group, Question, RowRule

FORMAT = 1
COUNTS_AS = ("sex", "age")
TIMES = ("least_times", "most_times")


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
        **{name: times for name in TIMES if (times := getattr(section, name)) != 1},
        **({"page": section.page} if section.page else {}),
        "questions": [question_to_json(question) for question in section.questions],
    }


def _check_to_json(check: Check) -> dict[str, Any]:
    at = {"at": check.at} if check.at else {}
    return {"rule": check.rule, "message": dict(check.message), **at}


def question_to_json(question: Question) -> dict[str, Any]:
    """What differs from the kind's defaults."""
    facts: dict[str, Any] = {"kind": question.kind}
    for item in question.settings():
        value = getattr(question, item.name)
        default = item.default_factory() if item.default_factory is not MISSING else item.default
        if value != default:
            facts[item.name] = _plain_value(value)
    return facts


def _plain_value(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Choice():
            counts_as = {name: code for name in COUNTS_AS if (code := getattr(value, name, ""))}
            return {"code": value.code, "label": dict(value.label), **counts_as}
        case Question():
            return question_to_json(value)
        case RowRule():
            return _check_to_json(Check(rule=value.rule, message=value.message, at=value.at))
        case tuple():
            return [_plain_value(part) for part in value]
    return dict(value) if isinstance(value, Mapping) else value


def from_json(data: Any) -> Form:
    """The form that JSON describes; InvalidInput says where it does not. Nothing of a form is ever
    changed, so the same JSON gives the same form.
    """
    try:
        packed = marshal.dumps(data, _PLAINLY)
    except ValueError:  # no JSON, or too deep: what is wrong is said
        return _read_whole(data)
    return _read_once(packed)


_PLAINLY = 2
"""The version of marshal that writes equal values alike."""


@lru_cache(maxsize=64)
def _read_once(packed: bytes) -> Form:
    """Reading a form of forty questions takes a tenth of a page's time."""
    return _read_whole(marshal.loads(packed))  # noqa: S302 - what was packed just above


def _read_whole(data: Any) -> Form:
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
    mapping = gather.read(_as_mapping, data, "form")
    if mapping is not None and mapping.get("format") != FORMAT:
        gather.faults.append(_("The format of this form is not supported."))
    if mapping is None or gather.faults:
        return Read(Form(sections=()), gather.faults)
    gather.only(mapping, {"format", "version", "facts", "sections", "checks", "files"}, "form")
    parts = gather.read(_as_list, mapping.get("sections"), "sections") or []
    sections = [gather.section(part, f"sections[{at}]") for at, part in enumerate(parts)]
    parts = gather.read(_as_list, mapping.get("checks", []), "checks") or []
    checks = [gather.check(part, f"checks[{at}]") for at, part in enumerate(parts)]
    form = Form(
        sections=tuple(section for section in sections if section),
        facts=gather.read(_as_texts, mapping.get("facts", {}), "facts") or {},
        checks=tuple(check for check in checks if check),
        version=gather.read(_as_count, mapping.get("version", 1), "version") or 1,
    )
    return Read(form, gather.faults, frozenset(gather.unread))


class _Gather:
    """Reads part by part, and collects what cannot be read."""

    def __init__(self, kinds: Mapping[str, type[Question]] = KINDS) -> None:
        self.kinds = kinds
        self.faults: list[str] = []
        self.unread: set[str] = set()

    def read(self, reader: Callable[[Any, str], Any], value: Any, where: str) -> Any:
        """The value; None if it cannot be read."""
        try:
            return reader(value, where)
        except InvalidInput as refusal:
            self.faults.append(refusal.message)
            return None

    def only(self, mapping: Mapping[str, Any], names: set[str], where: str) -> None:
        try:
            _refuse_unknown(mapping, names, where)
        except InvalidInput as refusal:
            self.faults.append(refusal.message)

    def section(self, data: Any, where: str) -> Section | None:
        mapping = self.read(_as_mapping, data, where)
        if mapping is None:
            return None
        names = {"key", "title", "intro", "show_when", "questions", "page", *TIMES}
        self.only(mapping, names, where)
        parts = self.read(_as_list, mapping.get("questions"), f"{where}.questions") or []
        questions = [
            self.question(part, f"{where}.questions[{at}]") for at, part in enumerate(parts)
        ]
        return Section(
            key=self.read(_as_text, mapping.get("key"), f"{where}.key") or "",
            title=self.read(_as_texts, mapping.get("title"), f"{where}.title") or {},
            intro=self.read(_as_texts, mapping.get("intro", {}), f"{where}.intro") or {},
            show_when=self.read(_as_text, mapping.get("show_when", ""), f"{where}.show_when") or "",
            questions=tuple(question for question in questions if question),
            least_times=self.times(mapping, "least_times", where),
            most_times=self.times(mapping, "most_times", where),
            page=self.page(mapping.get("page", OWN_PAGE), f"{where}.page"),
        )

    def page(self, data: Any, where: str) -> str:
        """On which page a section is filled in."""
        if data in PAGES:
            return str(data)
        kinds = spaced(",").join(name for name in PAGES if name)
        self.faults.append(_("%(where)s: use one of %(kinds)s.", where=where, kinds=kinds))
        return OWN_PAGE

    def times(self, mapping: Mapping[str, Any], name: str, where: str) -> int:
        """How often a section may be filled in; once where the form does not say."""
        return self.read(_as_count, mapping.get(name, 1), f"{where}.{name}") or 1

    def question(self, data: Any, where: str) -> Question | None:
        """The question; None, and its key among those unread, if anything in it is wrong."""
        before = len(self.faults)
        mapping = dict(self.read(_as_mapping, data, where) or {})
        question = self._read_question(mapping, where) if len(self.faults) == before else None
        if question is None and isinstance(key := mapping.get("key"), str):
            self.unread.add(key)
        return question

    def _read_question(self, mapping: dict[str, Any], where: str) -> Question | None:
        name = self.read(_as_text, mapping.pop("kind", None), f"{where}.kind")
        kind = self.kinds.get(name)
        if kind is None:
            if name is not None:
                message = _(
                    "%(where)s.kind: use one of %(kinds)s.",
                    where=where,
                    kinds=spaced(",").join(self.kinds),
                )
                self.faults.append(message)
            return None
        before = len(self.faults)
        attributes = {item.name: item for item in kind.settings()}
        self.only(mapping, set(attributes), where)
        values = {
            name: self.read(_READ[name], value, f"{where}.{name}")
            for name, value in mapping.items()
            if name in attributes
        }
        for name, item in attributes.items():
            if name not in mapping and item.default is MISSING and item.default_factory is MISSING:
                self.faults.append(_("%(where)s.%(name)s is missing.", where=where, name=name))
        return kind(**values) if len(self.faults) == before else None

    def check(self, data: Any, where: str) -> Check | None:
        mapping = self.read(_as_mapping, data, where)
        if mapping is None:
            return None
        self.only(mapping, {"rule", "message", "at"}, where)
        return Check(
            rule=self.read(_as_text, mapping.get("rule"), f"{where}.rule") or "",
            message=self.read(_as_texts, mapping.get("message"), f"{where}.message") or {},
            at=self.read(_as_text, mapping.get("at", ""), f"{where}.at") or "",
        )


def _refuse_unknown(mapping: Mapping[str, Any], names: set[str], where: str) -> None:
    if more := set(mapping) - names:
        raise InvalidInput(
            _(
                "%(where)s: %(names)s is not recognised.",
                where=where,
                names=spaced(",").join(sorted(more)),
            )
        )


def _expected_error(where: str, what: str) -> InvalidInput:
    return InvalidInput(_("%(where)s must be %(what)s.", where=where, what=what))


def _as_mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _expected_error(where, "{…}")
    return value


def _as_list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _expected_error(where, "[…]")
    return value


def _as_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _expected_error(where, '"…"')
    return value


def _as_texts(value: Any, where: str) -> dict[str, str]:
    return {
        str(name): _as_text(text, f"{where}.{name}")
        for name, text in _as_mapping(value, where).items()
    }


def _as_flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise _expected_error(where, "true / false")
    return value


def _as_count(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _expected_error(where, "123")
    return value


def _as_day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(_as_text(value, where))
    except ValueError:
        raise _expected_error(where, '"2026-03-27"') from None


def _as_choices(value: Any, where: str) -> tuple[Choice, ...]:
    places = [(part, f"{where}[{at}]") for at, part in enumerate(_as_list(value, where))]
    return tuple(Choice(**_parts_of_choice(part, at)) for part, at in places)


def _as_groups(value: Any, where: str) -> tuple[Group, ...]:
    places = [(part, f"{where}[{at}]") for at, part in enumerate(_as_list(value, where))]
    return tuple(Group(**_parts_of_choice(part, at, COUNTS_AS)) for part, at in places)


def _parts_of_choice(value: Any, where: str, more: Sequence[str] = ()) -> dict[str, Any]:
    mapping = _as_mapping(value, where)
    _refuse_unknown(mapping, {"code", "label", *more}, where)
    return {
        "code": _as_text(mapping.get("code"), f"{where}.code"),
        "label": _as_texts(mapping.get("label"), f"{where}.label"),
        **{name: _as_text(mapping.get(name, ""), f"{where}.{name}") for name in more},
    }


def _as_strings(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_as_text(part, f"{where}[{at}]") for at, part in enumerate(_as_list(value, where)))


def _as_columns(value: Any, where: str) -> tuple[Question, ...]:
    gather = _Gather(EVERY_KIND)
    parts = gather.read(_as_list, value, where) or []
    questions = [gather.question(part, f"{where}[{at}]") for at, part in enumerate(parts)]
    if gather.faults:
        raise InvalidInput(" ".join(gather.faults))
    return tuple(column for column in questions if column)


def _as_rules(value: Any, where: str) -> tuple[RowRule, ...]:
    gather = _Gather()
    parts = gather.read(_as_list, value, where) or []
    checks = [gather.check(part, f"{where}[{at}]") for at, part in enumerate(parts)]
    if gather.faults:
        raise InvalidInput(" ".join(gather.faults))
    return tuple(RowRule(check.rule, check.message, check.at) for check in checks if check)


_READ: Mapping[str, Callable[[Any, str], Any]] = {
    "key": _as_text,
    "label": _as_texts,
    "help": _as_texts,
    "unit": _as_texts,
    "required": _as_flag,
    "show_when": _as_text,
    "names_applicant": _as_flag,
    "people": _as_flag,
    "zero": _as_flag,
    "limit": _as_count,
    "words": _as_count,
    "least": _as_count,
    "most": _as_count,
    "places": _as_count,
    "currency": _as_text,
    "taxonomy": _as_text,
    "first": _as_day,
    "last": _as_day,
    "choices": _as_choices,
    "groups": _as_groups,
    "bands": _as_groups,
    "categories": _as_choices,
    "accept": _as_strings,
    "required_parts": _as_strings,
    "columns": _as_columns,
    "totals": _as_strings,
    "fixed_rows": _as_choices,
    "row_head": _as_texts,
    "rules": _as_rules,
    "formula": _as_text,
    "money": _as_text,
    "least_rows": _as_count,
    "most_rows": _as_count,
    "quarters": _as_flag,
    "periods": _as_count,
    "span": _as_text,
    "spans": _as_count,
    "payers": _as_choices,
    "without_unit_costs": _as_flag,
    "notes": _as_flag,
    "most_chosen": _as_count,
    "source": _as_text,
    "confidential": _as_flag,
    "days_after": _as_count,
    "address": _as_text,
    "link": _as_texts,
    "file": _as_text,
    "file_name": _as_text,
    "alternative": _as_texts,
}
"""How each property of a question is read, whatever its kind."""
