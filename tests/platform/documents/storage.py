"""A server that speaks S3, as an office buys one."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer


@contextmanager
def object_storage() -> Iterator[str]:
    """The address of the server, with the bucket `fund`; who we are there is in the environment."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "fund")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        requests.post(f"{address}/moto-api/reset", timeout=60)  # what an earlier server held
        client = boto3.client("s3", endpoint_url=address, region_name="eu-west-1")
        place = {"LocationConstraint": "eu-west-1"}
        client.create_bucket(Bucket="fund", CreateBucketConfiguration=place)
        yield address
        server.stop()
