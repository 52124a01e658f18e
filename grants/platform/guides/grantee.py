"""The guide for grantees: from the award to the day on which the grant is closed."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.guides.paragraphs import ACCOUNT, DATA, Guide, Paragraph

GRANTEE = Guide(
    _l("Guide for grantees"),
    _l("What an organisation with a grant does, from the award to closure."),
    (
        Paragraph(
            "grant",
            _l("The page of your grant"),
            _l(
                "It shows what you owe the fund and what the fund owes you, with the "
                "due dates: reports, payments, signatures. Begin there whenever you "
                "receive an e-mail from us. All the papers of the grant are there to "
                "download."
            ),
        ),
        Paragraph(
            "accepting",
            _l("Accept the award"),
            _l(
                "The page of the award says when the grant starts, and why. A signatory or an"
                " administrator of your organisation accepts it there, or asks for another start"
                " with a reason; the fund then changes the period or keeps it. Nothing is binding"
                " before both parties have signed the agreement."
            ),
        ),
        Paragraph(
            "preparing",
            _l("Before the agreement"),
            _l(
                "If the award differs from what you applied for, change your budget until it adds"
                " up to the award. You also answer a questionnaire on how your organisation manages"
                " money. The fund checks both and tells you what to correct."
            ),
        ),
        Paragraph(
            "sign",
            _l("Sign the grant agreement"),
            _l(
                "A signatory or administrator of your organisation reads the agreement and signs it"
                " online with a code that we e-mail, or uploads a copy signed on paper. Sign before"
                " the day shown; after that the offer lapses. Amendments are signed in the same"
                " way."
            ),
        ),
        Paragraph(
            "bank",
            _l("Give your bank details"),
            _l(
                "The account must be in the name of your organisation. We telephone you before we"
                " use it, and a second person approves it. The fund never asks by e-mail for your"
                " passphrase or for another account."
            ),
        ),
        Paragraph(
            "payments",
            _l("Receive the instalments"),
            _l(
                "Each instalment lists the conditions for its payment, such as a signed agreement"
                " or an accepted report, and which are met. We write to you when it is paid. Please"
                " confirm receipt on its page."
            ),
        ),
        Paragraph(
            "reports",
            _l("Write a report"),
            _l(
                "Each report has a narrative part and a financial part. You can begin before the"
                " period ends and submit it from its last day. Count each person once; the form"
                " shows what you planned and what you reported before."
            ),
        ),
        Paragraph(
            "spending",
            _l("Report your spending"),
            _l(
                "Enter what you spent on each budget line. If you spent in another "
                "currency, give the exchange rate and its source. Where spending "
                "differs greatly from the budget, the form asks you why."
            ),
        ),
        Paragraph(
            "files",
            _l("Receipts and photographs"),
            _l(
                "Upload receipts and other evidence with the report. Never upload a list of names"
                " or a picture in which an assisted person can be recognised. Keep the originals"
                " for as long as the agreement says."
            ),
        ),
        Paragraph(
            "returned",
            _l("When the fund returns sections"),
            _l(
                "The fund may accept one part of a report and return the other. You "
                "see which sections to correct and why. Correct only these and submit"
                " the report again."
            ),
        ),
        Paragraph(
            "changes",
            _l("Ask for a change to the grant"),
            _l(
                "Ask before you act: for more time, another budget, place, partner or"
                " signatory. Small changes to the budget take effect when you give "
                "notice. Others need approval, and most of them also need an "
                "amendment that both parties sign."
            ),
        ),
        Paragraph(
            "findings",
            _l("Visits and findings"),
            _l(
                "The fund may visit you, check some of your spending or ask for an "
                "audit, and tells you in advance. Anything that should be put right "
                "is noted as a finding with a due date. Answer it on its page and add"
                " evidence."
            ),
        ),
        Paragraph(
            "misconduct",
            _l("Report misconduct"),
            _l(
                "You can report fraud, sexual exploitation or abuse, or other "
                "misconduct at any time, in confidence. Only the people named for "
                "this can read your report. If a person is in danger, call for help "
                "first."
            ),
        ),
        Paragraph(
            "closing",
            _l("Close the grant"),
            _l(
                "At the end you send the final report, say what will happen to the "
                "things you bought and what you have learnt, and refund what was not "
                "spent. The fund asks for an audit of large grants. The page “Closing"
                " the grant” shows what is still open."
            ),
        ),
        ACCOUNT,
        DATA,
    ),
)
