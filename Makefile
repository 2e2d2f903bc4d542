# kg: news as a knowledge graph. `make help` says what there is.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
comma := ,

.DEFAULT_GOAL := help
.PHONY: help run test check lint typecheck eval models bench neo4j wheel docs clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "kg needs Python 3.11 or newer$(if $(PYTHON),$(comma) and $(PYTHON) is none): install it, or name one:" \
	  "make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(STAMP) ## Set up, load the sample newsletter into an embedded graph and ask it three questions
	@$(BIN)/python -m kg.sample

test: $(STAMP) ## Set up and run the tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: lint typecheck test ## Everything that must be green: lint, types, tests, docs under test

lint: $(STAMP) ## Style, by ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(STAMP) ## Types, by mypy --strict
	$(BIN)/mypy

eval: $(STAMP) ## Score extraction on the sample and on the development items
	$(BIN)/kg eval kg/sample/gold.jsonl kg/sample/newsletter.txt
	$(BIN)/kg eval tests/data/dev-gold.jsonl tests/data/dev.jsonl

models: $(STAMP) ## Train the shipped models anew: make models CORPORA=FOLDER (with fewfc/ and finre/)
	@test -n "$(CORPORA)" || { echo "name the folder with fewfc/train.jsonl and finre/train.tsv: make models CORPORA=FOLDER" >&2; exit 2; }
	$(BIN)/kg train --corpora $(CORPORA) -o kg/extract/models
	$(BIN)/python -m kg.training.finre $(CORPORA)/finre/train.tsv kg/benchmark/models/finre.npz
	$(BIN)/python -m kg.training.fewfc $(CORPORA)/fewfc/train.jsonl kg/benchmark/models/fewfc.npz

bench: $(STAMP) ## Measure speed and memory against named peers, into docs/benchmarks.md: make bench SIZE=1m NAMES="ledger graph"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python tests/bench/run.py $(NAMES) --size $(or $(SIZE),100k)

neo4j: $(STAMP) ## Start a Neo4j to push to, until Ctrl-C (needs a JDK and Maven): make neo4j PORT=7687
	@$(BIN)/python tests/neo4j_server.py $(if $(PORT),--port $(PORT))

wheel: $(STAMP) ## Build the wheel, install it in a fresh environment elsewhere, and run it there
	@rm -rf dist build
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@elsewhere=$$(mktemp -d) && trap 'rm -rf "$$elsewhere"' EXIT && \
	  $(PYTHON) -m venv "$$elsewhere/venv" && \
	  "$$elsewhere/venv/bin/python" -m pip install --quiet --disable-pip-version-check dist/*.whl && \
	  cd "$$elsewhere" && venv/bin/kg --version && venv/bin/kg sample > news.txt && \
	  venv/bin/kg extract news.txt > rows.jsonl && wc -l rows.jsonl && venv/bin/python -m kg.sample

docs: $(STAMP) ## Write the generated pages: vocabulary, command line, queries
	$(BIN)/python docs/generate.py

clean: ## Remove what these targets made
	rm -rf $(VENV) dist build *.egg-info .bench .neo4j .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
