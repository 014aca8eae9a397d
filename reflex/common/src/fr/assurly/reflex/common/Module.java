package fr.assurly.reflex.common;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What all modules have in common: the path as it was sent, routes by whole segments, one shape of refusal, one line of
 * log for each request.
 *
 * <p>It must never serve a path that it would have to interpret: {@code ;}, {@code ..}, {@code //} and {@code %} are
 * refused as they stand, because whoever stands in front of us may have read them otherwise.
 */
public abstract class Module extends HttpServlet {
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_@-][A-Za-z0-9._@-]*)+/?");
    private static final Pattern TRACE = Pattern.compile("00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern REQUEST = Pattern.compile("[A-Za-z0-9._-]{8,64}");

    /** Serves one route. */
    @FunctionalInterface
    public interface Handler {
        Answer answer(Call call) throws Exception;
    }

    private record Route(String method, String template, List<String> segments, Handler handler) {}

    private final List<Route> routes = new ArrayList<>();
    private final String name;
    protected Log log;

    protected Module(String name) {
        this.name = name;
    }

    /** Reads settings and secrets and names the routes; what it throws keeps the module from starting. */
    protected abstract void start() throws Exception;

    protected void route(String method, String template, Handler handler) {
        routes.add(new Route(method, template, List.of(template.substring(1).split("/", -1)), handler));
    }

    @Override
    public final void init() throws ServletException {
        log = new Log(name);
        try {
            start();
        } catch (Exception e) {
            // Messages of our own checks hold no data of persons: they say what to correct.
            log.line("error", "not_started", Json.object("why", String.valueOf(e.getMessage())));
            log.close();
            throw new ServletException(e.getMessage());
        }
        log.line("info", "started", Json.object());
    }

    @Override
    public void destroy() {
        log.line("info", "stopped", Json.object());
        log.close();
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var started = System.nanoTime();
        var given = request.getHeader("X-Request-Id");
        var id = given != null && REQUEST.matcher(given).matches() ? given : UUID.randomUUID().toString();
        var template = "-";
        Call call = null;
        Answer answer;
        try {
            var uri = request.getRequestURI();
            if (!PATH.matcher(uri).matches() || !uri.startsWith(request.getContextPath() + "/")) {
                throw new Refusal(400, "path", "Cette adresse n’est pas écrite comme il faut.");
            }
            var segments = List.of(uri.substring(request.getContextPath().length() + 1).split("/", -1));
            var parts = new ArrayList<String>();
            Route found = null;
            var known = false;
            for (var route : routes) {
                parts.clear();
                if (!matches(route.segments, segments, parts)) continue;
                known = true;
                template = route.template;
                // HEAD is GET without its body, which Tomcat leaves out.
                var method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
                if (route.method.equals(method)) {
                    found = route;
                    break;
                }
            }
            if (found == null) {
                throw known ? new Refusal(405, "method", "Cette adresse ne prend pas cette méthode.") : Refusal.notFound();
            }
            call = new Call(request, List.copyOf(parts), id);
            answer = found.handler.answer(call);
        } catch (Refusal refusal) {
            answer = refuse(refusal, id);
        } catch (Exception | StackOverflowError e) {
            log.failure(id, e);
            answer = refuse(new Refusal(500, "internal", "Une panne de notre côté. Vos réponses sont enregistrées."), id);
        }
        var sent = send(request, response, answer, id);
        var trace = TRACE.matcher(String.valueOf(request.getHeader("traceparent")));
        log.line("info", "access", Json.object("request", id, "trace", trace.matches() ? trace.group(1) : null, "method", method(request), "route", template,
            "status", answer.status, "sent", sent, "ms", (System.nanoTime() - started) / 1_000_000, "bytes", answer.body.length,
            "session", call == null ? null : Log.session(call.session)));
    }

    /** How a refusal is told; the pages tell it otherwise. */
    protected Answer refuse(Refusal refusal, String requestId) {
        return Answer.problem(refusal, requestId);
    }

    /** Whether it may be kept by a browser: health never may. */
    protected boolean keeps(Answer answer) {
        return false;
    }

    private boolean send(HttpServletRequest request, HttpServletResponse response, Answer answer, String id) {
        try {
            response.setStatus(answer.status);
            response.setHeader("X-Request-Id", id);
            response.setHeader("X-Content-Type-Options", "nosniff");
            if (!keeps(answer)) response.setHeader("Cache-Control", "no-store");
            answer.headers.forEach(response::setHeader);
            // What was refused before it was read is not read now.
            if (answer.status == 413 || answer.status == 408) response.setHeader("Connection", "close");
            if (answer.type != null) response.setContentType(answer.type);
            response.setContentLength(answer.body.length);
            response.getOutputStream().write(answer.body);
            response.flushBuffer();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean matches(List<String> template, List<String> segments, List<String> parts) {
        if (template.size() != segments.size()) return false;
        for (int i = 0; i < template.size(); i++) {
            if (template.get(i).startsWith("{")) {
                if (segments.get(i).isEmpty()) return false;
                parts.add(segments.get(i));
            } else if (!template.get(i).equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static String method(HttpServletRequest request) {
        var method = request.getMethod();
        return List.of("GET", "HEAD", "POST", "PUT", "DELETE").contains(method) ? method : "other";
    }
}
