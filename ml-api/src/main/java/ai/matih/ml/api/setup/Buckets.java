package ai.matih.ml.api.setup;

import io.minio.BucketExistsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Set;

/** The buckets of the suite, as far as they are missing. */
final class Buckets {

  private static final Set<String> THERE_ALREADY =
      Set.of("BucketAlreadyOwnedByYou", "BucketAlreadyExists");

  private final Environment environment;

  Buckets(Environment environment) {
    this.environment = environment;
  }

  /** Repeatable. */
  void ensure(PrintStream out) throws MinioException {
    String region = environment.find("S3_REGION").orElse("us-east-1");
    MinioClient store =
        MinioClient.builder()
            .endpoint(environment.get("S3_ENDPOINT"))
            .region(region)
            .credentials(environment.get("S3_ACCESS_KEY"), environment.get("S3_SECRET_KEY"))
            .build();
    long patience = Duration.ofSeconds(10).toMillis();
    store.setTimeout(patience, patience, patience);
    for (String bucket : environment.get("BUCKETS").split(",")) {
      if (!store.bucketExists(BucketExistsArgs.builder().bucket(bucket).build())) {
        make(store, bucket, region);
        out.println("made bucket " + bucket);
      }
    }
    out.println("buckets are there");
  }

  private static void make(MinioClient store, String bucket, String region) throws MinioException {
    try {
      store.makeBucket(MakeBucketArgs.builder().bucket(bucket).region(region).build());
    } catch (ErrorResponseException e) {
      if (!THERE_ALREADY.contains(e.errorResponse().code())) {
        throw e;
      }
    }
  }
}
