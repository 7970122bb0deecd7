# What a developer types, and what .ci/run types too. Nothing here needs more than Go, but for gen and wasm (node).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO ?= go
SEEDS ?= 200
FUZZTIME ?= 30s
GOFUMPT := bin/gofumpt@v0.12.0
STATICCHECK := bin/staticcheck@v0.8.2
MODERNIZE := bin/modernize@v0.52.0
JS := GOOS=js GOARCH=wasm

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

gen: ## make all generated code again (needs node and npm)
	.ci/gen

lint: $(GOFUMPT) $(STATICCHECK) $(MODERNIZE) ## formatting, vet, staticcheck, modernize; for the host and the page
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); test -z "$$files" || { echo "gofmt these: $$files"; exit 1; }
	@files=$$($(GOFUMPT) -l .); test -z "$$files" || { echo "gofumpt these:"; echo "$$files"; exit 1; }
	$(GO) vet ./...
	$(JS) $(GO) vet ./...
	$(STATICCHECK) ./...
	$(JS) $(STATICCHECK) ./...
	$(MODERNIZE) ./...
	$(JS) $(MODERNIZE) ./...

test: ## all tests
	$(GO) test ./...

race: ## all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./...

sim: ## seeded matches, SEEDS=200 each
	TUTTI_SEEDS=$(SEEDS) $(GO) test -count=1 ./netcode/... ./demo/sim/...

hold: ## what the README promises, in full: about an hour
	TUTTI_SEEDS=10000 $(GO) test -count=1 -timeout 3h -run '^TestDeath(s|sInSqualls)?$$' -v ./netcode | grep -v -e '^=== ' -e '^    --- PASS'
	TUTTI_SEEDS=1000 $(GO) test -count=1 -timeout 2h -run '^(TestHoldAlarm|TestMinority|TestSleeper|TestComeback|TestDuel|TestFarewell|TestTwins)$$' -v ./netcode | grep -v -e '^ *=== ' -e '--- PASS'
	TUTTI_SEEDS=30 $(GO) test -count=1 -timeout 2h -run '^(TestHoldRough|TestHoldBlackouts|TestHoldRelay|TestHoldTraffic|TestHoldPace)$$' -v ./netcode | grep -v -e '^ *=== ' -e '--- PASS'
	TUTTI_LONG=1 $(GO) test -count=1 -timeout 3h -run '^(TestChurn|TestMutants)$$' -v ./netcode | grep -v -e '^ *=== '
	TUTTI_SEEDS=3000 $(GO) test -count=1 -timeout 2h ./netcode/epoch

soak: hold ## the same, then on arm64 too (needs qemu-user), then seeded matches until one fails or you stop it
	GOARCH=arm64 CGO_ENABLED=0 $(GO) test -exec qemu-aarch64 -skip '^(TestHouse|TestOutside|TestPure|TestReadme|TestMutants)' \
		$$($(GO) list ./netcode/... ./demo/sim/... | grep -v -e /peer/keyring -e /mesh)
	@for ((first = 1; ; first += 1000)); do \
		echo "seeds from $$first"; \
		TUTTI_SEED0=$$first TUTTI_SEEDS=1000 $(GO) test -count=1 -timeout 4h -skip '^TestMutants$$' ./netcode/... ./demo/sim/...; \
	done

fuzz: ## every fuzz target for FUZZTIME=30s, eight at a time
	.ci/fuzz $(FUZZTIME)

wasm: ## the tests that can run in a page, under node; then the weight of the page
	.ci/wasm

demo: ## play the sample game here
	$(GO) run ./demo

bench: ## the tables of the README
	$(GO) run ./bench

# Tools have a git-ignored home of their own, so that no game ever downloads them through our go.mod.
bin/gofumpt@%:
	.ci/tool mvdan.cc/gofumpt@$*
bin/staticcheck@%:
	.ci/tool honnef.co/go/tools/cmd/staticcheck@$*
bin/modernize@%:
	.ci/tool golang.org/x/tools/go/analysis/passes/modernize/cmd/modernize@$*

.PHONY: help gen lint test race sim hold soak fuzz wasm demo bench
