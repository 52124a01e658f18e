"""Findings for the tests: noted by the programme officer, answered by the grantee."""

from datetime import timedelta
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.granting.findings.models import Finding, Source
from grants.granting.findings.service import Observation, answer, note
from grants.granting.findings.workflow import Severity
from tests.factories import act_of
from tests.grants import Scene


def observed(scene: Scene, **other: Any) -> Observation:
    facts: dict[str, Any] = {
        "text": "Receipts for rent are missing.",
        "severity": Severity.MEDIUM,
        "owner": scene.people.grantee,
        "due_on": clock.today() + timedelta(20),
        "source": Source.VISIT,
        "ineligible": usd(50_000),
    }
    return Observation(**(facts | other))


def a_finding(scene: Scene, **other: Any) -> Finding:
    act = act_of(scene.session, scene.people.officer)
    return note(scene.session, scene.award, observed(scene, **other), act)


def an_answered_finding(scene: Scene, **other: Any) -> Finding:
    finding = a_finding(scene, **other)
    answer(
        scene.session,
        finding,
        "The landlord signed receipts for every month.",
        act_of(scene.session, scene.people.grantee),
    )
    return finding
