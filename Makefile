# The two commands of a newcomer are `make up` and `make test`; everything else is for those who stay.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: up install install-dev test quick test-services chaos bench lint format lock clean

up: install ## install what is needed and run everything in one process
	$(BIN)/issue-stream up

install: $(VENV)/.installed ## the run-time part: from the lock file, wheels only

install-dev: $(VENV)/.installed-dev ## the same, and what tests and linters need

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("issue-stream needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 up") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	touch $@

lint: install-dev ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests
	$(BIN)/lint-imports

test: lint quick ## everything that needs no service, under four minutes

quick: install-dev ## the quick tests alone: for another Python, with PYTHON=python3.13 VENV=.venv-3.13
	$(BIN)/pytest -n 2 -m "not services and not chaos" -q

test-services: install-dev ## the same parts on Kafka, PostgreSQL and Chromium
	tests/services/install
	$(BIN)/pytest -m "services or chaos" -q

chaos: install-dev ## kills, restarts and outages in the large form
	tests/services/install
	ISSUE_STREAM_CHAOS=large $(BIN)/pytest -m chaos -q

bench: install-dev ## figures; prints one JSON object last
	$(BIN)/python -m tests.bench

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## pin every dependency again (needs uv)
	uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q -o requirements.lock tests/lock.in
	uv pip compile pyproject.toml --upgrade --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q -o requirements-dev.lock -c requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
