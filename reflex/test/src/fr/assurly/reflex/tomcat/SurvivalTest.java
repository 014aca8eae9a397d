package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Scenario;
import fr.assurly.reflex.test.Test;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/** kill -9 in the middle loses nothing; a knowledge base that must not be used keeps the sidecar from serving. */
final class SurvivalTest {
    private static final Path CONFIG = Sidecar.HOME.resolve("reflex-config");

    private static Scenario scenario() throws Exception {
        return Scenario.load(CONFIG.resolve("kb/tests/assurly-emprunteur@2026.1.0.json"), LocalDate.now()).stream()
            .filter(s -> s.name().equals("hypertension 150/85")).findFirst().orElseThrow();
    }

    @Test
    void killedInTheMiddleNothingIsLost() throws Exception {
        try (var sidecar = new Sidecar("killed", CONFIG, "")) {
            sidecar.start(true);
            var person = new Person(sidecar, Person.facts());
            var s = scenario();
            var view = person.questionnaire();
            for (int i = 0; i < 14; i++) view = person.put(view, (String) ((List<?>) view.get("missing")).get(0), s.answer((String) ((List<?>) view.get("missing")).get(0)));
            sidecar.kill();
            sidecar.start(true);
            Check.same(view, person.questionnaire(), "the questionnaire, with the same token");
            var again = sidecar.service("POST", "/sessions", person.opening, "Idempotency-Key", person.key);
            Check.same(person.id, again.json().get("sessionId"), "the opening repeated");
            person.answerAll(s);
            var decision = person.submit().json();
            sidecar.kill();
            sidecar.start(true);
            Check.same(decision, person.submit().json(), "the decision");
            s.check(Person.flat(person.state()), Person.answers(person.questionnaire()));
        }
    }

    @Test
    void killedWhileAnswersComeNoneThatWasConfirmedIsLost() throws Exception {
        try (var sidecar = new Sidecar("killed-writing", CONFIG, "")) {
            sidecar.start(true);
            var person = new Person(sidecar, Person.facts());
            var confirmed = new int[1];
            var writer = new Thread(() -> {
                try {
                    var view = person.questionnaire();
                    while (true) {
                        view = person.put(view, "profession", confirmed[0] % 2 == 0 ? "bureau" : "commerce");
                        confirmed[0]++;
                    }
                } catch (Throwable e) {
                    // the connection broke: that is the point
                }
            });
            writer.start();
            Thread.sleep(700);
            sidecar.kill();
            writer.join(10_000);
            sidecar.start(true);
            int revision = Integer.parseInt(person.questionnaire().get("revision").toString());
            Check.that(confirmed[0] > 3, "answers confirmed: " + confirmed[0]);
            // The last one may have been kept without its confirmation having left.
            Check.that(revision == confirmed[0] || revision == confirmed[0] + 1, "confirmed " + confirmed[0] + ", kept " + revision);
        }
    }

    @Test
    void aCallbackThatWasDueIsMadeAfterTheRestart() throws Exception {
        try (var listener = new Listener(); var sidecar = new Sidecar("callback", CONFIG, "-Dreflex.callback.url=" + listener.address())) {
            sidecar.start(true);
            listener.answer = 500;
            var person = new Person(sidecar, Person.facts());
            person.answerAll(scenario());
            person.submit();
            listener.about(person.id, 1, 10);
            sidecar.kill();
            listener.answer = 202;
            int before = listener.about(person.id, 1, 1).size();
            sidecar.start(true);
            Check.that(listener.about(person.id, before + 1, 10).size() > before, "no callback after the restart");
        }
    }

    @Test
    void aBaseThatRefusesForHealthIsNotServed() throws Exception {
        var config = copy("bad-kb");
        var kb = config.resolve("kb/assurly-emprunteur@2026.1.0.json");
        Files.writeString(kb, Files.readString(kb).replace("[\"alcool\",true]},\"then\":[{\"outcome\":\"REFER\"}]", "[\"alcool\",true]},\"then\":[{\"outcome\":\"DECLINE\"}]"));
        try (var sidecar = new Sidecar("bad-kb", config, "")) {
            sidecar.start(false);
            Check.same(503, awaitHealth(sidecar), "health");
            var log = Files.readString(sidecar.place.resolve("log/reflex-ras.0.log"));
            Check.that(log.contains("ALCOOL"), "the log does not name the rule");
        }
    }

