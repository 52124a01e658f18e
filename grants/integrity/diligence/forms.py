"""What people fill in about due diligence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.integrity.diligence.models import DiligenceRules, DueDiligence, Outcome
from grants.integrity.diligence.queries import Criterion, criteria_of
from grants.integrity.diligence.rules import Rules
from grants.integrity.diligence.service import Answer
from grants.integrity.diligence.workflow import DILIGENCE, DiligenceState
from grants.platform.forms.fields import (
    CheckboxField,
    FileField,
    LongTextField,
    NumberField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.fields.row import Row
from grants.platform.forms.fields.rows import RowsField
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.forms.of_funds import FundUnlessOneForm


class CaseFilter(QueryForm):
    """Which examinations to list."""

    state = SelectField(
        _l("Status"),
        lambda: [(state.value, DILIGENCE.names[state].staff) for state in DiligenceState],
    )


class OpenForm(FundUnlessOneForm):
    """The fund by whose rules a donor is examined."""

    fund = RadioField(_l("Under which fund’s rules?"), required=True)


FOUND = (("no", _l("Nothing found")), ("yes", _l("Something found")))
_VALUE = {"no": False, "yes": True}
_TEXT = {False: "no", True: "yes"}
EVIDENCE = 2000
PAPERS = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx")


class Questions(Form):
    """Made by `questions_form` for one examination; nothing has to be complete yet.

    One `source` tells where one looked, for every criterion on which nothing was found.
    """

    asks = False
    criteria: Sequence[Criterion] = ()
    noted: frozenset[str] = frozenset()
    """Criteria with a source of their own although nothing was found."""
    persons: Any
    source: Any

    def rows(self) -> Iterable[tuple[Criterion, Any, Any]]:
        """Each criterion with its two fields."""
        return [
            (criterion, self[f"found_{criterion.key}"], self[f"told_{criterion.key}"])
            for criterion in self.criteria
        ]

    def answers(self) -> dict[str, Answer]:
        return {
            criterion.key: Answer(
                _VALUE.get(finding.data or ""),
                self._evidence_on(criterion.key, finding.data or "", facts.data or ""),
            )
            for criterion, finding, facts in self.rows()
        }

    def _evidence_on(self, key: str, finding: str, facts: str) -> str:
        """What was found; where nothing was, the one source, unless the row has its own."""
        if finding == "no" and key not in self.noted:
            return self.source.data or facts
        return facts

    def find_nothing_else(self) -> None:
        """Every criterion that was not answered: nothing found. InvalidInput without a source."""
        if not self.source.data:
            raise InvalidInput(_("Enter the sources you checked first."))
        for _criterion, finding, _facts in self.rows():
            finding.data = finding.data or "no"

    def names(self) -> list[str]:
        """Whose names are screened with the donor's, one a line; nobody stands behind a person."""
        return str(self.persons.data or "").splitlines() if "persons" in self else []


def questions_form(examination: DueDiligence) -> Questions:
    """The criteria of an examination as questions, as they were left."""
    criteria, source = criteria_of(examination), _usual_source(examination)
    drawn: dict[str, Any] = {"criteria": criteria, "noted": _noted_criteria(examination, source)}
    data: dict[str, Any] = {"persons": "\n".join(examination.persons), "source": source}
    for criterion in criteria:
        answer = examination.answers.get(criterion.key, {})
        drawn[f"found_{criterion.key}"] = RadioField(criterion.label, FOUND, inline=True)
        drawn[f"told_{criterion.key}"] = LongTextField(
            _l("Findings, and where you found them"), limit=EVIDENCE, rows=2
        )
        data[f"found_{criterion.key}"] = _TEXT.get(answer.get("found"))
        evidence = answer.get("evidence", "")
        is_source = answer.get("found") is False and evidence == source
        data[f"told_{criterion.key}"] = "" if is_source else evidence
    drawn["source"] = LongTextField(
        _l("Sources checked"),
        hint=_l("This entry is used for every criterion where nothing was found."),
        limit=EVIDENCE,
        rows=2,
    )
    if examination.organisation.kind is not DonorKind.INDIVIDUAL:
        drawn["persons"] = LongTextField(
            _l("Owners, directors and other controlling persons"),
            hint=_l("One name per line. These names are also screened against the sanctions list."),
            limit=2000,
            rows=2,
        )
    kind = type("QuestionsOfExamination", (Questions,), drawn)
    form: Questions = kind(data=data, require=False)
    return form


def _usual_source(examination: DueDiligence) -> str:
    """The source named for most of the criteria on which nothing was found."""
    facts = Counter(
        answer["evidence"]
        for answer in examination.answers.values()
        if answer["found"] is False and answer["evidence"]
    )
    return facts.most_common(1)[0][0] if facts else ""


def _noted_criteria(examination: DueDiligence, source: str) -> frozenset[str]:
    """Criteria on which nothing was found in another place than the usual one."""
    return frozenset(
        key
        for key, answer in examination.answers.items()
        if answer["found"] is False and answer["evidence"] not in ("", source)
    )


class EvidenceForm(Form):
    """A file that the examination rests on."""

    about = TextField(_l("Summary of findings"), required=True, limit=200)
    file = FileField(_l("File"), accept=PAPERS, required=True)


class RecommendForm(Form):
    """What the examiner proposes."""

    outcome = RadioField(_l("What do you recommend?"), Outcome, required=True)
    reason = LongTextField(_l("Why?"), required=True, limit=2000, rows=5)


class DecideForm(Form):
    """What the decider decides."""

    outcome = RadioField(_l("What do you decide?"), Outcome, required=True)
    reason = LongTextField(
        _l("Conditions, or reason for refusal"),
        hint=_l("Leave empty to clear without conditions."),
        limit=2000,
        rows=5,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.outcome.data in (Outcome.CONDITIONS, Outcome.REFUSE) and not self.reason.data:
            self.complain("reason", _("Enter the conditions, or the reason for refusal."))
            return False
        return valid


class ReasonForm(Form):
    """Why it is sent back, or revoked."""

    reason = LongTextField(_l("Why?"), required=True, limit=2000, rows=5)


class CriterionRow(Row):
    """A criterion of the fund's own, in the languages that the fund writes in."""

    en = TextField(_l("In English"), required=True, limit=200)
    ar = TextField(_l("In Arabic"), limit=200)


class RulesForm(Form):
    """How a fund examines its donors."""

    years = NumberField(
        _l("For how many years is a clearance valid?"), required=True, least=1, most=10
    )
    examines_igos = CheckboxField(
        _l("Due diligence is also required for intergovernmental organisations")
    )
    more = RowsField(
        CriterionRow,
        _l("The fund’s own criteria, in addition to the standard ones"),
        most=20,
        shown=1,
        add_label=_l("Add a criterion"),
    )

    @classmethod
    def of(cls, rules: DiligenceRules) -> "RulesForm":
        more = [criterion["label"] for criterion in rules.more_criteria]
        return cls(data={"years": rules.years, "examines_igos": rules.examines_igos, "more": more})

    def rules(self) -> Rules:
        more = [{code: text for code, text in row.items() if text} for row in self.more.data]
        return Rules(int(self.years.data), bool(self.examines_igos.data), more)
