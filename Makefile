# What a person runs here. Plain `make` lists it.
GO       ?= go
BIN      := bin
LINTMOD  := internal/tools/lint
DEMO     := demo
DEMOADDR ?= 127.0.0.1:19000
FUZZTIME ?= 60s

# The race detector needs a C compiler on most systems; without one the tests
# still run, and say so.
CC_FOUND := $(shell command -v "$$($(GO) env CC | cut -d' ' -f1)" 2>/dev/null)
RACE     := $(if $(CC_FOUND),-race,)

.DEFAULT_GOAL := help
.PHONY: help build demo test lint fuzz bench bench-watch bench-peers bench-compress install clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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
	GOOS=windows $(GO) vet ./cmd/...
	GOOS=darwin $(GO) vet ./cmd/...
	$(GO) -C $(LINTMOD) build -o $(CURDIR)/$(BIN)/tools/ honnef.co/go/tools/cmd/staticcheck golang.org/x/vuln/cmd/govulncheck
	$(BIN)/tools/staticcheck ./...
	@out=$$($(BIN)/tools/govulncheck ./... 2>&1); rc=$$?; \
	case $$out in \
	*"fetching vulnerabilities"*) echo "govulncheck: skipped, its database cannot be reached";; \
	*) echo "$$out"; exit $$rc;; \
	esac

fuzz: ## run each fuzz test for FUZZTIME (60s)
	$(GO) run ./internal/tools/fuzzall -time $(FUZZTIME) ./internal/...

bench: ## measure plan, full run and second run against a bare floor
	$(GO) run ./internal/bench

bench-watch: ## measure how fast a watcher answers a save, and what it costs idle
	$(GO) run ./internal/bench watch

bench-peers: ## run beside npm's wecos on the same projects (needs Node.js; takes 15 minutes)
	$(GO) run ./internal/bench peers

bench-compress: ## measure compression beside pngquant and jpegoptim; REAL=folder adds pictures of yours
	$(GO) run ./internal/bench/compress -real "$(REAL)"

install: ## install wecos and appletctl into GOBIN
	$(GO) install ./cmd/...

clean: ## remove what the other targets made
	rm -rf $(BIN) $(DEMO)
