# On a fresh machine with git, make and Python 3.11: `make run`, `make test`. `make` alone lists all.
# Without make (Windows): `uv run lunattiva run`, `uv run pytest`.

# The first of these that starts and is new enough.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
  && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# `make lock UPGRADE=--upgrade` looks for newer versions; without it only what changed is chosen anew.
UPGRADE ?=

.DEFAULT_GOAL := help
.PHONY: help run test check audit bench soak cluster lock notebook ui clean

help:  ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 14

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed (python3.11 -m venv)."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Setting up, once: a minute or so ..."
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@UV_COMPILE_BYTECODE=1 VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --system-certs --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

run: $(READY)  ## from the partners' files to the pages (the demo programme)
	@$(BIN)/lunattiva run

test: $(READY)  ## all tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 3 --dist loadfile

check: $(READY)  ## form, style, types, and what a commit would be asked
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@if git rev-parse --git-dir > /dev/null 2>&1; \
	  then PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pre-commit run --all-files; \
	  else echo "Not a git checkout: pre-commit has nothing to look at."; fi

audit: $(READY)  ## known faults of the libraries, where there is a network to ask
	@$(BIN)/python -m pipelines.audit

bench: $(READY)  ## what the identifier gate finds, and how long runs take; minutes, with nothing else running
	@$(BIN)/python -m tests.bench.bench_identifiers
	@$(BIN)/python -m tests.bench.bench_intake
	@$(BIN)/python -m tests.bench.bench_run
	@$(BIN)/python -m tests.bench.bench_coding
	@$(BIN)/python -m tests.bench.bench_many 500 1500 5000
	@$(BIN)/python -m tests.bench.bench_day 24
	@$(BIN)/python -m tests.bench.bench_suppression
	@$(BIN)/python -m tests.bench.bench_attack 3
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.bench.bench_evidence
	@$(BIN)/python -m tests.bench.bench_province

soak: $(READY)  ## 200 kills at random moments and every other fault; hours; goes on where it stopped
	@$(BIN)/python -m tests.soak.kills --kills 200 --faults 54
	@$(BIN)/python -m tests.soak.kills --whole --kills 15 --folder .store/soak_whole

cluster: $(READY)  ## many programmes on PostgreSQL: workers killed, the database away; an object store; half an hour
	@LUNATTIVA_TEST_BUCKET=1 $(BIN)/pytest -n 0 -q tests/integration/test_collect_bucket.py
	@$(BIN)/python -m tests.bench.cluster_faults

lock: $(READY)  ## write down exact versions with hashes, here and for uv
	@$(BIN)/uv pip compile --no-config pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet $(UPGRADE) -o requirements.lock
	@$(BIN)/uv pip compile --no-config pyproject.toml --extra notebook --universal --python-version 3.11 \
	  --constraint requirements.lock --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
	  $(UPGRADE) -o requirements-notebook.lock
	@$(BIN)/uv pip compile --no-config pyproject.toml --extra cluster --universal --python-version 3.11 \
	  --constraint requirements.lock --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
	  $(UPGRADE) -o requirements-cluster.lock
	@$(BIN)/python -m pipelines.constraints

notebook: $(READY)  ## JupyterLab on the starter notebooks; installs it the first time
	@$(BIN)/python -c 'import jupyterlab' 2>/dev/null || { echo "Adding JupyterLab, once ..."; \
	  UV_COMPILE_BYTECODE=1 VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --system-certs --quiet \
	  --require-hashes -r requirements-notebook.lock; }
	@$(BIN)/lunattiva notebook

ui: $(READY)  ## Dagster's web interface on this machine
	@$(BIN)/lunattiva ui

clean:  ## remove the environment and the demo's pages (never raw/, never a real programme's store)
	rm -rf $(VENV) .store/demo reports/_output/demo thesis/_output/demo .pytest_cache .ruff_cache .mypy_cache
