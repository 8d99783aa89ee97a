# Two commands matter: `make run` and `make test`. Both set everything up on a fresh machine first.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check admin demo-models benchmarks docs pins clean

run: .venv/.ready  ## start the program and print its address
	$(BIN)/python app.py

test: .venv/.ready-dev .venv/axe/axe.min.js  ## every check and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile

admin: .venv/.ready  ## make the first admin account
	$(BIN)/python app.py accounts admin

demo-models: .venv/.ready-dev  ## train the bundled models again, stage by stage
	$(BIN)/python -m training.make

benchmarks: .venv/.ready-dev  ## print every figure
	$(BIN)/python -m benchmarks

docs: .venv/.ready-dev  ## write the generated pages anew
	$(BIN)/python -m docs

pins: .venv/.ready  ## compile the .in files into the pinned requirements
	rm -f requirements.txt  # else the pins of before are kept
	$(BIN)/uv pip compile -q --no-header --no-annotate $(addprefix --find-links ,$(PIP_FIND_LINKS)) requirements.in -o requirements.txt
	sed -i "s/+cpu$$//" requirements.txt
	$(BIN)/uv pip compile -q --no-header --no-annotate $(addprefix --find-links ,$(PIP_FIND_LINKS)) requirements-dev.in -c requirements.txt -o requirements-dev.txt

# pip finds a CPU build of torch where one is at hand; uv then resolves the rest in seconds.
.venv/.ready: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q uv "$$(grep '^torch==' requirements.txt)"
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r requirements.txt
	touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python -r requirements-dev.txt
	touch $@

# The checker of tests/accessibility. Where there is no npm its tests are skipped, but not in continuous integration.
AXE := axe-core-4.14.1
AXE_SHA256 := e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
.venv/axe/axe.min.js: .venv/.ready-dev Makefile
	@command -v npm >/dev/null || { echo "no npm here: the tests with axe-core are skipped"; exit 0; }; \
	mkdir -p .venv/axe && cd .venv/axe && npm pack --silent $(subst core-,core@,$(AXE)) >/dev/null && \
	../bin/python -c "import hashlib, sys; sys.exit(hashlib.sha256(open('$(AXE).tgz', 'rb').read()).hexdigest() != '$(AXE_SHA256)' and 'axe-core is not what it was')" && \
	tar -xzmf $(AXE).tgz --strip-components=1 package/axe.min.js

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
