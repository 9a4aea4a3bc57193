package ai.matih.ml.registry.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps webhook secrets encrypted (AES-256-GCM), each bound to its webhook, so that a copy of the
 * database signs nothing.
 */
public final class SecretBox {

  private static final int NONCE = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  SecretBox(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  public byte[] close(UUID webhook, WebhookSecret secret) {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, webhook, nonce)
              .doFinal(secret.text().getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The secret; empty when it was closed with another key or for another webhook. */
  public Optional<WebhookSecret> open(UUID webhook, byte[] closed) {
    try {
      byte[] nonce = Arrays.copyOf(closed, NONCE);
      byte[] text =
          cipher(Cipher.DECRYPT_MODE, webhook, nonce).doFinal(closed, NONCE, closed.length - NONCE);
      return Optional.of(new WebhookSecret(new String(text, StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, UUID webhook, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(webhook.toString().getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
