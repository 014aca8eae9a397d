package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Scenario;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An applicant of a test: opens a session as the service does and answers what is asked, one question after the other. */
final class Person {
    final Sidecar sidecar;
    final String key = UUID.randomUUID().toString();
    final Map<String, Object> opening;
    final String id;
    final String token;
    int calls;

    Person(Sidecar sidecar, Map<String, Object> facts) throws Exception {
        this.sidecar = sidecar;
        this.opening = opening(facts);
        var reply = sidecar.service("POST", "/sessions", opening, "Idempotency-Key", key);
        Check.same(201, reply.status(), "creation: " + reply.text());
        this.id = (String) reply.json().get("sessionId");
        this.token = (String) reply.json().get("token");
    }

    static Map<String, Object> opening(Map<String, Object> facts) {
        return Json.object("externalRef", "ref-" + UUID.randomUUID(), "product", "assurly-emprunteur", "locale", "fr-FR",
            "insured", Json.object("ref", "1"), "facts", facts, "guarantees", List.of("DC", "PTIA", "ITT", "IPP", "IPT"));
    }

    static Map<String, Object> facts() {
        return Json.readObject("{\"age\":41,\"capital\":250000,\"duree_mois\":240,\"sante_autorisee\":true}".getBytes());
    }

    Map<String, Object> questionnaire() throws Exception {
        var reply = sidecar.applicant(token, "GET", "/questionnaire", null);
        Check.same(200, reply.status(), "questionnaire");
        return reply.json();
    }

    Map<String, Object> put(Map<String, Object> view, String question, Object answer) throws Exception {
        calls++;
        var reply = sidecar.applicant(token, "PUT", "/answers", Json.object("revision", view.get("revision"), "answers", Json.object(question, answer)));
        Check.same(200, reply.status(), "answer to " + question + ": " + reply.text());
        return reply.json();
    }

    Map<String, Object> answerAll(Scenario scenario) throws Exception {
        var view = questionnaire();
        while (!((List<?>) view.get("missing")).isEmpty()) {
            var question = (String) ((List<?>) view.get("missing")).get(0);
            view = put(view, question, scenario.answer(question));
        }
        return view;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> answers(Map<String, Object> view) {
        var kept = new HashMap<String, Object>();
        for (var q : (List<Map<String, Object>>) view.get("questions")) if (q.get("answer") != null) kept.put((String) q.get("id"), q.get("answer"));
        return kept;
    }

    Sidecar.Reply submit() throws Exception {
        return sidecar.applicant(token, "POST", "/submit", null);
    }

    Map<String, Object> state() throws Exception {
        var reply = sidecar.service("GET", "/sessions/" + id, null);
        Check.same(200, reply.status(), "state: " + reply.text());
        return reply.json();
    }

    /** The decision as the interpreter gives it: its one insured person flattened. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> flat(Map<String, Object> state) {
        var decision = (Map<String, Object>) state.get("decision");
        var insured = ((List<Map<String, Object>>) decision.get("insured")).get(0);
        var flat = new HashMap<>(decision);
        flat.put("overall", insured.get("overall"));
        flat.put("guarantees", insured.get("guarantees"));
        return flat;
    }
}
