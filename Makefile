# Everything a developer does, each target with all of its own set-up. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTHON ?= $(shell deploy/dev/python)
CODE := agent broker client guards migrations policies recording tunnel tests benchmarks deploy
TEST_PROGRAMS := ssh=openssh-client /usr/sbin/sshd=openssh-server mbpoll=mbpoll tshark=tshark iperf3=iperf3 tinyproxy=tinyproxy oathtool=oathtool /usr/lib/postgresql/*/bin/postgres=postgresql chromium=chromium socat=socat
WEB := $(if $(wildcard web/package.json),web/dist/index.html)
WEB_SOURCES := $(if $(WEB),$(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*'))
PYTEST_ARGS ?=

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, and none was found." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); deploy/dev/system-packages none=python3-venv && $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(STAMP) ## Make the environment (.venv) from the lock file

web: $(WEB) ## Build the web pages, if something in web/ is newer than what is built

$(WEB): $(WEB_SOURCES) | $(STAMP)
	@$(BIN)/python deploy/build_hook.py

check: $(STAMP) ## Format, lint, types, import directions, what every test imports, fast tests (3 to 5 minutes)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@collected=$$($(BIN)/pytest -q --collect-only tests/e2e tests/integration) || { echo "$$collected"; exit 1; }
	@$(BIN)/pytest -q tests/unit -m "not integration" -n 2 --dist worksteal --hypothesis-profile=brief $(PYTEST_ARGS)

web-check: $(STAMP) ## Types, lint, format and tests of the web pages, and that their types fit the broker's API
	@$(BIN)/python deploy/build_hook.py check

test: $(STAMP) $(WEB) ## Every test, against real servers and clients; installs what it needs (apt)
	@deploy/dev/system-packages $(TEST_PROGRAMS)
	@$(BIN)/python deploy/build_hook.py check
	@$(BIN)/pytest tests -n 2 --dist worksteal --postgres $(PYTEST_ARGS)

journeys: $(STAMP) $(WEB) ## Walk through the pages in a real Chromium (a part of 'make test')
	@deploy/dev/system-packages $(TEST_PROGRAMS)
	@$(BIN)/pytest tests/e2e/web -n 2 --dist worksteal $(PYTEST_ARGS)

screenshots: $(STAMP) $(WEB) ## Every page, light and dark, wide and on a phone, into screenshots/
	@deploy/dev/system-packages chromium=chromium ssh=openssh-client /usr/sbin/sshd=openssh-server
	@exec $(BIN)/python -m tests.e2e.web.screenshots

demo: $(STAMP) $(WEB) ## A broker, an agent and a small water plant to try; ONCE=1 tells the whole story by itself
	@deploy/dev/system-packages /usr/sbin/sshd=openssh-server ssh=openssh-client mbpoll=mbpoll
	@exec $(BIN)/python -m deploy.demo $(if $(ONCE),--once)

fuzz: $(STAMP) ## Hours of fuzzing with atheris: make fuzz SECONDS=600 HARNESS="s7_guard opcua_guard"
	@test -x .fuzz/env/bin/python || $(PYTHON) -m venv .fuzz/env
	@.fuzz/env/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.fuzz/env/bin/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0
	@exec .fuzz/env/bin/python -m tests.fuzz $(if $(SECONDS),--seconds $(SECONDS)) $(HARNESS)

bench: $(STAMP) ## Speed and memory next to OpenSSH on this machine, as ratios
	@deploy/dev/system-packages ssh=openssh-client /usr/sbin/sshd=openssh-server
	@exec $(BIN)/python -m benchmarks

bench-replay: $(STAMP) $(WEB) ## How fast Chromium opens a recording of eight hours, and seeks in it
	@deploy/dev/system-packages chromium=chromium ssh=openssh-client /usr/sbin/sshd=openssh-server
	@exec $(BIN)/python -m benchmarks.replaying

format: $(STAMP) ## Format the code and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(STAMP) ## Renew requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra dev pyproject.toml -o requirements.lock

migration: $(STAMP) ## Write a migration from the difference between tables and history: make migration NAME="add x"
	@$(BIN)/python -m broker.db.migrate new "$(NAME)"

clean: ## Remove what the other targets made
	@rm -rf $(VENV) web/node_modules web/dist .demo .fuzz screenshots .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache benchmarks/results dist

.PHONY: journeys help setup web check web-check test screenshots demo fuzz bench bench-replay format lock migration clean
