# The service image: built with TLS and SASL, run without a shell and without root.
# Every image and tool is pinned to a version; raise them together with `rust-version` in Cargo.toml.

FROM rust:1.95.0-bookworm AS chef
# The full image carries what the C libraries need (gcc, make, perl for OpenSSL), so nothing is installed with apt.
RUN cargo install cargo-chef --version 0.1.78 --locked
WORKDIR /build

FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json --bin demarche

FROM chef AS builder
COPY --from=planner /build/recipe.json recipe.json
# Dependencies (librdkafka and OpenSSL above all) are a layer of their own: it stays while only our sources change.
RUN cargo chef cook --release --locked --features tls --bin demarche --recipe-path recipe.json
COPY . .
RUN cargo build --release --locked --features tls --bin demarche

# glibc, libgcc and CA certificates, of the same Debian as the builder; no shell, no package manager; runs as uid 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=builder /build/target/release/demarche /usr/local/bin/demarche
COPY --from=builder /build/LICENSE /usr/share/doc/demarche/LICENSE
ENTRYPOINT ["/usr/local/bin/demarche"]
CMD ["run"]
