package fr.assurly.reflex.tomcat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Requests byte by byte, for what a proper client would not send. */
final class Raw {
    private Raw() {}

    /** The status of the first answer; 0 when the connection was closed without one, -1 when it stayed open and silent. */
    static int status(int port, String request, int seconds) throws IOException {
        var answer = answer(port, request, seconds);
        if (answer == null) return -1;
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    static String answer(int port, String request, int seconds) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(seconds * 1000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            var all = new StringBuilder();
            var buffer = new byte[4096];
            for (int n; (n = socket.getInputStream().read(buffer)) > 0; ) all.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            return all.toString();
        } catch (SocketTimeoutException e) {
            return null;
        }
    }

    static String get(String path, String... headers) {
        var request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: reflex\r\nConnection: close\r\n");
        for (var header : headers) request.append(header).append("\r\n");
        return request.append("\r\n").toString();
    }
}
