# Every target is a line or two: what is worth more stands in scripts/.

ENVOY_NEWEST := 1.40.0
ENVOY_OLDEST := 1.36.4
FUZZ_SECONDS ?= 60

export MAKE_STARTED := $(shell date +%s)
export FUZZ_SECONDS

.DEFAULT_GOAL := help
.PHONY: help run demo demo-distributed wasm command test lint fmt clean check-machine
.PHONY: bench bench-picture bench-text bench-wasm record-cost fleet-numbers soak fuzz
.PHONY: security sbom reproduce compose e2e e2e-compose e2e-gateway e2e-istio
.PHONY: envoys browser promtool fleet postgres crds

##@ See it work

demo: wasm ## play a tour of requests through a real Envoy, check every answer
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "build the demo" cargo build -p wasm-test --no-default-features --bin demo
	@scripts/step "play the tour" cargo run -q -p wasm-test --no-default-features --bin demo

run: wasm ## start the same Envoy and stay, with curl lines to try; Ctrl-C stops it
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "build the demo" cargo build -p wasm-test --no-default-features --bin demo
	@scripts/step "start Envoy" cargo run -q -p wasm-test --no-default-features --bin demo -- --stay

demo-distributed: wasm fleet ## two Envoys, one limit; rate limit service and Redis are killed and come back
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "build the demo" cargo build -p wasm-test --no-default-features --bin demo_distributed
	@scripts/step "play it" cargo run -q -p wasm-test --no-default-features --bin demo_distributed

compose: ## the same in containers, with Docker Compose: pulls images, says what to try and how to end it
	@scripts/compose

##@ Build and prove

wasm: check-machine ## build dist/tollgate.wasm (WASM_TOOLCHAIN=rustup or debian forces one way)
	@scripts/step "build the module" scripts/build-wasm

command: check-machine ## build the native command, dist/tollgate
	@scripts/step "build the command" cargo build --release --locked --features cli --bin tollgate
	@mkdir -p dist && cp $${CARGO_TARGET_DIR:-target}/release/tollgate dist/tollgate

test: wasm envoys browser promtool fleet postgres crds ## run every test: policy, module on wasmtime, in real Envoys, in a fleet; page in a browser
	@scripts/step "test the scripts" scripts/test-scripts
	@scripts/step "compile the tests" cargo test --workspace --all-features --no-run
	@scripts/step "run the tests" env TOLLGATE_BIN="$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/tollgate" cargo test --workspace --all-features
	@scripts/step "every test passed"

lint: check-machine ## check formatting and clippy; a warning is an error
	@scripts/lint

fmt: ## format the code
	cargo fmt --all

bench: wasm ## measure what a request costs, beside Envoy's own filters, Lua and a service (BENCH='tollgate,native get')
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "build a filter that does nothing" scripts/build-wasm noop-filter target/bench/noop.wasm
	@scripts/step "build the load" cargo build --release -p wasm-test --no-default-features --features bench --bin bench
	@scripts/step "measure" cargo run --release -q -p wasm-test --no-default-features --features bench --bin bench -- $(BENCH)

bench-picture: bench ## the same, and put its picture where the README shows it
	cp target/bench/cost.svg envoy/dashboards/cost.svg

bench-text: ## measure recognizers and decoders, natively; MB/s
	@scripts/step "measure" cargo bench --bench scan --bench text

record-cost: wasm ## measure what audit records cost a request, in µs of Envoy's CPU
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "measure" cargo run -q -p wasm-test --no-default-features --bin record_cost

fleet-numbers: wasm fleet ## measure one limit over two Envoys, beside Envoy's own rate limit filter
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "build the load" cargo build --release -p wasm-test --no-default-features --bin fleet_numbers
	@scripts/step "measure" cargo run --release -q -p wasm-test --no-default-features --bin fleet_numbers

soak: wasm ## send a million requests from 100 000 addresses; memory must stay flat
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "soak" cargo run -q -p wasm-test --no-default-features --bin soak

bench-wasm: wasm ## measure how fast the module reads bodies on wasmtime, beside native speed; MB/s
	@scripts/step "compile the bench" cargo bench -p wasm-test --bench body_speed --no-run
	@scripts/step "measure" cargo bench -p wasm-test --bench body_speed

fuzz: ## fuzz each target for FUZZ_SECONDS (default 60); needs a nightly toolchain
	@scripts/fuzz

