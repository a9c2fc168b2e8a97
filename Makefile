# Thin on purpose: each target is a line that can be typed by hand.
.PHONY: help demo test bench coverage lint docs format

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: ## Install what is missing, build, and show what PrisML does; DATABASE=postgres shows it on PostgreSQL
	@scripts/bootstrap build $(if $(DATABASE),test)
	@scripts/demo $(DATABASE)

test: ## Install what is missing, build, and run every test
	@scripts/bootstrap
	@swift test --disable-xctest --no-parallel

bench: ## Measure, in a release build, and write Benchmarks/RESULTS.md; SUITE=schema measures one suite, SAVE=1 writes that
	@scripts/bootstrap build
	@swift run --package-path Benchmarks --configuration release benchmarks $(SUITE) $(if $(SUITE),$(if $(SAVE),--save),--save)

coverage: ## Run every test with coverage, and print the share of lines that they reach; TARGET=Prisma lists its files
	@scripts/bootstrap
	@scripts/coverage $(TARGET)

lint: ## Check the layout of the Swift files and the syntax of the scripts
	@scripts/lint

docs: ## Check the Markdown pages and compile their Swift snippets; write the reference of the libraries
	@scripts/bootstrap build
	@scripts/check-docs
	@scripts/reference

format: ## Lay the Swift files out
	@scripts/lint --fix
