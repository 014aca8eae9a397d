package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Test;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/** What must not pass: RAS and DCS from outside, paths that mean two things, requests that hold a server. */
final class BordersTest implements Run.Many, AutoCloseable {
    private final Sidecar sidecar;

    BordersTest() throws Exception {
        sidecar = new Sidecar("borders", Sidecar.HOME.resolve("reflex-config"), "");
        sidecar.start(true);
    }

    @Override
    public void close() throws Exception {
        sidecar.close();
    }

    @Override
    public List<Run.Case> cases() throws Exception {
        var all = new ArrayList<Run.Case>();
        // With the right internal key: only the place and the path are wrong.
        var key = "X-Reflex-Internal: " + sidecar.secret("internal");
        for (var path : List.of("/ras-web/api/v1/health", "/dcs/api/v1/health", "/continue/..;/ras-web/api/v1/health", "/continue/..;x=1/dcs/api/v1/health",
            "/continue/../ras-web/api/v1/health", "/continue/%2e%2e/ras-web/api/v1/health", "/continue/%2e%2e;/ras-web/api/v1/health",
            "//ras-web/api/v1/health", "/./ras-web/api/v1/health", "/ras-web;a=b/api/v1/health", "/%72as-web/api/v1/health",
            "/continue/..%2fras-web/api/v1/health", "/continue/..%5cras-web/api/v1/health", "/continue/..\\ras-web/api/v1/health",
            "/cep-core/api/v1/..;/..;/..;/ras-web/api/v1/health", "/ras-web//api/v1/health", "/ras-web/api/v1/health/", "/ras-web/api/v1/health;x",
            "/RAS-WEB/api/v1/health", "/continue/%252e%252e/ras-web/api/v1/health", "http://127.0.0.1/ras-web/api/v1/health")) {
            all.add(new Run.Case("not from outside: " + path, () -> {
                var status = Raw.status(sidecar.port, Raw.get(path, key, "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1"), 5);
                Check.that(status == 403 || status == 400 || status == 404, "status " + status);
            }));
        }
        for (var path : List.of("/continue/..;/ras-web/api/v1/health", "/ras-web;a=b/api/v1/health", "//ras-web/api/v1/health", "/ras-web/api/v1/%68ealth",
            "/ras-web/x/../api/v1/health")) {
            all.add(new Run.Case("not even from inside: " + path, () ->
                Check.same(400, Raw.status(sidecar.internal, Raw.get(path, key), 5), "status")));
        }
        for (var path : List.of("/cep-core/api/v1/..;/..;/integration/v1/health", "/cep-core/integration/v1/health;x", "/cep-core//integration/v1/health",
            "/cep-core/api/v1/%2e%2e/%2e%2e/integration/v1/health", "/cep-core/integration/v1/%68ealth")) {
            var bearer = "Authorization: Bearer " + sidecar.secret("integration");
            all.add(new Run.Case("one spelling of a path: " + path, () -> Check.same(400, Raw.status(sidecar.port, Raw.get(path, bearer), 5), "status")));
        }
        for (var path : List.of("/", "/index.html", "/manager/html", "/docs/", "/cep-core/", "/cep-core/WEB-INF/web.xml", "/continue/WEB-INF/look/site.css",
            "/continue/META-INF/", "/cep-core/integration/v1", "/cep-core/api/v1/")) {
            all.add(new Run.Case("nothing at " + path, () -> {
                var status = Raw.status(sidecar.port, Raw.get(path), 5);
                Check.that(status == 404 || status == 400, "status " + status);
            }));
        }
        return all;
    }

    @Test
    void fromInsideTheKeyDecides() throws Exception {
        for (var module : List.of("ras-web", "dcs")) {
            var path = "/" + module + "/api/v1/health";
            Check.same(200, Sidecar.at(sidecar.internal, "GET", path, null, "X-Reflex-Internal", sidecar.secret("internal")).status(), module);
            Check.same(401, Sidecar.at(sidecar.internal, "GET", path, null).status(), module + " without a key");
            Check.same(401, Sidecar.at(sidecar.internal, "GET", path, null, "X-Reflex-Internal", sidecar.secret("integration")).status(), module + ", another key");
        }
    }

    @Test
    void theIntegrationInterfaceAsksForItsKey() throws Exception {
        for (var header : List.of("", "Bearer x", "Bearer ", "Basic " + sidecar.secret("integration"), "Bearer " + sidecar.secret("internal"))) {
            var reply = sidecar.call("GET", "/cep-core/integration/v1/health", null, "Authorization", header.isEmpty() ? "x" : header);
            Check.same(401, reply.status(), "status");
        }
        var twice = Raw.get("/cep-core/integration/v1/health", "Authorization: Bearer " + sidecar.secret("integration"), "Authorization: Bearer x");
        Check.same(401, Raw.status(sidecar.port, twice, 5), "two headers");
    }

