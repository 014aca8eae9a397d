package fr.assurly.reflex.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One JSON object a line, on the standard output and in a file of {@code REFLEX_LOG_ROOTDIR} that turns at 10 MB (five
 * are kept).
 *
 * <p>What may be written is what {@link #line} is given: a time, a route's template, numbers, codes, a hashed session.
 * Never a body, a query, a token, an answer, the name of a rule or the message of an exception.
 */
public final class Log {
    private static final int TURN = 10_000_000;
    private static final int KEPT = 5;

    private final String module;
    private final FileHandler file;

    public Log(String module) {
        this.module = module;
        var place = Path.of(Settings.place("REFLEX_LOG_ROOTDIR", "/usr/local/tomcat/logs"));
        FileHandler opened = null;
        try {
            Files.createDirectories(place);
            opened = new FileHandler(place.resolve("reflex-" + module + ".%g.log").toString(), TURN, KEPT, true);
            opened.setEncoding("UTF-8");
            opened.setFormatter(new Formatter() {
                @Override
                public String format(LogRecord record) {
                    return record.getMessage() + "\n";
                }
            });
        } catch (IOException e) {
            System.out.println("{\"level\":\"warn\",\"module\":\"" + module + "\",\"event\":\"no_log_file\"}");
        }
        this.file = opened;
    }

    public void line(String level, String event, Map<String, Object> facts) {
        var all = Json.object("time", Instant.now().toString(), "level", level, "module", module, "event", event);
        all.putAll(facts);
        var text = Json.write(all);
        System.out.println(text);
        if (file != null) {
            var record = new LogRecord(java.util.logging.Level.INFO, text);
            file.publish(record);
        }
    }

    /** A failure of ours: its kind and where, not its message. */
    public void failure(String requestId, Throwable e) {
        var stack = e.getStackTrace();
        var place = stack.length == 0 ? "" : stack[0].getClassName() + ":" + stack[0].getLineNumber();
        for (var frame : stack) {
            if (frame.getClassName().startsWith("fr.assurly.")) {
                place = frame.getClassName() + ":" + frame.getLineNumber();
                break;
            }
        }
        line("error", "failure", Json.object("request", requestId, "kind", e.getClass().getName(), "at", place));
    }

    /** How a session is called in a log: it cannot be turned back into a request. */
    public static String session(String id) {
        return id == null ? null : Digest.sha256Hex("log:" + id).substring(0, 12);
    }

    public void close() {
        if (file != null) file.close();
    }
}
