"""What a person says who proposes, refuses or confirms a merge."""

from collections.abc import Iterable
from typing import Any

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import spaced
from grants.desk.merging.facts import Compared
from grants.platform.forms.fields import CheckboxesField, HiddenField, LongTextField
from grants.platform.forms.forms import Form


class ProposalForm(Form):
    """Which facts the other record gives, and why the two are one."""

    taken = CheckboxesField(
        _l("Which facts should be taken from the record that is closed?"),
        hint=_l("Facts that you do not tick stay as they are in the record that is kept."),
    )
    reason = LongTextField(
        _l("Why are the two records the same organisation?"),
        hint=_l("For example: same registration certificate, confirmed by its director."),
        required=True,
        limit=1000,
        rows=3,
    )

    def __init__(self, facts: Iterable[Compared], **options: Any) -> None:
        self._facts = [fact for fact in facts if fact.is_chosen and fact.differs and fact.merged]
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.taken.choices = [
            (fact.key, spaced(":").join((str(fact.label), str(fact.merged))))
            for fact in self._facts
        ]
        super().process(formdata, *args, **options)


class ConfirmForm(Form):
    """Nothing to fill in: the page shows what is merged."""

    version = HiddenField()
