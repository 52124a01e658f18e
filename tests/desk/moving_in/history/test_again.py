"""Repeating an import changes nothing; what is known with other content is refused at its cell."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit import chain
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_organisation, enter_person
from grants.desk.moving_in.history.models import TakenRow
from grants.giving.contributions.models import Deposit
from grants.giving.contributions.service import allocate
from grants.giving.donors.models import Donor
from grants.giving.pledges.models import Pledge
from grants.platform.messages.models import Message
from seeds import earlier
from tests.desk.moving_in.history.folders import FILES, added, flask, folder, run, swapped
from tests.desk.moving_in.history.test_faults import written


def new(done: object) -> dict[str, int]:
    """How many rows of each file were new, from the summary."""
    lines = str(getattr(done, "stdout", "")).splitlines()
    return {line.split(":")[0]: int(line.split(", ")[1].split()[0]) for line in lines}


def test_a_history_is_taken_over_with_one_line_for_each_file(app: Flask, tmp_path: Path) -> None:
    done = run(app, folder(tmp_path))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[3] == "deposits.csv: 1 rows read, 1 new."
    assert new(done) == {f"{name}.csv": text.count("\n") - 1 for name, text in FILES.items()}


def test_a_history_tells_of_earlier_days_where_nobody_else_may(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    earlier.end(session)
    session.commit()
    assert run(app, folder(tmp_path)).exit_code == 0
    assert list(chain.breaches(session)) == []


def test_repeating_an_import_changes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, folder(tmp_path))
    before = written(session)
    again = run(app, tmp_path)
    assert (again.exit_code, again.stderr) == (0, "")
    assert set(new(again).values()) == {0}
    assert written(session) == before


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    done = run(app, folder(tmp_path), "--dry-run")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[3] == "deposits.csv: 1 rows read, 1 new."
    assert written(session) == (0, 0, 0, 0)
    assert run(app, tmp_path).exit_code == 0
    assert run(app, tmp_path, "--dry-run").exit_code == 0


def test_files_may_come_one_after_the_other(app: Flask, tmp_path: Path) -> None:
    for name in FILES:
        part = tmp_path / name
        part.mkdir()
        (part / f"{name}.csv").write_text(FILES[name], encoding="utf-8")
        if name == "grants":  # with its schedule, which has to add up
            (part / "instalments.csv").write_text(FILES["instalments"], encoding="utf-8")
        assert run(app, part).exit_code == 0, name
    together = run(app, folder(tmp_path))
    assert (together.exit_code, set(new(together).values())) == (0, {0})


def test_a_folder_grows_and_only_what_is_added_is_new(app: Flask, tmp_path: Path) -> None:
    run(app, folder(tmp_path))
    more = (
        added("deposits", "B2,,2024-07-01,KWD,3.000,")
        | added("payments", "G1,2,2024-07-02,OUT2")
        | added("other", "refund_to_donor,2024-07-03,EUR,8.00,I1,P1")
    )
    grown = run(app, folder(tmp_path, **more))
    assert grown.exit_code == 0, grown.stderr
    names = {name for name, count in new(grown).items() if count}
    assert names == {"deposits.csv", "payments.csv", "other.csv"}


def test_what_is_known_may_lie_in_a_closed_period(app: Flask, tmp_path: Path) -> None:
    run(app, folder(tmp_path))
    for month in range(1, 7):
        assert flask(app, "ledger", "period", "close", f"2024-{month:02}").exit_code == 0
    later = folder(tmp_path, **added("other", "bank_charge,2024-07-01,USD,2.00,C1,"))
    assert run(app, later).exit_code == 0


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        (swapped("pledges", "1000.00", "1200.00"), "pledges.csv:2: amount"),
        (swapped("pledges", "2024-01-05", "2024-01-06"), "pledges.csv:2: pledged_on"),
        (swapped("pledges", "2024-01-20", ""), "pledges.csv:2: agreement_signed_on"),
        (swapped("pledges", ",no,", ",yes,"), "pledges.csv:2: conditional"),
        (swapped("pledges", "unearmarked", "tight"), "pledges.csv:2: earmarking"),
        (swapped("deposits", "990.00", "900.00"), "deposits.csv:2: amount"),
        (swapped("deposits", "10.00", ""), "deposits.csv:2: bank_fee"),
        (swapped("deposits", "P1", ""), "deposits.csv:2: pledge"),
        (swapped("grants", "2024-12-31", "2025-01-31"), "grants.csv:2: ends_on"),
        (swapped("payments", "2024-05-02", "2024-05-03"), "payments.csv:2: paid_on"),
        (swapped("payments", "OUT1", "OUT9"), "payments.csv:2: bank_reference"),
        (swapped("grant_refunds", "50.00", "40.00"), "grant_refunds.csv:2: amount_usd"),
        (swapped("other", "12.34", "12.35"), "other.csv:2: amount"),
        (swapped("rates", "0.9", "0.91"), "rates.csv:2: rate"),
        (swapped("donors", "Austria", "Austria again"), "donors.csv:2: name"),
        (swapped("donors", "member_state", "igo"), "donors.csv:2: kind"),
        (swapped("organisations", "HN", "SV"), "organisations.csv:2: country"),
        (swapped("instalments", "2024-05-01", "2024-05-09"), "instalments.csv:2: due_on"),
        (added("instalments", "G1,3,1.00,2024-07-01"), "grants.csv:2: award_usd"),
    ],
)
def test_a_known_reference_with_other_content_is_refused(
    app: Flask, session: Session, tmp_path: Path, changed: dict[str, str], place: str
) -> None:
    run(app, folder(tmp_path))
    before = written(session)
    refused = run(app, folder(tmp_path, **changed))
    assert refused.exit_code == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"{place}: ")
    assert "expected" in line
    assert written(session) == before


def test_an_instalment_is_compared_also_without_its_grant(app: Flask, tmp_path: Path) -> None:
    run(app, folder(tmp_path))
    for name in FILES:
        (tmp_path / f"{name}.csv").unlink()
    text = FILES["instalments"].replace("G1,2,200.00", "G1,3,200.00")
    (tmp_path / "instalments.csv").write_text(text, encoding="utf-8")
    refused = run(app, tmp_path)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("instalments.csv:3: number: G1 has no instalment 3")


def test_the_same_file_changes_nothing_whatever_people_did_since(
    app: Flask, session: Session, fund: Fund, tmp_path: Path
) -> None:
    unsigned = swapped("pledges", "2024-01-20", "")
    partly = FILES["deposits"].replace("990.00", "900.00") + "B2,,2024-05-01,EUR,5.00,\n"
    run(app, folder(tmp_path, pledges=unsigned["pledges"], deposits=partly))
    pledge = session.scalars(select(Pledge)).one()
    waiting = session.scalars(select(Deposit).where(Deposit.bank_reference == "B2")).one()
    allocate(session, waiting, pledge, Act.by_system("test"), date(2024, 5, 3))
    donor = session.scalars(select(Organisation).where(Organisation.code == "AT")).one()
    donor.name = "Republic of Austria"
    session.flush()
    before = written(session)
    again = run(app, tmp_path)
    assert (again.exit_code, again.stderr) == (0, "")
    assert written(session) == before


def test_records_that_people_entered_are_found_again(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    enter_organisation(session, "Austria", DonorKind.MEMBER_STATE, "AT", code="AT")
    session.flush()
    done = run(app, folder(tmp_path))
    assert done.exit_code == 0, done.stderr
    assert new(done)["donors.csv"] == 0


def test_what_a_profile_states_may_come_with_the_file_or_later(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    run(app, folder(tmp_path))
    cells = "HN-77,2016-05-17,ong-casa.example,Calle Real 4,+504 2200 0100,Luz Reyes; Ana Cruz"
    columns = "registration_number,registered_on,website,address,telephone,key_persons"
    stated = f"code,name,country,{columns}\nCASA,Casa Segura,HN,{cells}\n"
    done = run(app, folder(tmp_path, organisations=stated))
    assert (done.exit_code, done.stderr) == (0, "")
    casa = session.scalars(select(Organisation).where(Organisation.code == "CASA")).one()
    assert (casa.registration_number, casa.registered_on) == ("HN-77", date(2016, 5, 17))
    assert (casa.website, casa.address) == ("https://ong-casa.example", "Calle Real 4")
    assert [person["name"] for person in casa.key_persons] == ["Luz Reyes", "Ana Cruz"]
    other = run(app, folder(tmp_path, organisations=stated.replace("HN-77", "HN-78")))
    assert "registration_number: “HN-78” is not what is recorded; expected “HN-77”" in other.stderr


def test_what_a_donor_states_may_come_with_the_file(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    stated = "code,name,kind,country,language,public_name\nAT,Austria,member_state,AT,ar,no\n"
    done = run(app, folder(tmp_path, donors=stated))
    assert (done.exit_code, done.stderr) == (0, "")
    austria = session.scalars(select(Donor).join(Donor.organisation)).one()
    assert (austria.language, austria.organisation.public_name) == ("ar", False)


def test_nobody_gets_an_email_about_a_history(app: Flask, session: Session, tmp_path: Path) -> None:
    donor = enter_organisation(session, "Austria", DonorKind.MEMBER_STATE, "AT", code="AT")
    person = enter_person(session, "desk@austria.example", "Desk")
    appoint(session, person, Role.DONOR, organisation=donor)
    session.flush()
    assert run(app, folder(tmp_path)).exit_code == 0
    assert session.scalars(select(Message)).all() == []


def test_what_was_taken_over_is_never_changed(app: Flask, session: Session, tmp_path: Path) -> None:
    run(app, folder(tmp_path))
    row = session.scalars(select(TakenRow).where(TakenRow.file == "deposits.csv")).one()
    assert row.cells == {
        "bank_reference": "B1",
        "pledge": "P1",
        "value_on": "2024-03-02",
        "currency": "EUR",
        "amount": "990",
        "bank_fee": "10",
    }
    row.cells = {}
    with pytest.raises(Exception, match="history_row"):
        session.flush()


def test_a_folder_without_files_is_refused(app: Flask, tmp_path: Path) -> None:
    refused = run(app, tmp_path)
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1


def test_another_file_in_the_folder_is_named_and_left_alone(app: Flask, tmp_path: Path) -> None:
    (folder(tmp_path) / "deposit.csv").write_text("a mistyped name", encoding="utf-8")
    done = run(app, tmp_path)
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        "deposit.csv is not one of the files to import. It has been ignored."
    ]
