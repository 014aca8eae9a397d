package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What CEP keeps of one session. The answers and the facts are with RAS; here are the state, the decision and the hashes
 * of the documents.
 */
final class Session {
    private final Map<String, Object> kept;

    private Session(Map<String, Object> kept) {
        this.kept = kept;
    }

    static Session fresh(String id, String reference, String insured, String base, String asOf, List<String> guarantees, Instant now, Instant end) {
        return new Session(Json.object("id", id, "reference", reference, "insured", insured, "kb", base, "asOf", asOf,
            "guarantees", guarantees, "created", now.toString(), "end", end.toString(), "state", "OPEN", "decision", null,
            "review", null, "documents", Json.object(), "erased", false));
    }

    static Session read(byte[] bytes) {
        return new Session(Json.readObject(bytes));
    }

    byte[] bytes() {
        return Json.bytes(kept);
    }

    String id() {
        return (String) kept.get("id");
    }

    String reference() {
        return (String) kept.get("reference");
    }

    String insured() {
        return (String) kept.get("insured");
    }

    String base() {
        return (String) kept.get("kb");
    }

    Instant end() {
        return Instant.parse((String) kept.get("end"));
    }

    @SuppressWarnings("unchecked")
    List<String> guarantees() {
        return (List<String>) kept.get("guarantees");
    }

    /** OPEN, DECIDED, REFERRED, CANCELLED. */
    String state() {
        return (String) kept.get("state");
    }

    boolean isOpen() {
        return state().equals("OPEN");
    }

    boolean isClosed(Instant now) {
        return state().equals("CANCELLED") || !now.isBefore(end());
    }

    void cancel() {
        kept.put("state", "CANCELLED");
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> decision() {
        return (Map<String, Object>) kept.get("decision");
    }

    void decide(Map<String, Object> decision) {
        kept.put("decision", decision);
        kept.put("state", decision.get("status"));
    }

    String review() {
        return (String) kept.get("review");
    }

    void reviewed(String digest) {
        kept.put("review", digest);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> documents() {
        return (Map<String, Object>) kept.get("documents");
    }

    boolean erased() {
        return Boolean.TRUE.equals(kept.get("erased"));
    }

    /** The reasons go, the decision and what proves the answers stay. */
    @SuppressWarnings("unchecked")
    void erase() {
        kept.put("erased", true);
        if (decision() != null) ((Map<String, Object>) decision().get("medical")).remove("rules");
    }
}
