"""How each kind of question is drawn, with the GOV.UK Frontend macros.

Keyword arguments of a call become attributes: `form.name(data_total="x")`. `cell=True` draws a
field inside a table, its label kept for narrow screens and screen readers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from flask import current_app
from markupsafe import Markup, escape

from grants.core.countries.calling_codes import CALLING_CODE, FIRST
from grants.core.countries.countries import country_choices
from grants.core.kernel.language import current_language, pgettext
from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import boxes_of_day
from grants.core.texts.references import keep_days
from grants.platform.forms.govuk import character_texts, error_message, govuk, word_texts

WIDTHS = (2, 3, 4, 5, 10, 20, 30)


def text_input(field: Any, **attributes: Any) -> Markup:
    in_table = attributes.get("cell", False)
    params = _text_of(field, attributes)
    if in_table and "errorMessage" not in params:
        return _cell_like_others(params)
    return govuk("input", params)


_NAME = "name-of-a-cell"


def _cell_like_others(params: dict[str, Any]) -> Markup:
    """A box in a table of hundreds, which differ in their names and in what is typed: the box of a
    column is drawn once (docs/speed.md).
    """
    name, value = escape(params["name"]), escape(params["value"] or "")
    box = str(govuk("input", {**params, "id": _NAME, "name": _NAME, "value": ""}))
    box = box.replace(_NAME, name).replace('value=""', f'value="{value}"', 1)
    return Markup(box)  # noqa: S704 - made of escaped parts


def telephone_abroad(field: Any, **attributes: Any) -> Markup:
    """A box for a number, with a menu of countries that a script lets write their code into it."""
    params = _text_of(field, attributes)
    label = _("Country code of “%(label)s”", label=field.label.text)
    menu = _CALLING_MENU.format(label, _calling_tags())
    params["formGroup"] = {"beforeInput": {"html": menu}}
    return govuk("input", params)


_CALLING_MENU = Markup(
    '<select class="govuk-select calling" data-calling hidden autocomplete="off" aria-label="{}">'
    "{}</select>"
)
_CALLING_OPTION = Markup('<option value="{}"{}>{}</option>')


def _calling_tags() -> Markup:
    rows = (
        _CALLING_OPTION.format(
            CALLING_CODE[code],
            Markup(" data-first") if code in FIRST else "",
            _("%(country)s (+%(code)s)", country=name, code=CALLING_CODE[code]),
        )
        for code, name in country_choices()
        if code in CALLING_CODE
    )
    return _CALLING_OPTION.format("", "", _("Country code")) + Markup("").join(rows)


def _text_of(field: Any, attributes: dict[str, Any]) -> dict[str, Any]:
    """What a box for one line of text is drawn from."""
    in_table = attributes.get("cell", False)
    params = _frame_of(field, attributes)
    params |= {
        "type": field.input_type,
        "value": field.text,
        "spellcheck": field.spellcheck,
        "inputmode": field.inputmode,
        "autocomplete": field.autocomplete,
        "classes": _width_classes(field.width, params["classes"]),
    }
    if field.input_type in ("email", "tel", "url"):
        params["attributes"]["dir"] = "ltr"
    if suffix := getattr(field, "suffix", ""):
        params["suffix"] = {"text": suffix}
    if not in_table and (currency := getattr(field, "currency", "")):
        params["prefix"] = {"text": currency}
    return params


def long_text(field: Any, **attributes: Any) -> Markup:
    params = _frame_of(field, attributes)
    params |= {
        "value": _kept_lines(field.text),
        "rows": attributes.get("rows", field.rows),
    }
    params["attributes"].pop("rows", None)
    params["attributes"]["dir"] = "auto"
    if not field.counted:
        return govuk("textarea", params)
    params |= (
        {"maxwords": field.most_words, **word_texts(field.most_words)}
        if field.most_words
        else {"maxlength": field.limit, **character_texts(field.limit)}
    )
    return govuk("character-count", {**params, "threshold": 75})


def password(field: Any, **attributes: Any) -> Markup:
    params = _frame_of(field, attributes)
    params |= {"autocomplete": field.autocomplete}
    params["attributes"]["dir"] = "ltr"
    return govuk("password-input", params)


def hidden(field: Any, **_attributes: Any) -> Markup:
    return Markup('<input type="hidden" id="{}" name="{}" value="{}">').format(
        field.id, field.name, field.text
    )


def file_upload(field: Any, **attributes: Any) -> Markup:
    params = _frame_of(field, attributes)
    params["attributes"]["accept"] = ",".join(field.accept)
    if not field.hint:
        params["hint"] = {"text": file_hint(field)}
    return govuk("file-upload", params)


def file_hint(field: Any) -> str:
    return _("%(kinds)s, up to %(most)s MB", kinds=field.kinds, most=field.most)


def date_input(field: Any, **attributes: Any) -> Markup:
    cell = attributes.get("cell", False)
    params = _group_of(field, attributes)
    if cell:
        params["fieldset"]["legend"]["classes"] = "cell-label"
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    widths = {"day": "govuk-input--width-2", "month": "month", "year": "govuk-input--width-4"}
    wrong = " govuk-input--error" if field.errors else ""
    params |= {
        "id": field.id,
        "namePrefix": field.name,
        "items": [
            {
                "name": part,
                "label": labels[part],
                "value": field.part(field.parts.index(part)),
                "classes": widths[part] + wrong,
                "inputmode": "text" if part == "month" else "numeric",
            }
            for part in boxes_of_day()
        ],
    }
    return govuk("date-input", params)


def radios(field: Any, **attributes: Any) -> Markup:
    params = _group_of(field, attributes)
    params |= {
        "idPrefix": field.id,
        "name": field.name,
        "classes": "govuk-radios--small" + (" govuk-radios--inline" if field.inline else ""),
        "items": _items_of(field, {field.text}),
    }
    return govuk("radios", params)


def checkboxes(field: Any, **attributes: Any) -> Markup:
    params = _group_of(field, attributes)
    if field.offers:
        params["attributes"] |= {"data-offers": field.offers, "data-name": field.name}
    params |= {
        "idPrefix": field.id,
        "name": field.name,
        "classes": "govuk-checkboxes--small",
        "items": _items_of(field, set(field.texts)),
    }
    return govuk("checkboxes", params)


def checkbox(field: Any, **attributes: Any) -> Markup:
    params = _frame_of(field, attributes)
    item = {"value": "yes", "text": str(field.label.text), "checked": bool(field.data)}
    item["attributes"] = params.pop("attributes")
    if hint := params.pop("hint", None):
        item["hint"] = hint
    params |= {"idPrefix": field.id, "items": [item], "classes": "govuk-checkboxes--small"}
    return govuk("checkboxes", params)


def select(field: Any, **attributes: Any) -> Markup:
    params = _frame_of(field, attributes)
    blank = _("Choose…") if _is_asked(field) else pgettext("filter", "All")
    if field.autocomplete:
        params["attributes"]["autocomplete"] = field.autocomplete
    if field.offers:
        params["attributes"]["data-offers"] = field.offers
    params["items"] = []
    empty = govuk("select", params)
    if field.copies_choices:
        return empty
    options = _option_tags((("", blank, ""), *field.options), field.text)
    return empty.replace("</select>", options + Markup("</select>"))


def period(field: Any, **_attributes: Any) -> Markup:
    """A list of periods, and two days that the browser shows when they are asked for."""
    module = current_app.jinja_env.get_template("layout/fields.html").module
    options = _option_tags((("", pgettext("filter", "All"), ""), *field.options), field.chosen)
    return Markup(module.period_field(field, options))  # type: ignore[attr-defined]  # noqa: S704


def grouped_select(field: Any, **attributes: Any) -> Markup:
    """Choices below headings; the script offers the headings in a list of their own (narrow.js)."""
    lists = {"data_first": field.first, "data_about": field.about}
    lists = {name: label for name, label in lists.items() if label}
    params = _frame_of(field, {**attributes, **lists})
    params["items"] = []
    empty = govuk("select", params)
    if field.copies_choices:
        return empty
    groups = Markup("").join(
        Markup('<optgroup label="{}"{}>{}</optgroup>').format(
            heading,
            _section_attribute(field.sections.get(heading)),
            Markup("").join(_option_with_facts(field, *choice) for choice in members),
        )
        for heading, members in field.groups
    )
    blank = _option_tags((("", _("Choose…"), ""),), field.text)
    return empty.replace("</select>", blank + groups + Markup("</select>"))


def _section_attribute(section: str | None) -> Markup:
    """Under what the script shows a heading in its list of headings."""
    return Markup(' data-section="{}"').format(section) if section else Markup("")


def _option_with_facts(field: Any, value: str, label: str) -> Markup:
    """One choice below a heading, with what it is about."""
    about, takes = field.facts.get(value, ("", ()))
    facts = Markup(' data-about="{}" data-takes="{}"').format(about, " ".join(takes))
    return Markup('<option value="{}"{}{}>{}</option>').format(
        value,
        Markup(" selected") if value == field.text else "",
        facts if about else "",
        label,
    )


@lru_cache(maxsize=256)
def _option_tags(choices: tuple[tuple[str, str, str], ...], chosen: str) -> Markup:
    """Two hundred countries, without a macro called for each. What is called by its value (a time
    zone) says it once.
    """
    written = (
        f"<option{_value_attribute(value, str(label))}{' selected' if value == chosen else ''}>"
        f"{escape(label)}</option>\n"
        for value, label, _hint in choices
    )
    return Markup("".join(written))  # noqa: S704 - made of escaped parts


def _value_attribute(value: str, label: str) -> str:
    is_said = value == label == " ".join(label.split())
    return "" if value and is_said else f' value="{escape(value)}"'


def money(field: Any, **attributes: Any) -> Markup:
    return _draw_field("money_field", field, _group_of(field, attributes))


def group(field: Any, **attributes: Any) -> Markup:
    if attributes.get("cell"):
        params = _group_of(field, attributes)
        params["fieldset"]["legend"]["classes"] = "cell-label"
        return _draw_field("group_field", field, params)
    return _draw_field("group_field", field, _group_of(field, attributes))


def spread(field: Any, **_attributes: Any) -> Markup:
    if field.cell_errors:
        return _draw_spread(field)
    payers = tuple((code, str(label)) for code, label in field.payers)
    blank = _blank_spread(current_language().code, payers, tuple(field.periods), field.currency)
    texts: list[str] = []
    for payer, _label in payers:
        texts += (escape(typed) for _name, _period, typed in field.cells(payer))
        texts += [escape(field.figure_of(payer))] if len(field.periods) > 1 else []
    parts = blank.replace(_NAME, escape(field.name)).split(_TYPED)
    filled = (text for pair in zip(parts, [*texts, ""], strict=True) for text in pair)
    return Markup("".join(filled))  # noqa: S704 - made of escaped parts


_TYPED = "what-is-typed-in-a-cell"


@lru_cache(maxsize=64)
def _blank_spread(
    _language: str, payers: tuple[tuple[str, str], ...], periods: tuple[str, ...], currency: str
) -> str:
    """The boxes of one line of a budget, drawn once for all lines (docs/speed.md)."""
    return str(_draw_spread(_BlankSpread(payers, periods, currency)))


@dataclass(frozen=True, slots=True)
class _BlankSpread:
    """A line of a budget with marks in place of its name and of what is typed."""

    payers: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]
    currency: str
    cell_errors: ClassVar[Mapping[str, str]] = {}

    def cells(self, payer: str) -> Iterator[tuple[str, str, str]]:
        for number, period in enumerate(self.periods, 1):
            yield f"{_NAME}-{payer}_{number}", period, _TYPED

    def figure_of(self, _payer: str) -> str:
        return _TYPED


def _draw_spread(field: Any) -> Markup:
    template = current_app.jinja_env.get_template("layout/fields.html").module
    return Markup(template.spread_field(field))  # type: ignore[attr-defined]  # noqa: S704


def output(field: Any, **attributes: Any) -> Markup:
    """Only in a row: what its formula comes to."""
    params = _frame_of(field, attributes)
    template = current_app.jinja_env.get_template("layout/fields.html").module
    return Markup(template.output_field(field, params))  # type: ignore[attr-defined]  # noqa: S704


def content(field: Any, **_attributes: Any) -> Markup:
    template = current_app.jinja_env.get_template("layout/fields.html").module
    return Markup(template.content_field(field))  # type: ignore[attr-defined]  # noqa: S704


def rows(field: Any, **attributes: Any) -> Markup:
    return _draw_field("rows_field", field, _group_of(field, attributes))


def matrix(field: Any, **attributes: Any) -> Markup:
    return _draw_field("matrix_field", field, _group_of(field, attributes))


def label_text(field: Any) -> str:
    """The label; what may be left out says so."""
    label = str(field.label.text)
    optional = field.is_optional and _is_asked(field)
    return _("%(label)s (optional)", label=label) if optional else label


def _is_asked(field: Any) -> bool:
    """A form asks; a filter only offers."""
    return getattr(field.form, "asks", True)


def _label_of_cell(field: Any) -> dict[str, Any]:
    """The label in a row, with the currency of an amount that it does not name itself."""
    label, code = str(field.label.text), getattr(field, "currency", "")
    if not code or code in label:
        return {"text": label}
    return {"html": Markup('{} <span class="money__code">{}</span>').format(label, code)}


def _frame_of(field: Any, attributes: dict[str, Any]) -> dict[str, Any]:
    """Label, hint and error of a single input."""
    cell = attributes.pop("cell", False)
    marks = {name.replace("_", "-"): value for name, value in attributes.items()}
    if field.errors:
        marks["aria-invalid"] = "true"
    params: dict[str, Any] = {
        "id": field.id,
        "name": field.name,
        "label": _label_of_cell(field) if cell else {"text": label_text(field)},
        "attributes": marks,
        "classes": "",
    }
    if cell:
        params["label"]["classes"] = "cell-label"
        params["formGroup"] = {"classes": "cell"}
    if field.hint:
        params["hint"] = {
            "html": keep_days(field.hint),
            **({"classes": "cell-hint"} if cell else {}),
        }
    if field.error:
        params["errorMessage"] = error_message(field.error)
    return params


def _group_of(field: Any, attributes: dict[str, Any]) -> dict[str, Any]:
    """Legend, hint and error of several inputs that answer one question."""
    params = _frame_of(field, attributes)
    del params["label"], params["classes"]
    in_cell = params.get("formGroup", {}).get("classes") == "cell"
    text = str(field.label.text) if in_cell else label_text(field)
    params["fieldset"] = {"legend": {"text": text}}
    params["attributes"].pop("aria-invalid", None)
    return params


def _items_of(field: Any, ticked: set[str]) -> list[dict[str, Any]]:
    return [
        {"value": value, "text": label, "checked": value in ticked}
        | ({"hint": {"text": hint}} if hint else {})
        for value, label, hint in field.options
    ]


def _width_classes(width: int | None, more: str) -> str:
    if width is None:
        return more
    fitting = next((step for step in WIDTHS if step >= width), None)
    return f"govuk-input--width-{fitting} {more}".strip() if fitting else more


def _kept_lines(text: str) -> Markup:
    """Text whose line ends survive the macros' indenting and HTML's rule for a first line end."""
    unified = text.replace("\r\n", "\n")
    return Markup("\n") + escape(unified).replace("\n", Markup("&#10;"))


def _draw_field(macro: str, field: Any, params: dict[str, Any]) -> Markup:
    """A field with a template of its own, inside the frame that all groups share."""
    module = current_app.jinja_env.get_template("layout/fields.html").module
    described = [f"{field.id}-hint"] if field.hint else []
    described += [f"{field.id}-error"] if field.error else []
    inner = getattr(module, macro)(field, current_language())
    parts: list[Markup] = [inner]
    if field.error:
        parts.insert(
            0, govuk("error-message", {"id": f"{field.id}-error", **params["errorMessage"]})
        )
    if field.hint:
        parts.insert(0, govuk("hint", {"id": f"{field.id}-hint", **params["hint"]}))
    fieldset = {
        "legend": params["fieldset"]["legend"],
        "describedBy": " ".join(described),
        "html": Markup("\n").join(parts),
    }
    wrong = " govuk-form-group--error" if field.errors else ""
    return Markup('<div class="govuk-form-group{}" id="{}">{}</div>').format(
        wrong, f"{field.id}-group", govuk("fieldset", fieldset)
    )
