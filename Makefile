# mo_dashboard: extension, dashboard layer and client
#
#   1. Settings
#   2. The extension and the layer (PGXS: make, make install, make installcheck)
#   3. The client, modash
#   4. Two commands for a newcomer: make demo, make test
#   5. Longer suites and housekeeping
#
# `make help` lists the targets. The version stands in mo_dashboard.control only.

# ---------------------------------------------------------------- 1. Settings
PG_CONFIG ?= pg_config
MO_VERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" mo_dashboard.control)
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
HAVE_SERVER_HEADERS := $(wildcard $(shell $(PG_CONFIG) --includedir-server 2>/dev/null)/postgres.h)
# PG_FUNCTION_ARGS is a parameter that many functions do not use; the other two are for clang with pg_config's gcc flags.
WARNINGS = -Wall -Wextra -Wno-unused-parameter $(if $(findstring clang,$(CC)),-Wno-unknown-warning-option -Wno-ignored-optimization-argument) $(WERROR)

# ----------------------------------------------- 2. The extension and the layer
EXTENSION = mo_dashboard
MODULE_big = mo_dashboard
SOURCES := $(sort $(wildcard extension/src/*.c extension/src/stats/*.c))
# The server reads files of prescribing by the client's own reader: plain C, compiled for either.
READER := $(patsubst %,extension/client/%.c,codes columns csv csv_index csv_index_x86 dates decimal format_prescribing input pieces prescribing_layouts \
	rejects rows sha256 sha256_x86 take text thousands)
OBJS = $(SOURCES:.c=.o) $(READER:.c=.o)
SUBJECT_PARTS := $(sort $(wildcard extension/functions/*.sql))
LAYER_PARTS := $(sort $(wildcard extension/dashboard/[0-9]*/*.sql extension/dashboard/[0-9]*/*/*.sql))
LAYER_REPLACEABLE := $(filter-out %.table.sql,$(LAYER_PARTS))
LAYER_MIGRATIONS := $(sort $(wildcard extension/dashboard/migrations/*.sql))

DATA = $(wildcard extension/update/mo_dashboard--*.sql)
DATA_built = build/mo_dashboard--$(MO_VERSION).sql build/mo_dashboard_layer--$(MO_VERSION).sql \
	build/mo_dashboard_layer_update--$(MO_VERSION).sql
EXTRA_CLEAN = build/mo_dashboard*.sql build/modash build/client build/unit build/fuzz

PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server 2>/dev/null) -Iextension/src -Iextension/src/stats -DMO_VERSION='"$(MO_VERSION)"'
PG_CFLAGS = $(WARNINGS)
SHLIB_LINK = -lm -lz

# Subjects in the order of their declarations; the last one, dashboard, creates the layer that the other tests use.
SUBJECTS := $(shell ls extension/functions | sed -n 's/^[0-9]*_\(.*\)\.sql$$/\1/p' | grep -v '^header$$')
REGRESS = $(SUBJECTS) $(filter-out $(SUBJECTS),$(sort $(basename $(notdir $(wildcard sql/*.sql)))))
REGRESS_OPTS = --load-extension=mo_dashboard --encoding=UTF8

ifneq ($(HAVE_SERVER_HEADERS),)
override with_llvm = no
include $(PGXS)
$(READER:.c=.o): CFLAGS += -fvisibility=hidden
$(OBJS): $(wildcard extension/src/*.h extension/src/stats/*.h extension/client/*.h) mo_dashboard.control
else
all install installcheck:
	@echo "PostgreSQL's server headers are not installed for '$(PG_CONFIG)': run 'make deps' first." >&2; exit 1
endif

all: client

build/mo_dashboard--$(MO_VERSION).sql: $(SUBJECT_PARTS) mo_dashboard.control
	@mkdir -p build
	cat $(SUBJECT_PARTS) > $@

build/mo_dashboard_layer--$(MO_VERSION).sql: $(LAYER_PARTS) mo_dashboard.control
	@mkdir -p build
	cat $(LAYER_PARTS) > $@

# What update_dashboard() runs: migrations of tables, then everything that can be replaced.
build/mo_dashboard_layer_update--$(MO_VERSION).sql: $(LAYER_MIGRATIONS) $(LAYER_REPLACEABLE) mo_dashboard.control
	@mkdir -p build
	cat $(LAYER_MIGRATIONS) $(LAYER_REPLACEABLE) /dev/null > $@

# ---------------------------------------------------------- 3. The client, modash
client:
	$(MAKE) -C extension/client MO_VERSION=$(MO_VERSION) PG_CONFIG=$(PG_CONFIG) WARNINGS="$(WARNINGS)"


.PHONY: client help deps demo demo-stop test test-clients lint valgrind fuzz memory bench crash soak refresh-random kpi-random load-random published-random client-random measures-random access-random attacker-random fuzz-files sqlsmith matrix citus-check dist

# ------------------------------- 4. Two commands for a newcomer: make demo, make test
deps:
	@test/deps build demo test

demo:
	@test/deps build demo
	@$(MAKE) --no-print-directory all
	@test/demo start

demo-stop:
	@test/demo stop

# SUITES=... picks some of: lint regress unit twins tap isolation fuzz
test:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@test/run $(SUITES)

# Real clients: ODBC, JDBC, node, R, LibreOffice, and what Power BI sends. Installs them.
test-clients:
	@test/deps build demo test clients
	@$(MAKE) --no-print-directory all
	@test/with_server test/clients/run

# ------------------------------------------------ 5. Longer suites and housekeeping
lint:
	@test/run lint

# Regression tests of the extension with the server under valgrind; minutes.
valgrind:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@test/valgrind

# Ten million rows in one group of every aggregate, with work_mem of 64 kB; sessions that go on for long; a hundred readers beside a refresh of an ICB.
memory:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@test/with_server env MEMORY_ROWS=10000000 MEMORY_SECONDS=$(or $(MEMORY_SECONDS),5) perl -Itest/tap/lib test/tap/memory.t
	@MEMORY_READ_SECONDS=$(or $(MEMORY_READ_SECONDS),120) MEMORY_PRACTICES=40 MEMORY_MONTHS=36 perl -Itest/tap/lib test/tap/memory_readers.t

# Kills, cuts and full disks at CRASH_MOMENTS random moments; make test does a dozen.
crash:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@CRASH_MOMENTS=$(or $(CRASH_MOMENTS),200) CRASH_SEED=$(or $(CRASH_SEED),2) perl -Itest/tap/lib test/tap/crash.t

# Loaders, refreshers and readers at once for SOAK_SECONDS.
soak:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@test/with_server env SOAK_SECONDS=$(or $(SOAK_SECONDS),600) perl -Itest/tap/lib test/tap/soak.t

# RANDOM_STEPS turns of random edits or files, or RANDOM_WORLDS small worlds, beside what a reference says of them.
refresh-random: turns = RANDOM_STEPS=$(or $(RANDOM_STEPS),400)
kpi-random: turns = RANDOM_WORLDS=$(or $(RANDOM_WORLDS),400)
load-random: turns = RANDOM_STEPS=$(or $(RANDOM_STEPS),600)
load-random: also = test/tap/load_reference_random.t
published-random: turns = RANDOM_WORLDS=$(or $(RANDOM_WORLDS),60)
client-random: turns = RANDOM_WORLDS=$(or $(RANDOM_WORLDS),40)
measures-random: turns = RANDOM_WORLDS=$(or $(RANDOM_WORLDS),40)
access-random: turns = RANDOM_WORLDS=$(or $(RANDOM_WORLDS),40)
attacker-random: turns = RANDOM_WORLDS=$(or $(RANDOM_WORLDS),60)
refresh-random kpi-random load-random published-random client-random measures-random access-random attacker-random: %-random:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@test/with_server env $(turns) RANDOM_SEED=$(or $(RANDOM_SEED),2) prove -v -Itest/tap/lib test/tap/$*_random.t $(also)

# FUZZ_FILES mutated files of every format through modash.
fuzz-files:
	@test/deps build demo test
	@$(MAKE) --no-print-directory all
	@test/with_server env FUZZ_FILES=$(or $(FUZZ_FILES),100000) FUZZ_SEED=$(or $(FUZZ_SEED),2) perl -Itest/tap/lib test/tap/file_fuzz.t

# FUZZ_SECONDS a target.
fuzz:
	@test/deps test
	@test/fuzz/run long $(or $(FUZZ_SECONDS),600)

# Every line of the performance table, ours beside plain SQL and DuckDB. AREAS="median rolling", SCALE=small|icb|england.
bench:
	@test/deps build demo
	@$(MAKE) --no-print-directory all
	@test/bench/run $(AREAS)

# Every supported server version that Debian has, each in a private root; as root, half an hour. MATRIX="trixie", SUITES="regress".
matrix:
	@SUITES="$(SUITES)" test/matrix/run $(MATRIX)

# Random queries against schema, functions and views; a crash or an internal error fails.
sqlsmith:
	@test/deps build demo test sqlsmith
	@$(MAKE) --no-print-directory all
	@test/with_server test/fuzz/sqlsmith $(or $(SQLSMITH_QUERIES),100000)

# Every figure of a Citus cluster beside that of one server loaded with the same files; see the script.
citus-check:
	@test/citus_check $(CITUS_CHECK_ARGS)

clean: stop-everything
.PHONY: stop-everything
stop-everything:
	@test/cluster stop-all
	@rm -rf build

dist:
	@mkdir -p build
	git archive --format=tar --prefix=mo_dashboard-$(MO_VERSION)/ HEAD | tar -x -C build
	sed -i 's/@VERSION@/$(MO_VERSION)/' build/mo_dashboard-$(MO_VERSION)/META.json
	cd build && zip -qr mo_dashboard-$(MO_VERSION).zip mo_dashboard-$(MO_VERSION)

help:
	@echo "mo_dashboard $(MO_VERSION)"
	@sed -n 's/^## \([a-z-]*\): /  make \1\t/p' Makefile | expand -t 24

## demo: build, make a private server under build/, load a synthetic ICB, print one PCN's page
## demo-stop: stop the private server of the demo
## test: everything quick: style checks, pg_regress, unit, SQL twins, TAP, isolation, short fuzzing (SUITES=... picks)
## test-clients: read the published views with ODBC, JDBC, node, R, LibreOffice and what Power BI sends
## deps: install what is missing from the distribution's packages
## all: build the extension, the layer and modash
## install: install extension and layer into the server that pg_config names
## installcheck: run pg_regress against the server that the PG* variables name (after install)
## lint: the checks of the repository itself (names, twins, lengths, rules, what texts name)
## valgrind: the extension's regression tests with the server under valgrind (minutes)
## fuzz: libFuzzer over the arithmetic, every deserialiser and the reading ahead of files, FUZZ_SECONDS (600) a target
## crash: kill client, backend and server, cut the line, fill disk and memory at 200 random moments (ten minutes)
## soak: eight loaders, two refreshers and twenty readers at once for ten minutes (SOAK_SECONDS)
## refresh-random: 400 turns of random files and edits; after each, what is stored beside a refresh from nothing (RANDOM_STEPS, RANDOM_SEED; half an hour)
## fuzz-files: 100,000 mutated files of every format through modash (FUZZ_FILES; ten minutes)
## kpi-random: 400 small random worlds; every KPI beside a reference that counts patient by patient (RANDOM_WORLDS, RANDOM_SEED; half an hour)
## load-random: 600 turns of random files, each beside a model of what it leaves in the tables (RANDOM_STEPS, RANDOM_SEED; a quarter of an hour)
## published-random: 60 worlds of random figures; every column of the published views, the return, page and workbook beside a plain reference (RANDOM_WORLDS, RANDOM_SEED; ten minutes)
## client-random: 40 random worlds with awkward names and figures; every cell and chart of the workbook and every figure of the pages beside the views (RANDOM_WORLDS, RANDOM_SEED; a quarter of an hour)
## measures-random: 40 random worlds that prescribe; measures, deciles, savings and prices per unit beside a plain count of their rows (RANDOM_WORLDS, RANDOM_SEED; four minutes)
## access-random: 40 random worlds whose logins have any organisations and rights; each reads, opens and writes what it was granted (RANDOM_WORLDS, RANDOM_SEED; twenty minutes)
## attacker-random: 60 worlds of random small figures, restated; nothing hidden follows from what is published, nor from a world that differs in it (RANDOM_WORLDS, RANDOM_SEED; ten minutes)
## sqlsmith: 100,000 random queries against the layer (SQLSMITH_QUERIES)
## memory: ten million rows in a group, 10,000 calls of everything in a session, a hundred readers beside a refresh (20 minutes)
## bench: the performance table (AREAS=..., SCALE=small|icb|england)
## matrix: build and test on Debian 12, 13 and testing (PostgreSQL 15, 17, 18) in private roots; as root
## citus-check: compare every figure of a Citus cluster (PGHOST=...) with one server's
## dist: the zip for PGXN, with the version filled in
## clean: stop every private server and remove everything built

.PHONY: print-regress print-subjects
print-subjects:
	@echo $(filter-out dashboard,$(SUBJECTS))
print-regress:
	@echo $(REGRESS)
