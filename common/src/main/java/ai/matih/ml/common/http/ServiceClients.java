package ai.matih.ml.common.http;

import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.ServiceTokens;
import ai.matih.ml.common.tenant.TenantScope;
import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClient;

/**
 * Makes the clients for the other services of the suite.
 *
 * <p>Within a request the caller's own token goes along, so that the other service decides on the
 * same person; in background work a service token of the current tenant does.
 */
public final class ServiceClients {

  private final EngineClients engines;
  private final ServiceTokens tokens;

  public ServiceClients(EngineClients engines, ServiceTokens tokens) {
    this.engines = engines;
    this.tokens = tokens;
  }

  /** Relays the caller's token where there is one. */
  public RestClient create(String service, String baseUrl, EngineSettings settings) {
    return engines
        .create(service, baseUrl, settings)
        .mutate()
        .requestInitializer(
            request -> request.getHeaders().set(HttpHeaders.AUTHORIZATION, "Bearer " + relayed()))
        .build();
  }

  /**
   * Always speaks as this service, on behalf of the caller where there is one; for internal calls.
   */
  public RestClient createInternal(String service, String baseUrl, EngineSettings settings) {
    return engines
        .create(service, baseUrl, settings)
        .mutate()
        .requestInitializer(
            request -> request.getHeaders().set(HttpHeaders.AUTHORIZATION, "Bearer " + own()))
        .build();
  }

  private String relayed() {
    return Caller.current().map(Caller::token).orElseGet(this::own);
  }

  private String own() {
    return tokens.forTenant(TenantScope.require(), Caller.current().map(Caller::principal));
  }
}
