"""Guides for those who advise, oversee and run the fund: reviewers, trustees, auditors and
administrators.
"""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.guides.paragraphs import START, Guide, Paragraph

REVIEWER = Guide(
    _l("Guide for reviewers"),
    _l("How to score an application, and what stays confidential."),
    (
        START,
        Paragraph(
            "conflicts",
            _l("Declare conflicts first"),
            _l(
                "Before you read an application you say whether you have a conflict of interest."
                " If you do, recuse yourself; it does not count against you. In a blind review you"
                " are not told which organisation applies. If you recognise it, say so."
            ),
        ),
        Paragraph(
            "scoring",
            _l("Score and comment"),
            _l(
                "Score each criterion and give your reasons. Your work is saved as "
                "you type, and no one else sees it until you submit. In the feedback "
                "for the applicant, write about the proposal, not about people."
            ),
        ),
        Paragraph(
            "submit",
            _l("Submit your review"),
            _l(
                "Once you submit, the review is locked, and you can see the other reviews"
                " submitted so far. The secretariat can reopen it with a reason. Your earlier"
                " scores stay on record."
            ),
        ),
        Paragraph(
            "secrecy",
            _l("Keep applications confidential"),
            _l(
                "What you read is confidential. Do not pass it on or put it into other "
                "programs, and delete files when you have finished. The system records each "
                "time you open a file."
            ),
        ),
    ),
)
TRUSTEE = Guide(
    _l("Guide for trustees"),
    _l("Sessions of the Board, from the agenda to the signed decisions."),
    (
        START,
        Paragraph(
            "interests",
            _l("Declare your interests"),
            _l(
                "You can open an application once you have declared that you have no "
                "conflict of interest in it. An application in which you have a conflict "
                "stays closed to you, and you take no part in the advice on it. You can also "
                "recuse yourself later."
            ),
        ),
        Paragraph(
            "dossiers",
            _l("Read the dossiers"),
            _l(
                "Each dossier has the application, the reviews in summary and the recommendation"
                " of the secretariat. Before the session you can give an opinion, which the"
                " secretariat sees; it is not a vote."
            ),
        ),
        Paragraph(
            "session",
            _l("Advise in the session"),
            _l(
                "You vote on each application that is discussed, and can change your vote until"
                " the session is closed. The minutes name how each trustee voted. The Board"
                " advises; the fund decides."
            ),
        ),
        Paragraph(
            "decisions",
            _l("Follow the decisions"),
            _l(
                "The minutes and the list of advice are ready after the session. The list of"
                " decisions shows what became of the advice, with the reason where the fund"
                " departed from it."
            ),
        ),
    ),
)
AUDITOR = Guide(
    _l("Guide for auditors"),
    _l("Where to find who did what, and how to test it."),
    (
        START,
        Paragraph(
            "reading",
            _l("What you can read"),
            _l(
                "You can see every record of the funds that you audit, with its "
                "history, but you can change nothing. Sums lead to the entries behind"
                " them, and entries to the documents."
            ),
        ),
        Paragraph(
            "trail",
            _l("The audit trail"),
            _l(
                "Each action is recorded with its author, time and reason, in a chain"
                " that shows if a row is missing or changed. You can filter the audit"
                " trail by person, record or type of action, and export it. The "
                "access log says who opened which document."
            ),
        ),
        Paragraph(
            "samples",
            _l("Draw a sample"),
            _l(
                "Payments to grantees are drawn at random from a period that you choose, each with"
                " its papers. The page says how they were drawn, so that anyone can repeat it."
            ),
        ),
        Paragraph(
            "books",
            _l("Check the ledger"),
            _l(
                "You can see the trial balance, the ledger and the reconciliations by"
                " month. The verification compares records, ledger and documents, and"
                " lists each difference."
            ),
        ),
        Paragraph(
            "documents",
            _l("Verify a document of the fund"),
            _l(
                "Upload a PDF on the page for verification: it says whether the fund issued it and"
                " whether it was altered. Certified documents can be compared with the figures of"
                " today."
            ),
        ),
    ),
)
ADMINISTRATOR = Guide(
    _l("Guide for administrators"),
    _l("People, funds and the installation."),
    (
        START,
        Paragraph(
            "people",
            _l("People and roles"),
            _l(
                "Appoint people, and end their roles when they leave. A role that "
                "decides or pays begins and ends once another administrator has "
                "confirmed it. Before you remove a lost second factor, make sure you "
                "know who is asking."
            ),
        ),
        Paragraph(
            "funds",
            _l("Open a fund"),
            _l(
                "A new fund is entered by hand or from a file. A list shows what the "
                "fund needs before it can begin, and who must do what."
            ),
        ),
        Paragraph(
            "messages",
            _l("E-mails that did not arrive"),
            _l(
                "E-mails that have waited for more than 15 minutes are listed with the reason, and"
                " are tried again every hour. If the list grows, check the mail server and send a"
                " test e-mail."
            ),
        ),
        Paragraph(
            "data",
            _l("Personal data and retention"),
            _l(
                "Decide on requests for erasure, with a reason. What has reached the end of its"
                " retention is proposed for deletion, and deleted when a second person agrees. A"
                " legal hold keeps records until it is lifted."
            ),
        ),
        Paragraph(
            "programs",
            _l("Programs and earlier records"),
            _l(
                "Other programs read data by means of tokens, which you create and "
                "revoke; each has limited rights. Earlier records are imported from "
                "spreadsheets: they are checked first, and nothing from a file with "
                "errors is saved."
            ),
        ),
    ),
)
