# One command for each act, the same everywhere. A fresh machine needs Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo story run test check bench chaos format clean

$(READY): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed (set PYTHON=…)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## a demo company on a web page, on this computer only, until stopped
	$(BIN)/keguan sandbox

story: $(READY) ## play its working day and print the chats; ends by itself
	$(BIN)/keguan story

run: $(READY) ## run the bot with the settings in .env
	$(BIN)/keguan run

test: $(READY) ## every test, in a hostile time zone, with the coverage floor
	TZ=America/Chicago $(BIN)/python -m pytest -n auto --cov --cov-report= --cov-fail-under=85

check: $(READY) ## style, types, layers, texts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot.texts
	$(BIN)/python deploy/check.py

bench: $(READY) ## measure, side by side in one run, and print one table
	$(BIN)/python -m bench

chaos: $(READY) ## kill it two hundred times, take its databases and its platform away, and look what is left
	$(BIN)/python -m chaos

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage
