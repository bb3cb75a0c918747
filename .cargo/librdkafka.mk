# librdkafka's build optimizes whatever the profile says, and writes all that a debugger may want. Unoptimized it compiles in a
# sixth of the time, and where line tables are enough for Rust they are enough for C. Cargo tells build scripts both variables.
ifeq ($(CARGO_MANIFEST_LINKS),rdkafka)
CFLAGS += -g1
CXXFLAGS += -g1
ifeq ($(OPT_LEVEL),0)
CFLAGS += -O0
CXXFLAGS += -O0
endif
endif
