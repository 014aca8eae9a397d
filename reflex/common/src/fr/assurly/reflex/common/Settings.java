package fr.assurly.reflex.common;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * {@code reflex.properties}, and what the environment says over it: {@code -Dreflex.KEY=…} wins over {@code KEY=…}.
 *
 * <p>No address ever comes from a request: all those that the sidecar calls stand here.
 */
public final class Settings {
    private final Properties file = new Properties();
    public final Path directory;

    private Settings(Path directory) {
        this.directory = directory;
    }

    public static Settings load() {
        var settings = new Settings(Path.of(place("REFLEX_CONFIG_ROOTDIR", "/usr/local/tomcat/reflex-config")));
        var path = settings.directory.resolve("reflex.properties");
        try (var in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            settings.file.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("reflex.properties cannot be read");
        }
        return settings;
    }

    /** A directory, from the environment or a system property of that name. */
    public static String place(String name, String otherwise) {
        var value = System.getProperty(name, System.getenv(name));
        return value == null || value.isBlank() ? otherwise : value;
    }

    public String text(String key) {
        var value = System.getProperty("reflex." + key, file.getProperty(key));
        if (value == null) throw new IllegalStateException("reflex.properties: " + key + " is missing");
        return value.strip();
    }

    public int number(String key, int min, int max) {
        try {
            var value = Integer.parseInt(text(key));
            if (value >= min && value <= max) return value;
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalStateException("reflex.properties: " + key + " must be a number from " + min + " to " + max);
    }

    /** Where all state is. */
    public static Path data() {
        return Path.of(place("REFLEX_DATA_ROOTDIR", "/var/lib/reflex"));
    }
}
