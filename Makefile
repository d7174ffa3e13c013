# Every command of the house. `make` alone prints them.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE ?=

.DEFAULT_GOAL := help
.PHONY: help run chat test check bench bench-reading lock setup setup-test diagrams clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: .venv/.run ## start the whole service on loopback, with sandbox twins of every provider
	@$(BIN)/python main.py run

chat: .venv/.run ## talk to the same engine in this terminal
	@$(BIN)/python main.py chat --city nyc

test: .venv/.test ## run everything CI runs: the checks, then every test
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -q

check: .venv/.test ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.test ## intake and full turn as a ratio to a minimal server doing the same work
	@$(BIN)/python scripts/bench_intake.py

bench-reading: .venv/.test ## how well and how fast texts and mails are understood
	@$(BIN)/python scripts/bench_reading.py
	@$(BIN)/python scripts/bench_mail.py

diagrams: .venv/.run ## draw the flows again into docs/flows
	@$(BIN)/python main.py flow draw --all

lock: .venv/.test ## compile the hashed requirement files anew
	@for name in uv run test; do \
	  $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate -q \
	    --python-version 3.11 --custom-compile-command "make lock" \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; done

setup: .venv/.run ## only install what running needs
setup-test: .venv/.test ## only install what the tests need (running too)

clean: ## remove the virtual environment and the data of the embedded form
	rm -rf .venv .data

.venv/bin/uv: requirements/uv.txt
	@command -v $(PYTHON) >/dev/null || { echo "there is no $(PYTHON) here; CityHelper needs Python 3.11, 3.12 or 3.13"; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "CityHelper needs Python 3.11, 3.12 or 3.13; this is %d.%d. If you have one, name it: make run PYTHON=python3.12" % v)'
	@echo "setting up .venv, once; this may take a minute or two"
	@$(PYTHON) -m venv .venv || { echo "cannot create .venv here: is the folder writable and the venv module installed (Debian: python3-venv)?"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.run: .venv/bin/uv requirements/run.txt
	@[ -f .venv/.test ] || VIRTUAL_ENV=.venv $(BIN)/uv pip install -q --require-hashes -r requirements/run.txt
	@touch $@

.venv/.test: .venv/bin/uv requirements/test.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip sync -q --require-hashes requirements/test.txt
	@touch $@
