"""The workflow of a record as a table: what can happen next, and who may do it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Literal

from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Step:
    """One act: from any of `sources` to `target`, for a person who holds `permission`.

    `label` is the words on the button, `button` others where they differ. `needs_reason`: the trail
    must say why. `not_by` names earlier acts; the person who did one of them may not do this one
    (maker ≠ checker).

    `act` names the function that takes the step ("giving.pledges.service.acknowledge"). One of
    three says from where: `page` is the endpoint behind the button on the record's page, a link, or
    with `in_place` a form that stands on the record's page and only posts to it; `within`
    is an endpoint on which something else is done that takes this step too; `by` names a job or an
    import that takes it without a page. platform/web/steps.py checks them when the application
    starts. `only` says which records have this step at all, where their settings differ, and
    `closed` tells why the others have not.
    """

    action: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    permission: Enum
    label: str = ""
    needs_reason: bool = False
    not_by: tuple[str, ...] = ()
    button: str = ""
    act: str = ""
    page: str = ""
    in_place: bool = False
    within: str = ""
    by: str = ""
    only: Callable[[Any], bool] | None = None
    closed: str = ""

    def is_open_to(self, subject: object) -> bool:
        """Do the settings of this record have the step?"""
        return self.only is None or self.only(subject)


Tone = Literal["neutral", "waiting", "active", "good", "bad"]
"""How the tag of a state looks."""


@dataclass(frozen=True, slots=True)
class StateName:
    """A state in words: for the public and the record's owner, and for the secretariat."""

    public: str
    staff: str
    tone: Tone = "neutral"
    next: str = ""
    """What is to be done next, for a list of work: "Screen"; by others: "The reviewers score"."""
    next_pages: tuple[str, ...] = ()
    """Where that is done: a list leads to the first of these pages that opens to the reader."""


Sets = Mapping[str, Sequence[StrEnum]]
"""Names of sets of states that have no state in common and together hold all of them."""


@dataclass(frozen=True)
class Workflow:
    """A whole life of one kind of record. Checks itself when it is written.

    `final` names the states that no step leads out of. `partitions` has, for each question that
    figures and pages ask of a state, named sets that share no state and together hold all of them:
    the application does not start before a new state is in one set of every question.
    """

    subject: str
    initial: StrEnum
    steps: Sequence[Step]
    names: dict[StrEnum, StateName]
    final: Sequence[StrEnum] = ()
    partitions: Mapping[str, Sets] = field(default_factory=dict)
    _by_action: dict[str, Step] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_action", {step.action: step for step in self.steps})
        if faults := [*self._step_faults(), *self._state_faults(), *self._set_faults()]:
            raise ValueError("\n".join(f"{self.subject}: {fault}" for fault in faults))

    def _step_faults(self) -> Iterator[str]:
        if len(self._by_action) != len(self.steps):
            yield "an action is written twice"
        actions = set(self._by_action) | {"create"}
        for step in self.steps:
            if not step.act:
                yield f"{step.action} names no function that takes it: add act="
            if sum(map(bool, (step.page, step.within, step.by))) != 1:
                yield f"{step.action} does not say where it is taken: add page=, within= or by="
            if unknown := set(step.not_by) - actions:
                yield f"{step.action} excludes unknown acts {unknown}"

    def _state_faults(self) -> Iterator[str]:
        states = set(type(self.initial))
        if missing := states - set(self.names):
            yield f"states without a name: {sorted(missing)}"
        reached = {self.initial}
        while more := {step.target for step in self.steps if reached & set(step.sources)} - reached:
            reached |= more
        if lost := states - reached:
            yield f"states nothing leads to: {sorted(lost)}"
        sources = {source for step in self.steps for source in step.sources}
        if stuck := states - sources - set(self.final):
            yield f"no step leads out of {sorted(stuck)}: add one, or name them in final="
        if wrong := sources & set(self.final):
            yield f"named final, and a step leads out of {sorted(wrong)}"

    def _set_faults(self) -> Iterator[str]:
        for question, sets in self.partitions.items():
            placed = [state for members in sets.values() for state in members]
            where = f"{question} Put it into one of {', '.join(sets)} in this workflow.py"
            for state in type(self.initial):
                if placed.count(state) == 0:
                    yield f"the state {state.value!r} is in no set. {where}"
                elif placed.count(state) > 1:
                    yield f"the state {state.value!r} is in two sets. {where}"

    def step(self, action: str) -> Step:
        """The row of the table for `action`."""
        return self._by_action[action]

    def steps_from(self, state: StrEnum) -> Iterator[Step]:
        """What can happen next to a record in `state`."""
        return (step for step in self.steps if state in step.sources)

    def require(self, action: str, state: StrEnum) -> Step:
        """The step, or a Conflict that names the present state."""
        step = self.step(action)
        if state not in step.sources:
            raise Conflict(
                _(
                    "This is no longer possible: the status is now “%(state)s”. Reload the page.",
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
        lines += [f"    {state.value} --> [*]" for state in self.final]
        return "\n".join(lines)
