# Everything here needs only make and Python 3.11 or newer; the rest is installed into .venv and node_modules.

VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed-$(shell cat pyproject.toml constraints.txt | cksum | tr ' ' '-')
ASSETS  := node_modules/.built-$(shell cat package-lock.json core/ui/assets.py core/ui/build.mjs | cksum | tr ' ' '-')
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON  ?= $(shell for name in $(PYTHONS); do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)
WORKERS ?= auto
ARGS    ?=

.PHONY: help run test faults api-fuzz check bench format install assets clean

help:
	@echo "make run     start Banyan with demo data on http://localhost:8000 and print the logins"
	@echo "make test    the whole suite; one test: make test ARGS='tests/core/test_money.py -k rounding --engine sqlite'"
	@echo "make api-fuzz  5,000 requests to the API that nobody would think of, on each engine"
	@echo "make faults  kills and outages for minutes"
	@echo "make check   every quality gate; make format repairs what can be repaired"
	@echo "make bench   figures of speed and memory into bench/figures.md; more: make bench ARGS='--rows 100000 1000000'"
	@echo "make clean   remove what these commands made, var/ (your data) excepted"

run: install assets
	$(BIN)/banyan db upgrade
	$(BIN)/banyan demo
	$(BIN)/banyan run

test: install assets
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --maxschedchunk 2 $(ARGS)

api-fuzz: install
	BANYAN_TEST_API_CASES=5000 $(BIN)/python -m pytest tests/core/api/test_fuzz.py -s $(ARGS)

faults: install
	BANYAN_TEST_FAULTS=long $(BIN)/python -m pytest tests/faults --engine postgresql $(ARGS)

check: install
	$(BIN)/python -m checks $(ARGS)

bench: install assets
	$(BIN)/python -m bench $(ARGS)

format: install
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Banyan needs Python 3.11 or newer; install it with: apt-get install -y python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python lacks its venv package; install it with: apt-get install -y python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@rm -f $(VENV)/.installed-*
	@touch $@

assets: install $(ASSETS)

$(ASSETS): package-lock.json
	$(BIN)/python -m core.ui.assets
	@rm -f node_modules/.built-*
	@touch $@

clean:
	rm -rf $(VENV) node_modules core/ui/static/vendor build dist *.egg-info test-results
	rm -rf .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
