package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Fields;
import fr.assurly.reflex.common.Json;
import fr.assurly.reflex.common.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The decision as the applicant and the insurer's sales may read it: outcome, supplement, wording of exclusions, documents
 * asked for. It must never hold the name of a rule nor an answer.
 */
final class Words {
    private final Map<String, Object> exclusions;
    private final Map<String, Object> evidence;
    private final Map<String, Object> guarantees;

    Words(Settings settings) {
        try {
            var f = new Fields(Json.readObject(Files.readAllBytes(settings.directory.resolve("i18n/fr.json"))), "");
            exclusions = f.map("exclusions", 500);
            evidence = f.map("evidence", 500);
            guarantees = f.map("guarantees", 20);
        } catch (IOException e) {
            throw new IllegalStateException("i18n/fr.json cannot be read");
        }
    }

    boolean knowsExclusion(String code) {
        return exclusions.containsKey(code);
    }

    boolean knowsEvidence(String code) {
        return evidence.containsKey(code);
    }

    Object guarantee(String code) {
        return guarantees.getOrDefault(code, code);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> commercial(Map<String, Object> decision) {
        var list = new ArrayList<Object>();
        for (var item : (List<Map<String, Object>>) decision.get("guarantees")) {
            list.add(Json.object("code", item.get("code"), "label", guarantee((String) item.get("code")), "outcome", item.get("outcome"),
                "loadingPct", item.get("loadingPct"), "perMille", item.get("perMille"),
                "exclusions", said(item.get("exclusions"), exclusions), "evidence", said(item.get("evidence"), evidence),
                "postponeMonths", item.get("postponeMonths")));
        }
        return Json.object("decisionId", decision.get("decisionId"), "status", decision.get("status"), "overall", decision.get("overall"),
            "automatic", decision.get("automatic"), "decidedAt", decision.get("decidedAt"), "validUntil", decision.get("validUntil"),
            "guarantees", list);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> said(Object codes, Map<String, Object> words) {
        return ((List<String>) codes).stream().map(c -> (Object) Json.object("code", c, "wording", words.getOrDefault(c, c))).toList();
    }
}
