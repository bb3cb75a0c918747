# The service image: built with TLS, SASL and OIDC, run without a shell and without root.
# Every image and tool is pinned to a version; raise them together with `rust-version` in Cargo.toml.

FROM rust:1.95.0-bookworm AS chef
# The full image carries what the C libraries need (gcc, make, perl for OpenSSL, libcurl to be found), so nothing is installed with apt.
RUN cargo install cargo-chef --version 0.1.78 --locked
WORKDIR /build

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json --bin demarche

FROM chef AS builder
COPY --from=planner /build/recipe.json recipe.json
# Dependencies (librdkafka, OpenSSL and libcurl above all) are a layer of their own: it stays while only our sources change.
RUN cargo chef cook --release --locked --features oidc --bin demarche --recipe-path recipe.json
COPY . .
# The history does not come along, so whoever builds says the commit: --build-arg DEMARCHE_COMMIT=$(git rev-parse --short=12 HEAD).
ARG DEMARCHE_COMMIT
# librdkafka leaves out what its build does not find, without a word; then the check fails, and the image with it.
RUN cargo build --release --locked --features oidc --bin demarche && \
    DEMARCHE__KAFKA__OPTIONS__SECURITY_PROTOCOL=SASL_SSL \
    DEMARCHE__KAFKA__OPTIONS__SASL_OAUTHBEARER_METHOD=oidc \
    target/release/demarche check-config
# The symbols of a backtrace are half of the file. They stay beside it, and a debugger finds them by the link.
RUN objcopy --only-keep-debug target/release/demarche target/release/demarche.debug && \
    objcopy --strip-debug --add-gnu-debuglink=target/release/demarche.debug target/release/demarche

# docker build --target symbols --output symbols .
FROM scratch AS symbols
COPY --from=builder /build/target/release/demarche.debug /demarche.debug

# glibc, libgcc and CA certificates, of the same Debian as the builder; no shell, no package manager; runs as uid 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG DEMARCHE_COMMIT
LABEL org.opencontainers.image.title="demarche" \
      org.opencontainers.image.description="News articles in, attributed statements and diplomatic events out, exactly once" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$DEMARCHE_COMMIT" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="gcr.io/distroless/cc-debian12:nonroot"
COPY --from=builder /build/target/release/demarche /usr/local/bin/demarche
COPY --from=builder /build/LICENSE /usr/share/doc/demarche/LICENSE
COPY --from=builder /build/models/english.md /usr/share/doc/demarche/english.md
ENTRYPOINT ["/usr/local/bin/demarche"]
CMD ["run"]
