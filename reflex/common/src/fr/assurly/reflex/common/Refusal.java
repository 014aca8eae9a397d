package fr.assurly.reflex.common;

import java.util.List;
import java.util.Map;

/**
 * Why a request is not served, as the caller is told.
 *
 * <p>The detail is a French sentence written in the source: it must never hold a value of the request.
 */
public final class Refusal extends RuntimeException {
    public final int status;
    public final String code;
    /** Each {@code {"id": question or field, "code": what is wrong with it}}. */
    public final List<Map<String, Object>> errors;
    /** Seconds after which to try again; 0 when that would not help. */
    public final int retryAfter;

    public Refusal(int status, String code, String detail, List<Map<String, Object>> errors, int retryAfter) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.errors = errors;
        this.retryAfter = retryAfter;
    }

    public Refusal(int status, String code, String detail) {
        this(status, code, detail, List.of(), 0);
    }

    public static Refusal notFound() {
        return new Refusal(404, "not_found", "Rien n’est à cette adresse.");
    }

    public static Refusal unauthorized() {
        return new Refusal(401, "unauthorized", "Le jeton ou la clé manque, ou n’est pas reconnu.");
    }

    public static Refusal gone() {
        return new Refusal(410, "gone", "Cette session est close.");
    }

    public static Refusal away() {
        return new Refusal(503, "unavailable", "Le moteur ne répond pas. Réessayez dans un instant.", List.of(), 5);
    }

    public static Refusal field(String field, String code) {
        return new Refusal(422, "invalid", "Le champ indiqué n’est pas celui attendu.",
            List.of(Json.object("id", field, "code", code)), 0);
    }
}
