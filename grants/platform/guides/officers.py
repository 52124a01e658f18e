"""Guides for the fund's officers: the fund manager, programme officers and those for money."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.guides.paragraphs import START, Guide, Paragraph

FUND_MANAGER = Guide(
    _l("Guide for fund managers"),
    _l("Pledges, calls, awards and fund staff."),
    (
        START,
        Paragraph(
            "fund",
            _l("Set up the fund"),
            _l(
                "The page of the fund’s settings lists what is missing before the "
                "fund can begin. You can change its descriptions on your own; "
                "settings that concern money are proposed by one person and approved "
                "by another."
            ),
        ),
        Paragraph(
            "people",
            _l("Appoint people"),
            _l(
                "You propose who holds which role and until when. A second person confirms roles"
                " that decide, pay or audit. Roles that control each other cannot be held by one"
                " person, and the page says which."
            ),
        ),
        Paragraph(
            "pledges",
            _l("Accept pledges"),
            _l(
                "A new pledge waits until the donor has passed due diligence. Acknowledge it, send"
                " the agreement and record it once both parties have signed. Another person records"
                " the payments."
            ),
        ),
        Paragraph(
            "calls",
            _l("Open a call for proposals"),
            _l(
                "Write the rules and the texts in the languages of the fund, build "
                "the form and try it as an applicant. Once a call is open, its "
                "questions cannot be changed. Its rules can be changed only by a "
                "published amendment that takes nothing away from applicants."
            ),
        ),
        Paragraph(
            "awards",
            _l("From ranking to award"),
            _l(
                "After the reviews, recommend an amount for each application and prepare the"
                " session of the Board. The ranking shows where the money ends. You record the"
                " advice; an approving officer decides."
            ),
        ),
        Paragraph(
            "agreements",
            _l("Send agreements for signature"),
            _l(
                "An agreement is sent for signature when the award has been approved,"
                " the preparations are complete and legal clearance has been given. "
                "The fund’s settings say which side signs first. Several agreements "
                "can be sent and signed together."
            ),
        ),
        Paragraph(
            "appeals",
            _l("Appeals and thanks"),
            _l(
                "Plan a campaign, choose the donors and write to them in their own "
                "languages. Note what a contact answered, and the next step. After "
                "each year, every donor is informed of what the fund did with the "
                "money."
            ),
        ),
    ),
)
PROGRAMME_OFFICER = Guide(
    _l("Guide for programme officers"),
    _l("Applications, grantees and their reports."),
    (
        START,
        Paragraph(
            "screening",
            _l("Screen applications"),
            _l(
                "Compare each application with the criteria of the call and give a reason where"
                " one is not met. The applicant receives a letter with the reasons. If something is"
                " unclear, ask the organisation to clarify the sections that you choose."
            ),
        ),
        Paragraph(
            "reviews",
            _l("Assign reviewers"),
            _l(
                "Reviewers declare conflicts of interest before they read. Choose by language,"
                " region and expertise; the page shows who is free. Where scores differ widely you"
                " are notified, and can add a reviewer."
            ),
        ),
        Paragraph(
            "organisations",
            _l("Verify organisations"),
            _l(
                "Check the registration and the documents, and review possible duplicates and"
                " sanctions matches. Recommend a decision on due diligence; another person takes"
                " it."
            ),
        ),
        Paragraph(
            "accounts",
            _l("Check bank details by telephone"),
            _l(
                "Call the organisation on the number in its profile, never on one "
                "from the request. Note the name of the person you spoke to and what "
                "was confirmed. A second person approves the account."
            ),
        ),
        Paragraph(
            "reports",
            _l("Read reports"),
            _l(
                "Accept the narrative report, or return the sections that need correction with a"
                " reason. The page compares what was planned with what was reached. Finance accepts"
                " the financial report."
            ),
        ),
        Paragraph(
            "summaries",
            _l("Publish what a project did"),
            _l(
                "A final report has a summary for the public. Publish it only if "
                "nothing in it could identify a person, and choose the results to be "
                "published with it. The organisation receives an e-mail either way."
            ),
        ),
        Paragraph(
            "changes",
            _l("Examine changes to a grant"),
            _l(
                "See what the change does to period, budget and payments before you recommend it."
                " An approving officer approves it, and most changes are signed as an amendment."
            ),
        ),
        Paragraph(
            "monitoring",
            _l("Visits, spot checks and findings"),
            _l(
                "The monitoring plan of each grant follows from its risk and amount. "
                "Announce a visit, write its report and note findings, each with a "
                "due date and a person to answer it. Close a finding when its answer "
                "is sufficient."
            ),
        ),
    ),
)
FINANCE = Guide(
    _l("Guide for finance, certifying and approving officers"),
    _l("Money that comes in, money that goes out, and the books."),
    (
        START,
        Paragraph(
            "bank",
            _l("Match bank statements"),
            _l(
                "Import the statement and match each line: a contribution, a payment,"
                " a charge, interest, a refund. The best match is shown first. Set "
                "aside what you cannot explain yet, and sign off the month when "
                "everything is matched."
            ),
        ),
        Paragraph(
            "receipts",
            _l("Record contributions"),
            _l(
                "A deposit that quotes its reference is allocated to its pledge, and the donor"
                " gets the receipt. Money without a donor stays unidentified until it is explained."
                " A mistake is reversed, never deleted."
            ),
        ),
        Paragraph(
            "payments",
            _l("Pay instalments"),
            _l(
                "Each payment takes three people: one certifies that every condition "
                "is met, one approves, one makes the payment. What is not met is "
                "shown and cannot be skipped. Several payments can be sent to the "
                "bank as one run."
            ),
        ),
        Paragraph(
            "accounts",
            _l("Approve accounts of grantees"),
            _l(
                "An account is used after one person has called the organisation and "
                "another has approved the account. Read the letter from the bank and "
                "the note of the call. If in doubt, refuse and say why."
            ),
        ),
        Paragraph(
            "approvals",
            _l("Approve awards and changes"),
            _l(
                "Before you approve, the page shows the advice of the Board, the money that is"
                " available, risk and due diligence. Large amounts need a second approving officer."
                " You cannot approve what you recommended yourself."
            ),
        ),
        Paragraph(
            "months",
            _l("Close the month"),
            _l(
                "Enter the UN operational rates, reconcile the accounts and close the month; its"
                " figures then stay as they are. A month can be reopened with a reason, which is"
                " kept on record."
            ),
        ),
        Paragraph(
            "statements",
            _l("Certify statements"),
            _l(
                "Once the months are closed, certify the statements of the fund and "
                "of its donors. Each is given a number and kept unchanged. A new "
                "certificate replaces an old one when figures have changed."
            ),
        ),
    ),
)
