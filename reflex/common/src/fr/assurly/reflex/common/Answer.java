package fr.assurly.reflex.common;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a handler answers: a status, headers and all of the body. */
public final class Answer {
    public final int status;
    public final String type;
    public final byte[] body;
    public final Map<String, String> headers = new LinkedHashMap<>();

    public Answer(int status, String type, byte[] body) {
        this.status = status;
        this.type = type;
        this.body = body;
    }

    public static Answer json(int status, Object value) {
        return new Answer(status, "application/json", Json.bytes(value));
    }

    public static Answer empty(int status) {
        return new Answer(status, null, new byte[0]);
    }

    public static Answer problem(Refusal refusal, String requestId) {
        var body = Json.object("type", "urn:reflex:" + refusal.code, "title", refusal.getMessage(),
            "status", refusal.status, "code", refusal.code, "requestId", requestId);
        if (!refusal.errors.isEmpty()) body.put("errors", refusal.errors);
        var answer = new Answer(refusal.status, "application/problem+json", Json.bytes(body));
        if (refusal.retryAfter > 0) answer.with("Retry-After", Integer.toString(refusal.retryAfter));
        if (refusal.status == 401) answer.with("WWW-Authenticate", "Bearer");
        return answer;
    }

    public Answer with(String name, String value) {
        headers.put(name, value);
        return this;
    }
}
