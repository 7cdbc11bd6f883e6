# The longer forms beside bin/run and bin/test. `make help` lists them.
.PHONY: help build test check clang asan tsan tidy format lint-openapi lint-tools clean \
  scenarios scenario-mixed scenario-isolation scenario-replay scenario-replies scenario-faults \
  scenario-upgrades scenario-build crash crash-resend crash-hold crash-first-start simulate mutants \
  bench-dispatch bench-plugins bench-plugin-border bench-plugin-drop abi-lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 22

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

tidy: ## clang-format, cppcheck and clang-tidy over the whole tree
	@bin/setup && bin/tidy

format: ## rewrite the tree as clang-format wants it
	@git ls-files '*.h' '*.cpp' '*.c' | xargs clang-format-14 -i

LINT := build/lint/node_modules
lint-openapi: $(LINT)/.package-lock.json ## specs/openapi.yaml under every rule of Spectral (npm fetches it)
	@$(LINT)/.bin/spectral lint --ruleset tests/contract/lint/spectral.yaml --fail-severity hint specs/openapi.yaml

$(LINT)/.package-lock.json: tests/contract/lint/package.json tests/contract/lint/package-lock.json
	@command -v npm >/dev/null || { echo "make lint-openapi: found no npm; make lint-tools installs it" >&2; exit 1; }
	@mkdir -p build/lint && cp $^ build/lint
	@npm ci --prefix build/lint --ignore-scripts --no-audit --no-fund --silent && touch $@

lint-tools: ## node and npm from Debian, as root, for lint-openapi
	@apt-get install -y --no-install-recommends nodejs npm

PYTHON = /usr/bin/python3 -B
HOST = --herald build/$${HERALD_PRESET:-release}/herald
scenario-build:
	@bin/setup && bin/build herald herald_plugins abi_recorder

scenarios: scenario-mixed scenario-isolation scenario-replay scenario-replies scenario-faults scenario-upgrades ## all

scenario-mixed: scenario-build ## 1,200 real messages over three channels with faults: every one accounted for
	@$(PYTHON) tests/scenario/mixed.py $(HOST)

scenario-isolation: scenario-build ## one provider fails for good: the other one does not notice
	@$(PYTHON) tests/scenario/isolation.py $(HOST)

scenario-replay: scenario-build ## one seed, three runs under three sets of settings: the same outcomes
	@$(PYTHON) tests/scenario/replay.py $(HOST)

scenario-replies: scenario-build ## 10,000 messages and replies, addresses in many spellings: who finds whom
	@$(PYTHON) tests/scenario/replies.py $(HOST)

scenario-faults: scenario-build ## 30 % errors, 10 % rate limits over 500 attempts: what came out
	@$(PYTHON) tests/scenario/fault_mix.py $(HOST)

RECORDER = --recorder build/$${HERALD_PRESET:-release}/tests/abi/plugins/recorder.so
scenario-upgrades: scenario-build ## 50 upgrades of a provider under load: nothing lost, nothing sent twice
	@$(PYTHON) tests/scenario/upgrades.py $(HOST) $(RECORDER)

WITNESS = --witness build/$${HERALD_PRESET:-release}/tests/crash/plugins
CRASH = tests/crash/crash.py $(HOST) $(WITNESS)
KILLS ?= 1000
crash crash-resend crash-hold crash-first-start: SEED ?= 20260103
crash: crash-resend crash-hold crash-first-start ## all kills: 1,000 under load, 200 with held messages (KILLS, SEED)

crash-resend: ## 1,000 kills under load: nothing acknowledged is lost, nothing is made or sent twice
	@bin/setup && bin/build herald crash_witness
	@$(PYTHON) $(CRASH) --kills $(KILLS) --seed $(SEED) --progress 100

crash-hold: ## a fifth as many with API_UNCERTAIN_POLICY=hold: nothing is seen twice, what is held can be let go
	@bin/setup && bin/build herald crash_witness
	@$(PYTHON) $(CRASH) --kills $$(( ($(KILLS) + 4) / 5 )) --seed $(SEED) --progress 50 --policy hold

crash-first-start: ## a tenth as many in the very first start: the next one is ready on what is left
	@bin/setup && bin/build herald crash_witness
	@$(PYTHON) tests/crash/first_start.py $(HOST) $(WITNESS) --kills $$(( ($(KILLS) + 9) / 10 )) --seed $(SEED)

SECONDS ?= 600
simulate: ## the simulation for SECONDS=600 seconds, from SEED=… on when that is given
	@bin/setup && bin/build simulation_test
	@build/$${HERALD_PRESET:-release}/tests/simulation/simulation_test --seconds=$(SECONDS) $(if $(SEED),--seed=$(SEED))

mutants: ## the host broken in each place of a list: the simulation must notice every one
	@bin/setup
	@$(PYTHON) tests/simulation/mutants.py

bench-plugin-drop: scenario-build ## from a plugin file dropped in to the first message through it
	@uptime
	@$(PYTHON) tests/bench/plugin_drop.py $(HOST) $(RECORDER)

