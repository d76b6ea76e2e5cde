PYTHON ?= python3
PYTEST_ARGS ?= -n 3 --dist worksteal
LOCALES ?= $(patsubst locales/%/LC_MESSAGES/rolepanel.po,%,$(wildcard locales/*/LC_MESSAGES/rolepanel.po))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.DEFAULT_GOAL := help
.PHONY: help demo run test test-all test-slow coverage check format bench messages transcript

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s%s\n", $$1, $$2 }'
	@echo; echo "Each makes .venv when it is missing. PYTHON=… chooses another interpreter (3.11 or newer)."

demo: .venv/runtime  ## the whole product on this machine, without an account: sandbox, database and bot
	@exec $(BIN)/python -m tools.demo

run: .venv/runtime  ## the bot for real, with the settings of .env or config.toml
	@exec $(BIN)/python bot.py

test: .venv/dev  ## all tests; the long ones take a sample of their cases
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-all: .venv/dev  ## all tests with all of their cases, and every statement planned on large tables: many minutes
	$(BIN)/python -m pytest $(PYTEST_ARGS) --whole --plans --timeout 900

test-slow: .venv/dev  ## all tests, and the twenty slowest of them
	$(BIN)/python -m pytest $(PYTEST_ARGS) -q --durations 20

coverage: .venv/dev  ## all tests, and what of the source they reach; below the floor in pyproject.toml it fails
	$(BIN)/python -m pytest $(PYTEST_ARGS) -q --cov --cov-report term:skip-covered --cov-report html

check: .venv/dev  ## style, types, import rules, and the sandbox's page
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/deno lint --quiet
	$(BIN)/deno fmt --check --quiet

format: .venv/dev  ## bring source and page into form
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet
	$(BIN)/deno fmt --quiet

bench: .venv/dev  ## the bot measured beside others, for about 50 minutes; a table and a picture in .bench/
	$(BIN)/python -m bench
	$(BIN)/python -m pytest -q -s --whole tests/e2e/test_loop_cpu.py  # how long the largest of everything holds the loop

transcript: .venv/dev  ## write docs/transcript.md anew
	$(BIN)/python -m tools.transcript

messages: .venv/dev  ## bring the catalogues in locales/ up to date with the source; LOCALES=de makes a new one
	@mkdir -p locales
	$(BIN)/pybabel extract --mapping-file pyproject.toml --no-default-keywords -k N_ -k t -k localized -k plural:1,2 -k slash:2 -k slash_option -k slash_file -k slash_group -k slash_alone \
		--add-location=file --sort-by-file --project "Role Panel" --copyright-holder "The Role Panel authors" \
		--output-file locales/rolepanel.pot bot.py core domain cogs
	for locale in $(LOCALES); do \
		if test -f locales/$$locale/LC_MESSAGES/rolepanel.po; then verb="update --no-fuzzy-matching"; else verb=init; fi; \
		$(BIN)/pybabel $$verb --input-file locales/rolepanel.pot --output-dir locales --domain rolepanel --locale $$locale || exit 1; \
	done

.venv/runtime: requirements.txt | .venv/created
	@echo "Installing what the bot needs …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt requirements-dpytest.txt | .venv/created
	@echo "Installing what tests and checks need …"
	@$(PIP) -r requirements-dev.txt
	@$(PIP) --no-deps -r requirements-dpytest.txt
	@touch .venv/runtime $@

.venv/created:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V). Name another: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@
