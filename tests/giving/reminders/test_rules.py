"""When a reminder goes out: each once, the latest only, none before a day that has passed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grants.giving.reminders.rules import LATEST, USUAL, Letter, Rule, rule_on

DUE = date(2026, 6, 30)
RULES = st.lists(
    st.builds(Rule, st.integers(-60, 90), st.sampled_from(Letter), st.booleans()),
    max_size=6,
    unique_by=lambda rule: rule.days,
)
MORNINGS = st.sets(st.integers(-80, 140), max_size=60).map(sorted)


def _sent(rules: list[Rule], mornings: list[int]) -> list[tuple[int, Rule]]:
    """What goes out if the job runs on these days, counted from the day of payment."""
    sent: list[tuple[int, Rule]] = []
    for elapsed in mornings:
        known = {rule.days for _day, rule in sent}
        if found := rule_on(DUE + timedelta(days=elapsed), DUE, rules, known):
            sent.append((elapsed, found))
    return sent


@given(RULES, MORNINGS)
def test_each_rule_at_most_once_in_their_order_and_never_late(
    rules: list[Rule], mornings: list[int]
) -> None:
    sent = _sent(rules, mornings)
    days = [rule.days for _day, rule in sent]
    assert days == sorted(set(days))
    for elapsed, rule in sent:
        assert rule.active
        assert 0 <= elapsed - rule.days < LATEST
        assert rule.days >= 0 or elapsed <= 0


@given(RULES)
def test_a_job_that_runs_every_morning_follows_every_rule_on_its_day(rules: list[Rule]) -> None:
    sent = _sent(rules, list(range(-80, 140)))
    assert sent == [
        (rule.days, rule) for rule in sorted(rules, key=lambda rule: rule.days) if rule.active
    ]


def test_the_usual_rules() -> None:
    assert [rule.days for _day, rule in _sent(list(USUAL), list(range(-80, 140)))] == [
        -30,
        -7,
        14,
        45,
    ]


def test_a_job_that_stood_still_catches_up_with_the_latest_only() -> None:
    rules = [Rule(-7, Letter.SOON), Rule(14, Letter.OVERDUE), Rule(20, Letter.AGAIN)]
    assert _sent(rules, [-3]) == [(-3, rules[0])]
    assert _sent(rules, [21]) == [(21, rules[2])]
    assert _sent(rules, [60]) == []
    assert _sent(rules, [2]) == []
