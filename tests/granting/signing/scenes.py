"""Papers of the tests: sent out, signed by each side, and what is told of them."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.queries import viewer_of
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.queries import progress_of
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.signing import service
from grants.granting.signing.models import Signing
from grants.granting.signing.rules import Rules, set_rules
from grants.platform.messages.models import Message
from grants.platform.signatures.stamps import Signed, Way
from tests.factories import act_of
from tests.granting.agreements.test_pages import grant_url, hidden
from tests.grants import Scene
from tests.platform.web.client import StrictClient

SYSTEM = Act.by_system("test")
quick = pytest.mark.usefixtures("quick_papers")


def by(scene: Scene, role: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, role), reason)


def go_by(scene: Scene, **rules: object) -> None:
    set_rules(scene.session, scene.fund, replace(Rules(), **rules), by(scene, "manager"))  # type: ignore[arg-type]


def sent(scene: Scene) -> Signing:
    return send_agreement(scene.session, scene.award, "en", by(scene, "manager"))


def sign_for_grantee(scene: Scene, signing: Signing, act: Act | None = None) -> None:
    how = Signed("Luz Reyes", "Director", Way.CODE)
    service.sign(scene.session, signing, how, act or by(scene, "grantee"))


def sign_for_fund(scene: Scene, signing: Signing, act: Act | None = None) -> None:
    how = Signed("Mina Berg", "Fund Manager", Way.FACTOR)
    service.sign(scene.session, signing, how, act or by(scene, "manager"))


def told(scene: Scene, name: str) -> list[str]:
    query = select(Message.recipient).where(Message.event.contains(f":{name}:"))
    return sorted(scene.session.scalars(query))


def counted(scene: Scene, person: Person, *queries: object) -> tuple[int, ...]:
    viewer = viewer_of(scene.session, person.id)
    assert viewer is not None
    return tuple(scene.session.scalar(query(viewer)) or 0 for query in queries)  # type: ignore[operator]


def steps(scene: Scene) -> list[tuple[str, bool]]:
    progress = progress_of(scene.session, scene.award)
    return [
        (step.what, step.from_grantee) for step in next_steps(scene.award, progress, clock.today())
    ]


def code_letter(session: Session) -> str:
    letter = session.scalars(
        select(Message).where(Message.event.contains(":code:")).order_by(Message.id.desc())
    ).first()
    assert letter is not None
    return letter.text


def code_of(session: Session) -> str:
    (code,) = re.findall(r"^\d{6}$", code_letter(session), re.MULTILINE)
    return str(code)


def signing_url(scene: Scene, tail: str = "") -> str:
    number = scene.session.scalars(select(Signing.id).order_by(Signing.id.desc())).first()
    return grant_url(scene, f"/signing/{number}{tail}")


def sign_by_page(scene: Scene, manager: StrictClient) -> None:
    accept = signing_url(scene, "/sign-for-fund")
    answers = {"version": hidden(manager, accept), "function": "Fund Manager", "agreed": "y"}
    assert manager.submit(accept, answers).status_code == 302
    scene.session.expire_all()
