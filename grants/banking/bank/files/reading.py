"""Reading a statement file: which format it is, what it says, whether it agrees with itself."""

from grants.banking.bank.files.mt940 import read_mt940
from grants.banking.bank.files.statement import ReadStatement, UnreadableStatement, faults_of
from grants.core.kernel.language import gettext as _

LARGEST = 10 * 1024 * 1024
"""Bytes. A day of a busy account is some hundred kB."""


def _read_camt_file(content: bytes) -> list[ReadStatement]:
    from grants.banking.bank.files.camt import read_camt  # lxml is loaded with the first file

    return read_camt(content)


def read_statements(content: bytes) -> list[ReadStatement]:
    """The statements of a file, each sound in itself. UnreadableStatement names every fault."""
    if len(content) > LARGEST:
        raise UnreadableStatement([_("the file is larger than 10 MB")])
    if not content.strip():
        raise UnreadableStatement([_("the file is empty")])
    is_xml = content.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<"
    statements = _read_camt_file(content) if is_xml else read_mt940(content)
    faults = [
        _("statement %(name)s: %(fault)s", name=statement.reference, fault=fault)
        for statement in statements
        for fault in faults_of(statement)
    ]
    if faults:
        raise UnreadableStatement(faults)
    return statements
