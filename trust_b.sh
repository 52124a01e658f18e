cd /tmp/w/trust-data/run
date -u
timeout 600 .venv/bin/pytest -q -n 0 tests/platform/trail/test_tampering.py 2>&1 | tail -60
date -u
