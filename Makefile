# The commands of Paragraph 20. `make help` lists them.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run test test-walks test-long test-day bench bundle release endurance check audit format assets messages lock

# The first Python here that is new enough and can make a .venv: 3.13, the fastest of those that the
# tests ran on, or what is there. `make setup PYTHON=/path/to/python` chooses another.
pythons = $(if $(PYTHON),"$(PYTHON)",python3.13 python3 python3.14 python3.12 python3.11)
prepare = @for module in ensurepip sys; do for python in $(pythons); do \
	"$$python" -c "import sys, $$module; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || continue; \
	exec "$$python" grants/machine.py $(1); done; done; \
	echo "Paragraph 20 needs Python 3.11 or newer; on Debian or Ubuntu: apt-get install python3 python3-venv" >&2; exit 1
bin := .venv/bin

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install everything for running and for the tests
	$(call prepare,--tests)
	@echo "Ready. Next: make run, or make test."

run: ## Prepare the database, plant the demo when it is empty, and serve
	$(call prepare)
	@exec $(bin)/flask serve --prepare

# Python keeps what it has compiled, the tests included: each of some forty processes saves seconds.
unexport PYTHONDONTWRITEBYTECODE
# Several workers, each with databases of its own; tests/conftest.py says how many.
pytest = $(bin)/pytest --numprocesses auto

test: ## Run every check and the tests; WHAT=tests/giving runs the tests of a part
	$(call prepare,--tests)
	@$(MAKE) --no-print-directory check >.check.log 2>&1 & \
	$(pytest) $(if $(WHAT),$(WHAT),-m 'not long and not walk'); tests=$$?; \
	wait $$! || { cat .check.log; echo "make check found the above" >&2; exit 1; }; exit $$tests

test-walks: ## Run the tests that walk through the product: in a browser, along every link, for every role
	$(call prepare,--tests)
	$(pytest) -m 'walk and not long' $(WHAT)

test-long: ## Run the tests that take long: many more cases, every page by axe, a fund from nothing
	$(call prepare,--tests)
	$(pytest) --any-order -m 'long or many' $(WHAT)

test-day: ## Run the tests as on another day: DAY="2028-02-29 23:30" (needs faketime); WHAT as for test
	$(call prepare,--tests)
	FAKETIME_DONT_FAKE_MONOTONIC=1 faketime "$(DAY)" $(pytest) $(if $(WHAT),$(WHAT),-m 'not long and not walk')

check: ## Check form, types and the order of rooms, without the tests
	$(bin)/ruff format --check --quiet .
	$(bin)/ruff check --quiet .
	$(bin)/mypy --no-error-summary
	$(bin)/lint-imports --no-logo

audit: ## Write the bill of materials and ask for known vulnerabilities
	@PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/python .ci/supply.py $(if $(ALLOW_UNKNOWN),--allow-unknown)

bundle: ## Write one archive that installs on a server without a network, into dist/
	$(call prepare)
	@PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/python deploy/release.py bundle

release: ## Check version and notes; bundle, bill of materials, checksums signed with KEY=…, into dist/
	$(call prepare)
	@PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/python deploy/release.py release $(if $(KEY),--key $(KEY))

tables = for table in $(1); do begun=$$(date +%s); $(bin)/python -m "bench.$$table" || exit 1; \
	echo "  $$table: $$(($$(date +%s) - begun)) s in all"; done
bench: ## Print how fast it is; WHAT=pages prints one table
	$(call prepare,--tests)
	@$(call tables,$(or $(WHAT),pages throughput history ledger screening statements donors press))

endurance: ## Print what it withstands: a deadline, kills, tampering, a restore
	$(call prepare,--tests)
	@$(call tables,deadline kills outage failover tamper drill trust)

format: ## Bring the code to its form
	$(bin)/ruff check --fix --quiet .
	$(bin)/ruff format --quiet .

assets: ## Build style sheets, scripts and fonts
	@$(bin)/python grants/platform/web/assets/build.py

messages: ## Gather the texts to translate and bring the catalogues up to date
	$(bin)/pybabel -q extract -F grants/translations/sources.ini -k _ -k _l -k _n:1,2 -k ngettext:1,2 \
		-k pgettext:1c,2 -k _p:1c,2 --no-location --sort-output --project "Paragraph 20" --omit-header \
		-o grants/translations/messages.pot .
	$(bin)/pybabel -q update -i grants/translations/messages.pot -d grants/translations \
		--ignore-pot-creation-date --no-fuzzy-matching --ignore-obsolete

# One lock for every Python from 3.11 on and every system; checksums, and no word of where from.
compile = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCK)
lock: ## Lock the newest packages that the .in files and package.json allow (needs uv and npm)
	$(compile) --upgrade requirements.in -o requirements.txt
	$(compile) --upgrade requirements-dev.in -o requirements-dev.txt
	$(compile) --upgrade requirements-node.in -o requirements-node.txt
	npm install --package-lock-only
