STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
AXE_CORE = axe-core@4.10.3
GORELEASER = GOFLAGS= go run github.com/goreleaser/goreleaser/v2@v2.15.1
TARGETS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
FUZZTIME ?= 30s
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS = -s -w -X main.version=$(VERSION)

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the program, in bin/
	CGO_ENABLED=0 go build -trimpath -buildvcs=auto -ldflags '$(LDFLAGS)' -o bin/ ./cmd/able-import

demo: build ## the whole way on sample exports, against a local receiver
	bin/able-import demo

e2e: ## the local page in a real Chromium, checked by axe; both from Debian's and npm's packages where they are missing
	@command -v chromium chromium-browser google-chrome >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium)
	@test -e bin/axe/package/axe.min.js || ! command -v npm >/dev/null || \
		(mkdir -p bin/axe && cd bin/axe && npm pack --silent $(AXE_CORE) >/dev/null && tar xzf axe-core-*.tgz)
	AXE="$$(ls '$(CURDIR)'/bin/axe/package/axe.min.js 2>/dev/null)" go test -count=1 -tags e2e -run '^TestPage' -timeout 30m ./cmd/able-import/web

screenshots: ## the pictures of the README, from the real page in Chromium
	IMAGES='$(CURDIR)/.github/images' go test -count=1 -tags e2e -run '^TestScreenshots$$' ./cmd/able-import/web

test: ## all tests
	go test -timeout 30m ./...

race: ## the tests with the race detector, but for those that give one goroutine a great deal of work
	go test -race -short -timeout 30m ./...

fuzz: ## every fuzz target for FUZZTIME (30s) each
	@go list ./... | while read p; do go test -list '^Fuzz' $$p | grep '^Fuzz' | while read f; do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzzminimizetime 10x -fuzztime $(FUZZTIME) $$p || exit 1; done || exit 1; done

bench: build ## Go benchmarks, ready for benchstat, and the program beside a naive importer; PERF=dir: and beside that folder's peers
	go test -run '^$$' -bench . -benchmem ./...
	go run ./importer/testdata/bench compare bin/able-import
	@test -z '$(PERF)' || sh importer/testdata/bench/peers.sh '$(PERF)' bin/able-import

growth: build ## draws how time and memory grow with rows, up to 10,000,000, and with events in flight
	go run ./importer/testdata/bench growth -o importer/testdata/growth.svg bin/able-import

lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l cmd importer mapping samples)" || (gofmt -l cmd importer mapping samples; echo 'run gofmt -w on these' >&2; exit 1)
	go vet ./...
	go run $(STATICCHECK) ./...

layers: ## imports go one way: cmd -> importer -> its parts -> mapping -> its parts
	@go list -f '{{$$p := .ImportPath}}{{$$p}}{{"\n"}}{{range .Imports}}{{$$p}} {{.}}{{"\n"}}{{end}}' ./... | \
		awk '$$2 == "" || $$2 ~ /^ableimport/' | awk -f .ci/layers.awk
	@! go list -deps ./cmd/able-import | grep nats-io/nats-server || (echo 'the program must not link the server' >&2; exit 1)

check: lint layers race ## what a change must pass: lint, layers, tests with the race detector

faults: ## 20,000 events against a receiver that misbehaves in every way, 5,000 with resends, and 5,000 that its own export settles; SEED=n repeats a run
	go test -count=1 -v -run Misbehaving -timeout 90m ./importer -fault-events 20000 $(if $(SEED),-seed $(SEED))

queue-faults: ## 50,000 events over a cluster whose workers, servers and lines fail at random moments; SEED=n repeats a run
	go test -count=1 -v -run 'TestQueue(Faults|Scales)' -timeout 30m ./importer -queue-events 50000 $(if $(SEED),-seed $(SEED))

crash: ## kills at 200 random moments and at every write and sync, errors there, and older ledgers restored, each followed by the same command
	go test -count=1 -v -run 'Fault28|Fault30|Fault36' -timeout 90m ./importer -kills 200 -kill-every 1 $(if $(SEED),-seed $(SEED))

hostile: ## files made to hurt, each within 10 s and 300 MB and ended by one SIGTERM; SLACK=n times as long on a busy machine
	go test -count=1 -v -run '^TestHostile(State)?$$' -timeout 60m ./cmd/able-import -hostile-slack $(if $(SLACK),$(SLACK),1)

night: ## a night in a minute: 80 files dropped into inboxes in every way while a run starts every second
	go test -count=1 -v -run 'TestNight$$' -timeout 30m ./cmd/able-import -night-files 80 -night-every 1s

spreadsheet: ## failures through LibreOffice and back, in German and US settings; says so where soffice is not installed
	go test -tags spreadsheet -count=1 -v -run Spreadsheet -timeout 20m ./cmd/able-import

corpus: build ## how the reader does on a folder of expectations: make corpus CORPUS=dir
	CORPUS='$(abspath $(CORPUS))' ABLE_IMPORT_PROGRAM='$(abspath bin/able-import)' go test -count=1 -v -run '^TestCorpus$$' ./cmd/able-import

cases: build ## how the program does on a folder of small files with the right answers: make cases CASES=dir
	python3 '$(CASES)/judge.py' bin/able-import

platforms: ## the program links and vets clean on every system that a release is for, and stays below 30 MB
	@for t in $(TARGETS); do echo $$t; GOOS=$${t%/*} GOARCH=$${t#*/} go vet -trimpath ./... && \
		GOOS=$${t%/*} GOARCH=$${t#*/} CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/platform ./cmd/able-import || exit 1; \
		size=$$(wc -c <bin/platform); rm bin/platform; [ $$size -lt 30000000 ] || { echo "$$t has $$size bytes" >&2; exit 1; }; done

windows: ## the Windows program's demo and tests under Wine, which Debian's packages bring; PACKAGES='./importer/table' for some of them
	PACKAGES='$(PACKAGES)' .ci/windows/run.sh

windows-crash: ## kills the Windows program at 50 random moments, each followed by the same command
	PACKAGES=./importer TESTS='-v -run Fault30KilledAtAnyMoment' ARGS='-kills 50' .ci/windows/run.sh

release: ## binaries, archives, packages, checksums and SBOM of this commit, in dist/: all of a release but its signature
	$(GORELEASER) release --snapshot --clean --skip=sign

release-publish: ## what the release workflow runs on a tag
	$(GORELEASER) release --clean

release-docs: ## man pages, completions and licences for a release, in .docs/
	.release/scripts/docs.sh

clean: ## removes what was built
	rm -rf bin dist .demo .docs

.PHONY: cases help build demo test race fuzz bench growth lint layers check faults queue-faults crash hostile night e2e screenshots corpus spreadsheet platforms windows windows-crash release release-publish release-docs clean
