# Each target makes .venv when it is missing: Python 3.11 or newer with venv (Debian has that apart) and make do.
PYTHON ?= python3
RUN = .venv/bin
# Where it is set, each of the hundreds of programs that tests start would compile all of our code again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test browser postgres kit check audit speed speed-photo accuracy scale torture siege hil setup lock picture clean

# DEMO="--once --json" ends by itself; DEMO=--walker carries a probe as well
demo: .venv/ready  ## map a fictional town in the browser
	$(RUN)/contrechamp-hub demo $(DEMO)

test: .venv/ready  ## all tests but the slow ones
	$(RUN)/pytest -q --numprocesses auto --dist worksteal

browser: .venv/ready  ## the page in a real Chromium
	$(RUN)/pytest -q -m browser --numprocesses 2 --dist worksteal

postgres: .venv/ready  ## the tests of the store once more, with the log in a PostgreSQL that they start
	$(RUN)/pytest -q -m postgres --numprocesses auto --dist worksteal

# Types are checked against the kits' libraries too: without them their imports would be unknown, and unknown fits all
check: .venv/kit-ready  ## format, lint, types, known advisories about what is locked
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/python -m tests.house.advisories

audit: .venv/ready  ## the same by the registries' own lists of today; needs a network
	$(RUN)/python -m tests.house.audit

speed: .venv/ready  ## frames per CPU-second beside scapy, dpkt and tshark; memory; what a small machine makes of it
	$(RUN)/python -m tests.speed

speed-photo: .venv/ready  ## which faces are taken out, by height, light, motion; cameras taken for faces; 10 minutes
	$(RUN)/python -m tests.speed.photo $(if $(SET),--set $(SET))

# FULL=--full has all areas, seeds and trials; FULL="--only merge" a part: see --help
accuracy: .venv/ready  ## which camera, and where, beside every baseline: docs/accuracy.md; minutes, with real positions
	$(RUN)/python -m tests.accuracy $(FULL)

# SCALE="--cameras 10000 --live 300 --arrivals 20" is a short form
scale: .venv/ready  ## what an arrival costs on a map of 10,000 to 1,000,000 cameras: build/scale.json; minutes
	$(RUN)/python -m tests.accuracy.scale $(SCALE)

# TORTURES=2 runs two beside each other, as it is mostly waiting
TORTURES ?= 0
torture: .venv/ready  ## delivery while probes, hub and broker are killed; a seized card; a hostile probe
	$(RUN)/pytest -q -m slow tests/torture --numprocesses $(TORTURES) --dist worksteal

SIEGE_S ?= 60
SIEGE_SIGHTINGS ?= 1000

siege: .venv/ready  ## page and broker under floods while a probe comes home; SIEGE_S=10 is the short form
	SIEGE_S=$(SIEGE_S) SIEGE_SIGHTINGS=$(SIEGE_SIGHTINGS) $(RUN)/pytest -q -s -m slow tests/siege

BENCH ?= virtual
# Machines beside each other: a walk is mostly waiting. Each takes 1.6 GB of memory
GUESTS ?= 3
# CONTROLS=no leaves out the tests that show that others can fail: they take half of the time
CONTROLS ?= yes
# LONG=no leaves out the card that starts a machine by itself and the whole walk: 11 and 7 minutes where the processor is
# emulated
LONG ?= yes
HIL = $(if $(filter no,$(CONTROLS)),not control,not nothing)$(if $(filter no,$(LONG)), and not boot_card and not whole_walk)

hil: .venv/ready  ## the probe on a bench, hardware in the loop: a virtual one, or BENCH=my-bench.yaml
ifeq ($(BENCH),virtual)
	-$(RUN)/python -m tests.hil.image.build
	-$(RUN)/python -m tests.hil.arm64.build
	-$(if $(filter no,$(LONG)),true,$(RUN)/python -m tests.hil.stock.build)
	$(RUN)/pytest -q -m hil tests/hil --timeout 1800 --numprocesses $(GUESTS) --dist loadfile --no-loadscope-reorder -k '$(HIL)'
else
	$(RUN)/pytest -q -m hil tests/hil --timeout 600 --bench $(BENCH)
endif

picture: .venv/ready  ## the README's picture and the generated documents
	$(RUN)/python -m tests.house.picture
	$(RUN)/python -m tests.house.terminal
	$(RUN)/python -m tests.house.documents
	$(RUN)/python -m tests.house.drawing

kit: .venv/kit-ready  ## the kits: parts, wiring, case, pages and quick card, in build/kit
	$(RUN)/python -m hardware.build
	$(RUN)/pytest -q -m kit --numprocesses 2 --dist worksteal

# What only the kits need, 700 MB, is fetched when they are made
.venv/kit-ready: .venv/ready
	@$(RUN)/python -m hardware.build --programs
	$(RUN)/uv export --quiet --frozen --no-default-groups --extra test --group kit --no-emit-project --output-file .venv/kit.txt
	$(PIP) --require-hashes --requirement .venv/kit.txt
	touch $@

# Dependencies changed in pyproject.toml? UPGRADE=--upgrade brings newer versions as well
lock: .venv/bin/uv  ## uv.lock again, and the hashes of uv itself
	$(RUN)/uv lock --default-index https://pypi.org/simple $(UPGRADE)
	$(RUN)/python -m tests.house.wheel_table
	$(RUN)/uv export --quiet --frozen --only-group lock --no-emit-project --no-header --no-annotate --output-file .ci/uv.txt

setup: .venv/ready

# uv only reads the lock; pip fetches, since pip knows this machine's mirrors and proxies. The hashes hold either way.
PIP = $(RUN)/python -m pip install --quiet --disable-pip-version-check
.venv/ready: .venv/bin/uv pyproject.toml uv.lock hub/web/package-lock.json tests/firmware/package-lock.json \
  tests/house/outside/package-lock.json
	$(RUN)/uv export --quiet --frozen --no-default-groups --extra test --no-emit-project --output-file .venv/locked.txt
	$(PIP) --require-hashes --requirement .venv/locked.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	-$(RUN)/python -m tests.npm  # MicroPython for the board's tests, validators for the contract's
	-$(RUN)/python -m tests.panoramax  # Panoramax's reader for the pictures' tests
	touch $@

.venv/bin/uv: .ci/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is missing or older than 3.11; name another: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) came without venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes --requirement .ci/uv.txt
	touch $@

clean:
	rm -rf .venv build dist hub/web/static/vendor
