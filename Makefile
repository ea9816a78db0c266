# Everything a developer does with Kulant. Bare `make` prints the list.
# Needs Python 3.11 to 3.13, pip and make; the rest is fetched into .venv and a cache of the user.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
BIN     := .venv/bin
PY      := $(BIN)/python
ARGS    ?=
# Tests start hundreds of processes: each reads its code compiled, also where PYTHONDONTWRITEBYTECODE is set.
export PYTHONDONTWRITEBYTECODE :=

PACKAGES := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml))
CHOSEN   := $(filter %/$(S),$(PACKAGES))

##@ Start

.PHONY: install
install: ## Create or refresh .venv from the lock (every target below does it by itself)
	@for python in $(PYTHONS); do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    exec $$python tools/install.py >&2; \
	  fi; \
	done; \
	echo "kulant: needs Python 3.11 to 3.13, and none of these is one: $(PYTHONS); name yours with make PYTHON=/path/to/python3." >&2; \
	exit 1

.PHONY: run
run: install ## The whole system with a demo ledger, until Ctrl-C; options: make run ARGS="--once --json"
	@$(BIN)/kulant run $(ARGS)

.PHONY: doctor
doctor: install ## Say what this machine lacks
	@$(BIN)/kulant doctor $(ARGS)

.PHONY: dev
dev: install ## The stack, with one service that starts anew when its code changes: make dev S=dunning-engine
	@$(BIN)/kulant dev $(S)

.PHONY: logs
logs: install ## What the running stack says: make logs S=notifier ARGS=--follow
	@$(BIN)/kulant logs $(S) $(ARGS)

.PHONY: psql
psql: install ## A prompt on a service's database: make psql S=notifier
	@test -n "$(S)" || { echo "kulant: make psql S=one of: $(notdir $(wildcard services/*))" >&2; exit 1; }
	@$(BIN)/kulant psql $(S)

##@ Check

.PHONY: lint
lint: install ## Format, style, types, import rules, our own rules, spelling
	@$(PY) -m tools.lint $(ARGS)

.PHONY: test
test: install ## All tests, on a real Kafka and a real PostgreSQL
	@$(PY) -m tools.run_tests $(ARGS)

.PHONY: test-unit
test-unit: install ## Only what needs no server and no network; some twenty seconds on two free cores
	@$(PY) -m tools.run_tests --unit $(ARGS)

.PHONY: test-service
test-service: install ## All tests of one service or library: make test-service S=notifier
	@test -n "$(CHOSEN)" || { echo "kulant: make test-service S=one of: $(notdir $(PACKAGES))" >&2; exit 1; }
	@$(PY) -m pytest $(CHOSEN) $(ARGS)

.PHONY: story
story: install ## One story on the real stack, by a part of its name: make story NAME=outage
	@$(PY) -m pytest tests/integration -k "$(NAME)" $(ARGS) || { code=$$?; \
	  test $$code -ne 5 || echo "kulant: no story has '$(NAME)' in its name; they lie in tests/integration." >&2; exit $$code; }

.PHONY: sabotages
sabotages: install ## Break promises on purpose, in four ways, and see that kulant run finds it; make test does two
	@KULANT_SABOTAGES=all $(PY) -m pytest libs/cli/tests/integration/test_sabotage.py $(ARGS)

.PHONY: faults
faults: install ## Break everything under load, lose nothing, say nothing twice: make faults ARGS="--kills 20 --seed 7"
	@$(PY) -m tests.faults $(ARGS)

.PHONY: fuzz
fuzz: install ## 5,000 questions to each service, made of its OpenAPI document: make fuzz CASES=20000 SEED=7
	@KULANT_FUZZ_CASES=$(or $(CASES),5000) KULANT_FUZZ_SEED=$(or $(SEED),$(shell date +%s)) \
	  $(PY) -m pytest services -k openapi_document_says $(ARGS)

.PHONY: bench
bench: install ## Each benchmark beside its floor; minutes on a machine of its own: make bench ARGS="--only decide --json"
	@$(PY) -m bench $(ARGS)

.PHONY: performance
performance: install ## The same with profiles, written into docs/performance.md
	@$(PY) -m bench --write $(ARGS)

.PHONY: coverage
coverage: install ## Unit tests with branch coverage of domain/ and usecases/ (at least 95 %)
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest --ignore-glob='*/integration' $(ARGS)
	@$(PY) -m coverage report

.PHONY: properties
properties: install ## 5,000 random lives of a customer instead of the 200 of make test: make properties LIVES=20000
	@KULANT_LIVES=$(or $(LIVES),5000) $(PY) -m pytest services/dunning-engine/tests/unit/domain/test_lives.py -k all_invariants $(ARGS)

.PHONY: hostile
hostile: install ## Hostile messages on every topic of a running system: make hostile MESSAGES=100000 SEED=7
	@KULANT_HOSTILE_MESSAGES=$(or $(MESSAGES),100000) KULANT_HOSTILE_SEED=$(or $(SEED),7) \
	  $(PY) -m pytest tests/integration/test_hostile_input.py $(ARGS)

.PHONY: mutants
mutants: install ## Break the engine's rules 600 times and see whether a test notices; options: ARGS="--only budget"
	@$(PY) -m tools.mutants $(ARGS)

.PHONY: fmt
fmt: install ## Format the code and apply the safe fixes
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix --quiet .

##@ Data

.PHONY: schemas
schemas: install ## Write libs/contracts/schemas and docs/events from the event models
	@$(PY) -m kulant_contracts.schemas

.PHONY: settings
settings: install ## Write docs/settings.md from the services' settings
	@$(PY) -m tools.settings_reference

.PHONY: pictures
pictures: install ## Make the README's pictures from a running demo; needs a chromium
	@$(PY) -m tools.pictures

.PHONY: clean
clean: ## Stop what runs, remove state, caches and the embedded databases of this checkout (.venv stays)
	@if test -x $(PY); then $(PY) -m kulant_devstack.clean; fi
	@rm -rf .kulant dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

##@ Release

.PHONY: lock
lock: install ## Renew requirements.lock: newest versions that fit, with hashes, without addresses
	@$(BIN)/uv pip compile pyproject.toml --extra dev --upgrade --quiet --no-header --no-annotate --generate-hashes \
	  --universal --python-version 3.11 $(addprefix --no-emit-package kulant-,$(notdir $(PACKAGES))) \
	  --output-file requirements.lock

.PHONY: build
build: install ## Build the eight wheels into dist/
	@for package in $(PACKAGES); do \
	  $(PY) -m build --wheel --no-isolation --outdir dist $$package >&2 || exit 1; \
	done

##@ Help

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
