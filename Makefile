# What a fresh clone needs, on any machine with Python 3.11 or later. Each target only calls what also works without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo app test test-all test-lowest coverage clean

demo: $(VENV)/core
	$(BIN)/basin demo

app: $(VENV)/app
	$(BIN)/basin app

test: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile

test-all: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile -m "slow or not slow"

# The oldest versions of everything that pyproject.toml allows, in an environment of their own.
test-lowest: $(BIN)/python
	$(BIN)/python -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lowest/bin/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct -e ".[test]"
	$(VENV)-lowest/bin/python -m pytest -n auto --dist loadfile -m "not slow and not browser"

# Fails below the share of lines that pyproject.toml asks for.
coverage: $(VENV)/test
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist loadfile -m "not slow and not browser"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

clean:
	rm -rf $(VENV) $(VENV)-lowest demo build dist .coverage*

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Basin needs Python 3.11 or later: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The kernels are compiled here, once, so that the first map does not wait for them.
$(VENV)/core: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@echo "Compiling the kernels: a minute or two, once."
	$(BIN)/basin run value-learner --runs 1 --quiet > /dev/null
	@touch $@

$(VENV)/app: $(VENV)/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[app]"
	@touch $@

# Tests share the processors, so what they all wait for is compiled before them, while what they need is fetched.
$(VENV)/test: $(VENV)/core
	$(BIN)/basin population value-learner --agents 2 --populations 1 --set outcome.horizon=2 --quiet > /dev/null & \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"; fetched=$$?; wait; exit $$fetched
	@touch $@
