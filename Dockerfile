# The image of the service: one program, no shell used, nobody's privileges.
# First form: the deployment work exercises and completes it.

FROM rust:1.95-bookworm AS build
WORKDIR /src
ENV CARGO_INCREMENTAL=0

# The dependencies, in a layer that changes with the manifest and the lock only:
# an empty program is built with them.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs \
 && cargo build --locked --profile dist --lib --bin assurly \
 && rm -rf src

# The program. Its files are older than the empty one's, so they are touched.
COPY . .
RUN find src -type f -exec touch {} + \
 && cargo build --locked --profile dist --bin assurly \
 && install -D -m 0755 target/dist/assurly /out/assurly \
 && mkdir -p /out/storage

FROM debian:bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/assurly /usr/local/bin/assurly
# Where documents are kept, unless a bucket is configured: mount a volume here.
COPY --from=build --chown=10001:10001 /out/storage /var/lib/assurly/storage
ENV ASSURLY__STORAGE__URL=file:/var/lib/assurly/storage
# A number suffices: nothing else is written, so no home and no account are needed.
USER 10001:10001
WORKDIR /
ENV ASSURLY__SERVER__LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 CMD ["/usr/local/bin/assurly", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/assurly"]
CMD ["serve"]
