"""Signed heads of the trail, kept outside the database.

An anchor says that at a moment the trail had so many rows and ended in this hash. It is signed with
Ed25519; the key is derived from SECRET_KEY, which the database does not know, and the public half
stands in the anchor for auditors. Each is a file of its own that nothing overwrites.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from grants.core.audit.chain import Head
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class Anchorage:
    """Where anchors are kept, and the key that signs them."""

    folder: Path
    key: Ed25519PrivateKey

    @classmethod
    def at(cls, folder: Path, secret: str) -> "Anchorage":
        """`secret` is the installation's SECRET_KEY."""
        seed = hashlib.sha256(b"trail anchors\0" + secret.encode()).digest()
        return cls(folder, Ed25519PrivateKey.from_private_bytes(seed))

    def write(self, head: Head, at: datetime) -> Path:
        """Keep a signed head in a new file. DomainError if the folder cannot be written."""
        facts = {"rows": head.rows, "hash": head.hash, "at": _moment_text(at)}
        signed = {
            **facts,
            "public_key": self.public_key(),
            "signature": self.key.sign(_canonical_text(facts)).hex(),
        }
        path = self.folder / f"trail-{at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                json.dump(signed, file)
        except OSError as trouble:
            raise DomainError(
                _(
                    "%(folder)s cannot be written: %(why)s. Set TRAIL_ANCHORS to another folder.",
                    folder=self.folder,
                    why=trouble.strerror,
                )
            ) from trouble
        return path

    def public_key(self) -> str:
        """In hex: what auditors check the signature of an anchor with."""
        return self._public_key().hex()

    def heads(self) -> tuple[list[Head], list[str]]:
        """The heads of all anchors found, and a sentence for each that is not genuine."""
        genuine, doubts = [], []
        for path in self._anchor_files():
            head = self._read_anchor(path)
            if head is None:
                doubts.append(_("Audit trail: the anchor %(file)s is not genuine.", file=path.name))
            else:
                genuine.append(head)
        return genuine, doubts

    def _anchor_files(self) -> Iterator[Path]:
        return iter(sorted(self.folder.glob("trail-*.json")) if self.folder.is_dir() else ())

    def _read_anchor(self, path: Path) -> Head | None:
        """The head of an anchor that this installation signed."""
        try:
            anchor = json.loads(path.read_text("utf-8"))
            signature = bytes.fromhex(anchor["signature"])
            facts = {"rows": anchor["rows"], "hash": anchor["hash"], "at": anchor["at"]}
            Ed25519PublicKey.from_public_bytes(self._public_key()).verify(
                signature, _canonical_text(facts)
            )
        except (OSError, ValueError, KeyError, TypeError, InvalidSignature):
            return None
        return Head(anchor["rows"], anchor["hash"], datetime.fromisoformat(anchor["at"]))

    def _public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _moment_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _canonical_text(facts: dict[str, object]) -> bytes:
    """What is signed: the head as canonical JSON, as rows of the trail are written."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
