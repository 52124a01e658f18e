"""What an office has beside the fund's server: a relay for mail, and storage that speaks S3."""

import sys
import time

import boto3
from moto.server import ThreadedMotoServer

from tests.platform.messages.smtp import mail_server


def main() -> None:
    with mail_server(None) as relay:
        sys.stdout.write(f"{relay.port}\n")
        sys.stdout.flush()
        ThreadedMotoServer("127.0.0.1", 9000, verbose=False).start()
        storage = boto3.client(
            "s3", endpoint_url="http://127.0.0.1:9000", region_name="eu-central-1"
        )
        place = {"LocationConstraint": "eu-central-1"}
        storage.create_bucket(Bucket="fund-files", CreateBucketConfiguration=place)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
