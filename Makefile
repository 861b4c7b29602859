# Everything starts here. `make run` and `make test` need only make, a Python from 3.11 on and a network.
# Another interpreter: make run PYTHON=python3.13. Options of the main job: make run ARGS="--worlds 48".

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
ARGS ?=
CHROMIUM ?=
export CHROMIUM
VENV := .venv
VENV313 := .venv313
LOCK := pyproject.toml $(wildcard constraints/*.txt)
SHOW_VERSION := -c 'import sys; print("%d%d" % sys.version_info[:2])'

# What meets another Python, Mesa or NumPy; designs, storage, fits, figures, tables and texts are tested on the first alone.
SECOND := tests/model --ignore=tests/model/test_compile.py tests/twin tests/experiments/test_golden.py \
	tests/experiments/test_runner.py tests/experiments/test_starts.py tests/experiments/running/test_same_bytes.py \
	tests/test_drivers_command.py tests/test_world.py tests/test_scenario.py

# What is run in plain Python, too, to see which branches of compiled rules are taken: tests of rules on small inputs, and
# two worlds of some 270 talents, in which together nearly every rule acts. Left out are the tests of compiling itself:
# test_compile, and of test_arithmetic the comparison of compiled with plain.
PLAIN := tests/model/test_draws_by_hand.py tests/model/test_expected_stocks_by_hand.py tests/model/test_best_buy.py \
	tests/model/test_shares_met.py tests/model/test_first_funding.py tests/model/test_arithmetic.py \
	--deselect tests/model/test_arithmetic.py::test_one_by_one_several_at_once_and_plain_python_give_the_same_bits \
	"tests/twin/test_twin.py::test_tiny_worlds_are_the_same[busy-None]" \
	"tests/twin/test_twin.py::test_tiny_worlds_are_the_same[busy-all_eight_rivals]"

# The version is part of the stamp's name: another PYTHON makes a new environment.
VERSION := $(shell $(PYTHON) $(SHOW_VERSION) 2>/dev/null)
RUN_STAMP := $(VENV)/.run-$(VERSION)
TEST_STAMP := $(VENV)/.test-$(VERSION)
TEST313_STAMP := $(VENV313)/.test-313
DOCS_STAMP := $(VENV)/.docs-$(VERSION)
BROWSER_STAMP := $(VENV)/.browser

# A Python 3.13 that works: by its own name, or through pyenv, which hides it until a version is asked for.
find_313 = $(shell for try in "python3.13" "env PYENV_VERSION=3.13 python3.13"; do \
	$$try -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1 \
	&& { echo "$$try"; break; }; done)

# Without compiling: half of the time of an installation goes into modules that nothing here imports. What is imported
# is kept compiled instead, also where the environment says otherwise: else each process would compile it anew, seconds
# every time, and tests start a hundred of them.
PIP_OPTIONS := --quiet --disable-pip-version-check --no-compile
unexport PYTHONDONTWRITEBYTECODE

# $(call install,environment,interpreter,what pip shall install)
define install
	@version=$$($(2) $(SHOW_VERSION) 2>/dev/null) || version=0; \
	if [ "$$version" -lt 311 ]; then \
		echo "Python 3.11 or newer is needed, but '$(2)' is not one; name another: make PYTHON=python3.11" >&2; \
		exit 1; \
	fi; \
	if [ "$$($(1)/bin/python $(SHOW_VERSION) 2>/dev/null)" != "$$version" ] \
		|| ! $(1)/bin/python -m pip --version >/dev/null 2>&1; then \
		echo "Making $(1) for Python $${version:0:1}.$${version:1}"; \
		$(2) -m venv --clear $(1) || exit 1; \
	fi; \
	constraints=constraints/py$$version.txt; \
	if [ -f "$$constraints" ]; then \
		echo "Installing into $(1) with $$constraints"; \
		$(1)/bin/python -m pip install $(PIP_OPTIONS) -e '$(3)' -c "$$constraints"; \
	else \
		echo "Note: no constraints file for Python $${version:0:1}.$${version:1};" \
			"installing the newest versions that pyproject.toml allows, which are not tested"; \
		$(1)/bin/python -m pip install $(PIP_OPTIONS) -e '$(3)'; \
	fi
endef

# The tests open the report in one of these; CHROMIUM=path names another.
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable
define find_browser
found=; for name in $(CHROMIUM) $(BROWSERS); do \
		if command -v "$$name" >/dev/null 2>&1; then found="$$name"; break; fi; \
	done
endef

.PHONY: help
help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

.PHONY: setup
setup: $(RUN_STAMP)  ## make .venv with what a run needs

.PHONY: run
run: $(RUN_STAMP)  ## set up, then the main job: all scenarios into results/main (ARGS="..." passes options)
	@$(VENV)/bin/python run_sim.py $(ARGS)

# What one core leaves idle the other uses: both Pythons are installed side by side, and while mypy works the model is
# compiled for the second, whose tests would otherwise begin by compiling it twice.
.PHONY: test
test:  ## set up, then ruff, mypy, all tests; short form on Python 3.13 where there is one
	@found="$(find_313)"; preparing=; \
	if [ "$(VERSION)" != 313 ] && [ -n "$$found" ]; then \
		{ $(MAKE) --no-print-directory $(TEST313_STAMP) PYTHON313="$$found" \
			&& $(VENV313)/bin/python -c 'from sim.model.compile import warm_up; warm_up()'; } & preparing=$$!; \
		trap 'kill $$preparing 2>/dev/null || true' EXIT; \
	fi; \
	$(MAKE) --no-print-directory $(TEST_STAMP) $(BROWSER_STAMP) || exit 1; \
	$(MAKE) --no-print-directory lint || exit 1; \
	if [ -n "$$preparing" ]; then wait "$$preparing" || exit 1; fi; \
	echo "== tests on Python $$($(VENV)/bin/python -V | cut -d' ' -f2)"; \
	$(VENV)/bin/python -m pytest -q -n 2 tests || exit 1; \
	if [ "$(VERSION)" = 313 ]; then \
		second="not run: 3.13 is the Python of the whole form"; \
	elif [ -z "$$found" ]; then \
		second="NOT RUN: no python3.13 found"; \
	else \
		echo "== tests on Python 3.13, short form"; \
		$(VENV313)/bin/python -m pytest -q -n 2 -m "not torture and not long" $(SECOND) || exit 1; \
		second="run: model, twin, golden values, runner, starts, one command, but those marked long or torture"; \
	fi; \
	echo; \
	echo "Run:      ruff, mypy and all tests but those marked torture, on Python $(VERSION:3%=3.%)"; \
	echo "3.13:     $$second"; \
	echo "Not run:  the long forms (make torture)"

.PHONY: lint
lint: $(TEST_STAMP)  ## ruff and mypy
	@echo "== ruff"
	@$(VENV)/bin/python -m ruff check .
	@echo "== mypy"
	@$(VENV)/bin/python -m mypy

.PHONY: format
format: $(TEST_STAMP)  ## rewrite the sources in the house format
	@$(VENV)/bin/python -m ruff check --fix .
	@$(VENV)/bin/python -m ruff format .

.PHONY: torture
torture: $(TEST_STAMP)  ## the long forms of the tests: minutes to hours
	@$(VENV)/bin/python -m pytest -n 2 --dist worksteal -m torture tests

# What is compiled is not seen running: tests of rules and of tiny worlds run once more in plain Python.
.PHONY: coverage
coverage: $(TEST_STAMP) $(BROWSER_STAMP)  ## which branches of sim do the tests take? table by package, bounds held
	@rm -rf .cache/coverage; \
	export COVERAGE_FILE="$(CURDIR)/.cache/coverage/data"; \
	watched="$(VENV)/bin/python -m coverage run -m pytest -q -n 2"; failed=; \
	echo "== all tests, watched"; \
	$$watched tests || { [ $$? = 1 ] && failed=yes; } || exit 2; \
	echo "== tests of rules in plain Python, watched"; \
	NUMBA_DISABLE_JIT=1 $$watched -p tests.plain_fits $(PLAIN) || { [ $$? = 1 ] && failed=yes; } || exit 2; \
	$(VENV)/bin/python -m coverage combine -q || exit 2; \
	echo; \
	code=0; $(VENV)/bin/python -m tests.coverage_table || code=$$?; \
	[ -z "$$failed" ] || echo "Some tests failed, see above: watched, all takes longer. Ask make test whether they pass."; \
	exit $$code

.PHONY: mutations
mutations: $(TEST_STAMP)  ## one-line changes of rules, each to be caught by a test: some 15 minutes, resumes
	@$(VENV)/bin/python -m tests.mutation_table

.PHONY: mutants
mutants: $(TEST_STAMP)  ## 420 changes at random: how many does a test notice? half an hour, resumes
	@$(VENV)/bin/python -m tests.mutants $(ARGS)

.PHONY: bench
bench: $(TEST_STAMP)  ## measure speed and size side by side: under 10 minutes; writes benchmarks/RESULTS.md
	@$(VENV)/bin/python -m benchmarks $(ARGS)

.PHONY: reference
reference: $(RUN_STAMP)  ## results/reference anew, over the posterior: some 70 minutes, resumes
	@$(VENV)/bin/python run_sim.py reference $(ARGS)

.PHONY: docs
docs: $(DOCS_STAMP)  ## the documents as a site in build/docs, which opens without a network; warnings are errors
	@rm -rf build/docs
	@MPLBACKEND=Agg $(VENV)/bin/python -m sphinx -q -W --keep-going -c docs -d build/doctrees -D run_notebooks=1 . build/docs
	@echo "Open build/docs/index.html"

.PHONY: clean
clean:  ## remove environments and caches; results/ is left alone
	@rm -rf $(VENV) $(VENV313) .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_STAMP): $(LOCK)
	$(call install,$(VENV),$(PYTHON),.)
	@touch $@

$(TEST_STAMP): $(LOCK)
	$(call install,$(VENV),$(PYTHON),.[test])
	@touch $(RUN_STAMP) $@

$(DOCS_STAMP): $(LOCK)
	$(call install,$(VENV),$(PYTHON),.[docs])
	@touch $(RUN_STAMP) $@

$(TEST313_STAMP): $(LOCK)
	$(call install,$(VENV313),$(PYTHON313),.[test])
	@touch $@

# A browser comes with the system, never with Playwright.
$(BROWSER_STAMP): $(TEST_STAMP)
	@$(find_browser); \
	if [ -z "$$found" ] && command -v apt-get >/dev/null 2>&1; then \
		as=; [ "$$(id -u)" = 0 ] || as="sudo -n"; \
		echo "Installing chromium, in which the tests open the report"; \
		get="$$as apt-get -qq -y --no-install-recommends"; \
		$$get install chromium >/dev/null 2>&1 \
			|| { $$as apt-get -qq update >/dev/null 2>&1 && $$get install chromium >/dev/null 2>&1; } || true; \
		$(find_browser); \
	fi; \
	if [ -z "$$found" ]; then \
		echo "No browser found for the tests of the report: install Chromium (Debian: apt-get install chromium)" \
			"or Google Chrome, or name one: make test CHROMIUM=/path/to/chromium" >&2; \
		exit 1; \
	fi
	@touch $@
