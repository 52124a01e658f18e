"""Delivery reports as mail servers word them, about an e-mail of ours."""

from email import policy
from email.message import EmailMessage

POSTFIX = """\
Return-Path: <>
Received: by mx.relay.example (Postfix) id 4F1; Tue, 1 Dec 2026 09:00:04 +0000 (UTC)
Date: Tue, 1 Dec 2026 09:00:04 +0000 (UTC)
From: MAILER-DAEMON@mx.relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@fund.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F1.1764/mx"
Content-Transfer-Encoding: 8bit

This is a MIME-encapsulated message.

--4F1.1764/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.relay.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<{address}>: host mail.example[192.0.2.7] said: {words} (in reply to RCPT TO command)

--4F1.1764/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.relay.example
X-Postfix-Queue-ID: 4F1
X-Postfix-Sender: rfc822; bounces@fund.example
Arrival-Date: Tue, 1 Dec 2026 09:00:03 +0000 (UTC)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example
Diagnostic-Code: smtp; {words}

--4F1.1764/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

Message-ID: {number}
From: UN trust fund <fund@fund.example>
To: {address}
Subject: A letter

--4F1.1764/mx--
"""

EXCHANGE = """\
From: Microsoft Outlook <postmaster@ministry.example>
To: bounces@fund.example
Date: Tue, 1 Dec 2026 09:00:05 +0000
Subject: Undeliverable: A letter
Message-ID: <6d1c2c3e@prod.outlook.example>
In-Reply-To: {number}
References: {number}
Auto-Submitted: auto-replied
Content-Language: en-US
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="_000_ndr_"

--_000_ndr_
Content-Type: multipart/alternative; boundary="_001_ndr_"

--_001_ndr_
Content-Type: text/plain; charset="us-ascii"

Your message to {address} couldn't be delivered.

--_001_ndr_
Content-Type: text/html; charset="us-ascii"

<p>Your message couldn't be delivered.</p>

--_001_ndr_--

--_000_ndr_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.eurprd01.prod.exchangelabs.example
Received-From-MTA: dns;mx.relay.example
Arrival-Date: Tue, 1 Dec 2026 09:00:04 +0000

Original-Recipient: rfc822;{address}
Final-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;{words}

--_000_ndr_
Content-Type: message/rfc822

Message-ID: {number}
From: UN trust fund <fund@fund.example>
To: {address}
Subject: A letter
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

Dear Ms Prado,

--_000_ndr_--
"""

GMAIL = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: bounces@fund.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: {number}
In-Reply-To: {number}
X-Failed-Recipients: {address}
Message-ID: <65@mx.google.com>
Date: Tue, 01 Dec 2026 01:00:04 -0800 (PST)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000gm"; report-type=delivery-status

--000000000000gm
Content-Type: multipart/related; boundary="000000000001gm"

--000000000001gm
Content-Type: multipart/alternative; boundary="000000000002gm"

--000000000002gm
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to {address}.

--000000000002gm--

--000000000001gm--

--000000000000gm
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Tue, 01 Dec 2026 01:00:03 -0800 (PST)
X-Original-Message-ID: {number}

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.26, the server for the domain.)
Diagnostic-Code: smtp; {words}
Last-Attempt-Date: Tue, 01 Dec 2026 01:00:04 -0800 (PST)

--000000000000gm
Content-Type: message/rfc822

From: UN trust fund <fund@fund.example>
To: {address}
Subject: A letter

Dear Ms Prado,

--000000000000gm--
"""

UNKNOWN = {
    POSTFIX: ("5.1.1", "550 5.1.1 <ana@mission.example>: Recipient address rejected: User unknown"),
    EXCHANGE: (
        "5.1.10",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ),
    GMAIL: ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."),
}
"""How each says that there is no such address."""


def report(
    form: str, number: str, *, status: str = "", words: str = "", action: str = "failed"
) -> bytes:
    """A report in one of these forms, by default that there is no such address."""
    usual_status, usual_words = UNKNOWN[form]
    text = form.format(
        number=number,
        address="ana@mission.example",
        status=status or usual_status,
        words=words or usual_words,
        action=action,
    )
    return text.encode()


def absence(number: str) -> bytes:
    """An answer that a person's mailbox gives by itself, which is no report."""
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"], letter["To"] = "ana@mission.example", "bounces@fund.example"
    letter["Subject"], letter["In-Reply-To"] = "Out of office", number
    letter["Auto-Submitted"] = "auto-replied"
    letter.set_content("I am away until Monday.")
    return bytes(letter)
