package fr.assurly.reflex.tomcat;

import fr.assurly.reflex.common.Json;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Debian's Chromium, driven by chromedriver over plain HTTP; just what these tests need. */
final class Chromium implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final String base;
    private final String session;

    Chromium(Path work) throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        driver = new ProcessBuilder("chromedriver", "--port=" + port).redirectErrorStream(true)
            .redirectOutput(work.resolve("chromedriver.log").toFile()).start();
        base = "http://127.0.0.1:" + port;
        for (int i = 0; ; i++) {
            try {
                call("GET", "/status", null);
                break;
            } catch (java.io.IOException e) {
                if (i > 100) throw e;
                Thread.sleep(100);
            }
        }
        var arguments = List.of("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage");
        var options = Json.object("binary", "/usr/bin/chromium", "args", arguments);
        var reply = (Map<?, ?>) call("POST", "/session", Json.object("capabilities", Json.object("alwaysMatch",
            Json.object("goog:chromeOptions", options))));
        session = "/session/" + reply.get("sessionId");
    }

    private Object call(String method, String path, Object body) throws java.io.IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path)).header("Content-Type", "application/json")
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body))).build();
        var text = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        Object value;
        try {
            value = Json.readObject(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).get("value");
        } catch (Json.Malformed e) {
            throw new IllegalStateException("chromedriver: " + text);
        }
        if (value instanceof Map<?, ?> map && map.get("error") != null) throw new IllegalStateException(map.get("error") + ": " + map.get("message"));
        return value;
    }

    void open(String address) throws Exception {
        call("POST", session + "/url", Json.object("url", address));
    }

    String address() throws Exception {
        return (String) call("GET", session + "/url", null);
    }

    String title() throws Exception {
        return (String) call("GET", session + "/title", null);
    }

    Object run(String script, Object... arguments) throws Exception {
        return call("POST", session + "/execute/sync", Json.object("script", script, "args", List.of(arguments)));
    }

    Object later(String script) throws Exception {
        return call("POST", session + "/execute/async", Json.object("script", script, "args", List.of()));
    }

    List<String> all(String css) throws Exception {
        var found = (List<?>) call("POST", session + "/elements", Json.object("using", "css selector", "value", css));
        return found.stream().map(e -> (String) ((Map<?, ?>) e).values().iterator().next()).toList();
    }

    void click(String css) throws Exception {
        call("POST", session + "/element/" + all(css).get(0) + "/click", Json.object());
    }

    /** Clicks what leads to another page, and waits until that page is there. */
    void follow(String css) throws Exception {
        var old = all("html").get(0);
        click(css);
        arrive(old);
    }

    /**
     * Waits until the page of that element is gone and the next one is whole. Other errors than its being stale say
     * only that the browser is on its way: the old page may still be there.
     */
    private void arrive(String old) throws Exception {
        for (int i = 0; i < 400; i++) {
            try {
                call("GET", session + "/element/" + old + "/name", null);
            } catch (IllegalStateException e) {
                if (e.getMessage().startsWith("stale element reference") && isWhole()) return;
            }
            Thread.sleep(25);
        }
        throw new IllegalStateException("no other page came");
    }

    /** The footer stands last in every page. */
    private boolean isWhole() throws Exception {
        try {
            return !all("footer").isEmpty();
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Keys after which there is another page. */
    void keysTo(String keys) throws Exception {
        var old = all("html").get(0);
        keys(keys);
        arrive(old);
    }

    void type(String css, String text) throws Exception {
        call("POST", session + "/element/" + all(css).get(0) + "/value", Json.object("text", text));
    }

    String text(String css) throws Exception {
        return ((String) call("GET", session + "/element/" + all(css).get(0) + "/text", null)).replaceAll("[\\u00A0\\u202F]", " ");
    }

    String attribute(String css, String name) throws Exception {
        return (String) call("GET", session + "/element/" + all(css).get(0) + "/property/" + name, null);
    }

    /** Keys to whatever has the focus: \uE004 is Tab, \uE006 Enter, \uE00D the space bar. */
    void keys(String keys) throws Exception {
        for (int i = 0; i < keys.length(); i++) {
            var key = keys.substring(i, i + 1);
            call("POST", session + "/actions", Json.object("actions", List.of(Json.object("type", "key", "id", "k", "actions",
                List.of(Json.object("type", "keyDown", "value", key), Json.object("type", "keyUp", "value", key))))));
        }
    }

    void devtools(String command, Object parameters) throws Exception {
        call("POST", session + "/goog/cdp/execute", Json.object("cmd", command, "params", parameters));
    }

    void size(int width, int height) throws Exception {
        devtools("Emulation.setDeviceMetricsOverride", Json.object("width", width, "height", height, "deviceScaleFactor", 1, "mobile", true));
    }

    void dark(boolean dark) throws Exception {
        devtools("Emulation.setEmulatedMedia", Json.object("features", List.of(Json.object("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
            Json.object("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    void scripts(boolean on) throws Exception {
        devtools("Emulation.setScriptExecutionDisabled", Json.object("value", !on));
    }

    void picture(Path file) throws Exception {
        Files.write(file, Base64.getDecoder().decode((String) call("GET", session + "/screenshot", null)));
    }

    @Override
    public void close() throws Exception {
        try {
            call("DELETE", session, null);
        } finally {
            driver.destroy();
            if (!driver.waitFor(10, TimeUnit.SECONDS)) driver.destroyForcibly();
        }
    }
}
