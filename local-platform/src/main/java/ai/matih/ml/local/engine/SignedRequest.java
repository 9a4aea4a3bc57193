package ai.matih.ml.local.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One request without a body, signed with AWS Signature Version 4. Enough to create buckets and to
 * see whether a store knows our keys, and spares every module's class path an S3 client.
 */
final class SignedRequest {

  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private SignedRequest() {}

  record Answer(int status) {}

  static Answer put(S3 store, String path) {
    return send(store, "PUT", path);
  }

  static Answer get(S3 store, String path) {
    return send(store, "GET", path);
  }

  private static Answer send(S3 store, String method, String path) {
    var now = ZonedDateTime.now(Clock.systemUTC()).withZoneSameInstant(ZoneOffset.UTC);
    var timestamp = TIMESTAMP.format(now);
    var bodyHash = hex(sha256(""));
    var headers =
        "host:%s%nx-amz-content-sha256:%s%nx-amz-date:%s%n"
            .formatted(store.endpoint().getAuthority(), bodyHash, timestamp)
            .replace("\r", "");
    var signedHeaders = "host;x-amz-content-sha256;x-amz-date";
    var canonical = String.join("\n", method, path, "", headers, signedHeaders, bodyHash);
    var scope = "%s/%s/s3/aws4_request".formatted(timestamp.substring(0, 8), store.region());
    var text = String.join("\n", "AWS4-HMAC-SHA256", timestamp, scope, hex(sha256(canonical)));
    var request =
        HttpRequest.newBuilder(URI.create(store.endpoint() + path))
            .timeout(Duration.ofSeconds(10))
            .header("x-amz-content-sha256", bodyHash)
            .header("x-amz-date", timestamp)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                    .formatted(
                        store.accessKey(), scope, signedHeaders, hex(sign(store, timestamp, text))))
            .method(method, BodyPublishers.noBody())
            .build();
    try {
      return new Answer(CLIENT.send(request, BodyHandlers.discarding()).statusCode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static byte[] sign(S3 store, String timestamp, String text) {
    var key = ("AWS4" + store.secretKey()).getBytes(StandardCharsets.UTF_8);
    for (var part :
        new String[] {timestamp.substring(0, 8), store.region(), "s3", "aws4_request"}) {
      key = hmac(key, part);
    }
    return hmac(key, text);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
