# Every target sets up what it needs. `make help` lists them.
# A PYTHON that is named gets .venv, or a folder beside it where .venv is of another version.
VERSION := -c 'import sys; print("%d.%d" % sys.version_info[:2])'
ifneq ($(origin PYTHON),undefined)
OTHER := $(filter-out $(shell $(PYTHON) $(VERSION)),$(shell .venv/bin/python $(VERSION) 2>/dev/null))
endif
VENV := .venv$(if $(OTHER),-$(shell $(PYTHON) $(VERSION)))
PYTHON ?= python3
BIN := $(VENV)/bin
WORKSPACE ?= workspace/demo
MATERIAL ?= ../shared/data
WORK ?= workspace/encoder_training
WORKERS ?= 2
COVERAGE ?= --cov --cov-report=term:skip-covered
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo serve test lint rooms format bench lock sample encoder concepts clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## /  make \1\t/' | expand -t 22

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Tandem needs Python 3.11 or later; name one with: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Tandem into $(VENV) (a few minutes the first time) ..."
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need ..."
	$(PIP) --editable '.[dev]'
	@touch $@

install: $(VENV)/.installed  ## Set up the virtual environment
install-dev: $(VENV)/.installed-dev  ## ... with what tests and linting need

demo: install  ## Import the sample organisation, show recommendations, ask the service the same
	$(BIN)/tandem demo --workspace $(WORKSPACE)

serve: install  ## Keep the service running on this machine (WORKSPACE=..., PORT=...)
	$(BIN)/tandem serve --workspace $(WORKSPACE) --port $(or $(PORT),8000)

test: lint  ## Lint, type-check and run every test, in two processes (WORKERS=...)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(WORKERS) $(COVERAGE)

lint: install-dev  ## Check style, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

rooms: install-dev  ## Print the rooms: who imports whom, how large each is, cycles
	$(BIN)/python -m tests.rooms

format: install-dev  ## Mend what the formatter and the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev  ## Measure speed as ratios in one run, at 100,000 people (about ten minutes)
	$(BIN)/python -m tests.benchmarks

sample: install  ## Invent the sample organisation anew (the files in data/ must not change)
	$(BIN)/python -m recommender.simulation data/sample_organisation

encoder: install-dev  ## Train the bilingual encoder (MATERIAL=..., WORK=...; two hours)
	$(BIN)/python -m recommender.workshop encoder --material $(MATERIAL) --work $(WORK)

concepts: install-dev  ## Fit the links of statements to concepts anew (some minutes)
	$(BIN)/python -m recommender.workshop concepts

lock: install-dev  ## Write the installed versions to constraints.txt
	@{ echo "# Exact versions that CI installs; written by 'make lock'."; \
	   $(BIN)/python -m pip freeze --exclude-editable | sed -E 's/^torch(==| @ ).*/torch==2.13.0/'; } > constraints.txt

clean:  ## Remove the virtual environments and caches; workspaces stay
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
