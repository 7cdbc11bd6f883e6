# The longer forms beside bin/run and bin/test. `make help` lists them.
.PHONY: help build test check clang asan tsan tidy format scenario-mixed clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 18

build: ## build everything with the release preset
	@bin/setup && bin/build

test: ## every test, as bin/test
	@bin/test

check: test clang asan tsan ## every test under both compilers and all sanitizers

clang: ## every test, built by clang 14 with thread-safety analysis
	@HERALD_PRESET=clang bin/test

asan: ## every test under the address and undefined-behaviour sanitizers
	@HERALD_PRESET=asan bin/test

tsan: ## every test under the thread sanitizer
	@HERALD_PRESET=tsan bin/test

tidy: ## clang-format and clang-tidy over the whole tree
	@bin/setup && bin/tidy

format: ## rewrite the tree as clang-format wants it
	@git ls-files '*.h' '*.cpp' '*.c' | xargs clang-format-14 -i

scenario-mixed: ## start a host, send real messages over three channels, and print what became of them
	@bin/setup && bin/build herald herald_plugins
	@/usr/bin/python3 tests/scenario/mixed.py --herald build/$${HERALD_PRESET:-release}/herald

clean: ## remove every build
	@rm -rf build
