# Everything one does with the project, one word each. `make` alone lists them.

PYTHON ?= python3
ENGINE ?= $(or $(MODERATION_ENGINE),onnx)
DATA ?= ../shared/data
BENCH ?=
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip --disable-pip-version-check --quiet
TORCH := torch==2.13.0

ifeq ($(filter onnx detoxify,$(ENGINE)),)
$(error ENGINE is 'onnx' or 'detoxify', not '$(ENGINE)')
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check bench soak fuzz audit catalogues docs eval model clean

help: ## list these commands
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "Settings: PYTHON=python3.12 (for making .venv), ENGINE=detoxify (for run), DATA=folder (for model and eval), JOBS=4 (for test)."

##@ Run it

install: $(VENV)/.installed-$(ENGINE) ## make .venv and put the service and its workers into it

run: install ## start everything on this machine: http://127.0.0.1:8080
	@MODERATION_ENGINE=$(ENGINE) exec $(BIN)/moderation up

##@ Work on it

test: $(VENV)/.installed-test $(VENV)/.installed-clients ## install what tests need, check, and run every test
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -m "not alone" --numprocesses=$(JOBS) --dist=loadfile --no-loadscope-reorder
	@$(BIN)/python -m pytest -m alone

check: $(VENV)/.installed-test ## lint, format, types and the direction of imports (fast)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.installed-test ## measure speed and memory, and write docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(BENCH)

soak: $(VENV)/.installed-test ## break a running service in every way, and write docs/reliability.md (about an hour)
	@$(BIN)/python -m soak $(SOAK)

fuzz: $(VENV)/.installed-test ## try every operation with bad input, and write docs/security.md (ten minutes)
	@$(BIN)/python -m tests.fuzzing $(FUZZ)

audit: $(VENV)/.installed-test ## look for secrets in all files (offline), and for known holes in what is installed (needs pip-audit and a network)
	@$(BIN)/python -m pytest -q tests/test_secrets.py
	@$(BIN)/python -m pip_audit --version > /dev/null 2>&1 || { echo "pip-audit is not here, so known holes were not looked for. Where there is a network: $(BIN)/python -m pip install pip-audit, then make audit again" >&2; exit 1; }
	@$(BIN)/python -m pip_audit --skip-editable

catalogues: $(VENV)/.installed-test ## bring the desk's other languages up to date with its texts
	@$(BIN)/python -m tests.catalogues

docs: $(VENV)/.installed-test ## write the tables of docs/ that repeat what the code says
	@$(BIN)/python -m tests.pages

##@ Make the models

model: $(VENV)/.installed-train ## train, export and quantise the shipped models (about two hours)
	@$(BIN)/python -m training.toxicity --data $(DATA) --out build/toxicity
	@$(BIN)/python -m training.export --data $(DATA) --checkpoint build/toxicity
	@$(BIN)/python -m training.spam --data $(DATA)
	@$(BIN)/python -m training.anchors --data $(DATA)
	@$(MAKE) --no-print-directory eval

eval: $(VENV)/.installed-train ## measure the shipped toxicity model, and write docs/accuracy.md (about ten minutes)
	@$(BIN)/python -m training.languages --data $(DATA)
	@$(BIN)/python -m training.contrast
	@$(BIN)/python -m training.raid --data $(DATA)
	@$(BIN)/python -m training.campaign --data $(DATA)
	@$(BIN)/python -m training.evaluate --data $(DATA)

##@ Tidy up

clean: ## remove .venv and what tools left behind; data and trained models stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp file says what has been installed; it is made again when pyproject.toml changes.

$(VENV)/bin/python:
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or say which: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Say which to use: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V)" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip

$(VENV)/.installed-onnx: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the service and its workers into $(VENV)" >&2
	@$(PIP) install --editable '.[worker]'
	@touch $@

$(VENV)/.installed-detoxify: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the service with Detoxify and PyTorch into $(VENV)" >&2
	@$(PIP) install $(TORCH)
	@$(PIP) install --editable '.[detoxify]'
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the service and what its tests need into $(VENV)" >&2
	@$(PIP) install $(TORCH)
	@$(PIP) install --editable '.[test]'
	@touch $@ $(VENV)/.installed-onnx $(VENV)/.installed-detoxify

# Clients that cannot be beside what else is installed have folders of their own in .venv.
$(VENV)/.installed-clients: $(wildcard tests/clients/npm/package*.json) tests/clients/pip/requirements.txt | $(VENV)/bin/python
	@command -v npm > /dev/null || { echo "There is no npm here, and tests run clients that are written for Node.js. On Debian and Ubuntu: apt-get install nodejs npm" >&2; exit 1; }
	@echo "Installing clients that tests run into $(VENV)/npm and $(VENV)/pip" >&2
	@mkdir -p $(VENV)/npm
	@cp tests/clients/npm/package*.json $(VENV)/npm/
	@npm ci --prefix $(VENV)/npm --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@$(PIP) install --no-deps --upgrade --target $(VENV)/pip --requirement tests/clients/pip/requirements.txt
	@touch $@

$(VENV)/.installed-train: pyproject.toml | $(VENV)/bin/python
	@echo "Installing what training needs into $(VENV)" >&2
	@$(PIP) install $(TORCH)
	@$(PIP) install --editable '.[train]'
	@touch $@
