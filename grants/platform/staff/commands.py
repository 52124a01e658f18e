"""The fund's people on the command line: what the owner of the installation does."""

import json
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand
from grants.core.people.models import Membership
from grants.core.people.permissions import Role
from grants.core.people.queries import person_by_email
from grants.core.people.service import Tenure
from grants.core.people.viewer import system
from grants.core.proofs.queries import with_factor
from grants.platform.staff import queries, service
from grants.platform.web.database import database

OWNER = "owner of the installation"
"""How the trail names a person at the command line."""

staff = AppGroup("staff", help="Fund staff and their roles.")

ROLE = click.option(
    "--role", required=True, type=click.Choice([role.value for role in queries.STAFF_ROLES])
)
FUND = click.option("--fund", "code", help="Code of the fund; without it, every fund.")


@staff.command("appoint", cls=FundCommand)
@click.argument("email")
@click.option("--name", required=True)
@ROLE
@FUND
@click.option("--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--until", "until_on", type=click.DateTime(["%Y-%m-%d"]), help="The last day.")
def appoint(
    email: str,
    name: str,
    role: str,
    code: str | None,
    from_on: datetime | None,
    until_on: datetime | None,
) -> None:
    """Give EMAIL a role immediately, and print a one-time link for signing in."""
    with database().transaction() as session:
        fund = fund_by_code(session, code) if code else None
        office = service.Office(Role(role), fund, Tenure(_day_of(from_on), _day_of(until_on)))
        link = _invite_link(session, service.Invitee(email, name), office)
    click.echo(link)


def _invite_link(session: Session, invitee: service.Invitee, office: service.Office) -> str:
    """Appoint as the owner of the installation; the one-time link for the person."""
    service.appoint(session, invitee, office, Act.by_system(OWNER))
    person = person_by_email(session, invitee.email)
    assert person is not None
    return service.invitation(session, person)


def _day_of(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@staff.command("end", cls=FundCommand)
@click.argument("email")
@ROLE
@FUND
@click.option("--why", required=True, help="The reason, kept in the trail.")
def end(email: str, role: str, code: str | None, why: str) -> None:
    """End a role of EMAIL. The last administrator cannot be removed."""
    with database().transaction() as session:
        membership = _membership_of(session, email, Role(role), code)
        service.end(session, membership, Act.by_system(OWNER, why))
    click.echo(_("%(email)s: the role %(role)s has ended.", email=email, role=role))


def _membership_of(session: Session, email: str, role: Role, code: str | None) -> Membership:
    person = person_by_email(session, email)
    fund = fund_by_code(session, code) if code else None
    query = queries.memberships_for(system(OWNER)).where(
        Membership.person_id == (person.id if person else 0),
        Membership.role == role,
        Membership.fund_id.is_not_distinct_from(fund.id if fund else None),
    )
    membership = session.scalar(query)
    if membership is None:
        raise DomainError(_("%(email)s does not hold this role there.", email=email))
    return membership


@staff.command("list", cls=FundCommand)
@FUND
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def everyone(code: str | None, *, as_json: bool) -> None:
    """List who has which role, now or from a later date."""
    with database().session() as session:
        rows = _rows_of(session, code)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        days = f"{row['from']} – {row['until'] or ''}"
        click.echo(f"{row['email']:36} {row['role']:20} {row['fund'] or '*':10} {days}")


def _rows_of(session: Session, code: str | None) -> list[dict[str, Any]]:
    query = queries.memberships_for(system(OWNER))
    if code:
        fund = fund_by_code(session, code)
        query = query.where(Membership.fund_id.is_(None) | (Membership.fund_id == fund.id))
    memberships = session.scalars(query.order_by(Membership.id)).all()
    proven = with_factor(session, {row.person_id for row in memberships})
    return [
        {
            "email": row.person.email,
            "name": row.person.name,
            "role": row.role.value,
            "fund": row.fund.code if row.fund else None,
            "from": (row.from_on or clock.day_of(row.begun_at)).isoformat(),
            "until": row.until_on.isoformat() if row.until_on else None,
            "second_factor": row.person_id in proven,
        }
        for row in memberships
    ]


admin = AppGroup("admin", help="Administrators.")


@admin.command("invite", cls=FundCommand)
@click.argument("email")
def invite(email: str) -> None:
    """Make EMAIL an administrator, and print a one-time link for signing in."""
    with database().transaction() as session:
        invitee = service.Invitee(email, email.split("@", maxsplit=1)[0])
        link = _invite_link(session, invitee, service.Office(Role.ADMINISTRATOR))
    click.echo(link)
