"""Who is watched, what comparing them with the list finds, and what a person decides on it."""

import hashlib
from collections.abc import Iterable, Sequence

from procrastinate import JobContext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.kernel.errors import Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart, system
from grants.integrity.sanctions.models import SanctionsHit, SanctionsWatch
from grants.integrity.sanctions.queries import list_in_force
from grants.integrity.sanctions.screening import Index, Match, index_in_force
from grants.integrity.sanctions.workflow import HIT, SETTLED, HitState
from grants.platform.messages.jobs import RETRY, enqueue, jobs

AT_ONCE = 500
"""Organisations compared in one transaction."""


def watch(
    session: Session, organisation: Organisation, act: Act, persons: Sequence[str] | None = None
) -> SanctionsWatch:
    """Compare an organisation with the list now, and with each new one.

    `persons` are others whose names are checked with it: owners, directors. None leaves them as
    they are.
    """
    session.flush()
    watched = session.get(SanctionsWatch, organisation.id, with_for_update=True)
    if watched is None:
        watched = SanctionsWatch(organisation=organisation, persons=[], begun_at=act.at)
        session.add(watched)
    if persons is not None:
        watched.persons = [name.strip() for name in persons if name.strip()]
    session.flush()
    compare(session, [watched], act)
    return watched


def watch_later(session: Session, organisation: Organisation, act: Act) -> None:
    """The worker compares an organisation with the list, because it is new here or has changed."""
    session.flush()
    watched = session.get(SanctionsWatch, organisation.id, with_for_update=True)
    if watched is None:
        watched = SanctionsWatch(organisation=organisation, persons=[], begun_at=act.at)
        session.add(watched)
    watched.list_id = None
    compare_later(session)


def screen_again(session: Session, organisation: Organisation, act: Act) -> None:
    """Compare an organisation with the list in force now, without waiting for the worker."""
    if not act.actor.may(Permission.SANCTIONS_RESOLVE):
        raise Forbidden(_("Your role does not allow this."))
    keep_apart(act.actor, organisation.id)
    watch(session, organisation, act)


def compare_later(session: Session) -> None:
    """Have the worker compare everyone watched with the list in force."""
    enqueue(session, compare_all)


@jobs.task(name="sanctions.compare_all", pass_context=True, retry=RETRY)
def compare_all(context: JobContext) -> None:
    """Batch by batch; after a kill it goes on where it was."""
    database = context.additional_context["post_office"].database
    while True:
        with database.transaction() as session:
            if not compare_batch(session):
                return


def compare_batch(session: Session) -> int:
    """Compare the next of those who were not compared with the list in force yet; how many."""
    newest = list_in_force(session)
    if newest is None:
        return 0
    waiting = session.scalars(
        select(SanctionsWatch)
        .where(SanctionsWatch.list_id.is_distinct_from(newest.id))
        .order_by(SanctionsWatch.organisation_id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=SanctionsWatch)
        .options(joinedload(SanctionsWatch.organisation, innerjoin=True))
    ).all()
    compare(session, waiting, Act.by_system("sanctions"))
    return len(waiting)


def compare(session: Session, watched: Sequence[SanctionsWatch], act: Act) -> None:
    """Compare with the list in force: new matches are opened, those that are gone lapse, and what
    was distinguished stays so until either side has changed.
    """
    newest = list_in_force(session)
    if newest is None or not watched:
        return
    index = index_in_force(session)
    hits = _known_hits(session, watched)
    of_system = act.actor.person_id is None  # an import is told as one in all it does
    by_system = Act(act.actor if of_system else system("sanctions"), at=act.at)
    for row in watched:
        _compare_one(session, index, row, hits.get(row.organisation_id, {}), by_system)
        row.list_id, row.checked_at = newest.id, act.at
    session.flush()


def _known_hits(
    session: Session, watched: Sequence[SanctionsWatch]
) -> dict[int, dict[int, SanctionsHit]]:
    """Organisation → entry → the match between them."""
    hits: dict[int, dict[int, SanctionsHit]] = {}
    ids = [row.organisation_id for row in watched]
    for hit in session.scalars(select(SanctionsHit).where(SanctionsHit.organisation_id.in_(ids))):
        hits.setdefault(hit.organisation_id, {})[hit.entry_id] = hit
    return hits


