# `make run` tries it, `make cluster` tries it as many processes, `make test` checks it. Each sets up what it needs in
# .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.PHONY: run cluster test bench clean

run: $(VENV)/.run            ## polls, stores and serves, with the sample newsroom; ARGS="--port 8080" adds options
	@exec $(BIN)/polyfeed serve --newsroom $(ARGS)

cluster: $(VENV)/.run        ## the same on PostgreSQL and Redis, each role a process, nginx in front; ARGS="--port 8080"
	@sh cluster/debian-packages postgresql redis-server nginx-light
	@exec $(BIN)/python -m cluster $(ARGS)

# each of some hundred processes that tests start would compile all of it again
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.test          ## lint, types, import layers and every test; ARGS="-k feeds" goes to pytest
	@sh cluster/debian-packages newsboat sfeed chromium nginx-light postgresql redis-server
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	TMPDIR=$$(sh cluster/temporary-folder) $(BIN)/pytest -n 3 --no-loadscope-reorder $(ARGS)

bench: $(VENV)/.bench        ## what README.md claims in numbers, as ratios measured in one run
	@sh cluster/debian-packages nginx-light wrk
	$(BIN)/python -m benchmarks

$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.exit("Polyfeed needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=24'
	@touch $@

$(VENV)/.run: $(VENV)/.pip pyproject.toml constraints.txt
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.pip pyproject.toml constraints.txt
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.test
	@$(PIP) install --constraint constraints.txt --editable '.[test,bench]'
	@touch $@

clean:                       ## removes the virtual environment and caches; articles in data/ stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
