# All set-up and every check of onionskin. Needs Python 3.11 or later and make; `make` alone lists what there is.

# PYTHON=/path/to/python chooses the interpreter; otherwise the first of these that is new enough is taken.
PYTHON ?=
CANDIDATES = $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3 python)
USABLE = import sys; assert sys.version_info >= (3, 11); import ensurepip, venv

VENV = .venv
PEERS = .venv-peers
PIP = -m pip install --quiet --disable-pip-version-check
# Tests run in as many processes; PYTEST_ARGS adds options, such as PYTEST_ARGS="-k graph".
WORKERS ?= 2
PYTEST_ARGS ?=
# TORCH=1 adds PyTorch to the peers; PIP_ARGS reaches pip there, to name the index of its small CPU build.
TORCH ?=
PIP_ARGS ?=
# On Linux the build for the CPU alone is asked for by name: the plain one brings gigabytes for GPUs.
TORCH_BUILD = $(if $(filter Linux,$(shell uname -s)),+cpu)
# Options of the benchmarks, such as BENCH_ARGS="--cases F,S --rounds 3".
BENCH_ARGS ?=
# What the compiled part is made from: where it changes, it is built again.
NATIVE = pyproject.toml CMakeLists.txt tools/build_backend.py $(wildcard src/onionskin/engines/native/_cpp/*)
CXX_FILES = $$(find src -name '*.cpp' -o -name '*.hpp')

# Two installations must not write to one environment at once.
.NOTPARALLEL:
.PHONY: help demo test test-peers bench sanitize docs lint format clean

help:
	@echo "make demo        trains the default job and the digits, and shows the results"
	@echo "make test        runs the tests; ONIONSKIN_DATA=folder adds those on real data"
	@echo "make test-peers  compares with Keras on JAX; TORCH=1 adds PyTorch"
	@echo "make bench       measures speed side by side with the peers"
	@echo "make sanitize    runs the native engine's tests under AddressSanitizer and UBSan (g++)"
	@echo "make docs        builds the reference pages of the public names in build/api"
	@echo "make lint        checks style, types and the import contract"
	@echo "make format      rewrites the source in the project's style"
	@echo "make clean       removes whatever these made, their environments too"

demo: $(VENV)/.stamp-demo
	$(VENV)/bin/onionskin demo

test: $(VENV)/.stamp-test
	$(VENV)/bin/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

test-peers: $(PEERS)/.stamp-peers $(if $(TORCH),$(PEERS)/.stamp-torch)
	KERAS_BACKEND=jax $(PEERS)/bin/python -m pytest -m peers $(PYTEST_ARGS)

# PyTorch is measured where it can be installed; without it the others are.
bench: $(PEERS)/.stamp-peers
	@$(MAKE) --no-print-directory $(PEERS)/.stamp-torch || \
	  echo "PyTorch could not be installed, so it is not measured; to name the index of its CPU build:" \
	    "make bench PIP_ARGS=--extra-index-url=https://download.pytorch.org/whl/cpu"
	@mkdir -p benchmarks/results
	KERAS_BACKEND=jax $(PEERS)/bin/python -m benchmarks --json benchmarks/results/figures.json $(BENCH_ARGS)

# The package is copied, so that the compiled part under test lies beside the Python of this very tree. Leaks are
# Python's own affair at exit; a failed allocation is to be an error, as it is without the sanitizers.
SANITIZED = build/sanitize
SANITIZERS = LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libstdc++.so)" \
	PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 \
	UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

sanitize: $(VENV)/.stamp-sanitize
	$(VENV)/bin/cmake -S . -B $(SANITIZED) -G Ninja -DONIONSKIN_SANITIZE=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo \
	  -DCMAKE_CXX_COMPILER=g++ -DPython_EXECUTABLE=$(CURDIR)/$(VENV)/bin/python \
	  -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(VENV)/bin/ninja
	$(VENV)/bin/cmake --build $(SANITIZED)
	rm -rf $(SANITIZED)/src && mkdir $(SANITIZED)/src && cp -R src/onionskin $(SANITIZED)/src/
	rm -f $(SANITIZED)/src/onionskin/engines/native/*.so && cp $(SANITIZED)/_ext.*.so $(SANITIZED)/src/onionskin/engines/native/
	$(SANITIZERS) PYTHONPATH=$(CURDIR)/$(SANITIZED)/src $(VENV)/bin/python -m pytest -n $(WORKERS) -p no:cacheprovider \
	  tests/engines_native $(PYTEST_ARGS)

docs: $(VENV)/.stamp-test
	$(VENV)/bin/python -m tools.api_pages build/api

# Every check runs, so that one call shows all there is to mend; it fails if any did.
lint: $(VENV)/.stamp-lint
	@failed=; \
	run() { echo "$$*"; "$$@" || failed="$$failed [$$*]"; }; \
	run $(VENV)/bin/ruff check . ; \
	run $(VENV)/bin/ruff format --check . ; \
	run $(VENV)/bin/python -m mypy ; \
	run $(VENV)/bin/python tools/check_imports.py ; \
	files="$(CXX_FILES)"; \
	if [ -n "$$files" ]; then run $(VENV)/bin/clang-format --dry-run -Werror $$files; fi; \
	if [ -n "$$failed" ]; then echo "make lint: these failed:$$failed" >&2; exit 1; fi

format: $(VENV)/.stamp-lint
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .
	@files="$(CXX_FILES)"; if [ -n "$$files" ]; then $(VENV)/bin/clang-format -i $$files; fi

clean:
	rm -rf $(VENV) $(PEERS) build dist demo-output benchmarks/results
	rm -f src/onionskin/engines/native/*.so
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Installed once, and again when what it is made from changes; each stamp marks one extra that is in place.
$(VENV)/.stamp-demo: $(NATIVE) $(VENV)/.stamp-pip
	@echo "installing onionskin into $(VENV)"
	$(VENV)/bin/python $(PIP) -e '.[all]'
	@touch $@

$(VENV)/.stamp-test: $(NATIVE) $(VENV)/.stamp-pip
	@echo "installing onionskin and its tests' libraries into $(VENV)"
	$(VENV)/bin/python $(PIP) -e '.[test]'
	@touch $@

$(VENV)/.stamp-sanitize: $(VENV)/.stamp-test
	$(VENV)/bin/python $(PIP) 'nanobind>=2.4' cmake ninja
	@touch $@

$(VENV)/.stamp-lint: $(NATIVE) $(VENV)/.stamp-pip
	@echo "installing onionskin and the checkers into $(VENV)"
	$(VENV)/bin/python $(PIP) -e '.[test,lint]'
	@touch $@

$(PEERS)/.stamp-peers: $(NATIVE) $(PEERS)/.stamp-pip
	@echo "installing onionskin and the peers into $(PEERS)"
	$(PEERS)/bin/python $(PIP) -e '.[peers]'
	@touch $@

$(PEERS)/.stamp-torch: $(PEERS)/.stamp-peers
	$(PEERS)/bin/python $(PIP) $(PIP_ARGS) 'torch==2.13.0$(TORCH_BUILD)'
	@touch $@

# An environment that works is kept; one that is missing, broken or of an old Python is made anew.
%/.stamp-pip:
	@if $*/bin/python -c '$(USABLE); import pip' 2>/dev/null; then touch $@; exit 0; fi; \
	for python in $(CANDIDATES); do \
	  if $$python -c '$(USABLE)' 2>/dev/null; then \
	    echo "making $* with $$($$python --version)"; \
	    $$python -m venv --clear $* && touch $@; exit; \
	  fi; \
	done; \
	echo "onionskin needs Python 3.11 or later, with its modules venv and ensurepip." >&2; \
	for python in $(CANDIDATES); do echo "  tried:    $$python: $$($$python --version 2>&1 | head -n 1)" >&2; done; \
	echo "  to fix:   install it (on Debian and Ubuntu also the package python3-venv)," >&2; \
	echo "            or name one: make PYTHON=/path/to/python3" >&2; \
	exit 1
