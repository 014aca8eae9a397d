package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Json;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real Tomcat with the WARs, on ports of its own; stopped, or killed, by whoever started it. */
final class Sidecar implements AutoCloseable {
    static final Path HOME = Path.of(System.getProperty("reflex.home"));
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(Duration.ofSeconds(2)).build();

    record Reply(int status, byte[] bytes, HttpResponse<byte[]> raw) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Map<String, Object> json() {
            return Json.readObject(bytes);
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    final Path place;
    final int port;
    final int internal;
    private final Path config;
    private final String options;
    private Process process;
    long startedMillis;

    Sidecar(String name, Path config, String options) throws Exception {
        this.place = Path.of(System.getProperty("reflex.work")).resolve("run-" + name);
        this.port = free();
        this.internal = free();
        this.config = config;
        this.options = options;
        if (Files.exists(place)) run("rm", "-rf", place.toString());
        Files.createDirectories(place);
        run("bash", HOME.resolve("lay.sh").toString(), place.toString(), System.getProperty("reflex.wars"));
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) throw new IllegalStateException(command[0] + " failed");
    }

    /** Starts and waits for {@code ready}: the health check, or only an open port. */
    void start(boolean healthy) throws Exception {
        var begun = System.nanoTime();
        var builder = new ProcessBuilder("bash", System.getProperty("reflex.catalina") + "/bin/catalina.sh", "run");
        var env = builder.environment();
        env.put("CATALINA_HOME", System.getProperty("reflex.catalina"));
        env.put("CATALINA_BASE", place.resolve("base").toString());
        env.put("JAVA_HOME", System.getProperty("java.home"));
        env.put("REFLEX_CONFIG_ROOTDIR", config.toString());
        env.put("REFLEX_LOG_ROOTDIR", place.resolve("log").toString());
        env.put("REFLEX_DATA_ROOTDIR", place.resolve("data").toString());
        env.put("REFLEX_SECRETS_DIR", place.resolve("secrets").toString());
        env.put("CATALINA_OPTS", "-Xms32M -Xmx128M -XX:+UseSerialGC " + System.getProperty("reflex.jvm", "-XX:TieredStopAtLevel=1")
            + " -Dfile.encoding=UTF-8 -Dreflex.address=127.0.0.1 -Dreflex.port=" + port
            + " -Dreflex.internal.port=" + internal + " -Dreflex.internal.base=http://127.0.0.1:" + internal + " " + options);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(place.resolve("log/tomcat.out").toFile()));
        process = builder.start();
        for (int i = 0; i < 600; i++) {
            try {
                var status = call("GET", "/cep-core/integration/v1/health", null, "Authorization", "Bearer " + secret("integration")).status();
                if (!healthy || status == 200) {
                    startedMillis = (System.nanoTime() - begun) / 1_000_000;
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
            if (!process.isAlive()) throw new IllegalStateException("Tomcat ended: " + Files.readString(place.resolve("log/tomcat.out")));
            Thread.sleep(50);
        }
        throw new IllegalStateException("Tomcat is not ready: " + Files.readString(place.resolve("log/tomcat.out")));
    }

    /** As a power cut would. */
    void kill() throws Exception {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() throws Exception {
        if (process == null) return;
        process.destroy();
        if (!process.waitFor(15, TimeUnit.SECONDS)) kill();
    }

    long pid() {
        return process.pid();
    }

    String secret(String name) throws IOException {
        return Files.readString(place.resolve("secrets/reflex_" + name + "_key")).strip();
    }

    Reply call(String method, String path, String body, String... headers) throws IOException, InterruptedException {
        return at(port, method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static Reply at(int port, String method, String path, byte[] body, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(30))
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        var typed = false;
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
            typed |= headers[i].equals("Content-Type");
        }
        if (body != null && !typed) request.header("Content-Type", "application/json");
        var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Reply(response.statusCode(), response.body(), response);
    }

    /** With the integration key, as the service calls. */
    Reply service(String method, String path, Object body, String... more) throws Exception {
        var headers = new String[more.length + 2];
        headers[0] = "Authorization";
        headers[1] = "Bearer " + secret("integration");
        System.arraycopy(more, 0, headers, 2, more.length);
        return call(method, "/cep-core/integration/v1" + path, body == null ? null : Json.write(body), headers);
    }

    Reply applicant(String token, String method, String path, Object body) throws Exception {
        return call(method, "/cep-core/api/v1" + path, body == null ? null : Json.write(body), "Authorization", "Bearer " + token);
    }
}
