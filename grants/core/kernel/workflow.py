"""The workflow of a record as a table: what can happen next, and who may do it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Step:
    """One act: from any of `sources` to `target`, for whoever holds `permission`.

    `label` is the words on the button. `needs_reason`: the trail must say why.
    `not_by` names earlier acts; whoever did one of them may not do this one (maker ≠ checker).
    """

    action: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    permission: Enum
    label: str = ""
    needs_reason: bool = False
    not_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateName:
    """A state in words: for the public and the record's owner, and for the secretariat."""

    public: str
    staff: str
    tone: str = "neutral"
    """How a tag looks: neutral, waiting, good, bad."""


@dataclass(frozen=True)
class Workflow:
    """A whole life of one kind of record. Checks itself when it is written."""

    subject: str
    initial: StrEnum
    steps: Sequence[Step]
    names: dict[StrEnum, StateName]
    _by_action: dict[str, Step] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_action", {step.action: step for step in self.steps})
        self._check()

    def _check(self) -> None:
        states = set(type(self.initial))
        if len(self._by_action) != len(self.steps):
            raise ValueError(f"{self.subject}: an action is written twice")
        if missing := states - set(self.names):
            raise ValueError(f"{self.subject}: states without a name: {sorted(missing)}")
        reached = {self.initial}
        while more := {step.target for step in self.steps if reached & set(step.sources)} - reached:
            reached |= more
        if lost := states - reached:
            raise ValueError(f"{self.subject}: states nothing leads to: {sorted(lost)}")
        known = set(self._by_action) | {"create"}
        for step in self.steps:
            if unknown := set(step.not_by) - known:
                raise ValueError(f"{self.subject}: {step.action} excludes unknown acts {unknown}")

    def step(self, action: str) -> Step:
        """The row of the table for `action`."""
        return self._by_action[action]

    def steps_from(self, state: StrEnum) -> Iterator[Step]:
        """What can happen next to a record in `state`."""
        return (step for step in self.steps if state in step.sources)

    def require(self, action: str, state: StrEnum) -> Step:
        """The step, or a Conflict that tells how the record stands now."""
        step = self.step(action)
        if state not in step.sources:
            raise Conflict(
                _(
                    "This is no longer possible: it now stands at “%(state)s”. Look at it again.",
                    state=self.names[state].staff,
                )
            )
        return step

    def diagram(self) -> str:
        """The table drawn as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        lines += [
            f"    {source.value} --> {step.target.value}: {step.action}"
            for step in self.steps
            for source in step.sources
        ]
        return "\n".join(lines)
