"""The kinds of question a form may ask. Each turns what people type into one typed value.

Every field takes a label and, by name: `hint`, `required`, `missing` (what to say when it is
empty), `width` in characters, `checks` (functions of form and field that raise ValidationError).
Empty is "" for text, False for a single box, [] for several answers, None for anything else.
"""

from grants.platform.forms.fields.choices import (
    CheckboxesField,
    CheckboxField,
    CountryField,
    GroupedField,
    RadioField,
    SelectField,
    YesNoField,
)
from grants.platform.forms.fields.dates import DateField
from grants.platform.forms.fields.files import FileField
from grants.platform.forms.fields.group import GroupField
from grants.platform.forms.fields.matrix import MatrixField
from grants.platform.forms.fields.numbers import AmountField, MoneyField, NumberField
from grants.platform.forms.fields.output import ContentField, OutputField
from grants.platform.forms.fields.period import PeriodField
from grants.platform.forms.fields.question import Question
from grants.platform.forms.fields.row import Row
from grants.platform.forms.fields.rows import RowsField
from grants.platform.forms.fields.spread import SpreadField
from grants.platform.forms.fields.text import (
    EmailField,
    HiddenField,
    LongTextField,
    PasswordField,
    PhoneAbroadField,
    PhoneField,
    TextField,
    WebField,
)

__all__ = [
    "AmountField",
    "CheckboxField",
    "CheckboxesField",
    "ContentField",
    "CountryField",
    "DateField",
    "EmailField",
    "FileField",
    "GroupField",
    "GroupedField",
    "HiddenField",
    "LongTextField",
    "MatrixField",
    "MoneyField",
    "NumberField",
    "OutputField",
    "PasswordField",
    "PeriodField",
    "PhoneAbroadField",
    "PhoneField",
    "Question",
    "RadioField",
    "Row",
    "RowsField",
    "SelectField",
    "SpreadField",
    "TextField",
    "WebField",
    "YesNoField",
]
