package ai.matih.ml.registry.evidencebundle;

import ai.matih.ml.bundle.Digest;
import ai.matih.ml.common.security.TokenSigner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts documents into an archive under a manifest that is signed by this service: each entry by its
 * digest, each digest chained to the one before.
 */
public final class SealedArchive {

  /** Names the form of the archive; also what a signature is for. */
  static final String FORMAT = "matih-ml/evidence-bundle/1";

  private static final String KEYS = "/api/v1/ml/audit/registry/keys";

  private final TokenSigner signer;

  public SealedArchive(TokenSigner signer) {
    this.signer = signer;
  }

  private record Entry(String name, long bytes, Digest sha256, Digest chain) {}

  /**
   * The archive; the same documents make the same bytes.
   *
   * @param about what the bundle is about, for the manifest
   * @param documents in their order
   */
  byte[] seal(Map<String, Object> about, Map<String, byte[]> documents) {
    List<Entry> entries = new ArrayList<>();
    Digest chain = Digest.of(FORMAT + "\n");
    for (Map.Entry<String, byte[]> document : documents.entrySet()) {
      Digest sha256 = Digest.of(document.getValue());
      int bytes = document.getValue().length;
      chain = Digest.of("%s\n%s\n%d\n%s\n".formatted(chain, document.getKey(), bytes, sha256));
      entries.add(new Entry(document.getKey(), bytes, sha256, chain));
    }
    Map<String, Object> manifest = new LinkedHashMap<>(about);
    manifest.put("format", FORMAT);
    manifest.put("issuer", signer.issuer());
    manifest.put("jwks", KEYS);
    manifest.put("public_key", signer.publicKey());
    manifest.put("entries", entries);
    manifest.put("chain_head", chain);
    byte[] signed = CanonicalJson.write(manifest);
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("manifest.json", signed);
    all.put("manifest.sig", text(signature(signed)));
    all.putAll(documents);
    return Archive.of(all);
  }

  /** RS256 over the format's name, a line break and the manifest. */
  private String signature(byte[] manifest) {
    return Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(signer.signDocument(FORMAT + "\n", manifest))
        + "\n";
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
