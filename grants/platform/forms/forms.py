"""The base of every form: CSRF, drafts that may be empty, values kept as typed, an error summary.

    class ContactForm(Form):
        name = TextField(_l("Your name"), required=True)

    form = ContactForm()                    # a POST fills it, a GET does not
    if form.validate_on_submit(): …         # form.name.data is one typed value

`Form(require=False)` is a draft: what is there is read and checked, nothing has to be there.
`form.typed()` is what the person typed, ready for a JSON column; `ContactForm.reopen(typed)` is the
form as they left it. A form decides nothing: rules of the fund are in the acts.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import HiddenField
from wtforms.csrf.core import CSRFTokenField

from grants.core.kernel.language import current_language, speaking
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.texts.marks import spaced
from grants.platform.forms.fields.dates import DateField
from grants.platform.forms.fields.question import Question
from grants.platform.forms.fields.rows import RowsField
from grants.platform.forms.fields.text import LongTextField
from grants.platform.forms.govuk import govuk

Typed = Mapping[str, Sequence[str]]

FILES_LEFT = "files_left"
"""The input of a form that comes after signing in on the spot, without the files chosen before."""

_UNSET: Any = object()


class _TokenField(CSRFTokenField):
    """Signed when it is shown: most forms that are sent are not."""

    def process(self, *args: Any, **options: Any) -> None:
        HiddenField.process(self, *args, **options)

    @property
    def current_token(self) -> str:  # type: ignore[override]
        return str(self.csrf_impl.generate_csrf_token(self))


class _Csrf(FlaskForm.Meta.csrf_class):  # type: ignore[misc, valid-type]
    field_class = _TokenField


class Form(FlaskForm):
    """A form of the fund. `currency` is that of its AmountFields which name none."""

    class Meta(FlaskForm.Meta):
        """Fields are those of a browser's form. What is sent without any, or as JSON, is a form
        that was left empty: it never stands for what the page had proposed.
        """

        csrf_class = _Csrf

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:  # noqa: ARG002 - WTForms'
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            sent = request.method in SUBMIT_METHODS
            return CombinedMultiDict((request.files, request.form)) if sent else None

    asks = True
    """Optional questions are marked as such; a filter's need no mark."""

    def __init__(
        self,
        formdata: Any = _UNSET,
        *,
        require: bool = True,
        currency: str = FUNCTIONAL_CURRENCY,
        **options: Any,
    ) -> None:
        self.require = require
        self.currency = currency
        self._source: Any = None
        self._reopened = False
        self._spoken = current_language()
        if formdata is _UNSET:
            super().__init__(**options)  # type: ignore[no-untyped-call]
        else:
            super().__init__(formdata=formdata, **options)  # type: ignore[no-untyped-call]

    @classmethod
    def reopen(cls, typed: Typed, **options: Any) -> Self:
        """The form as its owner left it, whatever the request says. Checked without CSRF."""
        items = [(key, text) for key, texts in typed.items() for text in texts]
        form = cls(MultiDict(items), **options)
        form._reopened = True
        return form

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self._source = self.meta.wrap_formdata(self, formdata)
        super().process(self._source, *args, **options)

    def typed(self) -> dict[str, list[str]]:
        """Every answer as it was typed, by input name: what a draft stores. Files are not text."""
        if self._source is None:
            return {}
        names = set().union(*(question.inputs() for question in self.questions()))
        return {
            key: [text for text in self._source.getlist(key) if isinstance(text, str)]
            for key in self._source
            if key in names
        }

    def questions(self) -> Iterator[Question]:
        """The fields, without the CSRF token."""
        return (field for field in self if isinstance(field, Question))

    def question(self, name: str) -> Question:
        """A field by its name."""
        field = self[name]
        assert isinstance(field, Question)
        return field

    @property
    def rows_changed(self) -> bool:
        """A person asked for one more row or one less (without JavaScript): show the form again."""
        return any(field.changed for field in self.questions() if isinstance(field, RowsField))

    def validate(self, extra_validators: Any = None) -> bool:
        if self.rows_changed or self._lacks_its_files():
            return False
        if not self._reopened:
            return bool(super().validate(extra_validators))
        token = self._fields.pop("csrf_token", None)
        valid = super().validate(extra_validators)
        if token is not None:
            self._fields["csrf_token"] = token
        return bool(valid)

    def _lacks_its_files(self) -> bool:
        """Its files stayed behind when the person signed in on the spot: it says so, and nothing
        is sent without them. A draft is saved as it is.
        """
        places = [field for field in self.questions() if field.is_file]
        if self._reopened or not (self.require and places and FILES_LEFT in request.form):
            return False
        self.complain(places[0].name, _("Your files were not uploaded. Choose them again."))
        return True

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Posted, and every answer can be used."""
        submitted = bool(self.is_submitted())  # type: ignore[no-untyped-call]
        return submitted and self.validate(extra_validators)

    def complain(self, name: str, message: str) -> None:
        """Show a refusal of the fund at the field it is about."""
        field = self.question(name)
        field.errors = [*field.errors, message]

    def refuse(self, message: str) -> None:
        """Show a refusal of the fund that is about no single field."""
        self.form_errors = [*self.form_errors, message]

    def problems(self) -> list[tuple[str, str]]:
        """(id of the input, what to do), in the order of the page."""
        messages = [("", message) for message in self.form_errors]
        for field in self:
            if isinstance(field, Question):
                messages += field.problems()
            else:
                messages += [("", str(message)) for message in field.errors]
        return messages

    def error_summary(self) -> Markup:
        """Nothing, or the box at the top of the page that takes the focus and links to each error.

        layout/page.html shows it for a context variable named `form`.
        """
        with speaking(self._spoken):
            problems = self.problems()
        if not problems:
            return Markup()
        items = [
            {"html": self._marked_message(message), "href": f"#{target}"}
            if target
            else {"text": message}
            for target, message in problems
        ]
        return govuk("error-summary", {"errorList": items})

    def _marked_message(self, message: str) -> Markup:
        """What is said of a question, in the language in which the questions are read."""
        if self._spoken == current_language():
            return escape(message)
        marks = self._spoken.code, self._spoken.direction
        return Markup('<span lang="{}" dir="{}">{}</span>').format(*marks, message)

    @property
    def has_files(self) -> bool:
        return any(field.is_file for field in self.questions())

    @property
    def has_long_text(self) -> bool:
        """Is there a box for several lines, whose text the browser keeps until it is saved?"""
        return any(isinstance(field, LongTextField) for field in self.questions())

    def all(self) -> Markup:
        """Every field in the order it is written in the class."""
        return Markup("\n").join(field() for field in self.questions())


IN_SIGHT = 5
"""So many questions of a filter fit in one line of a screen."""


class QueryForm(Form):
    """A filter or a search: read from the address, without CSRF, changing nothing."""

    asks = False
    opens_on: ClassVar[tuple[str, str]] = ("", "")
    """The question whose answer a list opens with, and the answer: the open work."""

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, **options: Any) -> None:
        options.setdefault("require", False)
        super().__init__(request.args, **options)
        for question in self.questions():  # a form on the same page may ask the same
            question.id = question.label.field_id = f"filter-{question.name}"
        name, answer = self.opens_on
        if name and name not in request.args:
            opened = self.question(name)
            opened.data, opened.raw_data = answer, [answer]

    def set_here(self) -> list[Question]:
        """The answers that filter the list."""
        return [
            field
            for field in self.questions()
            if not field.is_empty() and not field.errors and self._is_chosen(field)
        ]

    def _is_chosen(self, field: Question) -> bool:
        return bool(field.inputs() & set(request.args)) or field.name == self.opens_on[0]

    def in_sight(self) -> tuple[list[Question], list[Question]]:
        """The questions of the bar, and those that are behind "More filters"."""
        every = list(self.questions())
        return (every, []) if len(every) <= IN_SIGHT else (every[:IN_SIGHT], every[IN_SIGHT:])

    def address_without(self, field: Question) -> str:
        """This list without this answer; it then shows every record, whatever it opens on."""
        every = [(field.name, "")] if field.name == self.opens_on[0] else []
        return _address_without(field.inputs(), every)

    def chips(self) -> list[tuple[str, str]]:
        """What the list is filtered by, in words, each with the address without it."""
        return [
            (
                spaced(":").join(filter(None, (str(field.label.text), field.words()))),
                self.address_without(field),
            )
            for field in self.set_here()
        ]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the address says besides, and a new choice keeps: the order."""
        return [(key, request.args[key]) for key in ("order",) if key in request.args]

    @property
    def applies_at_once(self) -> bool:
        """Can each choice be applied when it is made? Not while a day is typed in three boxes."""
        return not any(isinstance(field, DateField) for field in self.questions())


def _address_without(names: Collection[str], more: Sequence[tuple[str, str]] = ()) -> str:
    """This address without these answers, from the first page on."""
    leaving = {"page", "format", *names}
    pairs = [(key, text) for key, text in request.args.items(multi=True) if key not in leaving]
    pairs += more
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path
