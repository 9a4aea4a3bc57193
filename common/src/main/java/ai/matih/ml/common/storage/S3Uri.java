package ai.matih.ml.common.storage;

import ai.matih.ml.common.tenant.Tenant;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place on an S3 store.
 *
 * @param key without a leading slash; no empty, {@code .} or {@code ..} parts
 */
public record S3Uri(String bucket, String key) {

  private static final Pattern FORM =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*)");
  private static final Pattern BAD_PART =
      Pattern.compile("(^|/)(\\.{0,2})(/|$)|//|[\\x00-\\x1f\\x7f\\\\]");

  public S3Uri {
    String parts = key.endsWith("/") ? key.substring(0, key.length() - 1) : key;
    if (key.length() > 1024 || (!parts.isEmpty() && BAD_PART.matcher(parts).find())) {
      throw new IllegalArgumentException("is not a plain object key");
    }
  }

  @JsonCreator
  public static S3Uri of(String uri) {
    Matcher form = FORM.matcher(uri);
    if (!form.matches()) {
      throw new IllegalArgumentException("must look like s3://bucket/key");
    }
    return new S3Uri(form.group(1), form.group(2));
  }

  public S3Uri resolve(String path) {
    return new S3Uri(bucket, key.isEmpty() || key.endsWith("/") ? key + path : key + "/" + path);
  }

  /** Whether it lies below the tenant's own prefix. */
  public boolean belongsTo(Tenant tenant) {
    return key.startsWith(tenant.slug() + "/");
  }

  @JsonValue
  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
