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
from typing import Any, Self
from urllib.parse import urlencode

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import HiddenField
from wtforms.csrf.core import CSRFTokenField

from grants.core.kernel.language import current_language, speaking
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.texts.marks import spaced
from grants.platform.forms.fields.question import Question
from grants.platform.forms.fields.rows import RowsField
from grants.platform.forms.fields.text import LongTextField
from grants.platform.forms.govuk import govuk

Typed = Mapping[str, Sequence[str]]

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
        if self.rows_changed:
            return False
        if not self._reopened:
            return bool(super().validate(extra_validators))
        token = self._fields.pop("csrf_token", None)
        valid = super().validate(extra_validators)
        if token is not None:
            self._fields["csrf_token"] = token
        return bool(valid)

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


class QueryForm(Form):
    """A filter or a search: read from the address, without CSRF, changing nothing."""

    asks = False

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, **options: Any) -> None:
        options.setdefault("require", False)
        super().__init__(request.args, **options)
        for question in self.questions():  # a form on the same page may ask the same
            question.id = question.label.field_id = f"filter-{question.name}"

    def chips(self) -> list[tuple[str, str]]:
        """What the address filters by, in words, each with the address without it."""
        set_here = [
            field for field in self.questions() if not field.is_empty() and not field.errors
        ]
        return [
            (
                spaced(":").join(filter(None, (str(field.label.text), field.words()))),
                _address_without(field.inputs()),
            )
            for field in set_here
            if field.inputs() & set(request.args)
        ]


def _address_without(names: Collection[str]) -> str:
    """This address without these answers, from the first page on."""
    leaving = {"page", "format", *names}
    pairs = [(key, text) for key, text in request.args.items(multi=True) if key not in leaving]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path
