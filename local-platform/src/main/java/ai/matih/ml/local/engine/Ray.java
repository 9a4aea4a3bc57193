package ai.matih.ml.local.engine;

import java.net.URI;

/**
 * A running Ray head.
 *
 * @param url the dashboard's address, where the Jobs API lives
 * @param token every call carries it as {@code Authorization: Bearer}
 * @param agent the node agent, needed for submitting jobs; its health is the cluster's
 * @param python the interpreter that jobs run with
 */
public record Ray(URI url, String token, URI agent, String python) {

  @Override
  public String toString() {
    return "Ray at " + url;
  }
}
