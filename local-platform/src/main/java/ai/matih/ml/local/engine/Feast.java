package ai.matih.ml.local.engine;

import java.net.URI;

/**
 * A running feature server of this project, with the database and the store that it works on.
 *
 * @param token every call carries it as {@code Authorization: Bearer}
 */
public record Feast(URI url, String token, Database database, S3 store) {

  @Override
  public String toString() {
    return "Feast at " + url;
  }
}
