# The commands of the README. Everything else is SwiftPM's own.

# What is installed is optimised and needs no Swift; what is tried is there in a third of the time.
CONFIGURATION = release
demo emulated: CONFIGURATION = debug
FLAGS_release = --static-swift-stdlib -Xlinker -S
BUILD = env $$(Scripts/build-facts) swift build --configuration $(CONFIGURATION) --product labhost $(FLAGS_$(CONFIGURATION))
LABHOST = .build/$(CONFIGURATION)/labhost
PREFIX = /usr/local

.PHONY: demo emulated test chaos build install docs lint format fuzz clean

demo: build ## run the main job offline, on a cluster that is only simulated
	$(LABHOST) run --provisioner dry-run --executor dry-run --yes plans/poc.yaml

emulated: build ## run the main job end to end against an emulator of AWS
	@Scripts/install-missing build test
	LABHOST=$(LABHOST) Scripts/emulated

build: ## build the labhost binary
	@Scripts/install-missing build
	$(BUILD)

install: build ## put labhost, its manual page and its completions under PREFIX
	DESTDIR='$(DESTDIR)' Scripts/install $(LABHOST) '$(PREFIX)'

docs: ## make one site of the articles in docs/ and the reference for plugins
	@Scripts/install-missing build
	swift build --target PluginAPI
	Scripts/docs

test: ## run every test, end-to-end ones included
	@Scripts/install-missing build test
	swift build --build-tests
	swift test --skip-build --disable-xctest --skip EndToEndTests
	# A filter that finds nothing succeeds, too.
	swift test list --skip-build --disable-xctest | grep -q '^EndToEndTests'
	# Two at a time: most of them wait for an emulated cloud.
	swift test --skip-build --disable-xctest --filter EndToEndTests --experimental-maximum-parallelization-width 2
	# Last, as another package's build takes the place of this one's tests: a filter would then find none, and succeed.
	Scripts/test-packages
	swift build --build-tests

chaos: ## kill runs at every write to their journal, in every way, and carry each on or tear it down
	@Scripts/install-missing build test
	swift build --build-tests
	LABHOST_CHAOS=all swift test --skip-build --disable-xctest --filter ChaosTests --no-parallel

fuzz: ## read documents and plans that nobody would write, for a minute
	@Scripts/install-missing build
	swift build --package-path Tests/Fuzz --scratch-path .build/fuzz --configuration release --product Fuzz \
		-Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
	@mkdir -p .build/fuzz/found
	cd .build/fuzz && SWIFT_BACKTRACE=enable=no release/Fuzz -max_total_time=60 -timeout=5 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1 \
		found ../../Tests/Fuzz/corpus 2>fuzz.log || { tail -n 40 fuzz.log; exit 1; }
	@tail -n 8 .build/fuzz/fuzz.log

lint: ## check the formatting and the shell scripts
	swift format lint --strict --recursive Sources Plugins Tests Benchmarks Examples Package.swift

format: ## format the sources
	swift format --in-place --recursive Sources Plugins Tests Benchmarks Examples Package.swift

clean: ## forget what was built
	rm -rf .build
