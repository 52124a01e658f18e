"""A history brings donors that were accepted before; what people decided here stays decided."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.giving.donors.models import Donor
from grants.integrity.diligence.models import DueDiligence, Outcome
from grants.integrity.diligence.queries import Clearance, clearance_of
from grants.integrity.diligence.service import decide
from grants.integrity.sanctions.queries import watch_of
from tests.desk.moving_in.history.folders import added, folder, run
from tests.integrity.diligence.examined import a_company, approver, recommended

COMPANY = {
    **added("donors", "NORD,Nordwind AG,private,AT", "SEA,Council of Coasts,igo,"),
    **added("pledges", "P2,NORD,EUR,500.00,2024-02-01,2024-02-20,no,unearmarked"),
    **added("deposits", "B2,P2,2024-03-05,EUR,500.00,"),
}


def _company(session: Session) -> Organisation:
    return session.scalars(select(Organisation).where(Organisation.name == "Nordwind AG")).one()


def test_a_company_that_gave_before_is_cleared_by_a_record_that_says_so(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    assert run(app, folder(tmp_path, **COMPANY)).exit_code == 0
    donor = _company(session)
    examination = session.scalars(select(DueDiligence)).one()
    assert (examination.organisation_id, examination.taken_over) == (donor.id, True)
    assert clearance_of(session, donor) is Clearance.CLEARED
    assert watch_of(session, donor.id) is not None
    assert session.scalar(select(func.count()).select_from(Donor)) == 3


def test_repeating_it_examines_nobody_again(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, folder(tmp_path, **COMPANY))
    more = {**COMPANY, "deposits": COMPANY["deposits"] + "B3,P2,2024-04-05,EUR,1.00,\n"}
    assert run(app, folder(tmp_path, **COMPANY)).exit_code == 0
    run(app, folder(tmp_path, **more))
    assert session.scalar(select(func.count()).select_from(DueDiligence)) == 1


def test_whoever_was_refused_here_stays_refused(
    app: Flask, session: Session, fund: Fund, tmp_path: Path
) -> None:
    donor = a_company(session)
    donor.code = "NORD"
    examination = recommended(session, fund, donor, outcome=Outcome.REFUSE)
    decide(session, examination, Outcome.REFUSE, approver(session, "It sells tobacco."))
    session.commit()
    refused = run(app, folder(tmp_path, **COMPANY))
    assert refused.exit_code == 2
    assert "Nordwind AG was refused by due diligence" in refused.stderr
