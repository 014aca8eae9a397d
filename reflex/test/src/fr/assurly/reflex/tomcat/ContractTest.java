package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Digest;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Run;
import fr.assurly.reflex.test.Scenario;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The contract with the service and the applicant, through a real Tomcat: the cases of the knowledge base and the refusals. */
final class ContractTest implements Run.Many, AutoCloseable {
    private static final Path CONFIG = Sidecar.HOME.resolve("reflex-config");
    private final Listener listener = new Listener();
    private final Sidecar sidecar;
    private final List<Scenario> scenarios;
    private final List<String> secrets = new ArrayList<>();

    ContractTest() throws Exception {
        sidecar = new Sidecar("contract", CONFIG, "-Dreflex.callback.url=" + listener.address());
        sidecar.start(true);
        scenarios = Scenario.load(CONFIG.resolve("kb/tests/assurly-emprunteur@2026.1.0.json"), LocalDate.now(ZoneId.of("Europe/Paris")));
    }

    @Override
    public void close() throws Exception {
        sidecar.close();
        listener.close();
    }

    private Scenario scenario(String name) {
        return scenarios.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    private Person person() throws Exception {
        var person = new Person(sidecar, Person.facts());
        secrets.add(person.token);
        return person;
    }

    private Person decided(String name) throws Exception {
        var s = scenario(name);
        var person = new Person(sidecar, s.facts());
        person.answerAll(s);
        Check.same(200, person.submit().status(), "submit");
        return person;
    }

    @Override
    public List<Run.Case> cases() {
        var all = new ArrayList<Run.Case>();
        for (var s : scenarios) all.add(new Run.Case("[" + s.source() + "] " + s.name(), () -> decide(s)));
        openings(all);
        tokens(all);
        answers(all);
        // Last of all: what has been written meanwhile.
        all.add(new Run.Case("nothing secret was logged or stored in clear", this::nothingLeaked));
        return all;
    }

    private void decide(Scenario s) throws Exception {
        var person = new Person(sidecar, s.facts());
        var kept = Person.answers(person.answerAll(s));
        var reply = person.submit();
        Check.same(200, reply.status(), "submit: " + reply.text());
        var state = person.state();
        s.check(Person.flat(state), kept);
        Check.same(((Map<?, ?>) state.get("decision")).get("status"), state.get("state"), "state");
        Check.that(!reply.text().contains("medical") && !reply.text().contains("rules"), "the applicant is told the reasons");
        Check.same(((Map<?, ?>) state.get("decision")).get("decisionId"), ((Map<?, ?>) reply.json().get("decision")).get("decisionId"), "one decision");
    }

    // --- opening a session

    private void openings(List<Run.Case> all) {
        opening(all, "no age", 422, m -> facts(m).remove("age"));
        opening(all, "age as text", 422, m -> facts(m).put("age", "41"));
        opening(all, "age 17", 422, m -> facts(m).put("age", 17));
        opening(all, "age of 41.5", 422, m -> facts(m).put("age", new java.math.BigDecimal("41.5")));
        opening(all, "a fact more", 422, m -> facts(m).put("revenus", 1));
        opening(all, "capital of zero", 422, m -> facts(m).put("capital", 0));
        opening(all, "an unknown guarantee", 422, m -> m.put("guarantees", List.of("DC", "PE")));
        opening(all, "a guarantee twice", 422, m -> m.put("guarantees", List.of("DC", "DC")));
        opening(all, "no guarantee", 422, m -> m.put("guarantees", List.of()));
        opening(all, "an address to call", 422, m -> m.put("callbackUrl", "http://127.0.0.1:1/"));
        opening(all, "another product", 422, m -> m.put("product", "auto"));
        opening(all, "a reference with a path", 422, m -> m.put("externalRef", "../../x"));
        opening(all, "a name of the insured", 422, m -> m.put("insured", Json.object("ref", "1", "name", "Camille")));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> facts(Map<String, Object> body) {
        return (Map<String, Object>) body.get("facts");
    }

    private void opening(List<Run.Case> all, String name, int status, Consumer<Map<String, Object>> change) {
        all.add(new Run.Case("opening refuses " + name, () -> {
            var body = Person.opening(Person.facts());
            change.accept(body);
            var reply = sidecar.service("POST", "/sessions", body, "Idempotency-Key", UUID.randomUUID().toString());
            Check.same(status, reply.status(), "status, " + reply.text());
            Check.that(reply.header("Content-Type").startsWith("application/problem+json"), "shape");
        }));
    }

    @Test
    void anOpeningIsRepeatedUnderItsKey() throws Exception {
        var person = person();
        var again = sidecar.service("POST", "/sessions", person.opening, "Idempotency-Key", person.key);
        Check.same(201, again.status(), "replay");
        Check.same(person.id, again.json().get("sessionId"), "the same session");
        Check.that(sidecar.applicant((String) again.json().get("token"), "GET", "/questionnaire", null).status() == 200, "its token");
        var other = sidecar.service("POST", "/sessions", Person.opening(Person.facts()), "Idempotency-Key", person.key);
        Check.same(422, other.status(), "another body");
        Check.same("idempotency_mismatch", other.json().get("code"), "code");
        Check.same(400, sidecar.service("POST", "/sessions", person.opening).status(), "no key");
        Check.same(400, sidecar.service("POST", "/sessions", person.opening, "Idempotency-Key", "a b").status(), "bad key");
    }

    @Test
    void aKeyThatOpenedNothingServesAgain() throws Exception {
        var key = UUID.randomUUID().toString();
        var bad = Person.opening(Person.facts());
        facts(bad).put("age", 3);
        Check.same(422, sidecar.service("POST", "/sessions", bad, "Idempotency-Key", key).status(), "bad facts");
        Check.same(201, sidecar.service("POST", "/sessions", Person.opening(Person.facts()), "Idempotency-Key", key).status(), "better facts");
    }

    @Test
    void fortyOpeningsAtOnceUnderOneKeyAreOneSession() throws Exception {
        var body = Person.opening(Person.facts());
        var key = UUID.randomUUID().toString();
        var ids = new HashSet<Object>();
        for (var reply : atOnce(40, () -> sidecar.service("POST", "/sessions", body, "Idempotency-Key", key))) {
            Check.same(201, reply.status(), "status");
            ids.add(reply.json().get("sessionId"));
        }
        Check.same(1, ids.size(), "sessions");
    }

    @Test
    void bodiesThatAreNotOursAreRefused() throws Exception {
        var path = "/cep-core/integration/v1/sessions";
        var key = "Bearer " + sidecar.secret("integration");
        Check.same(415, sidecar.call("POST", path, "{}", "Authorization", key, "Idempotency-Key", "12345678", "Content-Type", "text/plain").status(), "text");
        Check.same(400, sidecar.call("POST", path, "{\"a\":1,\"a\":1}", "Authorization", key, "Idempotency-Key", "12345678").status(), "duplicate");
        Check.same(400, sidecar.call("POST", path, "[".repeat(100_000), "Authorization", key, "Idempotency-Key", "12345678").status(), "deep");
        Check.same(413, sidecar.call("POST", path, " ".repeat(256 * 1024) + "{}", "Authorization", key, "Idempotency-Key", "12345678").status(), "large");
        var chunked = "POST " + path + " HTTP/1.1\r\nHost: r\r\nAuthorization: " + key + "\r\nIdempotency-Key: 12345678\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n" + ("10000\r\n" + " ".repeat(65536) + "\r\n").repeat(5) + "0\r\n\r\n";
        Check.same(413, Raw.status(sidecar.port, chunked, 10), "large and chunked");
        Check.same(401, sidecar.call("POST", path, " ".repeat(300 * 1024), "Idempotency-Key", "12345678").status(), "no key comes first");
    }

    // --- tokens

    private void tokens(List<Run.Case> all) {
        var now = Instant.now().getEpochSecond();
        token(all, "none", p -> "");
        token(all, "alg none", p -> sign(p, "none", c -> {}, null));
        token(all, "signed by another key", p -> sign(p, "HS256", c -> {}, "0".repeat(64)));
        token(all, "signed by the integration key", p -> sign(p, "HS256", c -> {}, sidecar.secret("integration")));
        token(all, "expired", p -> sign(p, "HS256", c -> c.put("exp", now - 60), sidecar.secret("jwt")));
        token(all, "of another audience", p -> sign(p, "HS256", c -> c.put("aud", "ras"), sidecar.secret("jwt")));
        token(all, "without end", p -> sign(p, "HS256", c -> c.remove("end"), sidecar.secret("jwt")));
        token(all, "of a session that is not", p -> sign(p, "HS256", c -> c.put("sub", UUID.randomUUID().toString()), sidecar.secret("jwt")));
        token(all, "of a session that is a path", p -> sign(p, "HS256", c -> c.put("sub", "../keys/x"), sidecar.secret("jwt")));
        token(all, "the integration key", p -> sidecar.secret("integration"));
        token(all, "too long", p -> p.token + "a".repeat(5000));
        all.add(new Run.Case("a token made by hand with the right key passes, so the refusals above are for their reasons", () -> {
            var p = person();
            Check.same(200, sidecar.applicant(sign(p, "HS256", c -> {}, sidecar.secret("jwt")), "GET", "/questionnaire", null).status(), "status");
        }));
    }

    private interface Maker {
        String make(Person person) throws Exception;
    }

    private void token(List<Run.Case> all, String name, Maker maker) {
        all.add(new Run.Case("token refused: " + name, () -> {
            var token = maker.make(person());
            for (var call : List.of("GET /questionnaire", "PUT /answers", "POST /submit", "GET /documents/questionnaire")) {
                var reply = sidecar.applicant(token, call.split(" ")[0], call.split(" ")[1], call.startsWith("PUT") ? Json.object() : null);
                Check.same(401, reply.status(), call);
                Check.same("unauthorized", reply.json().get("code"), "code");
            }
        }));
    }

    private String sign(Person person, String alg, Consumer<Map<String, Object>> change, String key) throws Exception {
        var at = Instant.now().getEpochSecond();
        var claims = Json.object("iss", "cep-core", "aud", "cep-ui", "sub", person.id, "jti", UUID.randomUUID().toString(), "iat", at, "nbf", at,
            "exp", at + 1800, "end", at + 86400, "ref", "r", "kb", "k", "scp", List.of("questionnaire", "document"));
        change.accept(claims);
        var kid = Secret.kid(sidecar.secret("jwt").getBytes(StandardCharsets.US_ASCII));
        var signed = part(Json.object("alg", alg, "typ", "JWT", "kid", kid)) + "." + part(claims);
        return signed + "." + (key == null ? "" : Base64.getUrlEncoder().withoutPadding().encodeToString(
            Digest.hmac(key.getBytes(StandardCharsets.US_ASCII), signed.getBytes(StandardCharsets.US_ASCII))));
    }

    private static String part(Object value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(value));
    }

    @Test
    void aTokenReachesItsOwnSessionOnly() throws Exception {
        var a = person();
        var b = person();
        a.put(a.questionnaire(), "profession", "pompier");
        Check.that(Person.answers(b.questionnaire()).isEmpty(), "another session changed");
        for (var path : List.of("/sessions/" + a.id, "/health", "/sessions/" + a.id + "/documents")) {
            Check.same(401, sidecar.call("GET", "/cep-core/integration/v1" + path, null, "Authorization", "Bearer " + a.token).status(), path);
        }
    }

    @Test
    void aClosedSessionIsGoneForAGoodToken() throws Exception {
        var p = person();
        Check.same(204, sidecar.service("POST", "/sessions/" + p.id + "/cancel", null).status(), "cancel");
        Check.same(204, sidecar.service("POST", "/sessions/" + p.id + "/cancel", null).status(), "cancel again");
        Check.same(410, sidecar.applicant(p.token, "GET", "/questionnaire", null).status(), "questionnaire");
        Check.same(410, p.submit().status(), "submit");
        Check.same(410, sidecar.service("POST", "/sessions/" + p.id + "/tokens", null).status(), "a new token");
        Check.same(410, sidecar.service("POST", "/sessions", p.opening, "Idempotency-Key", p.key).status(), "replay of the opening");
        Check.same("CANCELLED", p.state().get("state"), "state");
    }

    @Test
    void aTokenIsRenewedForTheSameSession() throws Exception {
        var p = person();
        p.put(p.questionnaire(), "profession", "bureau");
        var reply = sidecar.service("POST", "/sessions/" + p.id + "/tokens", null);
        Check.same(201, reply.status(), "status");
        var view = sidecar.applicant((String) reply.json().get("token"), "GET", "/questionnaire", null).json();
        Check.same(1, view.get("revision"), "revision");
        Check.same(404, sidecar.service("POST", "/sessions/" + UUID.randomUUID() + "/tokens", null).status(), "unknown");
        Check.same(404, sidecar.service("POST", "/sessions/x/tokens", null).status(), "not an id");
    }

    // --- answers

    private void answers(List<Run.Case> all) {
        refused(all, "text for a boolean", "fumeur", "oui", 422, "answer_type");
        refused(all, "number for a boolean", "fumeur", 1, 422, "answer_type");
        refused(all, "text for a number", "taille", "180", 422, "answer_type");
        refused(all, "too tall", "taille", 500, 422, "answer_range");
        refused(all, "half a centimetre", "taille", new java.math.BigDecimal("180.5"), 422, "answer_type");
        refused(all, "unknown option", "profession", "astronaute", 422, "answer_option");
        refused(all, "options that exclude each other", "sports", List.of("aucun", "combat"), 422, "answer_option");
        refused(all, "an option twice", "sports", List.of("combat", "combat"), 422, "answer_option");
        refused(all, "no option", "sports", List.of(), 422, "answer_type");
        refused(all, "a hidden question", "hta_sys", 130, 422, "answer_hidden");
        refused(all, "a question that is not", "groupe_sanguin", "A", 422, "answer_unknown");
        refused(all, "a question that is a path", "../x", "A", 422, "answer_unknown");
        refused(all, "free text", "profession", "<script>", 422, "answer_type");
        refused(all, "an object", "profession", Json.object("a", 1), 422, "answer_type");
        refused(all, "« je ne sais pas » where it is not allowed", "taille", "NSP", 422, "answer_type");
    }

    private void refused(List<Run.Case> all, String name, String question, Object value, int status, String code) {
        all.add(new Run.Case("answer refused: " + name, () -> {
            var p = person();
            var reply = sidecar.applicant(p.token, "PUT", "/answers", Json.object("revision", 0, "answers", Json.object(question, value)));
            Check.same(status, reply.status(), "status, " + reply.text());
            Check.same(code, reply.json().get("code"), "code");
            Check.same(0, p.questionnaire().get("revision"), "revision");
        }));
    }

    @Test
    void aLateAnswerIsRefusedAndChangesNothing() throws Exception {
        var p = person();
        var view = p.questionnaire();
        p.put(view, "profession", "bureau");
        var late = sidecar.applicant(p.token, "PUT", "/answers", Json.object("revision", 0, "answers", Json.object("profession", "pompier")));
        Check.same(409, late.status(), "status");
        Check.same("stale_revision", late.json().get("code"), "code");
        Check.same("bureau", Person.answers(p.questionnaire()).get("profession"), "answer");
    }

    @Test
    void ofManyAnswersAtOnceOneIsTaken() throws Exception {
        var p = person();
        int taken = 0;
        for (var reply : atOnce(16, () -> sidecar.applicant(p.token, "PUT", "/answers",
            Json.object("revision", 0, "answers", Json.object("profession", "bureau"))))) {
            if (reply.status() == 200) taken++;
            else Check.same(409, reply.status(), "status");
        }
        Check.same(1, taken, "taken");
    }

    @Test
    void anAnswerIsTakenBackWithNull() throws Exception {
        var p = person();
        p.put(p.questionnaire(), "profession", "bureau");
        p.put(p.questionnaire(), "profession", null);
        Check.that(Person.answers(p.questionnaire()).isEmpty(), "kept");
    }

    @Test
    void submittingTooEarlyNamesWhatIsMissing() throws Exception {
        var p = person();
        var reply = p.submit();
        Check.same(422, reply.status(), "status");
        Check.same("incomplete", reply.json().get("code"), "code");
        Check.that(reply.text().contains("profession"), "missing questions");
    }

    @Test
    void submittingTwiceOrSixteenTimesAtOnceIsOneDecision() throws Exception {
        var s = scenario("diab2");
        var p = new Person(sidecar, s.facts());
        p.answerAll(s);
        var ids = new HashSet<Object>();
        for (var reply : atOnce(16, p::submit)) {
            Check.same(200, reply.status(), "status");
            ids.add(((Map<?, ?>) reply.json().get("decision")).get("decisionId"));
        }
        Check.same(1, ids.size(), "decisions");
        Check.same(409, sidecar.applicant(p.token, "PUT", "/answers", Json.object("revision", 99, "answers", Json.object("fumeur", true))).status(), "after");
    }

    // --- decision, review, documents, callback

    @Test
    void theCallbackIsASignedHintWithoutData() throws Exception {
        var p = decided("healthy");
        var heard = listener.about(p.id, 1, 10);
        Check.same(1, heard.size(), "callbacks");
        var h = heard.get(0);
        var body = Json.readObject(h.body());
        Check.same(java.util.Set.of("type", "sessionId", "revision"), body.keySet(), "members");
        Check.same(p.state().get("revision"), body.get("revision"), "revision");
        var signed = h.header("webhook-id") + "." + h.header("webhook-timestamp") + "." + new String(h.body(), StandardCharsets.UTF_8);
        Check.same("v1," + Base64.getEncoder().encodeToString(Digest.hmac(sidecar.secret("callback").getBytes(StandardCharsets.US_ASCII),
            signed.getBytes(StandardCharsets.UTF_8))), h.header("webhook-signature"), "signature");
        Check.that(Math.abs(Instant.now().getEpochSecond() - Long.parseLong(h.header("webhook-timestamp"))) < 60, "time");
    }

    @Test
    void aCallbackThatIsNotTakenComesAgainUnderTheSameId() throws Exception {
        listener.answer = 500;
        var p = decided("healthy");
        listener.about(p.id, 2, 10);
        listener.answer = 202;
        var heard = listener.about(p.id, 3, 15);
        Check.same(3, heard.size(), "tries");
        Check.same(1, heard.stream().map(h -> h.header("webhook-id")).distinct().count(), "ids");
    }

    @Test
    void theDoctorsDecisionSupersedesTheOldOne() throws Exception {
        var p = decided("diab1");
        var old = (String) ((Map<?, ?>) p.state().get("decision")).get("decisionId");
        var list = new ArrayList<Object>();
        for (var code : List.of("DC", "PTIA")) list.add(Json.object("code", code, "outcome", "LOADING", "loadingPct", 150));
        for (var code : List.of("ITT", "IPP", "IPT")) list.add(Json.object("code", code, "outcome", "DECLINE"));
        var body = Json.object("supersedes", old, "author", "medecin-7", "reason", "ETUDE", "guarantees", list);
        var reply = sidecar.service("POST", "/sessions/" + p.id + "/review", body);
        Check.same(201, reply.status(), "review: " + reply.text());
        Check.same(reply.json().get("decisionId"), sidecar.service("POST", "/sessions/" + p.id + "/review", body).json().get("decisionId"), "twice is once");
        var state = p.state();
        Check.same("DECIDED", state.get("state"), "state");
        Check.same(false, ((Map<?, ?>) state.get("decision")).get("automatic"), "automatic");
        Check.same(old, ((Map<?, ?>) state.get("decision")).get("supersedes"), "supersedes");
        body.put("reason", "AUTRE");
        Check.same(409, sidecar.service("POST", "/sessions/" + p.id + "/review", body).status(), "the decision that was studied is not in force any more");
        Check.same(2, listener.about(p.id, 2, 10).size(), "callbacks");
    }

    @Test
    void aReviewMustMakeSense() throws Exception {
        var open = person();
        Check.same(409, sidecar.service("POST", "/sessions/" + open.id + "/review", Json.object()).status(), "nothing is decided yet");
        // What a program accepted, a person may change; it must make sense all the same.
        var healthy = decided("healthy");
        Check.same(422, sidecar.service("POST", "/sessions/" + healthy.id + "/review", Json.object()).status(), "decided");
        var p = decided("diab1");
        var id = ((Map<?, ?>) p.state().get("decision")).get("decisionId");
        for (var bad : List.of(Json.object("outcome", "ACCEPT", "loadingPct", 50), Json.object("outcome", "LOADING"), Json.object("outcome", "MAYBE"),
            Json.object("outcome", "EXCLUSION", "exclusions", List.of("EX_TOUT")), Json.object("outcome", "POSTPONE"))) {
            var list = new ArrayList<Object>();
            for (var code : List.of("DC", "PTIA", "ITT", "IPP", "IPT")) {
                var g = Json.object("code", code);
                g.putAll(bad);
                list.add(g);
            }
            var reply = sidecar.service("POST", "/sessions/" + p.id + "/review", Json.object("supersedes", id, "author", "m", "reason", "R", "guarantees", list));
            Check.same(422, reply.status(), Json.write(bad));
        }
        Check.same(409, sidecar.service("POST", "/sessions/" + p.id + "/review", Json.object("supersedes", UUID.randomUUID().toString(), "author", "m",
            "reason", "R", "guarantees", List.of())).status(), "another decision");
    }

    @Test
    @SuppressWarnings("unchecked")
    void documentsAreWholeFrenchAndForTheirAudience() throws Exception {
        var p = decided("HIV inside the grid");
        var list = (List<Map<String, Object>>) sidecar.service("GET", "/sessions/" + p.id + "/documents", null).json().get("documents");
        Check.same(3, list.size(), "documents");
        for (var d : list) {
            var path = "/documents/" + d.get("id");
            var reply = sidecar.service("GET", "/sessions/" + p.id + path, null);
            Check.same(d.get("sha256"), Digest.sha256Hex(reply.bytes()), "hash");
            Check.same(d.get("bytes"), reply.bytes().length, "size");
            Check.same("application/pdf", reply.header("Content-Type"), "type");
            var file = sidecar.place.resolve(d.get("type") + ".pdf");
            Files.write(file, reply.bytes());
            Sidecar.run("qpdf", "--check", file.toString());
            var text = new String(new ProcessBuilder("pdftotext", "-enc", "UTF-8", file.toString(), "-").start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Check.that(text.contains("ILLUSTRATIF") && text.contains("é"), d.get("type") + ": words");
            var medical = d.get("type").equals("medical");
            Check.same(medical, text.contains("VIH_GRILLE"), d.get("type") + ": rules");
            if (d.get("type").equals("questionnaire")) Check.that(text.contains("Vivez-vous avec le VIH") && text.replace("\u00A0", " ").contains("620 /mm"), "answers");
            if (d.get("type").equals("decision")) {
                Check.that(!text.contains("CD4") && text.contains("Décès"), "the decision shows answers");
                Check.that(!text.contains("valable jusqu"), "an answer that is awaited has no validity");
            }
            Check.same(medical ? 404 : 200, sidecar.applicant(p.token, "GET", path, null).status(), "applicant, " + d.get("type"));
        }
        Check.same(404, sidecar.applicant(p.token, "GET", "/documents/nothing", null).status(), "unknown");
        Check.that(((List<?>) sidecar.service("GET", "/sessions/" + person().id + "/documents", null).json().get("documents")).isEmpty(), "before a decision");
    }

    @Test
    @SuppressWarnings("unchecked")
    void healthIsErasedAndTheDecisionStays() throws Exception {
        var p = decided("diab2");
        sidecar.service("GET", "/sessions/" + p.id + "/documents", null);
        Check.same(204, sidecar.service("DELETE", "/sessions/" + p.id + "/answers", null).status(), "erase");
        Check.same(204, sidecar.service("DELETE", "/sessions/" + p.id + "/answers", null).status(), "erase again");
        var state = p.state();
        var medical = (Map<String, Object>) ((Map<String, Object>) state.get("decision")).get("medical");
        Check.that(!medical.containsKey("rules") && medical.containsKey("answersSha256"), "reasons");
        Check.same("EXCLUSION", Person.flat(state).get("overall"), "decision");
        Check.same(410, sidecar.service("GET", "/sessions/" + p.id + "/documents/questionnaire", null).status(), "document");
        Check.same(410, sidecar.applicant(p.token, "GET", "/questionnaire", null).status(), "applicant");
    }

    private <T> List<T> atOnce(int n, Callable<T> call) throws Exception {
        var pool = Executors.newFixedThreadPool(n);
        try {
            var all = new ArrayList<T>();
            for (var f : pool.invokeAll(java.util.Collections.nCopies(n, call))) all.add(f.get());
            return all;
        } finally {
            pool.shutdownNow();
        }
    }

    private void nothingLeaked() throws Exception {
        for (var name : List.of("integration", "internal", "jwt", "callback", "data")) secrets.add(sidecar.secret(name));
        secrets.addAll(List.of("plongee_m", "hta_sys", "burnout", "diabete", "type2", "DIAB2_OK", "VIH_GRILLE", "cancer_", "answer_", "externalRef"));
        var places = List.of(sidecar.place.resolve("log"), sidecar.place.resolve("base/logs"), sidecar.place.resolve("data"));
        int read = 0;
        for (var place : places) {
            try (var files = Files.walk(place)) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                    read++;
                    for (var secret : secrets) Check.that(!text.contains(secret), file.getFileName() + " holds " + secret);
                }
            }
        }
        Check.that(read > 100, "files read: " + read);
    }
}
