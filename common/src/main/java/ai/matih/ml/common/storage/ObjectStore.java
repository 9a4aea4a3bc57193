package ai.matih.ml.common.storage;

import ai.matih.ml.common.http.EngineFailure;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Objects on an S3 store, by {@code s3://bucket/key}.
 *
 * <p>Every method throws an {@link EngineFailure} of engine {@code s3} when the store gives no
 * answer; reads and {@link #putIfAbsent} are repeatable.
 */
public final class ObjectStore {

  public static final String ENGINE = "s3";
  private static final long PART_SIZE = 16L << 20;

  /** The longest that signatures of S3 can last. */
  private static final Duration LONGEST_SIGNED = Duration.ofDays(7);

  private final MinioClient client;

  public ObjectStore(StorageSettings settings) {
    this.client =
        MinioClient.builder()
            .endpoint(settings.endpoint())
            .region(settings.region())
            .credentials(settings.accessKey(), settings.secretKey())
            .build();
    client.setTimeout(
        Duration.ofSeconds(2).toMillis(),
        Duration.ofMinutes(2).toMillis(),
        Duration.ofSeconds(30).toMillis());
  }

  /**
   * What is known of an object without reading it.
   *
   * @param sizeBytes length of its content
   */
  public record ObjectInfo(S3Uri uri, long sizeBytes) {}

  /**
   * Stores a stream, replacing what is there.
   *
   * @param sizeBytes exact length, or -1 when not known
   */
  public void put(S3Uri uri, InputStream content, long sizeBytes, String contentType) {
    answer(
        () -> {
          client.putObject(upload(uri, content, sizeBytes, contentType).build());
          return Boolean.TRUE;
        });
  }

  /**
   * Stores an object that must never change.
   *
   * @return false when an object was there already, which then stays as it is
   */
  public boolean putIfAbsent(S3Uri uri, InputStream content, long sizeBytes, String contentType) {
    return answer(
        () -> {
          try {
            client.putObject(
                upload(uri, content, sizeBytes, contentType)
                    .extraHeaders(Map.of("If-None-Match", "*"))
                    .build());
            return true;
          } catch (ErrorResponseException e) {
            if (e.errorResponse().code().equals("PreconditionFailed")) {
              return false;
            }
            throw e;
          }
        });
  }

  private static PutObjectArgs.Builder upload(
      S3Uri uri, InputStream content, long sizeBytes, String contentType) {
    return PutObjectArgs.builder()
        .bucket(uri.bucket())
        .object(uri.key())
        .contentType(contentType)
        .stream(content, sizeBytes, sizeBytes < 0 || sizeBytes > PART_SIZE ? PART_SIZE : -1L);
  }

  /** What a signed address is good for. */
  public enum Access {
    READ(Http.Method.GET),
    REPLACE(Http.Method.PUT);

    private final Http.Method method;

    Access(Http.Method method) {
      this.method = method;
    }
  }

  /**
   * An address by which anybody may do one thing to one object until it expires; nothing is called.
   * It is a secret.
   *
   * @param goodFor up to seven days
   */
  public String signed(S3Uri uri, Access access, Duration goodFor) {
    return answer(
        () ->
            client.getPresignedObjectUrl(
                GetPresignedObjectUrlArgs.builder()
                    .method(access.method)
                    .bucket(uri.bucket())
                    .object(uri.key())
                    .expiry((int) Math.min(goodFor.toSeconds(), LONGEST_SIGNED.toSeconds()))
                    .build()));
  }

  /** Opens an object; empty when it is absent. The caller closes the stream. */
  public Optional<InputStream> get(S3Uri uri) {
    return ifPresent(
        () ->
            client.getObject(
                GetObjectArgs.builder().bucket(uri.bucket()).object(uri.key()).build()));
  }

  /**
   * Reads a small object whole; empty when it is absent.
   *
   * @throws EngineFailure.Misbehaved when it is larger than {@code maxBytes}
   */
  public Optional<byte[]> read(S3Uri uri, int maxBytes) {
    Optional<InputStream> content = get(uri);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = content.get()) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new EngineFailure.Misbehaved(
            ENGINE, 200, uri + " is larger than " + maxBytes + " bytes");
      }
      return Optional.of(bytes);
    } catch (IOException e) {
      throw new EngineFailure.Unavailable(ENGINE, e);
    }
  }

  public Optional<ObjectInfo> stat(S3Uri uri) {
    return ifPresent(
        () ->
            new ObjectInfo(
                uri,
                client
                    .statObject(
                        StatObjectArgs.builder().bucket(uri.bucket()).object(uri.key()).build())
                    .size()));
  }

  /**
   * Objects below a prefix, in key order.
   *
   * @throws EngineFailure.Misbehaved when there are more than {@code max}
   */
  public List<ObjectInfo> list(S3Uri prefix, int max) {
    return answer(
        () -> {
          List<ObjectInfo> found = new ArrayList<>();
          for (Result<Item> result :
              client.listObjects(
                  ListObjectsArgs.builder()
                      .bucket(prefix.bucket())
                      .prefix(prefix.key())
                      .recursive(true)
                      .build())) {
            Item item = result.get();
            // Ray and Arrow leave zero-byte directory markers.
            if (item.objectName().endsWith("/")) {
              continue;
            }
            if (found.size() == max) {
              throw new EngineFailure.Misbehaved(
                  ENGINE, 200, "more than " + max + " objects below " + prefix);
            }
            found.add(new ObjectInfo(new S3Uri(prefix.bucket(), item.objectName()), item.size()));
          }
          return found;
        });
  }

  /** Deletes an object; deleting an absent one is the same. */
  public void delete(S3Uri uri) {
    answer(
        () -> {
          client.removeObject(
              RemoveObjectArgs.builder().bucket(uri.bucket()).object(uri.key()).build());
          return Boolean.TRUE;
        });
  }

  private static <T> Optional<T> ifPresent(Callable<T> call) {
    return answer(
        () -> {
          try {
            return Optional.of(call.call());
          } catch (ErrorResponseException e) {
            if (e.response().code() == 404) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  private static <T> T answer(Callable<T> call) {
    try {
      return call.call();
    } catch (EngineFailure e) {
      throw e;
    } catch (ErrorResponseException e) {
      int status = e.response().code();
      String code = e.errorResponse().code();
      if (status == 503 || status == 429) {
        throw new EngineFailure.Unavailable(ENGINE, "answered " + status, Optional.empty());
      }
      throw status < 500
          ? new EngineFailure.Refused(ENGINE, status, code)
          : new EngineFailure.Misbehaved(ENGINE, status, code);
    } catch (MinioException | IllegalStateException e) {
      // The client wraps a refused or broken connection into either of the two.
      throw e.getCause() instanceof ConnectException cause
          ? new EngineFailure.Unavailable(ENGINE, cause)
          : new EngineFailure.Unavailable(ENGINE, e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new EngineFailure.Unavailable(ENGINE, e);
    }
  }
}
