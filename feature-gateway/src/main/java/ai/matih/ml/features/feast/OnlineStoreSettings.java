package ai.matih.ml.features.feast;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where Feast keeps online values.
 *
 * @param type {@code postgresql}: in Feast's database; {@code redis}: in a Redis
 */
@Validated
@ConfigurationProperties("features.online-store")
record OnlineStoreSettings(
    @DefaultValue("postgresql") Type type, @jakarta.validation.Valid @DefaultValue Redis redis) {

  enum Type {
    POSTGRESQL,
    REDIS
  }

  /**
   * The Redis.
   *
   * @param url {@code redis://host:port}, or {@code rediss://} for TLS; a database number may
   *     follow
   * @param user empty: Redis's default user
   * @param password empty: none
   * @param caFile certificates that sign the server's, in PEM; empty: those that Java trusts
   * @param connectTimeout until a connection stands
   * @param timeout for the answer to one request
   * @param connections shared by all requests; one is enough unless requests are very large
   * @param maxConcurrentReads requests in flight at once; more are refused as unavailable
   */
  record Redis(
      @DefaultValue("redis://localhost:6379") URI url,
      @DefaultValue("") String user,
      @DefaultValue("") String password,
      @DefaultValue("") String caFile,
      @DefaultValue("PT2S") Duration connectTimeout,
      @DefaultValue("PT2S") Duration timeout,
      @DefaultValue("4") @Min(1) @Max(64) int connections,
      @DefaultValue("256") @Min(1) int maxConcurrentReads) {

    Redis {
      String path = url.getPath() == null ? "" : url.getPath();
      if (!("redis".equals(url.getScheme()) || "rediss".equals(url.getScheme()))
          || url.getHost() == null
          || !path.matches("(/\\d{0,4})?")
          || url.getQuery() != null) {
        throw new IllegalArgumentException(
            "features.online-store.redis.url must look like redis://host:6379 or rediss://host:6379/0");
      }
      if (url.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "features.online-store.redis.url must hold no credentials; use user and password");
      }
    }

    boolean tls() {
      return "rediss".equals(url.getScheme());
    }

    int port() {
      return url.getPort() < 0 ? 6379 : url.getPort();
    }

    int database() {
      String number = url.getPath() == null ? "" : url.getPath().replace("/", "");
      return number.isEmpty() ? 0 : Integer.parseInt(number);
    }

    @Override
    public String toString() {
      return "Redis[url=" + url + ", user=" + user + "]";
    }
  }
}
