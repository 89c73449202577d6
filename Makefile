# The two commands a newcomer needs are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What needs no demo, no browser and no other process.
FAST := tests/unit tests/registries tests/test_architecture.py tests/test_readme.py
SQL := $(shell find sql -name '*.sql')

# Commands start from compiled files, whatever the machine's habits.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help readme demo serve test check test-clients test-engine torture lint bench bench-all bench-engines bench-large bench-report bench-pages screenshots lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

demo: .venv/.runtime ## Make, load, build and serve the demo workspace
	@$(BIN)/kpi demo --serve

serve: .venv/.runtime ## Serve what is published
	@$(BIN)/kpi serve

test: .venv/.dev lint ## Run every check and test
	@$(BIN)/python -m tests.system_programs --install
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations=20

check: .venv/.dev lint ## Run linters, type checker and the fast tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(FAST)

torture: .venv/.dev ## Kill, fill, corrupt and read while publishing: 200 kills, 250 publishes
	@KPI_TORTURE_ROUNDS=200 $(BIN)/python -m pytest tests/torture

test-clients: .venv/.dev ## Ask the saved queries through DuckDB 1.2 to 2.0, Node, SQLAlchemy and JDBC (installs them aside)
	@KPI_TEST_CLIENTS=1 $(BIN)/python -m pytest tests/clients -rs

test-engine: .venv-spark/.ready ## Make the cubes on real Spark, of the whole demo lake, and kill executors (needs Java 17; installs Spark aside)
	@.venv-spark/bin/python -m pytest -p no:cacheprovider tests/engine -rs

lint: .venv/.dev .venv/.sql-linted ## Run the linters and the type checker
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/ty check --quiet

bench: .venv/.dev ## Measure load, build and pages against their marks ; writes bench/results.md
	@$(BIN)/python -m bench

bench-all: .venv/.dev ## The same, and 100 million rows, many viewers, other engines and the documents of a month
	@$(BIN)/python -m bench --all

bench-large: .venv/.dev ## Load 100 million rows and print the peak memory
	@$(BIN)/python -m bench --part large

bench-pages: .venv/.dev ## Time every page: server cold and warm, and in a browser
	@$(BIN)/python -m bench --part pages

bench-engines: .venv-spark/.ready ## Make the cubes of 11.4 million rows on DuckDB and on Spark side by side
	@.venv-spark/bin/python -m bench --part engines

bench-report: .venv/.dev ## Make all 120 documents of a month and print seconds and memory
	@$(BIN)/python -m bench --part reports

screenshots: .venv/.dev ## Take a picture of every page in both languages, sizes and themes
	@$(BIN)/python -m tests.browser.screenshots

readme: .venv/.dev ## Write the tables of the README anew
	@$(BIN)/python -m docs.tables

lock: ## Write the hashed lock files anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra spark-tests pyproject.toml -o requirements-spark.lock

clean: ## Remove what the demo made, and nothing else
	@if [ -x $(BIN)/kpi ]; then $(BIN)/kpi demo --remove --workspace data; fi

.venv/bin/python:
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing from requirements.lock …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "Installing from requirements-dev.lock …"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# To parse all statements takes longer than all other checks together: only those that changed are looked at again.
.venv/.sql-linted: .sqlfluff requirements-dev.lock $(SQL) | .venv/.dev
	@$(BIN)/sqlfluff lint --nocolor $(if $(filter-out %.sql,$?),sql,$?)
	@touch $@

.venv-spark/.ready: requirements-spark.lock pyproject.toml
	@$(PYTHON) -m venv .venv-spark
	@echo "Installing Spark from requirements-spark.lock …"
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
