# 一网. `make run` and `make test` do everything; see README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup setup-dev run test lint bench lock clean

setup: $(VENV)/.base  ## the virtual environment and the command .venv/bin/yiwang
setup-dev: $(VENV)/.dev

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV) 2>/dev/null || ($(PYTHON) -m pip install --user -q virtualenv && $(PYTHON) -m virtualenv -q $(VENV))
	@touch $@

$(VENV)/.base: requirements.lock pyproject.toml | $(VENV)/.venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.base
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: setup  ## database, demo province and the portal on http://127.0.0.1:8000
	$(BIN)/yiwang serve --demo

test: setup-dev  ## the whole suite: SQLite, PostgreSQL where one answers, Chromium where it is there
	$(BIN)/python -m tests.run

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy yiwang tests bench tools
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint yiwang

bench: setup-dev  ## ratios measured in one run; writes docs/developing/bench.md
	$(PYTHON) -m venv .venv-bench && .venv-bench/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	.venv-bench/bin/python -m bench.run

lock:  ## compile the locks (needs uv); no index lines, no host names
	for name in base oidc spark dev bench; do \
	  uv pip compile requirements/$$name.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -q \
	    -o requirements$$( [ $$name = base ] || echo -$$name ).lock; done

clean:
	rm -rf $(VENV) .venv-bench var
