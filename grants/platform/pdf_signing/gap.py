"""Where a signature is in the bytes of a PDF: in a gap, around which every other byte is signed.

The gap is left when the PDF is made, so that nothing is read or written a second time to sign it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

BLANK_RANGE = b"[0 0000000000 0000000000 0000000000]"
_BLANK = re.compile(rb"/ByteRange \[0 0{10} 0{10} 0{10}\]/Contents (<0+>)")
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_HEX = re.compile(rb"<([0-9a-fA-F]+)>")
MOST = 20
"""Signatures looked at in one file."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap of one signature: what it covers is all from the start of the file to `end`, but
    what lies between `begins` and `resumes`.
    """

    begins: int
    resumes: int
    end: int

    @property
    def digits(self) -> slice:
        """The place of the hexadecimal digits, between their brackets."""
        return slice(self.begins + 1, self.resumes - 1)

    def covered(self, content: bytes) -> bytes:
        return content[: self.begins] + content[self.resumes : self.end]

    def filled(self, content: bytes, message: bytes) -> bytes:
        """The file with a signature in its gap. ValueError if the gap is too small for it."""
        room = self.digits.stop - self.digits.start
        if len(message) * 2 > room:
            raise ValueError("the signature is larger than the place that was left for it")
        digits = message.hex().encode().ljust(room, b"0")
        return content[: self.digits.start] + digits + content[self.digits.stop :]

    def blank(self, content: bytes) -> bytes:
        """The file as it was before it was signed."""
        return self.filled(content, b"")


def blank_contents(size: int) -> bytes:
    """Room for a signature of so many bytes, as it is written into a PDF."""
    return b"<" + b"0" * (2 * size) + b">"


def measured(content: bytes) -> tuple[bytes, Gap]:
    """A new PDF whose signature knows what it covers. ValueError if no place was left for one."""
    matches = list(_BLANK.finditer(content))
    if len(matches) != 1:
        raise ValueError("one place has to be left for a signature")
    begins, resumes = matches[0].span(1)
    gap = Gap(begins, resumes, len(content))
    text = b"[0 %010d %010d %010d]" % (begins, resumes, len(content) - resumes)
    start = content.index(BLANK_RANGE, matches[0].start())
    return content[:start] + text + content[start + len(text) :], gap


def gaps(content: bytes) -> Iterator[Gap]:
    """The gaps of the signatures of any PDF, as its bytes tell: brackets around hexadecimal
    digits, and nothing of them beyond the file.
    """
    for number, match in enumerate(_RANGE.finditer(content)):
        if number == MOST:
            return
        begins, resumes, length = (int(part) for part in match.groups())
        inside = begins < resumes <= resumes + length <= len(content)
        if inside and _HEX.fullmatch(content, begins, resumes):
            yield Gap(begins, resumes, resumes + length)
