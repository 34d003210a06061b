# Everything a person or CI does here: make run, make check, make test, make soak.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
SOURCES := annotate_app db models pipeline

.PHONY: run check test soak format browser clean

run: .venv/base  ## Make the demo store, print how to sign in, serve the app
	@$(BIN)/cbt demo

check: .venv/dev  ## Format, lint, types, layers, dead code, dependencies, duplicates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry .
	$(BIN)/pylint $(SOURCES)

test: .venv/dev browser  ## Every test, with a sample of the long ones
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

soak: .venv/dev browser  ## The long fault, load and coverage runs
	$(BIN)/pytest tests/soak --soak
	$(BIN)/pytest -m hypothesis --soak
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

browser: .venv/dev
	@sh tests/browser/install.sh $(BIN)/python

.venv/base: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing cbt-annotate into .venv (once; a minute or two) ..."
	@$(PIP) --editable .
	@touch $@

.venv/dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what the checks and tests need into .venv (once) ..."
	@$(PIP) --editable '.[dev]'
	@touch $@ .venv/base

# Debian and Ubuntu ship Python without venv's pip: their package adds it, where it may be installed.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: apt-get install python3"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
		{ $$sudo apt-get update -qq && $$sudo apt-get install -y -qq python3-venv; } >/dev/null 2>&1; \
		$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "venv is needed: sudo apt-get install python3-venv"; exit 1; }; }

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