def names_of(watched: SanctionsWatch) -> list[str]:
    """Every name of a watched organisation."""
    organisation = watched.organisation
    return [*names_of_organisation(organisation), *watched.persons]


def names_of_organisation(organisation: Organisation) -> list[str]:
    """What an organisation says of itself: its names, and those of its key persons."""
    persons = [person["name"] for person in organisation.key_persons]
    return [organisation.name, *organisation.other_names, *persons]


def _compare_one(
    session: Session,
    index: Index,
    watched: SanctionsWatch,
    hits: dict[int, SanctionsHit],
    act: Act,
) -> None:
    country = watched.organisation.country
    matches = index.match(names_of(watched), country)
    for match in matches:
        fingerprint = _fingerprint_of(match, country)
        _note_match(session, watched, match, fingerprint, hits.get(match.entry_id), act)
    _let_lapse(session, hits.values(), {match.entry_id for match in matches}, act)


def _fingerprint_of(match: Match, country: str | None) -> str:
    """A digest of both sides: our name and country, and all that the list says of them."""
    text = "\n".join((match.ours, country or "", match.fingerprint))
    return hashlib.sha256(text.encode()).hexdigest()


def _note_match(
    session: Session,
    watched: SanctionsWatch,
    match: Match,
    fingerprint: str,
    hit: SanctionsHit | None,
    act: Act,
) -> None:
    """Open a match, or open it again where either side is not what a person saw."""
    if hit is None:
        hit = SanctionsHit(
            organisation_id=watched.organisation_id, entry_id=match.entry_id, found_at=act.at
        )
        _describe_hit(hit, match, fingerprint)
        begin(session, hit, HIT, act)
        return
    if hit.fingerprint == fingerprint and hit.state is not HitState.LAPSED:
        return
    _describe_hit(hit, match, fingerprint)
    if hit.state in (*SETTLED, HitState.PROPOSED):
        why = _("The details that were compared have changed since.")
        advance(session, hit, HIT, "reopen", Act(act.actor, why, act.at))


def _describe_hit(hit: SanctionsHit, match: Match, fingerprint: str) -> None:
    hit.score, hit.ours, hit.theirs = match.score, match.ours[:400], match.theirs
    hit.grounds = [ground.value for ground in match.grounds]
    hit.fingerprint = fingerprint


def _let_lapse(session: Session, hits: Iterable[SanctionsHit], alike: set[int], act: Act) -> None:
    why = _("The names no longer match, or the entry has been removed from the list.")
    for hit in hits:
        if hit.entry_id not in alike and hit.state is not HitState.LAPSED:
            advance(session, hit, HIT, "lapse", Act(act.actor, why, act.at))


def propose(session: Session, hit: SanctionsHit, act: Act) -> None:
    """A person has found that it is another person; nothing goes on before another confirms it."""
    _decide_hit(session, hit, "propose", act)


def tell_apart(session: Session, hit: SanctionsHit, act: Act) -> None:
    """Confirm as another person that it is not the one on the list; the reason holds until
    either side changes.
    """
    _decide_hit(session, hit, "tell_apart", act)


def confirm(session: Session, hit: SanctionsHit, act: Act) -> None:
    """Confirm that it is the one on the list: nothing more is accepted from them."""
    _decide_hit(session, hit, "confirm", act)


def lift(session: Session, hit: SanctionsHit, act: Act) -> None:
    """Lift a confirmation that another person has found wrong."""
    _decide_hit(session, hit, "lift", act)


def reopen(session: Session, hit: SanctionsHit, act: Act) -> None:
    """A person has doubts: it is looked at again."""
    keep_apart(act.actor, hit.organisation_id)
    advance(session, hit, HIT, "reopen", act)


def _decide_hit(session: Session, hit: SanctionsHit, action: str, act: Act) -> None:
    keep_apart(act.actor, hit.organisation_id)
    hit.reason, hit.decided_at, hit.decided_by = act.reason, act.at, act.actor.name
    advance(session, hit, HIT, action, act)
