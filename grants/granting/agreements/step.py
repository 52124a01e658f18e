"""Something that a grant waits for, in the words of the fund’s people and of the organisation."""

from dataclasses import dataclass
from datetime import date

from grants.core.kernel.language import gettext as _
from grants.core.texts.formats import plain_day


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something a grant waits for: from whom, by when."""

    what: str
    kind: str
    """What has to be done: "accept", "start", "agreement", "record", "prepare", "account",
    "correct", "change", "request", "clearance", "confirm", "report", "payment", "finding",
    "statement", "certificate", "refund" or "close".
    """
    number: int
    """Of the change, request, instalment or report, or of the paper to sign; 0 where it is about
    none.
    """
    from_grantee: bool
    by: date | None
    late: bool = False
    reference: str = ""
    """Of the finding."""
    seen_as: str = ""
    """What the organisation reads of it, where the fund does it."""
    since: date | None = None
    """Since when it waits for the fund."""

    def text_for(self, *, is_staff: bool) -> str:
        """What waits, in the words of the fund's people or of the organisation."""
        return self.what if is_staff else self.seen_as or self.what

    @property
    def days(self) -> str:
        """By when, or since when the fund has it; "" where neither is known."""
        if self.by:
            return _("by %(day)s", day=plain_day(self.by, "medium"))
        return _("since %(day)s", day=plain_day(self.since, "medium")) if self.since else ""


def waits_for_fund(what: str, seen_as: str, kind: str, number: int, since: date | None) -> NextStep:
    """A step of the fund, as its people and as the organisation read it."""
    return NextStep(what, kind, number, from_grantee=False, by=None, seen_as=seen_as, since=since)
