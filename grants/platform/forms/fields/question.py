"""What all kinds of question share: required or not, the value as typed, errors worded to help."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.platform.forms import widgets

Check = Callable[[Any, Any], None]


class Question(Field):
    """What all fields share. Subclasses say how typed text becomes a value in `read`."""

    widget: Callable[..., Markup] = staticmethod(widgets.text_input)
    is_file = False
    copies_choices = False
    """In a row that the browser adds: the choices are those of the first row."""
    EMPTY: ClassVar[Any] = None

    def __init__(
        self,
        label: str = "",
        *,
        hint: str = "",
        required: bool = False,
        missing: str = "",
        width: int | None = None,
        checks: Sequence[Check] = (),
        autocomplete: str = "",
        **options: Any,
    ) -> None:
        self.form: Any = options.get("_form")
        """The form, or the row of a table, that asks: WTForms hands it to each field."""
        super().__init__(label, list(checks), **options)
        self.hint = hint
        self.required = required
        self.missing = missing
        self.width = width
        self.autocomplete = autocomplete
        self.raw_data: list[Any] | None = None
        self.names_itself = True
        """Whether the error's own words say which question is meant."""

    @property
    def text(self) -> str:
        """What the input shows: as typed, else the value written out."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    @property
    def error(self) -> str:
        return str(self.errors[0]) if self.errors else ""

    @property
    def target(self) -> str:
        """The id that the error summary links to."""
        return str(self.id)

    def problems(self) -> list[tuple[str, str]]:
        """(id of the input, what to do) for the error summary, where each line is read alone."""
        return [(self.target, self.summary_line)] if self.errors else []

    @property
    def summary_line(self) -> str:
        if self.names_itself:
            return self.error
        label = str(self.label.text)
        if label.endswith("？"):  # its width holds the space
            return f"{label}{self.error}"
        if label.endswith(("?", "؟")):
            return f"{label} {self.error}"
        return _("%(label)s: %(message)s", label=label, message=self.error)

    def inputs(self) -> set[str]:
        """Names of the inputs that hold the answer."""
        return {str(self.name)}

    @property
    def is_optional(self) -> bool:
        """May it be left out?"""
        return not self.required

    def words(self) -> str:
        """The answer in words, for a line that repeats it."""
        return self.text

    def is_empty(self) -> bool:
        typed = str((self.raw_data or [""])[0]).strip()
        return not typed and self.data in (self.EMPTY, None, "")

    def read(self, text: str) -> Any:
        """The value of a typed text that is not blank; InvalidInput says how to write it."""
        return text

    def write(self, value: Any) -> str:
        return str(value)

    def process_data(self, value: Any) -> None:
        self.data = self.EMPTY if value is None else value

    def process_formdata(self, valuelist: list[Any]) -> None:
        texts = [str(text).strip() for text in valuelist]
        self.data = self.EMPTY
        if texts and texts[0]:
            self.data = self._reading(lambda: self.read(texts[0]))

    def _reading(self, read: Callable[[], Any]) -> Any:
        """WTForms keeps the message of a ValueError as the field's error."""
        try:
            return read()
        except FundError as refusal:
            raise ValueError(refusal.message) from refusal

    def pre_validate(self, form: Any) -> None:
        self.names_itself = False
        if self.process_errors:
            raise StopValidation
        if self.is_empty():
            needed = self.required and getattr(form, "require", True)
            self.names_itself = True
            raise StopValidation(self.missing_text() if needed else "")
        try:
            self.check()
        except FundError as refusal:
            raise StopValidation(refusal.message) from refusal

    def check(self) -> None:
        """Limits of a value that is there; InvalidInput says what they are."""

    def missing_text(self) -> str:
        return str(self.missing) or _("Fill in “%(label)s”.", label=self.label.text)


class PartsField(Question):
    """A question answered in several boxes, named `name-part`."""

    parts: ClassVar[tuple[str, ...]] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        if formdata is not None:
            typed_parts = [formdata.get(f"{self.name}-{part}", "") for part in self.parts]
            formdata = MultiDict([(self.name, text) for text in typed_parts])
        super().process(formdata, data, extra_filters)

    def inputs(self) -> set[str]:
        return {f"{self.name}-{part}" for part in self.parts}

    def part(self, index: int) -> str:
        """What one box shows."""
        if self.raw_data:
            return str(self.raw_data[index])
        return "" if self.data is None else self.write_part(self.data, index)

    def write_part(self, value: Any, index: int) -> str:
        raise NotImplementedError

    def is_empty(self) -> bool:
        return self.data is None and not any(str(text).strip() for text in self.raw_data or [])
