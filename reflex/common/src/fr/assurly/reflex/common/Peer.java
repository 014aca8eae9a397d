package fr.assurly.reflex.common;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of one module to another, over the connector that only this machine reaches.
 *
 * <p>Addresses come from the settings; a redirect is never followed, an answer is read up to a limit, and a call that
 * writes is never repeated here: who sent it does that, knowing its revision.
 */
public final class Peer {
    private static final int MOST = 10 * 1024 * 1024;
    private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");

    /** An answer: its status and body, whatever the status. */
    public record Reply(int status, String type, byte[] body) {
        public boolean ok() {
            return status / 100 == 2;
        }

        /** What is not JSON does not come from a module of ours: it is as good as away. */
        public Map<String, Object> json() {
            try {
                return Json.readObject(body);
            } catch (Json.Malformed e) {
                throw Refusal.away();
            }
        }
    }

    static {
        // Below the connector's 60 s, so that no call meets a connection that is being closed.
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) System.setProperty("jdk.httpclient.keepalive.timeout", "30");
    }

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(1)).followRedirects(HttpClient.Redirect.NEVER).build();

    private final String base;
    private final Duration patience;

    public Peer(Settings settings, String path) {
        var address = URI.create(settings.text("internal.base"));
        if (!"http".equals(address.getScheme()) || !HOSTS.contains(address.getHost()) || !address.getPath().isEmpty()) {
            throw new IllegalStateException("reflex.properties: internal.base must be http on this machine, without a path");
        }
        this.base = address + path;
        this.patience = Duration.ofSeconds(settings.number("internal.timeout.seconds", 1, 60));
    }

    public Reply call(String method, String path, String requestId, byte[] body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(patience)
            .header("X-Request-Id", requestId)
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body != null) request.header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        var received = new ByteArrayOutputStream();
        var exchange = CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> {
            if (received.size() + bytes.length > MOST) throw new IllegalStateException("too large");
            received.writeBytes(bytes);
        })));
        try {
            // For all of it: an answer that comes drop by drop is given up as well.
            var response = exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(response.statusCode(), response.headers().firstValue("Content-Type").orElse(""), received.toByteArray());
        } catch (ExecutionException | TimeoutException e) {
            exchange.cancel(true);
            throw Refusal.away();
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw Refusal.away();
        }
    }
}
