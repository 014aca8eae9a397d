package fr.assurly.reflex.common;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One directory of small sealed files, each replaced whole: written beside, forced to the disk, renamed, and the
 * directory forced. What {@link #put} has returned from survives {@code kill -9} and a power cut.
 *
 * <p>Contents are sealed (AES-256-GCM) under the data key and bound to their name, so that one person's file cannot be
 * put in the place of another's. It must never hold more than its limit, nor write anything in clear.
 */
public final class Store {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,127}");
    private static final byte[] MAGIC = {'R', 'F', 'X', '1'};
    private static final int NONCE = 12;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;
    private final Secret key;
    private final long most;
    private final AtomicLong count;
    /** Requests of one name wait for each other; those of different names seldom do. */
    private final Object[] locks = new Object[64];

    public Store(Path root, String kind, Secret key, long most) {
        this.directory = root.resolve(kind);
        this.key = key;
        this.most = most;
        Arrays.setAll(locks, i -> new Object());
        try {
            Files.createDirectories(directory);
            long found = 0;
            try (var files = Files.newDirectoryStream(directory)) {
                for (var file : files) {
                    // What was being written when the process died: never renamed, so never part of the state.
                    if (file.getFileName().toString().startsWith(".")) Files.deleteIfExists(file);
                    else found++;
                }
            }
            this.count = new AtomicLong(found);
        } catch (IOException e) {
            throw new IllegalStateException("the store " + kind + " cannot be opened");
        }
    }

    /** What to synchronise on while reading, changing and writing {@code name}. */
    public Object lock(String name) {
        return locks[(name.hashCode() & 0x7fffffff) % locks.length];
    }

    public Optional<byte[]> get(String name) {
        if (!NAME.matcher(name).matches()) return Optional.empty();
        try {
            return Optional.of(open(name, Files.readAllBytes(directory.resolve(name))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void put(String name, byte[] content) {
        if (!NAME.matcher(name).matches()) throw new IllegalArgumentException("name");
        var file = directory.resolve(name);
        var fresh = !Files.exists(file);
        if (fresh && count.get() >= most) throw Refusal.away();
        var draft = directory.resolve("." + name + "." + Long.toHexString(RANDOM.nextLong()));
        try {
            try (var out = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var buffer = ByteBuffer.wrap(seal(name, content));
                while (buffer.hasRemaining()) out.write(buffer);
                out.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force();
            if (fresh) count.incrementAndGet();
        } catch (IOException e) {
            try {
                Files.deleteIfExists(draft);
            } catch (IOException ignored) {
                // The next start removes it.
            }
            throw new UncheckedIOException(e);
        }
    }

    public void remove(String name) {
        if (!NAME.matcher(name).matches()) return;
        try {
            if (Files.deleteIfExists(directory.resolve(name))) {
                count.decrementAndGet();
                force();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All names, sorted; for what starts, not for what serves. */
    public List<String> names() {
        try (var files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).filter(n -> !n.startsWith(".")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void force() throws IOException {
        try (var handle = FileChannel.open(directory, StandardOpenOption.READ)) {
            handle.force(true);
        }
    }

    private byte[] seal(String name, byte[] content) {
        var nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        var kid = Secret.kid(key.current()).getBytes(StandardCharsets.US_ASCII);
        var sealed = crypt(Cipher.ENCRYPT_MODE, key.current(), nonce, name, content, 0, content.length);
        return ByteBuffer.allocate(MAGIC.length + kid.length + NONCE + sealed.length)
            .put(MAGIC).put(kid).put(nonce).put(sealed).array();
    }

    private byte[] open(String name, byte[] file) {
        int head = MAGIC.length + 16;
        if (file.length < head + NONCE || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalStateException("a file of the store is not ours");
        }
        var kid = new String(file, MAGIC.length, 16, StandardCharsets.US_ASCII);
        var nonce = Arrays.copyOfRange(file, head, head + NONCE);
        for (var value : key.accepted()) {
            if (Secret.kid(value).equals(kid)) {
                return crypt(Cipher.DECRYPT_MODE, value, nonce, name, file, head + NONCE, file.length - head - NONCE);
            }
        }
        throw new IllegalStateException("a file of the store is sealed under a key that is not here");
    }

    private byte[] crypt(int mode, byte[] value, byte[] nonce, String name, byte[] in, int from, int length) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            var derived = Digest.hmac(value, "reflex-store".getBytes(StandardCharsets.US_ASCII));
            cipher.init(mode, new SecretKeySpec(derived, "AES"), new GCMParameterSpec(128, nonce));
            cipher.updateAAD((directory.getFileName() + "/" + name).getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(in, from, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a file of the store is altered");
        }
    }
}
