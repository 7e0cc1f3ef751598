# make demo   the main job on the sample, from nothing
# make test   everything that is tested
# make help   the rest

.PHONY: help demo test setup build unit conformance oracle fuzz foreign browser trends docs docs-write bench bench-peers format clean

help:
	@echo 'make demo         sets up, builds and attributes the sample month'
	@echo 'make test         sets up, builds and runs every test'
	@echo 'make build        the program alone: .build/release/apportion'
	@echo 'make unit         unit, golden and error tests'
	@echo 'make conformance  the conformance cases, where they lie beside the checkout'
	@echo 'make oracle       random worlds, compared with an independent twin (ROUNDS=, SEED=)'
	@echo 'make fuzz         damaged inputs (ROUNDS=, SEED=)'
	@echo 'make foreign      a bill that koku-nise makes (needs PyPI and Python 3.11)'
	@echo 'make browser      the report in Chromium (needs Debian or CHROMIUM=, and PyPI; PICTURES= keeps screenshots)'
	@echo 'make trends       what trends would have said in generated years, against docs/trends.md'
	@echo 'make bench        a run and its layers beside zlib alone (BENCH="--scale 1GB --rounds 5")'
	@echo 'make bench-peers  the same job in DuckDB, chdb and Polars (needs PyPI and Python 3.11; BENCH=)'
	@echo 'make docs         whether the documentation shows what the program prints'
	@echo 'make docs-write   makes docs/cli.md anew from the program'
	@echo 'make format       lays out the Swift sources by .swift-format'
	@echo 'make clean        removes what was built'

demo: setup
	@sh Tests/build.sh apportion
	@sh SampleData/demo.sh

test: setup
	@bash Tests/run.sh

setup:
	@sh Tests/setup.sh

build: setup
	@sh Tests/build.sh apportion

bench: setup
	@sh Tests/build.sh apportion apportion-inflate apportion-layers
	@python3 Benchmarks/bench.py $(BENCH)

bench-peers: setup
	@sh Tests/build.sh apportion apportion-inflate
	@python3 Benchmarks/peers.py $(BENCH)

unit conformance oracle fuzz foreign browser trends docs: setup
	@bash Tests/run.sh $@

docs-write: build
	@.build/release/apportion manual --markdown >.build/cli.md && mv .build/cli.md docs/cli.md

format:
	@swift format --in-place --recursive Sources Tests Benchmarks Package.swift

clean:
	@rm -rf .build runs
