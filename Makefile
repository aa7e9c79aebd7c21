# The manual of the workshop: `make` alone lists the targets.
PYTHON ?= python3
PORT ?= 5000
HOST ?= 127.0.0.1
SERVER ?= gunicorn
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready

.DEFAULT_GOAL := help
.PHONY: help run test test-long bench lint format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-11s %s\n", $$1, $$2}'
	@echo "  settings: PORT=5000 HOST=127.0.0.1 WORKERS=2 and the README's table, as JSONAPI_COURSE_<NAME>=…"

run: $(RUN_READY) ## serve on http://127.0.0.1:5000 (make run PORT=8080, make run SERVER=granian)
ifeq ($(SERVER),granian)
	@$(BIN)/python -c 'import granian' 2>/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check -e '.[granian]'
	@echo "The API sandbox is at http://$(HOST):$(PORT)/ (stop it with Ctrl-C)"
	@$(BIN)/granian --interface wsgi --host $(HOST) --port $(PORT) --workers 2 --blocking-threads 4 --no-ws --log-level warning wsgi:app
else
	@HOST=$(HOST) PORT=$(PORT) $(BIN)/gunicorn wsgi:app
endif

test: $(TEST_READY) lint ## lint, then all tests
	@$(BIN)/python -m pytest

test-long: $(TEST_READY) ## the tests with long rounds of load
	@LONG=1 $(BIN)/python -m pytest

bench: $(RUN_READY) ## measure against the usual way and the limit (BENCH="--rounds 5 --server granian")
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench,granian]'
	@$(BIN)/python -m bench.run $(BENCH)

lint: $(TEST_READY) ## ruff: mistakes and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: $(TEST_READY) ## let ruff mend what it can
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean: ## remove the virtual environment and caches, never instance/
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): setup.cfg pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[fast]' 2>/dev/null || echo "no C compiler: gunicorn reads requests with its slower parser"
	@touch $@

$(TEST_READY): setup.cfg pyproject.toml | $(BIN)/pip
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@ $(RUN_READY)