##@ With the real engines (the first time builds them: several minutes)

e2e: e2e-compose e2e-gateway e2e-istio ## every part of the following; needs root

e2e-compose: wasm fleet ## the shipped images and Compose file in a Docker engine of its own
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "build the player" cargo build --workspace --all-features --bin e2e_compose
	@scripts/step "play it" scripts/e2e-compose "$${CARGO_TARGET_DIR:-target}/debug/e2e_compose"

e2e-gateway: wasm ## the real Envoy Gateway takes the manifests of envoy/gateway and starts an Envoy that judges
	@scripts/step "fetch Envoy $(ENVOY_NEWEST)" scripts/fetch-envoy $(ENVOY_NEWEST)
	@scripts/step "find Envoy Gateway" scripts/fetch-control-plane envoy-gateway
	@scripts/step "compile the test" cargo test --workspace --all-features --test e2e_gateway --no-run
	@scripts/step "play it" cargo test -q --workspace --all-features --test e2e_gateway

e2e-istio: wasm ## the real istioctl takes the manifests of envoy/istio, and no broken ones
	@scripts/step "find istioctl" scripts/fetch-control-plane istioctl
	@scripts/step "compile the test" cargo test --workspace --all-features --test e2e_istio --no-run
	@scripts/step "play it" cargo test -q --workspace --all-features --test e2e_istio

##@ Before a deploy

security: wasm envoys fleet ## advisories, licences, planted secrets, TLS, CORS, plain text, a minute of each fuzz target
	@scripts/step "licences, sources and versions of all dependencies" scripts/supply-chain licences
	@scripts/step "known vulnerabilities" scripts/supply-chain advisories
	@scripts/step "the workflows" scripts/supply-chain workflows
	@scripts/step "surroundings of every shipped file" cargo test --features cli --test doctor
	@scripts/step "planted secrets" cargo test -p wasm-test --test canary
	@scripts/step "TLS, CORS, plain text" cargo test -p wasm-test --test production --test postgres
	@scripts/step "each fuzz target for $(FUZZ_SECONDS) s" scripts/fuzz

sbom: check-machine ## write dist/tollgate.cdx.json: what is in the module (CycloneDX)
	@scripts/step "list what is in the module" scripts/supply-chain sbom

reproduce: check-machine ## build the module twice, from two folders, and compare
	@scripts/step "build twice" scripts/supply-chain reproduce

##@ The machine

# $(call needs,PART,TARGETS): PART, where one of these is made.
needs = $(if $(filter $(2) check-machine,$(MAKECMDGOALS)),$(1))

check-machine: ## name what this machine lacks, and how to install it
	@scripts/step "check the machine" scripts/check-machine $(call needs,browser,test browser promtool) \
	  $(call needs,fleet,test fleet fleet-% demo-distributed e2e e2e-compose) $(call needs,postgres,test postgres) $(call needs,planes,test crds e2e e2e-%)

browser: check-machine ## find the browser the tests show the page in (CHROMIUM_BIN=path names yours)
	@scripts/step "find a browser" scripts/fetch-browser

promtool: check-machine ## fetch what the alert rules are checked with (PROMTOOL_BIN=path uses yours instead)
	@scripts/step "find promtool" scripts/fetch-promtool

fleet: check-machine ## fetch rate limit service and Redis (RATELIMIT_BIN=path, REDIS_BIN=path use yours instead)
	@scripts/step "find Redis" scripts/fetch-redis
	@scripts/step "find the rate limit service" scripts/fetch-ratelimit

postgres: check-machine ## find or fetch PostgreSQL 17 with psql (POSTGRES_BIN=folder uses yours instead)
	@scripts/step "find PostgreSQL" scripts/fetch-postgres

crds: check-machine ## fetch the schemas that manifests are checked against (CRDS=folder uses yours instead)
	@scripts/step "find the schemas of the control planes" scripts/fetch-crds

envoys: check-machine ## fetch the Envoys the tests run (ENVOY_BIN=path uses yours instead)
	@scripts/step "fetch Envoy $(ENVOY_NEWEST) and $(ENVOY_OLDEST)" scripts/fetch-envoy $(ENVOY_NEWEST) $(ENVOY_OLDEST)

clean: ## remove what was built; fetched Envoys stay in .parts
	cargo clean
	rm -rf dist

help: ## print this
	@awk -f scripts/help.awk $(MAKEFILE_LIST)
