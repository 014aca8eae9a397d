package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Log;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.common.Settings;
import fr.assurly.reflex.common.Store;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells the service that there is a decision to fetch: a signed hint (headers of Standard Webhooks) without any data.
 *
 * <p>What is still to be told is on the disk, so a restart goes on. After the last try it is given up: the service polls
 * anyway. The address comes from the settings, never from a session.
 */
final class Callbacks {
    private static final long[] WAITS = {0, 1, 5, 30, 300, 3600};

    private final String address;
    private final Secret key;
    private final Store store;
    private final Log log;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(2)).followRedirects(HttpClient.Redirect.NEVER).build();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "reflex-callbacks");
        thread.setDaemon(true);
        return thread;
    });

    Callbacks(Settings settings, Secret key, Store store, Log log) {
        this.address = settings.text("callback.url");
        if (!address.isEmpty()) {
            var uri = URI.create(address);
            if (!("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) || uri.getHost() == null || uri.getUserInfo() != null) {
                throw new IllegalStateException("reflex.properties: callback.url must be http or https, without an account");
            }
        }
        this.key = key;
        this.store = store;
        this.log = log;
    }

    void start() {
        if (address.isEmpty()) return;
        for (var session : store.names()) later(session, 0);
    }

    void stop() {
        worker.shutdownNow();
    }

    /** Notes the hint on the disk; it leaves once {@link #go} is called, or at the next start. */
    void prepare(String session, long revision) {
        if (address.isEmpty()) return;
        store.put(session, Json.bytes(Json.object("webhook", "msg_" + UUID.randomUUID(), "session", session, "revision", revision, "attempt", 0)));
    }

    void go(String session) {
        if (!address.isEmpty()) later(session, WAITS[0]);
    }

    private void later(String session, long seconds) {
        worker.schedule(() -> attempt(session), seconds, TimeUnit.SECONDS);
    }

    private void attempt(String session) {
        try {
            var there = store.get(session);
            if (there.isEmpty()) return;
            var hint = Json.readObject(there.get());
            if (tell(hint)) {
                store.remove(session);
                log.line("info", "callback", Json.object("session", Log.session(session), "told", true));
                return;
            }
            var attempt = ((BigDecimal) hint.get("attempt")).intValueExact() + 1;
            log.line("warn", "callback", Json.object("session", Log.session(session), "told", false, "attempt", attempt));
            if (attempt >= WAITS.length) {
                store.remove(session);
                return;
            }
            hint.put("attempt", BigDecimal.valueOf(attempt));
            store.put(session, Json.bytes(hint));
            later(session, WAITS[attempt]);
        } catch (RuntimeException e) {
            log.failure("callback", e);
        }
    }

    private boolean tell(Map<String, Object> hint) {
        var body = Json.bytes(Json.object("type", "session.decided", "sessionId", hint.get("session"), "revision", hint.get("revision")));
        var id = (String) hint.get("webhook");
        var at = Long.toString(Instant.now().getEpochSecond());
        var request = HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(5)).header("Content-Type", "application/json")
            .header("webhook-id", id).header("webhook-timestamp", at).header("webhook-signature", sign(key, id, at, body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() / 100 == 2;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static String sign(Secret key, String id, String at, byte[] body) {
        var head = (id + "." + at + ".").getBytes(StandardCharsets.US_ASCII);
        var all = java.nio.ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
        return "v1," + Base64.getEncoder().encodeToString(Digest.hmac(key.current(), all));
    }
}
