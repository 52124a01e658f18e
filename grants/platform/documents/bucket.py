"""Files on object storage: any service that speaks S3, named by FILES_URL.

`s3://bucket/folder?endpoint=https://…&region=…&encryption=aws:kms`; who we are there is said as AWS
has it (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of the machine).
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _

OPTIONS = {"endpoint", "region", "encryption"}
PATIENT = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 3},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
"""Each content has a hash of its own, so the service is asked for no other checksum."""


class Bucket:
    """A bucket, or a folder in it. The service compares what it got with the SHA-256 we give."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        if parts.scheme != "s3" or not parts.hostname or set(options) - OPTIONS:
            raise DomainError(
                _("FILES_URL must be like s3://bucket/folder?endpoint=https://storage.example.org.")
            )
        self.name = parts.netloc
        self.folder = parts.path.strip("/")
        self.options = options
        self._clients: dict[int, Any] = {}

    def put(self, sha256: str, content: bytes) -> None:
        if self._size_of(sha256) == len(content):
            return
        encryption = self.options.get("encryption")
        with _report_trouble():
            self._client().put_object(
                Bucket=self.name,
                Key=self._key_of(sha256),
                Body=content,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                **({"ServerSideEncryption": encryption} if encryption else {}),
            )

    def read(self, sha256: str) -> bytes:
        try:
            with _report_trouble():
                answer = self._client().get_object(Bucket=self.name, Key=self._key_of(sha256))
                content: bytes = answer["Body"].read()
        except FileNotFoundError:
            raise Missing(_("This file cannot be found. Contact the secretariat.")) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Missing(_("This file is damaged. Contact the secretariat."))
        return content

    def names(self) -> Iterator[str]:
        with _report_trouble():
            pages = self._client().get_paginator("list_objects_v2")
            start = f"{self.folder}/" if self.folder else ""
            for page in pages.paginate(Bucket=self.name, Prefix=start):
                for item in page.get("Contents", ()):
                    name = item["Key"].rpartition("/")[2]
                    if re.fullmatch("[0-9a-f]{64}", name):
                        yield name

    def probe(self) -> None:
        with _report_trouble():
            self._client().put_object(Bucket=self.name, Key=self._key_of("probe"), Body=b"0" * 4096)

    def _size_of(self, sha256: str) -> int | None:
        try:
            with _report_trouble():
                head = self._client().head_object(Bucket=self.name, Key=self._key_of(sha256))
        except FileNotFoundError:
            return None
        return int(head["ContentLength"])

    def _key_of(self, sha256: str) -> str:
        return "/".join(part for part in (self.folder, sha256[:2], sha256) if part)

    def _client(self) -> Any:
        """One for each process: connections are not shared with a process that was forked."""
        number = os.getpid()
        if number not in self._clients:
            import boto3

            self._clients[number] = boto3.session.Session().client(
                "s3",
                endpoint_url=self.options.get("endpoint"),
                region_name=self.options.get("region"),
                config=PATIENT,
            )
        return self._clients[number]


@contextmanager
def _report_trouble() -> Iterator[None]:
    """What the service refuses as an OSError, like a disk that is full or away: pages say then that
    nothing can be saved at the moment. FileNotFoundError where there is no such object.
    """
    try:
        yield
    except ClientError as refusal:
        code = str(refusal.response.get("Error", {}).get("Code", ""))
        if code in {"404", "NoSuchKey"}:
            raise FileNotFoundError(code) from refusal
        raise OSError(f"object storage: {code}") from refusal
    except BotoCoreError as fault:
        raise OSError(f"object storage: {type(fault).__name__}") from fault
