package ai.matih.ml.training.cluster.kuberay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.RbacAuthorizationV1Api;
import io.kubernetes.client.openapi.models.AuthenticationV1TokenRequest;
import io.kubernetes.client.openapi.models.RbacV1Subject;
import io.kubernetes.client.openapi.models.V1ClusterRole;
import io.kubernetes.client.openapi.models.V1ClusterRoleBinding;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1PolicyRule;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1RoleRef;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1TokenRequestSpec;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The API server that {@code -Dmatih.kubernetes} names by its kubeconfig, with an account that has
 * the rights of {@code docker/README.md} and no other.
 *
 * <p>Where pods do not really run, they print nothing: so calls go through a small door here, which
 * answers for logs itself and passes on everything else as it is.
 */
final class RealKubernetes implements AutoCloseable {

  private static final String ACCOUNT = "matih-training";

  private final ApiClient admin;
  private final OkHttpClient forward;
  private final HttpServer door;
  private final String token;
  private final Map<String, String> logs = new ConcurrentHashMap<>();

  RealKubernetes(String namespace) throws IOException, ApiException {
    Path kubeconfig = Path.of(Objects.requireNonNull(System.getProperty("matih.kubernetes")));
    admin = builder(kubeconfig).build();
    forward = builder(kubeconfig).setAuthentication(null).build().getHttpClient();
    token = account(namespace);
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    door.createContext("/", this::pass);
    door.start();
  }

  private static ClientBuilder builder(Path kubeconfig) throws IOException {
    try (Reader reader = Files.newBufferedReader(kubeconfig)) {
      KubeConfig config = KubeConfig.loadKubeConfig(reader);
      config.setFile(kubeconfig.toFile());
      return ClientBuilder.kubeconfig(config);
    }
  }

  ApiClient admin() {
    return admin;
  }

  /** A kubeconfig of the account, that leads through the door. */
  Path kubeconfig(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: u, user: {token: %s}}]
        """
            .formatted(door.getAddress().getPort(), token));
  }

  void print(String job, String text) {
    logs.put(job, text);
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      int log = path.indexOf("/log?");
      if (log > 0) {
        byte[] text =
            logs.getOrDefault(path.substring(path.lastIndexOf('/', log - 1) + 1, log), "")
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, text.length == 0 ? -1 : text.length);
        exchange.getResponseBody().write(text);
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      Request.Builder request =
          new Request.Builder()
              .url(admin.getBasePath() + path)
              .method(
                  exchange.getRequestMethod(),
                  exchange.getRequestMethod().equals("GET")
                      ? null
                      : RequestBody.create(body, type == null ? null : MediaType.get(type)));
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      if (authorization != null) {
        request.header("Authorization", authorization);
      }
      try (Response answer = forward.newCall(request.build()).execute()) {
        byte[] content = answer.body().bytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.code(), content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
      }
    }
  }

  /** The namespace of a tenant and the account with its rights; answers the account's token. */
  private String account(String namespace) throws ApiException {
    CoreV1Api core = new CoreV1Api(admin);
    RbacAuthorizationV1Api rights = new RbacAuthorizationV1Api(admin);
    V1ObjectMeta named = new V1ObjectMeta().name(ACCOUNT);
    ensure(
        () ->
            core.createNamespace(
                    new V1Namespace()
                        .metadata(
                            new V1ObjectMeta()
                                .name(namespace)
                                .putLabelsItem("pod-security.kubernetes.io/enforce", "restricted")))
                .execute());
    ensure(
        () ->
            core.createNamespacedServiceAccount(namespace, new V1ServiceAccount().metadata(named))
                .execute());
    RbacV1Subject subject =
        new RbacV1Subject().kind("ServiceAccount").name(ACCOUNT).namespace(namespace);
    ensure(
        () ->
            rights
                .createClusterRole(
                    new V1ClusterRole()
                        .metadata(named)
                        .rules(
                            List.of(
                                rule("ray.io", "rayjobs", "list"),
                                rule("", "namespaces", "get").addResourceNamesItem("kube-system"),
                                rule("", "nodes", "list"))))
                .execute());
    ensure(
        () ->
            rights
                .createClusterRoleBinding(
                    new V1ClusterRoleBinding()
                        .metadata(new V1ObjectMeta().name(ACCOUNT + "-" + namespace))
                        .roleRef(roleRef("ClusterRole"))
                        .addSubjectsItem(subject))
                .execute());
    ensure(
        () ->
            rights
                .createNamespacedRole(
                    namespace,
                    new V1Role()
                        .metadata(named)
                        .rules(
                            List.of(
                                rule("ray.io", "rayjobs", "create", "get", "patch", "delete"),
                                rule("", "secrets", "create"),
                                rule("", "pods", "list"),
                                rule("", "pods/log", "get"))))
                .execute());
    ensure(
        () ->
            rights
                .createNamespacedRoleBinding(
                    namespace,
                    new V1RoleBinding()
                        .metadata(named)
                        .roleRef(roleRef("Role"))
                        .addSubjectsItem(subject))
                .execute());
    var status =
        core.createNamespacedServiceAccountToken(
                ACCOUNT,
                namespace,
                new AuthenticationV1TokenRequest()
                    .spec(new V1TokenRequestSpec().expirationSeconds(3600L).audiences(List.of())))
            .execute()
            .getStatus();
    return Objects.requireNonNull(status).getToken();
  }

  private static V1RoleRef roleRef(String kind) {
    return new V1RoleRef().apiGroup("rbac.authorization.k8s.io").kind(kind).name(ACCOUNT);
  }

  private static V1PolicyRule rule(String group, String resource, String... verbs) {
    return new V1PolicyRule()
        .addApiGroupsItem(group)
        .addResourcesItem(resource)
        .verbs(List.of(verbs));
  }

  private interface Creation {
    Object make() throws ApiException;
  }

  private static void ensure(Creation creation) throws ApiException {
    try {
      creation.make();
    } catch (ApiException e) {
      if (e.getCode() != 409) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    door.stop(0);
  }
}
