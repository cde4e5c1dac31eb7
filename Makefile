# The commands of the README. Everything else is SwiftPM's own.

BUILD = swift build --configuration release --product labhost --static-swift-stdlib
LABHOST = .build/release/labhost

.PHONY: demo test build lint format clean

demo: build ## run the main job offline, on a cluster that is only simulated
	$(LABHOST) run --provisioner dry-run --executor dry-run --yes plans/poc.yaml

build: ## build the labhost binary
	@Scripts/install-missing build
	$(BUILD)

test: ## run every test, end-to-end ones included
	@Scripts/install-missing build test
	swift build --build-tests
	swift test --skip-build --disable-xctest --skip EndToEndTests
	swift test --skip-build --disable-xctest --filter EndToEndTests --no-parallel

lint: ## check the formatting and the shell scripts
	swift format lint --strict --recursive Sources Plugins Tests Package.swift

format: ## format the sources
	swift format --in-place --recursive Sources Plugins Tests Package.swift

clean: ## forget what was built
	rm -rf .build
