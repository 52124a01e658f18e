"""Finding certificates, the copies kept under them, and what is in the way of a new one."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from grants.books.certificates.models import Certificate, Copy
from grants.books.ledger.models import Entry, Period
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer

P = Permission
PUBLISHED = ("fund-statement", "financial-statements")
"""Documents of a fund whose certified copies are for everyone. Others tell of donors who may not
want to be named.
"""


def certificate_in_force(
    session: Session, document: str, reference: str, period: str = ""
) -> Certificate | None:
    """The certificate that holds for a document now: the one that none supersedes."""
    newer = aliased(Certificate)
    return session.scalar(
        select(Certificate)
        .where(
            Certificate.document == document,
            Certificate.reference == reference,
            Certificate.period == period,
            ~exists().where(newer.supersedes_id == Certificate.id),
        )
        .options(joinedload(Certificate.fund))
    )


def ever_certified(session: Session, document: str, period: str) -> frozenset[str]:
    """References of the documents of a kind and a period that were ever certified, and the donors
    in them: of any other reference there is no certificate to look for.
    """
    conditions = Certificate.document == document, Certificate.period == period
    references = session.scalars(select(Certificate.reference).where(*conditions).distinct()).all()
    return frozenset({*references, *(name.rpartition("/")[0] for name in references)})


def copy_in(session: Session, certificate: Certificate, language: str) -> Copy | None:
    """The copy kept in a language; none where the fund did not speak it at the time."""
    return session.get(Copy, (certificate.id, language))


def copy_of_bytes(session: Session, sha256: str) -> Copy | None:
    """The certified copy with this hash."""
    return session.scalar(
        select(Copy)
        .where(Copy.sha256 == sha256)
        .options(joinedload(Copy.certificate).joinedload(Certificate.fund))
    )


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """Of the funds whose statements this person issues, and of the donors it acts for."""
    donors = Certificate.organisation_id.in_(viewer.organisations_with(P.PLEDGE_READ))
    return or_(in_funds_with(viewer, P.STATEMENT_ISSUE, Certificate.fund_id), donors)


def certificates_for_viewer(viewer: Viewer) -> Select[Certificate]:
    """Every certified document this person may see, superseded ones too."""
    return (
        select(Certificate)
        .where(_seen_by(viewer))
        .options(
            joinedload(Certificate.fund),
            joinedload(Certificate.organisation),
            selectinload(Certificate.copies),
            joinedload(Certificate.superseded_by),
        )
    )


def certificate_for_viewer(session: Session, serial: str, viewer: Viewer) -> Certificate:
    """The certificate of a number, if this person may see it, or Missing."""
    return _of_number(session, certificates_for_viewer(viewer), serial)


def published_certificates(session: Session, fund: Fund) -> Sequence[Certificate]:
    """The certified statements of a fund that hold, for everyone: the newest period first."""
    newer = aliased(Certificate)
    held = ~exists().where(newer.supersedes_id == Certificate.id)
    ordered = Certificate.period.desc(), Certificate.document, Certificate.id
    return session.scalars(_published_certificates(fund).where(held).order_by(*ordered)).all()


def published_certificate(session: Session, fund: Fund, serial: str) -> Certificate:
    """A certified statement of a fund that everyone may read, superseded ones too; or Missing."""
    return _of_number(session, _published_certificates(fund), serial)


def _published_certificates(fund: Fund) -> Select[Certificate]:
    return (
        select(Certificate)
        .where(Certificate.fund_id == fund.id, Certificate.document.in_(PUBLISHED))
        .options(joinedload(Certificate.fund), selectinload(Certificate.copies))
    )


def _of_number(session: Session, query: Select[Certificate], serial: str) -> Certificate:
    code, _mark, year_and_number = serial.rpartition("-C-")
    year, _dash, number = year_and_number.partition("-")
    certificate = None
    if year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 10:
        certificate = session.scalar(
            query.join(Certificate.fund).where(
                Fund.code == code,
                Certificate.year == int(year),
                Certificate.number == int(number),
            )
        )
    if certificate is None:
        raise Missing(_("No certified document has this number."))
    return certificate


def funds_to_certify(viewer: Viewer) -> Select[int]:
    """Funds whose source and use of funds of last year this person should certify and nobody has:
    those that had money in it.
    """
    year = clock.today().year - 1
    certified = exists().where(
        Certificate.fund_id == Fund.id,
        Certificate.document == "fund-statement",
        Certificate.period == f"{year}-01-01/{year}-12-31",
    )
    booked = exists().where(
        Entry.fund_id == Fund.id, Entry.booked_on.between(date(year, 1, 1), date(year, 12, 31))
    )
    ours = in_funds_with(viewer, P.STATEMENT_CERTIFY, Fund.id)
    return select(func.count()).select_from(Fund).where(booked, ~certified, ours)


def has_kept_the_books(
    session: Session, fund_id: int, since: date, until: date, viewer: Viewer
) -> bool:
    """Did this person book an entry of those days, or close one of their months?"""
    if viewer.person_id is None:
        return False
    booked = exists().where(
        Entry.fund_id == fund_id,
        Entry.booked_on.between(since, until),
        Entry.person_id == viewer.person_id,
    )
    closed = exists().where(
        Period.fund_id == fund_id,
        Period.month.between(since.replace(day=1), until),
        TrailRow.subject == Period.__tablename__,
        TrailRow.subject_id == Period.id,
        TrailRow.action == "close",
        TrailRow.person_id == viewer.person_id,
    )
    return bool(session.scalar(select(or_(booked, closed))))
