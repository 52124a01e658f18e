cd /tmp/w/trust
date -u
timeout 400 .venv/bin/pytest -q -n 0 tests/granting/bank_details tests/platform/signin/test_factors.py tests/platform/signin/test_kept_secrets.py tests/platform/trail/test_chain.py 2>&1 | tail -60
date -u
