# make run and make test do everything on a fresh machine; see README.md.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
AS_OF ?= 2026-11-20

.PHONY: setup tools run run-channels test soak test-channels test-spark lint lint-types lint-sql bench bench-peers fuzz docs ui lock clean

# Compiled at each set-up: where Python is told to write no bytecode, each process would compile 300 modules for itself.
setup: .venv/.ready node_modules/.ready
	@$(BIN)/python -m compileall -q warehouse ingest expectations pages demo orchestration

.venv/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it or call make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[0-9.]*' requirements.lock)"
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $@

# What the tests call from outside, with versions that cannot live beside the program's own (requirements-tools.in).
tools: .venv-tools/.ready

.venv-tools/.ready: requirements-tools.lock | .venv/.ready
	$(PYTHON) -m venv --clear --without-pip .venv-tools
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python .venv-tools/bin/python requirements-tools.lock
	touch $@

# The dashboard's chart library. Without npm all else works, and the pages show their tables without charts.
node_modules/.ready: package.json package-lock.json .npmrc
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "npm is needed for the dashboard's charts: install Node.js with npm and call make setup again"; fi

# The main job on the embedded default: a demo inbox, one run over it, the closing table.
run: setup
	@test -e "$${SKILLS_HOME:-warehouse/data}/inbox/HRSS" || $(BIN)/skills demo
	$(BIN)/skills run --as-of $(AS_OF)

# The same over all five channels: the demo's servers on loopback, a run over them, and their end. A root of its own.
run-channels: export SKILLS_HOME = $(CURDIR)/build/channels/data
run-channels: export SKILLS_CONNECTIONS = $(CURDIR)/build/channels/data/connections.yaml
run-channels: setup
	@if test -d build/channels; then SKILLS_CONNECTIONS= $(BIN)/skills demo --stop-channels; fi
	rm -rf build/channels
	SKILLS_CONNECTIONS= $(BIN)/skills demo --channels
	$(BIN)/skills run --as-of $(AS_OF); code=$$?; SKILLS_CONNECTIONS= $(BIN)/skills demo --stop-channels; exit $$code

# Types and SQL side by side: mypy keeps one core busy.
lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-sql

lint-types: setup
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-sql: setup
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests
	$(BIN)/python -m tests.expectations.lint_rules

test: lint tools
	$(BIN)/pytest

# What takes minutes: the daemon, kills, full disks, many days and worlds. ONLY names a part of it.
soak: setup
	$(BIN)/pytest -m soak $(ONLY)

# Every channel against a real server on loopback, faults included. ONLY names a part of it.
test-channels: setup
	$(BIN)/pytest -m channels $(ONLY)

# All models on the second engine, table by table as DuckDB builds them (docs/spark.md). ONLY names a part of it.
test-spark: .venv-spark/.ready
	@test -x "$$JAVA_HOME/bin/java" || command -v java >/dev/null || { echo "Spark needs Java 17: apt-get install openjdk-17-jre-headless, or set JAVA_HOME"; exit 1; }
	.venv-spark/bin/pytest -m spark -n 0 $(ONLY)

.venv-spark/.ready: requirements-spark.lock pyproject.toml | .venv/.ready
	$(PYTHON) -m venv --clear --without-pip .venv-spark
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python .venv-spark/bin/python requirements-spark.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python .venv-spark/bin/python --editable .
	touch $@

# PARTS names some of them and their sizes, as in make bench PARTS="history --scale 0.1"; python -m tests.bench --help lists them.
bench: setup bench-peers
	$(BIN)/python -m tests.bench $(PARTS)

# Other validators, with versions of their own, for the benchmark of checking (requirements-bench.in).
bench-peers: .venv-bench/.ready

.venv-bench/.ready: requirements-bench.lock | .venv/.ready
	$(PYTHON) -m venv --clear --without-pip .venv-bench
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python .venv-bench/bin/python requirements-bench.lock
	touch $@

# The properties of reading with many more examples than CI tries.
fuzz: setup
	FUZZ_EXAMPLES=3000 $(BIN)/pytest tests/ingest/test_ingest_fuzz.py

# The models' documentation as one page, build/docs/static_index.html; needs no data.
docs: DBT_PLACES = --project-dir dbt_project --profiles-dir dbt_project --target-path $(CURDIR)/build/docs --log-path $(CURDIR)/build/docs
docs: setup
	$(BIN)/dbt --quiet parse $(DBT_PLACES)
	$(BIN)/dbt --quiet docs generate --static --empty-catalog --no-compile $(DBT_PLACES)

ui: setup
	$(BIN)/skills ui

lock: LOCK = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --no-strip-extras --python-version 3.11
lock: setup
	$(LOCK) --extra dev --output-file requirements.lock pyproject.toml
	$(LOCK) --output-file requirements-tools.lock requirements-tools.in
	$(LOCK) --extra dev --extra spark --constraint requirements.lock --output-file requirements-spark.lock pyproject.toml
	$(LOCK) --output-file requirements-bench.lock requirements-bench.in

clean:
	rm -rf .venv .venv-tools .venv-spark .venv-bench node_modules warehouse/data warehouse/data.key dbt_project/target dbt_project/logs
