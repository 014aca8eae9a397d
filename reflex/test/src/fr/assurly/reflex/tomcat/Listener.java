package fr.assurly.reflex.tomcat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands where the service takes callbacks: notes each, and answers as it is told. */
final class Listener implements AutoCloseable {
    record Heard(Map<String, List<String>> headers, byte[] body, int answered) {
        String header(String name) {
            return headers.entrySet().stream().filter(e -> e.getKey().equalsIgnoreCase(name)).findFirst().map(e -> e.getValue().get(0)).orElse("");
        }
    }

    final List<Heard> heard = new CopyOnWriteArrayList<>();
    volatile int answer = 202;
    private final HttpServer server;

    Listener() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        server.createContext("/", exchange -> {
            var body = exchange.getRequestBody().readAllBytes();
            heard.add(new Heard(exchange.getRequestHeaders(), body, answer));
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/internal/reflex/callback";
    }

    /** Waits until {@code count} callbacks about {@code session} were heard. */
    List<Heard> about(String session, int count, int seconds) throws InterruptedException {
        var end = System.nanoTime() + seconds * 1_000_000_000L;
        while (true) {
            var found = heard.stream().filter(h -> new String(h.body).contains(session)).toList();
            if (found.size() >= count || System.nanoTime() > end) return found;
            Thread.sleep(50);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
