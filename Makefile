# What a person runs here. Plain `make` lists it.
GO       ?= go
BIN      := bin
LINTMOD  := internal/tools/lint
DEMO     := demo
DEMOADDR ?= 127.0.0.1:19000
FUZZTIME ?= 60s
PLATFORMS := windows/amd64 darwin/arm64 linux/arm64
CHAOS    := Killed|Stopped|Crash|DiskRefuses|SmallDisk|Hostile|Forged|Link

# The race detector needs a C compiler on most systems; without one the tests
# still run, and say so.
CC_FOUND := $(shell command -v "$$($(GO) env CC | cut -d' ' -f1)" 2>/dev/null)
RACE     := $(if $(CC_FOUND),-race,)

.DEFAULT_GOAL := help
.PHONY: help build demo test lint cross chaos fuzz bench install clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build wecos and appletctl into bin/
	$(GO) build -o $(BIN)/ ./cmd/...

demo: build ## slim a sample mini-program against a local store and print the report
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -R testdata/projects/teashop/in $(DEMO)/app
	cd $(DEMO) && $(abspath $(BIN))/wecos --local --local-addr $(DEMOADDR) --app-dir app --watch=false

test: ## run every test, with the race detector, and a few seconds of each fuzz test
	@$(if $(RACE),,echo "no C compiler: running without the race detector")
	$(GO) test $(RACE) ./...
	$(GO) run ./internal/tools/fuzzall -time 2s ./internal/...

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

cross: ## build both programs for the other platforms, and vet everything there
	@set -e; for p in $(PLATFORMS); do \
	export GOOS=$${p%/*} GOARCH=$${p#*/}; echo "cross $$p"; \
	$(GO) build -o $(BIN)/cross/$$GOOS-$$GOARCH/ ./cmd/...; $(GO) vet ./...; done

# The loops that make test shortens. WECOS_SEED=n repeats the kills of one run.
chaos: ## kill, stop, starve and deceive wecos everywhere, in full (an hour), and print figures
	@mkdir -p $(BIN); rm -f $(BIN)/chaos.txt
	WECOS_CHAOS=1 WECOS_FIGURES=$(abspath $(BIN))/chaos.txt $(GO) test -count=1 -timeout 6h -run '$(CHAOS)' ./internal/slim ./cmd/wecos
	@cat $(BIN)/chaos.txt

fuzz: ## run each fuzz test for FUZZTIME (60s)
	$(GO) run ./internal/tools/fuzzall -time $(FUZZTIME) ./internal/...

bench: ## measure plan, full run and second run against a bare floor
	$(GO) run ./internal/bench

install: ## install wecos and appletctl into GOBIN
	$(GO) install ./cmd/...

clean: ## remove what the other targets made
	rm -rf $(BIN) $(DEMO)
