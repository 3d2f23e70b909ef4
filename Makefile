# Petition Desk (信访工作台). `make run` and `make test` work from a fresh clone: Python 3.11 or 3.12, make, and a package
# registry or the offline bundle (then the wheels lie in wheels/ and no registry is asked).

SHELL  := /bin/sh
VENV   ?= .venv
HOST   ?= 127.0.0.1
PORT   ?= 5000
JOBS   ?= 2
TESTS  ?= tests
export HOST PORT

PY     := $(VENV)/bin/python
FLASK  := $(VENV)/bin/flask --app app
WHEELS := $(wildcard wheels)
PIP    := $(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt
RUNTIME := $(VENV)/.runtime-installed
DEV     := $(VENV)/.dev-installed

.PHONY: help install run test coverage lint bench screens trust bundle clean
help:
	@echo "make install  the program alone, for a real office (README, Start)"
	@echo "make run      start the office with its demonstration data on http://$(HOST):$(PORT)"
	@echo "make test     the whole suite, browser and PostgreSQL included"
	@echo "make coverage the same suite, counting what of rules/ and services/ it reaches"
	@echo "make lint     ruff, mypy, djlint"
	@echo "make bench    the costs at 1,000 and 100,000 matters, into docs/bench.md"
	@echo "make screens  the pictures in docs/screens/"
	@echo "make trust    the long form of every control, into docs/trust-report.md (hours)"
	@echo "make bundle   dist/petition-desk-*.tar: installs without a registry"

$(RUNTIME): requirements.txt constraints.txt scripts/make_venv.sh
	@scripts/make_venv.sh $(VENV)
	@echo "Installing what the office needs (about a minute) ..." >&2
	@$(PIP) $(if $(WHEELS),--no-index --find-links $(WHEELS)) -r requirements.txt
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@echo "Installing what the tests need ..." >&2
	@$(PIP) $(if $(WHEELS),--find-links $(WHEELS)) -r requirements-dev.txt
	@touch $@

install: $(RUNTIME)
	@echo "Installed. A real office: see README, Start. A demonstration: make run."

run: $(RUNTIME)
	@$(FLASK) init > /dev/null
	@echo "Loading the demonstration office if this is the first start (half a minute) ..." >&2
	@$(FLASK) demo > /dev/null
	@exec $(FLASK) serve

test: $(DEV)
	@DESK_TEST_CHROMIUM="$$(scripts/find_browser.sh $(PY))"; export DESK_TEST_CHROMIUM; \
	$(PY) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder --durations=10 --durations-min=3 $(TESTS)

coverage: $(DEV)
	@DESK_TEST_CHROMIUM="$$(scripts/find_browser.sh $(PY))"; export DESK_TEST_CHROMIUM; \
	$(PY) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder --cov --cov-report=term $(TESTS)

lint: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m djlint templates --lint --quiet

bench: $(DEV)
	$(PY) -m benchmarks

screens: $(DEV)
	@DESK_TEST_CHROMIUM="$$(scripts/find_browser.sh $(PY))"; export DESK_TEST_CHROMIUM; $(PY) -m scripts.screens

trust: $(DEV)
	@DESK_TEST_CHROMIUM="$$(scripts/find_browser.sh $(PY))"; export DESK_TEST_CHROMIUM; \
	$(PY) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder -m trust $(TESTS)

bundle: $(RUNTIME)
	$(PY) -m scripts.bundle

clean:
	rm -rf .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* build dist
