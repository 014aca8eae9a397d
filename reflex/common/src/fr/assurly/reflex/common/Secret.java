package fr.assurly.reflex.common;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A secret of a file: one value, or two during a rotation, one a line; the first is the one that is used, both are
 * accepted.
 *
 * <p>It must never be printed: {@link #toString()} says nothing, and errors name the file only.
 */
public final class Secret {
    /** 64 hexadecimal digits or 43 characters of base64: 256 bits. */
    private static final int SHORTEST = 43;

    private final List<byte[]> values;

    private Secret(List<byte[]> values) {
        this.values = values;
    }

    public static Secret of(String... lines) {
        var values = new ArrayList<byte[]>();
        for (var line : lines) {
            if (line.isBlank()) continue;
            if (line.strip().length() < SHORTEST) throw new IllegalArgumentException("shorter than 256 bits");
            values.add(line.strip().getBytes(StandardCharsets.US_ASCII));
        }
        if (values.isEmpty() || values.size() > 2) throw new IllegalArgumentException("one or two values are expected");
        return new Secret(List.copyOf(values));
    }

    /** The secret {@code name} of the directory that {@code REFLEX_SECRETS_DIR} names. */
    public static Secret load(String name) {
        var file = Path.of(Settings.place("REFLEX_SECRETS_DIR", "/run/secrets"), name);
        try {
            if (Files.size(file) > 4096) throw new IllegalStateException("secret " + name + ": too long");
            return of(Files.readString(file, StandardCharsets.US_ASCII).split("\n"));
        } catch (IOException e) {
            throw new IllegalStateException("secret " + name + " cannot be read");
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("secret " + name + ": " + e.getMessage());
        }
    }

    /** The value in use. */
    public byte[] current() {
        return values.get(0);
    }

    public List<byte[]> accepted() {
        return values;
    }

    /** The public name of a value, so that what it signed or sealed can be told; it says nothing about the value. */
    public static String kid(byte[] value) {
        return Digest.hex(Digest.hmac(value, "kid".getBytes(StandardCharsets.US_ASCII))).substring(0, 16);
    }

    /** Whether {@code given} is one of the values; as slow when the first differs as when the last does. */
    public boolean is(String given) {
        if (given == null || given.length() > 4096) return false;
        var bytes = Digest.sha256(given.getBytes(StandardCharsets.UTF_8));
        var found = false;
        for (var value : values) found |= Digest.same(Digest.sha256(value), bytes);
        return found;
    }

    @Override
    public String toString() {
        return "Secret";
    }
}