    @Test
    void answersSayNothingOfTheServerAndAreNotKept() throws Exception {
        var reply = sidecar.call("GET", "/cep-core/api/v1/questionnaire", null);
        Check.same("", reply.header("Server"), "Server");
        Check.same("", reply.header("Set-Cookie"), "Set-Cookie");
        Check.same("no-store", reply.header("Cache-Control"), "Cache-Control");
        Check.same("nosniff", reply.header("X-Content-Type-Options"), "nosniff");
        Check.that(!sidecar.call("GET", "/nothing", null).text().contains("Tomcat"), "Tomcat's name on an error page");
        Check.same(405, sidecar.call("DELETE", "/cep-core/api/v1/questionnaire", null).status(), "method");
        for (var method : List.of("TRACE", "CONNECT", "BREW")) {
            var status = Raw.status(sidecar.port, method + " /cep-core/api/v1/questionnaire HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n", 5);
            Check.that(status == 405 || status == 400 || status == 501, method + " " + status);
        }
    }

    @Test
    void oneRequestIsOneRequest() throws Exception {
        var both = "POST /cep-core/api/v1/submit HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\nGET /cep-core/api/v1/questionnaire HTTP/1.1\r\nHost: r\r\n\r\n";
        var answer = Raw.answer(sidecar.port, both, 7);
        Check.that(answer != null && answer.split("HTTP/1.1 ", -1).length == 2, "answers to a length and chunks");
        Check.same(400, Raw.status(sidecar.port, "GET / HTTP/1.1\r\nHost: r\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 5), "two lengths");
        Check.same(400, Raw.status(sidecar.port, "GET /continue/ HTTP/1.1\r\n\r\n", 5), "no host");
        var large = Raw.status(sidecar.port, Raw.get("/continue/", "X-A: " + "a".repeat(40_000)), 5);
        Check.that(large == 400 || large == 431, "large header " + large);
    }

    @Test
    void slowClientsAreClosedAndHoldNobody() throws Exception {
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 100; i++) {
                var socket = new Socket("127.0.0.1", sidecar.port);
                socket.getOutputStream().write("GET /continue/ HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
                open.add(socket);
            }
            var begun = System.nanoTime();
            Check.same(200, sidecar.service("GET", "/health", null).status(), "others are served");
            Check.that(System.nanoTime() - begun < 8_000_000_000L, "and before the slow ones are closed");
            var first = open.get(0);
            first.setSoTimeout(12_000);
            // The answer, if there is one, then the end of the connection.
            while (first.getInputStream().read() >= 0) continue;
        } finally {
            for (var socket : open) socket.close();
        }
    }

    @Test
    void aBodyDropByDropIsGivenUp() throws Exception {
        try (var socket = new Socket("127.0.0.1", sidecar.port)) {
            socket.setSoTimeout(1);
            socket.getOutputStream().write(("POST /cep-core/integration/v1/sessions HTTP/1.1\r\nHost: r\r\nAuthorization: Bearer " + sidecar.secret("integration")
                + "\r\nIdempotency-Key: 12345678\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            var begun = System.nanoTime();
            var answered = false;
            while (!answered && System.nanoTime() - begun < 20_000_000_000L) {
                Thread.sleep(500);
                try {
                    socket.getOutputStream().write(' ');
                    answered = socket.getInputStream().read() >= 0 || true;
                } catch (java.net.SocketTimeoutException e) {
                    // still waiting
                }
            }
            var seconds = (System.nanoTime() - begun) / 1_000_000_000L;
            Check.that(answered && seconds <= 18, "held for " + seconds + " s");
        }
    }

    @Test
    void moduleNeverWaitsForModule() throws Exception {
        // Three modules deep, more at once than the outer connector has threads.
        var person = new Person(sidecar, Person.facts());
        var pool = Executors.newFixedThreadPool(120);
        try {
            var all = pool.invokeAll(java.util.Collections.nCopies(240, () ->
                sidecar.call("GET", "/continue/question/1", null, "Authorization", "Bearer " + person.token).status()));
            // If modules waited for each other's threads nobody would be served; a busy machine turns some away.
            int served = 0;
            for (var f : all) {
                int status = (Integer) f.get();
                Check.that(status == 200 || status == 503, "status " + status);
                if (status == 200) served++;
            }
            Check.that(served > 120, served + " of 240 were served");
            Check.same(200, sidecar.call("GET", "/continue/question/1", null, "Authorization", "Bearer " + person.token).status(), "afterwards");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void whatRasIsSentIsWhatCepChecked() throws Exception {
        var person = new Person(sidecar, Person.facts());
        var body = Json.object("revision", 0, "answers", Json.object("profession", "bureau"), "decision", Json.object("status", "DECIDED"));
        Check.same(422, sidecar.applicant(person.token, "PUT", "/answers", body).status(), "one member more");
        Check.same(422, sidecar.applicant(person.token, "PUT", "/answers", Json.object("revision", "0", "answers", Json.object())).status(), "revision as text");
    }
}
