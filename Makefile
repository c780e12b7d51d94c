# Qonyrau. `make` prints what there is; everything happens inside this folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never
unexport PYTHONDONTWRITEBYTECODE # a run starts many processes: each would compile every module anew
INSTALL := $(BIN)/python -m pip install -q --no-compile --require-hashes -r
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev run test fuzz bench lint fmt sure lock messages migrate check-invariants clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Qonyrau needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements/run.txt | $(VENV)/bin/python
	@echo "Installing what Qonyrau runs on, about a minute on the first start ..."
	@$(INSTALL) requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/run.txt | $(VENV)/bin/python
	@echo "Installing what Qonyrau and its tests need, about a minute on the first start ..."
	@$(INSTALL) requirements/dev.txt
	@touch $(VENV)/run.stamp $@ # it holds all of requirements/run.txt

$(VENV)/messages.stamp: $(wildcard */translations/*/LC_MESSAGES/*.po) | $(VENV)/run.stamp
	@$(BIN)/python -m services.translations compile
	@touch $@

setup: $(VENV)/run.stamp $(VENV)/messages.stamp ## Install what the suite runs on and compile the catalogues

setup-dev: $(VENV)/dev.stamp $(VENV)/messages.stamp ## Also install what tests and checks need

run: setup ## Run the whole suite with the demonstration region on http://127.0.0.1:8000
	@exec $(BIN)/python -m demo

test: setup-dev ## Run all tests, on SQLite and on a real PostgreSQL
	@$(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder -q tests

fuzz: setup-dev ## Try both OpenAPI documents with 500 generated calls for each operation, other ones each time
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-500} $(BIN)/python -m pytest -q -o timeout=0 tests/access/test_contract.py

bench: setup-dev ## Measure the suite beside its ceilings, about ten minutes; BENCH="reading --rounds 3" measures less
	@$(BIN)/python -m bench $(BENCH)

lint: setup-dev ## Check style, types and the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fmt: setup-dev ## Put the code into one form
	$(BIN)/ruff check -q --fix . || true
	$(BIN)/ruff format -q .

sure: fmt lint test ## Everything CI does

lock: setup-dev ## Resolve the dependencies anew
	@$(BIN)/python -m pip install -q uv
	@PATH="$(abspath $(BIN)):$$PATH" $(LOCK) requirements/run.in -o requirements/run.txt
	@PATH="$(abspath $(BIN)):$$PATH" $(LOCK) requirements/dev.in -o requirements/dev.txt

messages: setup-dev ## Collect the marked texts into the catalogues
	@$(BIN)/python -m services.translations update

migrate: setup ## Bring both databases named by the settings to the newest migration
	@$(BIN)/flask --app wsgi:registry db upgrade
	@$(BIN)/flask --app wsgi:events db upgrade

check-invariants: setup ## Look in both databases named by the settings for rows that break what must always hold
	@$(BIN)/python -m worker check-invariants

clean: ## Remove everything that was installed or made here
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -delete
