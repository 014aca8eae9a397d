# The images of the service.
#
#   docker build -t assurly/app .                  one program, no shell used, nobody's privileges
#   docker build -t assurly/ops --target ops .     the same beside MySQL's own tools, for backups
#
# PROGRAM says where the program comes from: `build`, from these sources (the default), or `prebuilt`,
# from dist/<architecture>/assurly, where a pipeline has put what it built and tested.
ARG PROGRAM=build

FROM rust:1.95-bookworm AS build
WORKDIR /src
ENV CARGO_INCREMENTAL=0
ARG PROFILE=dist

# The dependencies, in a layer that changes with the manifest and the lock only: an empty program is
# built with them. Targets that are no part of the image are made empty too, because cargo wants all
# files that the manifest names.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs \
 && for file in $(sed -n 's/^path = "\(\(tests\|benches\)[^"]*\)"$/\1/p' Cargo.toml) \
                $(sed -n '/^\[\[bench\]\]/{n;s/^name = "\(.*\)"$/benches\/\1.rs/p}' Cargo.toml); do \
        mkdir -p "$(dirname "$file")" && echo 'fn main() {}' > "$file"; \
    done \
 && cargo build --locked --profile "$PROFILE" --lib --bin assurly \
 && rm -rf src

# The program. Its files are older than the empty one's, so they are touched.
COPY . .
RUN find src build.rs -type f -exec touch {} + \
 && cargo build --locked --profile "$PROFILE" --bin assurly \
 && install -D -m 0755 "target/$PROFILE/assurly" /out/assurly

FROM scratch AS prebuilt
ARG TARGETARCH
COPY dist/${TARGETARCH}/assurly /out/assurly

FROM ${PROGRAM} AS program

# Whom the program trusts when it calls others.
FROM debian:bookworm-slim AS certificates
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates

# Beside MySQL's own tools, so that backups are made by those of the very server. That image has an older
# C library than the program was built with: the program brings its own, and the tools keep theirs.
FROM debian:bookworm-slim AS library
RUN mkdir /library \
 && cp -L /lib*/ld-linux-*.so.* /library/ld.so \
 && for name in libc.so.6 libm.so.6; do cp -L /lib/*-linux-gnu/$name /library/; done \
 && cp -L $(find / -xdev -name libgcc_s.so.1 | head -n 1) /library/

FROM debian:bookworm-slim AS age
RUN apt-get update && apt-get install -y --no-install-recommends age

FROM mysql:9.7 AS ops
COPY --from=age /usr/bin/age /usr/bin/age-keygen /usr/local/bin/
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=library /library /opt/assurly
COPY --from=program /out/assurly /opt/assurly/assurly
# A new volume takes the owner that its folder has here.
RUN mkdir -p /var/lib/assurly/storage /var/lib/assurly/backups && chown -R 10001:10001 /var/lib/assurly
USER 10001:10001
ENTRYPOINT ["/opt/assurly/ld.so", "--library-path", "/opt/assurly", "/opt/assurly/assurly"]
CMD ["doctor"]

FROM debian:bookworm-slim AS app
COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=program /out/assurly /usr/local/bin/assurly
# Where documents are kept, unless a bucket is configured: a volume is mounted here.
RUN mkdir -p /var/lib/assurly/storage && chown -R 10001:10001 /var/lib/assurly
ENV ASSURLY__STORAGE__URL=file:/var/lib/assurly/storage \
    ASSURLY__SERVER__LISTEN=0.0.0.0:8080
# A number suffices: nothing else is written, so no home and no account are needed.
USER 10001:10001
WORKDIR /
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 CMD ["/usr/local/bin/assurly", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/assurly"]
CMD ["serve"]
