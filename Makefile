# What a fresh clone needs, on any machine with Python 3.11 or later. Each target only calls what also works without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo app test test-all test-lowest coverage style clean

demo: $(VENV)/kernels
	$(BIN)/basin demo

app: $(VENV)/app
	$(BIN)/basin app

# Tests share the processors, so what they all wait for is compiled before them, while the rest is fetched and checked.
test:
	$(MAKE) --jobs=3 $(VENV)/kernels $(VENV)/crowds style
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-all:
	$(MAKE) --jobs=3 $(VENV)/kernels $(VENV)/crowds style
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "slow or not slow"

style: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/mypy

# The oldest versions of everything that pyproject.toml allows, in an environment of their own.
test-lowest: $(BIN)/python
	$(BIN)/python -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lowest/bin/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct -e ".[test]"
	$(VENV)-lowest/bin/python -m basin run value-learner --runs 1 --quiet > /dev/null
	$(VENV)-lowest/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not browser"

# Fails below the share of lines that pyproject.toml asks for.
coverage: $(VENV)/test $(VENV)/kernels $(VENV)/crowds
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist loadfile --no-loadscope-reorder -m "not slow and not browser"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

clean:
	rm -rf $(VENV) $(VENV)-lowest demo build dist .coverage*

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Basin needs Python 3.11 or later: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/app: $(VENV)/kernels
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[app]"
	@touch $@

$(VENV)/test: $(VENV)/core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@

# Compiled here, once, so that the first map does not wait for it.
$(VENV)/kernels: $(VENV)/core
	@echo "Compiling the kernels: a minute or two, once."
	$(BIN)/python -m basin run value-learner --runs 1 --quiet > /dev/null
	@touch $@

$(VENV)/crowds: $(VENV)/core
	$(BIN)/python -m basin population value-learner --agents 2 --populations 1 --set outcome.horizon=2 --quiet > /dev/null
	@touch $@
