# What a person runs here. Plain `make` lists it.
GO       ?= go
BIN      := bin
LINTMOD  := internal/tools/lint
DEMO     := demo
DEMOADDR ?= 127.0.0.1:19000
FUZZTIME ?= 60s
PLATFORMS := windows/amd64 darwin/arm64 linux/arm64
CHAOS    := Killed|Stopped|Crash|DiskRefuses|SmallDisk|Hostile|Forged|Link|Model|RenamedByCase

# The race detector needs a C compiler on most systems; without one the tests
# still run, and say so.
CC_FOUND := $(shell command -v "$$($(GO) env CC | cut -d' ' -f1)" 2>/dev/null)
RACE     := $(if $(CC_FOUND),-race,)

# What make test fuzzes for a second each: parsers whose packages are quickly
# built anew for the fuzzer. The seeds of all others are run as tests.
TOKENIZERS := $(addprefix ./internal/,config/... rewrite/... scan/... upload/... servers/cos/... servers/rps/sio/...)

.DEFAULT_GOAL := help
# Some tests drive other programs, each as command:package of Debian.
TEST_TOOLS := node:nodejs npm:npm chromium:chromium mariadbd:mariadb-server redis-server:redis-server \
	mkfs.exfat:exfatprogs mount.exfat-fuse:exfat-fuse

.PHONY: help build demo test test-tools lint cross chaos soak fuzz bench bench-watch bench-peers bench-upload bench-compress bench-servers bench-session install clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build wecos and appletctl into bin/
	$(GO) build -o $(BIN)/ ./cmd/...

demo: build ## slim a sample mini-program against a local store and print the report
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -R testdata/projects/teashop/in $(DEMO)/app
	cd $(DEMO) && $(abspath $(BIN))/wecos --local --local-addr $(DEMOADDR) --app-dir app --watch=false

test: test-tools ## run every test, with the race detector, and each tokenizer's fuzz tests for a second
	@$(if $(RACE),,echo "no C compiler: running without the race detector")
	$(GO) run ./internal/tools/runtests $(RACE) ./...
	$(GO) run ./internal/tools/fuzzall -time 1s $(TOKENIZERS)

# Where they cannot be installed, the tests that need them are skipped, and the
# list at the end says so.
test-tools:
	@missing=; for tool in $(TEST_TOOLS); do \
		command -v "$${tool%%:*}" >/dev/null 2>&1 || missing="$$missing $${tool#*:}"; \
	done; \
	if test -n "$$missing" && test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1; then \
		echo "installing$$missing for the tests"; \
		{ timeout 60 apt-get update && \
		  DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y --no-install-recommends $$missing; \
		} >/dev/null 2>&1 || echo "not installed:$$missing"; \
	fi

lint: ## gofmt, go vet, staticcheck, and govulncheck when its database can be reached
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt needed:"; echo "$$out"; exit 1; }
	$(GO) vet ./...
	@$(MAKE) --no-print-directory cross
	$(GO) -C $(LINTMOD) build -o $(CURDIR)/$(BIN)/tools/ honnef.co/go/tools/cmd/staticcheck golang.org/x/vuln/cmd/govulncheck
	$(BIN)/tools/staticcheck ./...
	@out=$$($(BIN)/tools/govulncheck ./... 2>&1); rc=$$?; \
	case $$out in \
	*"fetching vulnerabilities"*) echo "govulncheck: skipped, its database cannot be reached";; \
	*) echo "$$out"; exit $$rc;; \
	esac

cross: ## build both programs for the other platforms, and vet everything for Windows
	@set -e; for p in $(PLATFORMS); do \
	export GOOS=$${p%/*} GOARCH=$${p#*/}; echo "cross $$p"; \
	$(GO) build -o $(BIN)/cross/$$GOOS-$$GOARCH/ ./cmd/...; done
	GOOS=windows GOARCH=amd64 $(GO) vet ./...

# The loops that make test shortens. WECOS_SEED=n repeats the kills of one run.
chaos: ## kill, stop, starve and deceive wecos everywhere, in full (an hour), and print figures
	@mkdir -p $(BIN); rm -f $(BIN)/chaos.txt
	WECOS_CHAOS=1 WECOS_FIGURES=$(abspath $(BIN))/chaos.txt $(GO) test -count=1 -timeout 6h -run '$(CHAOS)' ./internal/slim ./cmd/wecos
	@cat $(BIN)/chaos.txt

soak: ## uploads, comments and sessions by the ten thousand: memory stays flat (minutes)
	WECOS_SOAK=1 $(GO) test -count=1 -timeout 2h -v -run 'Soak|Chaos' ./internal/servers/...

fuzz: ## run each fuzz test for FUZZTIME (60s)
	$(GO) run ./internal/tools/fuzzall -time $(FUZZTIME) ./internal/...

bench: ## measure plan, full run and second run against a bare floor
	$(GO) run ./internal/bench

bench-upload: ## measure the uploader beside bare PUTs of net/http and cos-nodejs-sdk-v5
	$(GO) run ./internal/bench/upload

bench-watch: ## measure how fast a watcher answers a save, and what it costs idle
	$(GO) run ./internal/bench watch

bench-peers: ## run beside npm's wecos on the same projects (needs Node.js; takes 15 minutes)
	$(GO) run ./internal/bench peers

bench-session: ## measure the session server beside bare handlers with the same queries
	WECOS_BENCH=1 $(GO) test -count=1 -v -timeout 30m -run TestLoad ./internal/bench/servers/session

bench-compress: ## measure compression beside pngquant and jpegoptim; REAL=folder adds pictures of yours
	$(GO) run ./internal/bench/compress -real "$(REAL)"

bench-servers: ## measure the demo servers under load beside bare handlers (needs wrk)
	$(GO) run ./internal/bench/servers

install: ## install wecos and appletctl into GOBIN
	$(GO) install ./cmd/...

clean: ## remove what the other targets made
	rm -rf $(BIN) $(DEMO)
