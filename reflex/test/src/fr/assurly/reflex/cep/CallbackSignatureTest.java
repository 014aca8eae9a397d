package fr.assurly.reflex.cep;

import fr.assurly.reflex.common.Secret;
import fr.assurly.reflex.test.Check;
import fr.assurly.reflex.test.Test;
import java.nio.charset.StandardCharsets;

/** The signature of a callback, against a value computed elsewhere (openssl dgst -sha256 -hmac). */
final class CallbackSignatureTest {
    @Test
    void isTheOneOfStandardWebhooks() {
        var body = "{\"type\":\"session.decided\"}".getBytes(StandardCharsets.UTF_8);
        Check.same("v1,h2M0FwrScLosB2WkeU9zDc+e3TU7+DEMC1B8m0KNzlo=", Callbacks.sign(Secret.of("k".repeat(64)), "msg_1", "1700000000", body), "signature");
    }
}
