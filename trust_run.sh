cd /tmp/w/trust
date -u
timeout 500 .venv/bin/pytest -q -n 0 tests/platform/trail/test_tampering.py 2>&1 | tail -60
date -u
timeout 400 .venv/bin/pytest -q -n 0 tests/core tests/platform/signin tests/rules/test_schema.py tests/desk/merging tests/giving/outreach tests/integrity/sanctions 2>&1 | tail -40
date -u
