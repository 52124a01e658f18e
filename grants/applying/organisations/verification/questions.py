"""The five questions that the fund's people answer before an organisation counts as verified.

Change the list here: pages, forms and the rule of `verify` follow it. Answers are kept by key, so a
key is not used for another question.
"""

from dataclasses import dataclass

from grants.core.kernel.language import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Check:
    """One question, where to look, and the answer that lets an organisation pass."""

    key: str
    text: str
    look: str
    passes: bool


CHECKS: tuple[Check, ...] = (
    Check(
        "registered",
        _l("Is it registered, and does the certificate show the same name and number?"),
        _l("Compare the certificate with the profile and with the public register."),
        passes=True,
    ),
    Check(
        "reachable",
        _l("Can it be reached at its address, and do its key persons exist?"),
        _l("Website, telephone, and one source that is not from the organisation."),
        passes=True,
    ),
    Check(
        "purpose",
        _l("Is it non-profit, with a purpose that is consistent with the principles of the UN?"),
        _l("Statutes and annual report."),
        passes=True,
    ),
    Check(
        "listed",
        _l("Is it or one of its key persons on the sanctions list of the Security Council?"),
        _l("See the page “Sanctions screening and due diligence” of the organisation."),
        passes=False,
    ),
    Check(
        "concerns",
        _l("Is there reason to suspect fraud, corruption, or sexual exploitation or abuse?"),
        _l("Flags, references, earlier grants and a press search."),
        passes=False,
    ),
)
