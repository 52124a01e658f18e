"""What a history asks to be done, in order."""

from grants.desk.moving_in.history.plan import Files
from grants.desk.moving_in.history.planned import planned_acts


def test_acts_come_in_the_order_of_their_days_then_of_their_kind_then_of_their_lines() -> None:
    pledges = (
        "reference,donor,currency,amount,pledged_on,agreement_signed_on,conditional,earmarking\n"
        "P-2,A,USD,5.00,2024-02-01,2024-02-01,no,\nP-1,A,USD,5.00,2024-02-01,,no,\n"
        "P-3,A,USD,5.00,2024-03-01,,no,\n"
    )
    deposits = (
        "bank_reference,pledge,value_on,currency,amount,bank_fee\n"
        "B-1,P-1,2024-02-01,USD,1.00,\nB-2,P-3,2024-01-31,USD,1.00,\n"
    )
    given = {"pledges.csv": pledges.encode(), "deposits.csv": deposits.encode()}
    acts = planned_acts(Files.read(given))
    said = [(act.on.isoformat(), act.file, act.row.line, act.day) for act in acts]
    assert len(acts) == len(said)
    assert said == [
        ("2024-01-31", "pledges.csv", 4, "pledged_on"),
        ("2024-01-31", "deposits.csv", 3, "value_on"),
        ("2024-02-01", "pledges.csv", 2, "pledged_on"),
        ("2024-02-01", "pledges.csv", 3, "pledged_on"),
        ("2024-02-01", "pledges.csv", 2, "agreement_signed_on"),
        ("2024-02-01", "deposits.csv", 2, "value_on"),
    ]
