"""What mail servers report of our e-mails is read as they word it; what is not ours is left."""

import pytest

from grants.platform.messages.post import message_key, number_in
from grants.platform.undelivered.reading import LONGEST, read_report
from tests.platform.undelivered.reports import EXCHANGE, GMAIL, POSTFIX, UNKNOWN, absence, report

FORMS = pytest.mark.parametrize(
    "form", [POSTFIX, EXCHANGE, GMAIL], ids=["postfix", "exchange", "gmail"]
)


def our_id(number: int = 7) -> str:
    return f"<{message_key(number)}@fund.example>"


@FORMS
def test_an_address_that_does_not_exist_is_read(form: str) -> None:
    found = read_report(report(form, our_id()))
    assert found is not None
    assert (found.message_id, found.status, found.permanent) == (7, UNKNOWN[form][0], True)
    assert found.words == UNKNOWN[form][1]


@FORMS
@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.2.2", "552 5.2.2 The mailbox is full"),
        ("4.4.7", "delivery time expired"),
        ("5.7.1", "550 5.7.1 Message rejected as spam"),
        ("5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    ],
)
def test_what_is_not_about_the_address_may_pass(form: str, status: str, words: str) -> None:
    found = read_report(report(form, our_id(), status=status, words=words))
    assert found is not None
    assert (found.status, found.permanent) == (status, False)


@pytest.mark.parametrize(
    ("status", "words", "read", "permanent"),
    [
        ("5.0.0", "550 5.1.1 No such user", "5.1.1", True),
        ("5.2.1", "550 5.2.1 Mailbox disabled", "5.2.1", True),
        ("5.4.4", "Host or domain name not found", "5.4.4", True),
        ("", "550 no such user here", "5.0.0", True),
        ("", "try later", "4.0.0", False),
        ("nonsense", "", "4.0.0", False),
    ],
)
def test_the_words_of_the_server_count_before_a_status_that_says_less(
    status: str, words: str, read: str, *, permanent: bool
) -> None:
    text = report(POSTFIX, our_id(), status=status or " ", words=words or " ")
    found = read_report(text)
    assert found is not None
    assert (found.status, found.permanent) == (read, permanent)


@FORMS
@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_an_e_mail_that_is_only_late_has_not_come_back(form: str, action: str) -> None:
    assert read_report(report(form, our_id(), action=action)) is None


@FORMS
def test_nobody_else_reports_that_an_e_mail_of_ours_came_back(form: str) -> None:
    key = message_key(7)
    forged = [f"7-{'0' * 40}", f"8{key[1:]}", "7", key[:-1], "0d54d83aa49605c48ad475766cfb12cd"]
    for number in forged:
        assert number_in(number) is None
        assert read_report(report(form, f"<{number}@fund.example>")) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report; boundary=x\n\n--x\n",
        (
            b"Content-Type: multipart/report; boundary=x\n\n--x\n"
            b"Content-Type: message/delivery-status\n\n"
        ),
        b"From: a\nContent-Type: text/plain; charset=no-such\n\nhello",
    ],
)
def test_what_is_no_report_is_left(content: bytes) -> None:
    assert read_report(content) is None


def test_a_report_without_an_outcome_and_an_absence_are_left() -> None:
    assert read_report(report(POSTFIX, our_id()).replace(b"Action: failed", b"Action:")) is None
    assert read_report(absence(our_id())) is None


def test_a_long_answer_of_a_server_is_cut() -> None:
    found = read_report(report(POSTFIX, our_id(), words="550 5.1.1 " + "no such user " * 100))
    assert found is not None
    assert len(found.words) == LONGEST
