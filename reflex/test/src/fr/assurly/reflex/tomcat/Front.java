package fr.assurly.reflex.tomcat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * Stands where the service's proxy does, for a browser: adds the token, keeps the headers that the contract keeps, drops
 * cookies. Only for tests.
 */
final class Front implements AutoCloseable {
    volatile String token = "";
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Sidecar sidecar;
    private final HttpServer server;

    Front(Sidecar sidecar) throws Exception {
        this.sidecar = sidecar;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 64);
        server.setExecutor(Executors.newFixedThreadPool(8, task -> {
            var thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::pass);
        server.start();
    }

    String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void pass(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().toString();
        asked.add(exchange.getRequestMethod() + " " + path);
        if (!path.startsWith("/continue") && !path.startsWith("/cep-core/api/v1/")) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        try {
            var body = exchange.getRequestBody().readAllBytes();
            var type = exchange.getRequestHeaders().getFirst("Content-Type");
            var reply = type == null
                ? Sidecar.at(sidecar.port, exchange.getRequestMethod(), path, body.length == 0 ? null : body, "Authorization", "Bearer " + token)
                : Sidecar.at(sidecar.port, exchange.getRequestMethod(), path, body, "Authorization", "Bearer " + token, "Content-Type", type);
            for (var name : List.of("Content-Type", "Content-Disposition", "Content-Language", "Cache-Control", "Content-Security-Policy",
                "Referrer-Policy", "X-Content-Type-Options", "Location")) {
                if (!reply.header(name).isEmpty()) exchange.getResponseHeaders().set(name, reply.header(name));
            }
            exchange.sendResponseHeaders(reply.status(), reply.bytes().length == 0 ? -1 : reply.bytes().length);
            exchange.getResponseBody().write(reply.bytes());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
