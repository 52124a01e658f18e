"""The guide for applicants: from the call to the letter with the decision."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.guides.paragraphs import ACCOUNT, DATA, Guide, Paragraph

APPLICANT = Guide(
    _l("Guide for applicants"),
    _l("How an organisation applies for a grant, step by step."),
    (
        Paragraph(
            "call",
            _l("Choose a call for proposals"),
            _l(
                "Each call says who can apply, for how much, until when and how the decision is"
                " made. You can read all its questions before you register, and download them to"
                " discuss with colleagues. The deadline is shown in your own time zone too."
            ),
        ),
        Paragraph(
            "ask",
            _l("Ask a question about a call"),
            _l(
                "Use the page of the call to ask; you do not need an account. The "
                "answer is published there for all, without your name. First check "
                "whether your question has already been answered."
            ),
        ),
        Paragraph(
            "register",
            _l("Register your organisation"),
            _l(
                "One person registers the organisation and becomes its administrator. We e-mail a"
                " link that works for three days; follow it to finish. If your organisation is"
                " already registered, ask a colleague to invite you instead."
            ),
        ),
        Paragraph(
            "colleagues",
            _l("Invite your colleagues"),
            _l(
                "An administrator invites the others: editors write, signatories sign, readers only"
                " read. Each person uses their own account. Remove a colleague who leaves; what"
                " they wrote stays with the organisation."
            ),
        ),
        Paragraph(
            "profile",
            _l("Complete the profile"),
            _l(
                "The profile holds what every application asks about your organisation: its"
                " registration, its people, its experience, its accounts. Enter it once, and each"
                " new application begins with it. Keep it up to date."
            ),
        ),
        Paragraph(
            "documents",
            _l("Add the documents of your organisation"),
            _l(
                "Upload your registration, statutes, accounts and policies once. They"
                " are copied from the profile into each application. Some expire: we "
                "tell you in time, and you upload the new one in place of the old "
                "one."
            ),
        ),
        Paragraph(
            "begin",
            _l("Begin an application"),
            _l(
                "First come a few questions that show whether your organisation can apply under"
                " this call. Then you see the sections of the form; complete them in any order. You"
                " can copy answers from an earlier application."
            ),
        ),
        Paragraph(
            "answers",
            _l("Answer the questions"),
            _l(
                "Answers are saved as you type, and kept on your device when the "
                "connection fails. Several people can write at the same time and "
                "leave comments that only your organisation can see. You can restore "
                "earlier versions of an answer."
            ),
        ),
        Paragraph(
            "protection",
            _l("Protect the people you assist"),
            _l(
                "In an answer or a file, never write the name of a victim, the "
                "location of a shelter or anything else that could identify a person."
                " Describe groups and figures instead. The form warns you where a "
                "text looks as if it names a person."
            ),
        ),
        Paragraph(
            "submit",
            _l("Check, sign off and submit"),
            _l(
                "The page with all answers shows what is still missing. Where the "
                "call asks for it, a signatory signs off this exact text; then an "
                "administrator submits it. Do not wait for the last hour. You receive"
                " a number and a copy immediately."
            ),
        ),
        Paragraph(
            "decision",
            _l("From submission to decision"),
            _l(
                "The secretariat checks eligibility, reviewers score the application, the Board of"
                " Trustees gives its advice and the fund decides. You can see the status at any"
                " time, and you receive a letter in every case. Until the deadline you can still"
                " change the application."
            ),
        ),
        Paragraph(
            "clarification",
            _l("When the fund asks you to clarify"),
            _l(
                "You receive an e-mail with the question and the day by which to answer. Only the"
                " sections named there can be changed; everything else stays as you submitted it."
                " An administrator sends the clarification."
            ),
        ),
        Paragraph(
            "translations",
            _l("Translations of your answers"),
            _l(
                "Reviewers read your answers in the language in which you wrote them. Once the"
                " application is submitted, your organisation and the secretariat can add a"
                " translation beside an answer and revise it. Your answers stay as you submitted"
                " them."
            ),
        ),
        ACCOUNT,
        DATA,
    ),
)
