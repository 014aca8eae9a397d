package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Peer;
import fr.assurly.reflex.common.Refusal;
import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.common.Settings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The one way to RAS. All that goes there is rebuilt here from what was checked, and all that comes back is copied name by
 * name: neither side can smuggle a member past CEP.
 */
final class Ras {
    private static final Pattern QUESTION = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,40}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_-]{1,41}");
    private static final int MOST_ANSWERS = 200;
    private static final int MOST_OPTIONS = 40;

    private final Peer peer;
    private final Secret key;

    Ras(Settings settings, Secret key) {
        this.peer = new Peer(settings, "/ras-web/api/v1");
        this.key = key;
    }

    Map<String, Object> health(String request) {
        return expect(call("GET", "/health", request, null));
    }

    Map<String, Object> create(String request, String id, Map<String, Object> facts, List<String> guarantees) {
        return expect(call("POST", "/cases", request, Json.object("id", id, "facts", facts, "guarantees", guarantees)));
    }

    Map<String, Object> read(String request, String id) {
        return expect(call("GET", "/cases/" + id, request, null));
    }

    Map<String, Object> answer(String request, String id, long revision, Map<String, Object> answers) {
        return expect(call("PUT", "/cases/" + id + "/answers", request, Json.object("revision", revision, "answers", filter(answers))));
    }

    Map<String, Object> assess(String request, String id) {
        return expect(call("POST", "/cases/" + id + "/assessment", request, null));
    }

    Map<String, Object> disclosure(String request, String id) {
        return expect(call("GET", "/cases/" + id + "/disclosure", request, null));
    }

    void erase(String request, String id) {
        var reply = call("DELETE", "/cases/" + id + "/answers", request, null);
        if (reply.status() != 204) expect(reply);
    }

    private Peer.Reply call(String method, String path, String request, Object body) {
        return peer.call(method, path, request, body == null ? null : Json.bytes(body),
            "X-Reflex-Internal", new String(key.current(), java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** Refusals that are the caller's own are passed on, with the codes and ids that RAS is known to give; no other text. */
    private static Map<String, Object> expect(Peer.Reply reply) {
        if (reply.ok()) return reply.json();
        if (!List.of(404, 409, 410, 413, 422).contains(reply.status()) || !reply.type().startsWith("application/problem+json")) throw Refusal.away();
        var problem = reply.json();
        var errors = new ArrayList<Map<String, Object>>();
        if (problem.get("errors") instanceof List<?> list) {
            for (var item : list) {
                if (item instanceof Map<?, ?> m) errors.add(Json.object("id", m.get("id"), "code", m.get("code")));
            }
        }
        throw new Refusal(reply.status(), (String) problem.get("code"), (String) problem.get("title"), errors, 0);
    }

    /** Answers of the right kind of shape; whether they answer is for RAS to say. */
    static Map<String, Object> filter(Map<String, Object> answers) {
        if (answers.size() > MOST_ANSWERS) throw new Refusal(422, "too_many", "Trop de réponses.");
        var clean = Json.object();
        answers.forEach((id, value) -> {
            if (!QUESTION.matcher(id).matches()) throw new Refusal(422, "answer_unknown", "Cette question n’existe pas.");
            var good = value == null || value instanceof Boolean || value instanceof BigDecimal
                || value instanceof String s && VALUE.matcher(s).matches()
                || value instanceof List<?> list && list.size() <= MOST_OPTIONS
                    && list.stream().allMatch(o -> o instanceof String s && VALUE.matcher(s).matches());
            if (!good) {
                throw new Refusal(422, "answer_type", "Une réponse n’est pas celle attendue.", List.of(Json.object("id", id, "code", "answer_type")), 0);
            }
            clean.put(id, value);
        });
        return clean;
    }
}
