cd /tmp/w/trust
date -u
timeout 400 .venv/bin/pytest -q -n 0 tests/platform/trail/test_chain.py tests/core/audit tests/core/kernel/test_seals.py tests/rules/test_schema.py tests/core/kernel/test_bound.py  2>&1 | tail -60
date -u
