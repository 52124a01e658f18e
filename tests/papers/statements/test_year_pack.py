"""All papers of a donor and a year in one archive, whole and provable, for those who read them."""

import hashlib
import io
import json
from datetime import date
from zipfile import ZipFile

from flask import Flask
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.permissions import Role
from grants.papers.statements.year_pack import pack_of_years, years_of
from tests.factories import a_deposit, a_donor, a_pledge, member
from tests.platform.large_files.test_large_files import made, ordered
from tests.platform.web.client import SignInAs


def test_the_papers_of_a_year_are_packed_with_their_list(
    app: Flask, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    donor = a_donor(session)
    pledge = a_pledge(session, fund, usd(100_000), donor, pledged_on=date(2026, 1, 10))
    deposit = a_deposit(session, fund, pledge, usd(60_000), value_on=date(2026, 1, 20))
    reader = member(session, donor, Role.DONOR_READER, "Paul Eder")
    stranger = member(session, a_donor(session, name="Another"), Role.DONOR, "Eve Stone")
    session.commit()
    browser, path = sign_in_as(reader), f"/statements/years/{donor.code}/2026.zip"
    assert path in browser.get("/statements").text
    ordered(browser, path)
    assert made(app, session).size
    page = browser.get(path, follow_redirects=True)
    assert page.status_code == 200
    assert sign_in_as(stranger).get(path).status_code in {403, 404}
    assert browser.get(f"/statements/years/{donor.code}/1999.zip").status_code == 404
    assert deposit.receipt is not None


def test_all_years_are_packed_in_a_folder_each(
    app: Flask, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    donor = a_donor(session)
    for year in (2024, 2026):
        pledge = a_pledge(session, fund, usd(50_000), donor, pledged_on=date(year, 1, 10))
        a_deposit(session, fund, pledge, usd(50_000), value_on=date(year, 1, 20))
    reader = member(session, donor, Role.DONOR_READER, "Paul Eder")
    stranger = member(session, a_donor(session, name="Another"), Role.DONOR, "Eve Stone")
    session.commit()
    browser, path = sign_in_as(reader), f"/statements/years/{donor.code}/all.zip"
    assert path in browser.get("/statements").text
    assert sign_in_as(stranger).get(path).status_code in {403, 404}
    own = sign_in_as(stranger)
    assert own.get("/statements/years/ANOTHER/all.zip").status_code == 404, "nothing was given"
    ordered(browser, path)
    assert made(app, session).size
    assert browser.get(path, follow_redirects=True).status_code == 200
    assert years_of(session, donor) == [2026, 2024]
    with pack_of_years(session, donor, [2026, 2024]) as file:
        archive = ZipFile(io.BytesIO(file.read()))
    folder = f"{donor.code}-2024-2026"
    manifest = json.loads(archive.read(f"{folder}/manifest.json"))
    assert manifest["years"] == [2024, 2026]
    paths = [entry["path"] for entry in manifest["entries"]]
    assert {path.split("/")[1] for path in paths} == {"2024", "2026"}
    assert sum("/receipts/" in path for path in paths) == 2
    assert any(path.startswith(f"{folder}/2024/statements/") for path in paths)


def test_the_list_names_every_paper_with_its_checksum(session: Session, fund: Fund) -> None:
    donor = a_donor(session)
    pledge = a_pledge(session, fund, usd(100_000), donor, pledged_on=date(2026, 1, 10))
    deposit = a_deposit(session, fund, pledge, usd(60_000), value_on=date(2026, 1, 20))
    with pack_of_years(session, donor, [2026]) as file:
        archive = ZipFile(io.BytesIO(file.read()))
    manifest = json.loads(archive.read(f"{donor.code}-2026/manifest.json"))
    assert (manifest["donor"], manifest["years"]) == (donor.code, [2026])
    for entry in manifest["entries"]:
        content = archive.read(entry["path"])
        assert content.startswith(b"%PDF")
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert deposit.receipt is not None
    names = " ".join(entry["path"] for entry in manifest["entries"])
    assert deposit.receipt.reference in names
    assert "donor-statement" in names
