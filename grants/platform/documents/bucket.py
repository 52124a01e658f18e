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
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.platform.documents.entries import Entry

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
        if self._bytes_under(self._key_of(sha256)) == len(content):
            return
        with _report_trouble():
            self._client().put_object(
                Bucket=self.name,
                Key=self._key_of(sha256),
                Body=content,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                **self._encryption(),
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
            for item in self._objects_in(self._name_of("")):
                name = item["Key"].rpartition("/")[2]
                if re.fullmatch("[0-9a-f]{64}", name):
                    yield name

    def probe(self) -> None:
        with _report_trouble():
            self._client().put_object(Bucket=self.name, Key=self._key_of("probe"), Body=b"0" * 4096)

    def write(self, name: str, content: IO[bytes]) -> None:
        """In parts, so that a large file is never in memory; an upload that ends midway leaves no
        object.
        """
        with _report_trouble():
            self._client().upload_fileobj(
                content, self.name, self._name_of(name), ExtraArgs=self._encryption()
            )

    def open(self, name: str) -> IO[bytes]:
        with _report_trouble():
            answer = self._client().get_object(Bucket=self.name, Key=self._name_of(name))
        body: IO[bytes] = answer["Body"]
        return body

    def has(self, name: str) -> bool:
        return self._bytes_under(self._name_of(name)) is not None

    def entries(self, folder: str) -> Iterator[Entry]:
        whole = len(self._name_of(""))
        with _report_trouble():
            for item in self._objects_in(self._name_of(f"{folder}/" if folder else "")):
                yield Entry(item["Key"][whole:], item["Size"], item["LastModified"].timestamp())

    def remove(self, name: str) -> None:
        with _report_trouble():
            self._client().delete_object(Bucket=self.name, Key=self._name_of(name))

    def _objects_in(self, start: str) -> Iterator[Any]:
        pages = self._client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.name, Prefix=start):
            yield from page.get("Contents", ())

    def _bytes_under(self, key: str) -> int | None:
        try:
            with _report_trouble():
                head = self._client().head_object(Bucket=self.name, Key=key)
        except FileNotFoundError:
            return None
        return int(head["ContentLength"])

    def _encryption(self) -> dict[str, str]:
        encryption = self.options.get("encryption")
        return {"ServerSideEncryption": encryption} if encryption else {}

    def _key_of(self, sha256: str) -> str:
        return self._name_of(f"{sha256[:2]}/{sha256}")

    def _name_of(self, name: str) -> str:
        return f"{self.folder}/{name}" if self.folder else name

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
