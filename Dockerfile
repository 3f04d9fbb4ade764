# syntax=docker/dockerfile:1
# The gateway, its page and its tools in one image; docs/deployment.md says how to run it. deploy/check.sh takes the same steps
# without a container engine.

FROM maven:3.9.12-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp package -DskipTests -Dspotless.check.skip=true
# SQLite's own library: unpacking it at each start would need a folder for temporary files that may run code.
WORKDIR /src/native
RUN jar xf ../server/target/lib/sqlite-jdbc-*.jar org/sqlite/native/Linux \
    && case "$(uname -m)" in aarch64 | arm64) kind=aarch64 ;; *) kind=x86_64 ;; esac \
    && mv "org/sqlite/native/Linux/$kind/libsqlitejdbc.so" . \
    && rm -r org

FROM eclipse-temurin:25.0.3_9-jre-noble
LABEL org.opencontainers.image.title="Magic Proxy" \
      org.opencontainers.image.description="An LLM gateway that thinks" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --gid 10001 magic-proxy \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin magic-proxy

# The program: root's, and nobody writes to it.
WORKDIR /opt/magic-proxy
COPY --from=build /src/native native/
COPY --from=build /src/server/target/lib server/target/lib/
COPY --from=build /src/server/target/magic-proxy.jar /src/server/target/sbom.json server/target/
COPY sandbox-ui/dist sandbox-ui/dist/
COPY patterns patterns/
COPY tools tools/
COPY system_prompts system_prompts/
COPY manifests manifests/
COPY env env/
COPY deploy/docker deploy/docker/
COPY magic-proxy proxy_config.yaml LICENSE ./
# The JVM's caches and the unpacked Python library fit this JVM and these jars only, so they are made here.
RUN ./magic-proxy prepare && deploy/docker/folders.sh

USER 10001:10001
# MAGIC_PROXY_<OPTION> is every option of the command line. Beyond the loopback the gateway starts only with a key:
# MAGIC_PROXY_MASTER_KEY.
ENV MAGIC_PROXY_CONFIG=/etc/magic-proxy/proxy_config.yaml \
    MAGIC_PROXY_DATA_DIR=/var/lib/magic-proxy/data \
    MAGIC_PROXY_KEYS_DIR=/var/lib/magic-proxy/keys \
    MAGIC_PROXY_HOST=0.0.0.0 \
    MAGIC_PROXY_PORT=8001 \
    MAGIC_PROXY_JAVA_OPTIONS=-XX:MaxRAMPercentage=40
EXPOSE 8001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --start-interval=1s --retries=3 \
    CMD ["/opt/magic-proxy/deploy/docker/healthcheck"]
ENTRYPOINT ["/opt/magic-proxy/magic-proxy"]
CMD ["start"]
