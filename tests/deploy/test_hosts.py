"""Hosts that share only the database and a bucket, and are killed one after another."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HAS_NGINX = shutil.which("nginx") is not None

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")
def test_nothing_acknowledged_is_lost_while_one_host_of_three_after_another_is_killed() -> None:
    drill = [sys.executable, "-m", "bench.hosts", "3", "8"]
    told = subprocess.run(drill, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr[-3000:]


def test_web_worker_and_database_are_killed_together_and_nothing_is_lost_or_booked_twice() -> None:
    drill = [sys.executable, "-m", "bench.outage", "3"]
    told = subprocess.run(drill, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr[-3000:]


def test_a_standby_takes_the_place_of_the_database_and_nothing_is_lost() -> None:
    drill = [sys.executable, "-m", "bench.failover", "1", "3"]
    told = subprocess.run(drill, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr[-3000:]