    @Test
    void anotherVersionServesNewCasesAndTheOldOneItsOwn() throws Exception {
        var config = copy("next-kb");
        var old = config.resolve("kb/assurly-emprunteur@2026.1.0.json");
        try (var sidecar = new Sidecar("next-kb", config, "")) {
            sidecar.start(true);
            var before = new Person(sidecar, Person.facts());
            var view = before.put(before.questionnaire(), "profession", "bureau");
            sidecar.close();
            Files.writeString(config.resolve("kb/assurly-emprunteur@2026.2.0.json"), Files.readString(old)
                .replace("\"version\":\"2026.1.0\"", "\"version\":\"2026.2.0\"").replace("Avez-vous de l’asthme", "Souffrez-vous d’asthme"));
            var settings = config.resolve("reflex.properties");
            Files.writeString(settings, Files.readString(settings).replace("@2026.1.0", "@2026.2.0"));
            sidecar.start(true);
            Check.same("assurly-emprunteur@2026.2.0", new Person(sidecar, Person.facts()).questionnaire().get("kb"), "a new case");
            Check.same(view, before.questionnaire(), "the case of before");
            sidecar.close();
            Files.delete(old);
            sidecar.start(false);
            Check.same(503, awaitHealth(sidecar), "health without the version that a case uses");
        }
    }

    @Test
    void anEngineThatHangsDripsLiesOrFloodsIsAway() throws Exception {
        var json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        for (var way : List.of("", json + "Content-Length: 1000\r\n\r\n{", json + "Content-Length: 6\r\n\r\n<html>", json + "Content-Length: 2\r\n\r\n[]",
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", json + "Content-Length: 99999999\r\n\r\n" + " ".repeat(12_000_000),
            "nonsense\r\n\r\n")) {
            try (var engine = new java.net.ServerSocket(0, 50, java.net.InetAddress.getByName("127.0.0.1"))) {
                var thread = new Thread(() -> answerAll(engine, way));
                thread.setDaemon(true);
                thread.start();
                try (var sidecar = new Sidecar("engine", CONFIG, "-Dreflex.internal.timeout.seconds=2 -Dreflex.internal.base=http://127.0.0.1:" + engine.getLocalPort())) {
                    sidecar.start(false);
                    Check.same(503, awaitHealth(sidecar), "health");
                    var begun = System.nanoTime();
                    var reply = sidecar.service("POST", "/sessions", Person.opening(Person.facts()), "Idempotency-Key", "12345678");
                    Check.same(503, reply.status(), "opening, engine says " + way.substring(0, Math.min(way.length(), 90)).strip());
                    Check.same("5", reply.header("Retry-After"), "Retry-After");
                    Check.that(System.nanoTime() - begun < 20_000_000_000L, "waited too long");
                }
            }
        }
    }

    private static void answerAll(java.net.ServerSocket engine, String way) {
        while (true) {
            try {
                var socket = engine.accept();
                if (way.isEmpty()) continue;
                new Thread(() -> {
                    try {
                        socket.getInputStream().read(new byte[65536]);
                        socket.getOutputStream().write(way.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                        socket.getOutputStream().flush();
                    } catch (java.io.IOException e) {
                        // the other side gave up, as it should
                    }
                }).start();
            } catch (java.io.IOException e) {
                return;
            }
        }
    }

    @Test
    void aMissingSecretKeepsCepFromServing() throws Exception {
        try (var sidecar = new Sidecar("no-secret", CONFIG, "")) {
            Files.writeString(sidecar.place.resolve("secrets/reflex_jwt_key"), "short");
            sidecar.start(false);
            Thread.sleep(1500);
            Check.same(404, sidecar.service("GET", "/health", null).status(), "health");
        }
    }

    private static int awaitHealth(Sidecar sidecar) throws Exception {
        int status = 0;
        for (int i = 0; i < 100 && status != 503; i++) {
            status = sidecar.service("GET", "/health", null).status();
            Thread.sleep(100);
        }
        return status;
    }

    private static Path copy(String name) throws Exception {
        var to = Path.of(System.getProperty("reflex.work")).resolve("config-" + name);
        Sidecar.run("rm", "-rf", to.toString());
        Sidecar.run("cp", "-R", CONFIG.toString(), to.toString());
        return to;
    }
}
