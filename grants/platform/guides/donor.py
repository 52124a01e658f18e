"""The guide for donors: from the first look at the fund to what became of the money."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.guides.paragraphs import ACCOUNT, DATA, Guide, Paragraph

DONOR = Guide(
    _l("Guide for donors"),
    _l("How to give, what you receive from the fund, and where to see what your money does."),
    (
        Paragraph(
            "fund",
            _l("Get to know the fund"),
            _l(
                "The public pages show how much money is needed, where it goes, which"
                " grants are active and how many people were assisted. You can read "
                "all of this without an account. The figures come from the accounts "
                "of the fund and are always current."
            ),
        ),
        Paragraph(
            "give",
            _l("Give once"),
            _l(
                "An individual or an organisation gives on one page, by bank "
                "transfer. You receive the bank details and a reference to quote, and"
                " an official receipt when the money arrives. You do not need an "
                "account."
            ),
        ),
        Paragraph(
            "pledge",
            _l("Make a pledge"),
            _l(
                "A pledge says how much you intend to give, when, and for what purpose. It takes"
                " five minutes: you check all your answers, then confirm the pledge with the link"
                " that we e-mail you. The link works for three days."
            ),
        ),
        Paragraph(
            "follow",
            _l("Follow your pledge"),
            _l(
                "The page of your pledge shows what has happened, what comes next and whose turn it"
                " is. We check who gives before we accept money, so do not pay before the bank"
                " details appear there. We e-mail you at each step that concerns you."
            ),
        ),
        Paragraph(
            "agreement",
            _l("Sign the contribution agreement"),
            _l(
                "Where an agreement is needed, you will find it on the page of your "
                "pledge. A person authorised to sign for the donor signs it online "
                "with a code that we e-mail, or signs it on paper and uploads it. The"
                " fund then signs too, and both parties can download it."
            ),
        ),
        Paragraph(
            "pay",
            _l("Pay with the reference"),
            _l(
                "Quote the reference of your pledge in each payment. It tells us "
                "whose payment it is, and its last character reveals typing errors; "
                "you can check a reference before you pay. Bank fees deducted in "
                "transit are shown on the receipt."
            ),
        ),
        Paragraph(
            "change",
            _l("If your plans change"),
            _l(
                "On the page of your pledge you can request another payment date, or "
                "withdraw the pledge as long as nothing is signed. If the fund "
                "proposes another purpose for your contribution, you can agree or "
                "decline there. Nothing changes without your consent."
            ),
        ),
        Paragraph(
            "statements",
            _l("Receipts and statements"),
            _l(
                "You receive an official receipt for each payment and can download statements for"
                " any year. Certified documents have a number and never change; a document that is"
                " not certified says “Provisional” on every page. Anyone can verify one of our"
                " documents by uploading it."
            ),
        ),
        Paragraph(
            "colleagues",
            _l("Colleagues of the donor"),
            _l(
                "Keep the details of your contact persons up to date, so that our letters arrive."
                " You can invite colleagues to read, to pledge or to sign, and hand over to a"
                " successor when you leave. For a Member State, the fund confirms who may sign."
            ),
        ),
        Paragraph(
            "results",
            _l("What became of your contribution"),
            _l(
                "Your start page shows what your contribution paid for, and the public pages show"
                " the results of each year. If your contribution is earmarked, the page of your"
                " pledge lists the grants that it pays for and what is left. The names of people"
                " who were assisted are never collected."
            ),
        ),
        ACCOUNT,
        DATA,
    ),
)