bench-dispatch: ## how fast the dispatch loop is: a null provider and both mocks over the real store
	@bin/setup && bin/build dispatch_bench
	@uptime
	@build/$${HERALD_PRESET:-release}/tests/bench/dispatch_bench --benchmark_filter=/100000/ \
	  --benchmark_repetitions=3 --benchmark_counters_tabular=true

.PHONY: bench-build bench-million bench-hung soak
FILL = --fill build/$${HERALD_PRESET:-release}/tests/bench/queue_fill
bench-build: scenario-build
	@bin/build queue_fill
	@uptime

bench-million: bench-build ## a queue of one million messages: memory, restart, first sending, drain
	@$(PYTHON) tests/bench/million.py $(HOST) $(FILL)

bench-hung: bench-build ## what a provider that hangs costs the others
	@$(PYTHON) tests/bench/one_hung.py $(HOST) $(RECORDER)

soak: bench-build ## a mixed load with faults for SECONDS: memory, descriptors and threads stay flat
	@$(PYTHON) tests/bench/soak.py $(HOST) $(FILL) --seconds $(SECONDS)

LOAD = --load build/$${HERALD_PRESET:-release}/tests/hostile/open_loop
.PHONY: hostile overload hostile-build
hostile-build: scenario-build
	@bin/build hostile_test edge_test open_loop
	@uptime

hostile: hostile-build ## hostile peers in masses: 1,000 slow ones, 10,000 idle ones, a million senders and keys
	@build/$${HERALD_PRESET:-release}/tests/hostile/hostile_test --gtest_brief=1
	@build/$${HERALD_PRESET:-release}/tests/hostile/edge_test --gtest_brief=1
	@$(PYTHON) tests/hostile/masses.py $(HOST) $(LOAD)

overload: hostile-build ## twice the sustainable rate: the excess is refused at once, the rest is accepted as before
	@$(PYTHON) tests/hostile/overload.py $(HOST) $(LOAD)

bench-plugins: bench-plugin-border bench-plugin-drop scenario-upgrades ## all figures of plugins

bench-plugin-border: ## what the plugin border costs: a call with its completion, loading, the handshake
	@bin/setup && bin/build plugin_bench
	@uptime
	@build/$${HERALD_PRESET:-release}/tests/bench/plugin_bench --benchmark_counters_tabular=true

BENCH = build/$${HERALD_PRESET:-release}/tests/bench
SUITE = $(HOST) $(FILL) --mix-bench $(BENCH)/mix_bench --dispatch-bench $(BENCH)/dispatch_bench
.PHONY: bench bench-compare bench-parts
bench: bench-build ## Herald's own figures against what is wanted; ARGS="--only accept --seconds 5" for some alone
	@bin/build mix_bench dispatch_bench
	@$(PYTHON) tests/bench/suite.py $(SUITE) $(ARGS)

bench-compare: bench-build ## Herald beside a bare Pistache endpoint and Kannel, in turn; ARGS="--rounds 1"
	@bin/build bare_pistache
	@$(PYTHON) tests/bench/compare.py $(HOST) $(FILL) --pistache $(BENCH)/bare_pistache $(ARGS)

.PHONY: bench-profile
bench-profile: bench-build ## where the time of a message goes: threads, functions, system calls, allocations
	@bin/build allocation_count
	@$(PYTHON) tests/bench/profile.py $(HOST) --allocation-count $(BENCH)/liballocation_count.so $(ARGS)

bench-parts: ## what each step of a request costs by itself: JSON, rules, digests, breaker, plugin border, store
	@bin/setup && bin/build request_bench plugin_bench store_bench
	@uptime
	@$(BENCH)/request_bench
	@$(BENCH)/plugin_bench --benchmark_filter='border|guarded|bare'
	@$(BENCH)/store_bench --benchmark_filter='accept_batches/'

.PHONY: disk-faults
disk-faults: ## the store on a disk that fails in each way at each call, then in CASES=10000 mixtures from SEED=1 on
	@bin/setup && bin/build disk_faults
	@build/$${HERALD_PRESET:-release}/tests/disk/disk_faults --seed $(or $(SEED),1) --cases $(or $(CASES),10000)

.PHONY: fuzz fuzz-merge
JOBS ?= 1
FUZZ = $(PYTHON) tests/fuzz/fuzz.py --build build/fuzz $(TARGETS)
fuzz: ## libFuzzer on every reader of untrusted input, SECONDS=600 each, JOBS=1 at a time (TARGETS)
	@bin/setup && HERALD_PRESET=fuzz bin/build herald_fuzzers
	@$(FUZZ) --seconds $(SECONDS) --jobs $(JOBS)

fuzz-merge: ## what make fuzz has found that is new, in its smallest form, into tests/fuzz/corpus
	@$(FUZZ) --merge

abi-lock: ## sdk/abi.lock written anew, when the ABI's version covers what has changed
	@$(PYTHON) sdk/abi_lock.py update

clean: ## remove every build
	@rm -rf build
