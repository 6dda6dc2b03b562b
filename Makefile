# Each target makes .venv when it is missing: Python 3.11 or newer with venv (Debian has that apart) and make do.
PYTHON ?= python3
RUN = .venv/bin
# Where it is set, each of the hundreds of programs that tests start would compile all of our code again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test browser check speed torture hil setup picture clean

# DEMO="--once --json" ends by itself
demo: .venv/ready  ## map a fictional town in the browser
	$(RUN)/contrechamp-hub demo $(DEMO)

test: .venv/ready  ## all tests but the slow ones
	$(RUN)/pytest -q --numprocesses auto --dist worksteal

browser: .venv/ready  ## the page in a real Chromium
	$(RUN)/pytest -q -m browser --numprocesses 2 --dist worksteal

check: .venv/ready  ## format, lint, types
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy

speed: .venv/ready  ## frames per CPU-second beside scapy, dpkt and tshark; memory; what a small machine makes of it
	$(RUN)/python -m tests.speed

torture: .venv/ready  ## delivery while probes, hub and broker are killed; a seized card; a hostile probe
	$(RUN)/pytest -q -m slow tests/torture

BENCH ?= virtual
# Machines beside each other: a walk is mostly waiting. Each takes 1.6 GB of memory
GUESTS ?= 3

hil: .venv/ready  ## the probe on a bench, hardware in the loop: a virtual one, or BENCH=my-bench.yaml
ifeq ($(BENCH),virtual)
	-$(RUN)/python -m tests.hil.image.build
	-$(RUN)/python -m tests.hil.arm64.build
	$(RUN)/pytest -q -m hil tests/hil --timeout 1800 --numprocesses $(GUESTS) --dist loadfile --no-loadscope-reorder
else
	$(RUN)/pytest -q -m hil tests/hil --timeout 600 --bench $(BENCH)
endif

picture: .venv/ready  ## the README's picture and the generated documents
	$(RUN)/python -m tests.house.picture
	$(RUN)/python -m tests.house.terminal
	$(RUN)/python -m tests.house.documents
	$(RUN)/python -m tests.house.drawing

setup: .venv/ready

.venv/ready: pyproject.toml hub/web/package-lock.json tests/firmware/package-lock.json tests/house/outside/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is missing or older than 3.11; name another: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) came without venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	-$(RUN)/python -m tests.npm  # MicroPython for the board's tests, validators for the contract's
	-$(RUN)/python -m tests.panoramax  # Panoramax's reader for the pictures' tests
	touch $@

clean:
	rm -rf .venv build dist hub/web/static/vendor
