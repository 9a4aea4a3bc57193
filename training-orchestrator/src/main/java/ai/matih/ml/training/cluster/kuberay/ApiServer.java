package ai.matih.ml.training.cluster.kuberay;

import ai.matih.ml.common.http.EngineFailure;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.CustomObjectsApi;
import io.kubernetes.client.openapi.models.V1DeleteOptions;
import io.kubernetes.client.openapi.models.V1Node;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1Preconditions;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.util.PatchUtils;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * The few calls to the API server that the adapter needs, each with its four outcomes. Nothing is
 * repeated here: only the caller knows what a repeat means.
 */
final class ApiServer {

  static final String ENGINE = "kubernetes";

  private static final String GROUP = "ray.io";
  private static final String VERSION = "v1";
  private static final String RAY_JOBS = "rayjobs";
  private static final int PAGE = 500;
  private static final Gson JSON = new Gson();

  private final ApiClient client;
  private final CustomObjectsApi objects;
  private final CoreV1Api core;
  private final Semaphore places;
  private final MeterRegistry meters;

  ApiServer(ApiClient client, Duration readTimeout, int maxConcurrentCalls, MeterRegistry meters) {
    this.client = client;
    client.setHttpClient(
        client
            .getHttpClient()
            .newBuilder()
            .connectTimeout(Duration.ofSeconds(2))
            .readTimeout(readTimeout)
            .writeTimeout(readTimeout)
            .callTimeout(readTimeout.multipliedBy(2))
            // Otherwise a request may silently be sent twice.
            .retryOnConnectionFailure(false)
            .build());
    this.objects = new CustomObjectsApi(client);
    this.core = new CoreV1Api(client);
    this.places = new Semaphore(maxConcurrentCalls);
    this.meters = meters;
  }

  /** Names a namespace's present life. */
  String uidOfNamespace(String name) {
    V1ObjectMeta metadata =
        call("get namespace", true, () -> core.readNamespace(name).execute()).getMetadata();
    if (metadata == null || metadata.getUid() == null) {
      throw new EngineFailure.Misbehaved(ENGINE, 200, "a namespace without uid");
    }
    return metadata.getUid();
  }

  /** In all namespaces when none is named. */
  List<RayJob> rayJobs(Optional<String> namespace, String selector) {
    List<RayJob> all = new ArrayList<>();
    String next = null;
    do {
      RayJob.Page page = page(namespace, selector, next);
      all.addAll(Objects.requireNonNullElse(page.items(), List.of()));
      next = page.metadata() == null ? null : page.metadata().next();
    } while (next != null && !next.isEmpty());
    return all;
  }

  private RayJob.Page page(Optional<String> namespace, String selector, @Nullable String next) {
    return call(
        "list rayjobs",
        true,
        () ->
            read(
                namespace.isPresent()
                    ? objects
                        .listNamespacedCustomObject(GROUP, VERSION, namespace.get(), RAY_JOBS)
                        .labelSelector(selector)
                        .limit(PAGE)
                        ._continue(next)
                        .execute()
                    : objects
                        .listCustomObjectForAllNamespaces(GROUP, VERSION, RAY_JOBS)
                        .labelSelector(selector)
                        .limit(PAGE)
                        ._continue(next)
                        .execute(),
                RayJob.Page.class));
  }

  /** Empty when it is not there. */
  Optional<RayJob> rayJob(String namespace, String name) {
    return unless(
        404,
        () ->
            call(
                "get rayjob",
                true,
                () ->
                    read(
                        objects
                            .getNamespacedCustomObject(GROUP, VERSION, namespace, RAY_JOBS, name)
                            .execute(),
                        RayJob.class)));
  }

  /** Empty when there is one of that name. A misspelt field is refused rather than dropped. */
  Optional<RayJob> createRayJob(String namespace, Map<String, Object> manifest) {
    return unless(
        409,
        () ->
            call(
                "create rayjob",
                false,
                () ->
                    read(
                        objects
                            .createNamespacedCustomObject(
                                GROUP, VERSION, namespace, RAY_JOBS, manifest)
                            .fieldValidation("Strict")
                            .execute(),
                        RayJob.class)));
  }

  /** Merges; repeatable. Says whether it was there. */
  boolean patchRayJob(String namespace, String name, Map<String, Object> change) {
    return unless(
            404,
            () ->
                call(
                    "patch rayjob",
                    false,
                    () ->
                        PatchUtils.patch(
                            Object.class,
                            () ->
                                objects
                                    .patchNamespacedCustomObject(
                                        GROUP,
                                        VERSION,
                                        namespace,
                                        RAY_JOBS,
                                        name,
                                        new V1Patch(JSON.toJson(change)))
                                    .buildCall(null),
                            V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH,
                            client)))
        .isPresent();
  }

  /** Exactly that version of it; says no when it has changed since, and yes when it is gone. */
  boolean deleteRayJob(RayJob seen, String name) {
    V1DeleteOptions options =
        new V1DeleteOptions()
            .propagationPolicy("Background")
            .preconditions(new V1Preconditions().uid(seen.uid()).resourceVersion(seen.version()));
    try {
      call(
          "delete rayjob",
          false,
          () ->
              objects
                  .deleteNamespacedCustomObject(GROUP, VERSION, seen.namespace(), RAY_JOBS, name)
                  .body(options)
                  .execute());
      return true;
    } catch (EngineFailure.Refused e) {
      if (e.status() == 404) {
        return true;
      }
      if (e.status() == 409) {
        return false;
      }
      throw e;
    }
  }

  /** Says whether it was new. */
  boolean createSecret(String namespace, V1Secret secret) {
    return unless(
            409,
            () ->
                call(
                    "create secret",
                    false,
                    () ->
                        core.createNamespacedSecret(namespace, secret)
                            .fieldValidation("Strict")
                            .execute()))
        .isPresent();
  }

  List<V1Pod> pods(String namespace, String selector) {
    return call(
            "list pods",
            true,
            () -> core.listNamespacedPod(namespace).labelSelector(selector).execute())
        .getItems();
  }

  List<V1Node> nodes() {
    return call("list nodes", true, () -> core.listNode().execute()).getItems();
  }

  /** How a log is read while it arrives. */
  interface Reader<T> {
    T read(InputStream log) throws IOException;
  }

  /** Empty when the pod has none (yet, or any more). */
  <T> Optional<T> podLog(String namespace, String pod, int lines, Reader<T> reader) {
    try {
      return Optional.of(
          call(
              "get log",
              true,
              () -> {
                try (Response response =
                    core.readNamespacedPodLog(pod, namespace)
                        .tailLines(lines)
                        .buildCall(null)
                        .execute()) {
                  ResponseBody body = response.body();
                  if (!response.isSuccessful()) {
                    throw new ApiException(
                        response.code(), response.headers().toMultimap(), body.string());
                  }
                  return reader.read(body.byteStream());
                }
              }));
    } catch (EngineFailure.Refused e) {
      // 400: the container has not begun.
      if (e.status() == 400 || e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private interface Call<T> {
    @Nullable T make() throws ApiException, IOException;
  }

  private static <T> Optional<T> unless(int status, Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (EngineFailure.Refused e) {
      if (e.status() == status) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static <T> @Nullable T read(@Nullable Object answer, Class<T> type) {
    return JSON.fromJson(JSON.toJsonTree(answer), type);
  }

  private <T> T call(String operation, boolean readOnly, Call<T> call) {
    if (!places.tryAcquire()) {
      throw new EngineFailure.Unavailable(
          ENGINE, "too many calls in flight", Optional.of(Duration.ofSeconds(1)));
    }
    long started = System.nanoTime();
    String outcome = "answer";
    try {
      T answer = call.make();
      if (answer == null) {
        throw new EngineFailure.Misbehaved(ENGINE, 200, "empty");
      }
      return answer;
    } catch (ApiException | IOException | JsonParseException e) {
      EngineFailure failure = failure(readOnly, e);
      outcome = name(failure);
      throw failure;
    } finally {
      places.release();
      meters
          .timer("matih.kubernetes.calls", "operation", operation, "outcome", outcome)
          .record(Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private static String name(EngineFailure failure) {
    return switch (failure) {
      case EngineFailure.Refused _ -> "refused";
      case EngineFailure.Unavailable _ -> "unavailable";
      case EngineFailure.Misbehaved _ -> "misbehaved";
      case EngineFailure.OutcomeUnknown _ -> "unknown";
    };
  }

  private static EngineFailure failure(boolean readOnly, Exception e) {
    // Also an answer that began and did not end; Gson and the client wrap that.
    if (e instanceof IOException broken) {
      return unanswered(readOnly, broken);
    }
    if (e.getCause() instanceof IOException broken) {
      return unanswered(readOnly, broken);
    }
    return e instanceof ApiException answered && answered.getCode() >= 400
        ? failure(readOnly, answered)
        : new EngineFailure.Misbehaved(ENGINE, 200, "not Kubernetes' protocol");
  }

  private static EngineFailure failure(boolean readOnly, ApiException e) {
    int status = e.getCode();
    String body = Objects.requireNonNullElse(e.getResponseBody(), "");
    if (status == 429 || status == 503) {
      return unavailable("answered " + status, retryAfter(e));
    }
    if (status == 504) {
      return readOnly
          ? unavailable("answered 504", Optional.empty())
          : new EngineFailure.OutcomeUnknown(ENGINE, "answered 504");
    }
    if (status >= 500) {
      return new EngineFailure.Misbehaved(ENGINE, status, body);
    }
    return OperatorActionNeeded.of(status, body)
        .<EngineFailure>map(what -> unavailable(what, Optional.empty()))
        .orElseGet(() -> new EngineFailure.Refused(ENGINE, status, body));
  }

  private static EngineFailure.Unavailable unavailable(
      String message, Optional<Duration> retryAfter) {
    return new EngineFailure.Unavailable(ENGINE, message, retryAfter);
  }

  private static Optional<Duration> retryAfter(ApiException e) {
    return Optional.ofNullable(e.getResponseHeaders()).stream()
        .flatMap(headers -> headers.entrySet().stream())
        .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals("retry-after"))
        .flatMap(header -> header.getValue().stream())
        .filter(value -> value.matches("\\d{1,6}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)))
        .findFirst();
  }

  private static EngineFailure unanswered(boolean readOnly, IOException e) {
    boolean neverSent =
        e instanceof ConnectException
            || e instanceof NoRouteToHostException
            || e instanceof UnknownHostException
            || e instanceof SSLException
            || (e instanceof SocketTimeoutException timeout && isConnecting(timeout));
    return neverSent || readOnly
        ? new EngineFailure.Unavailable(ENGINE, e)
        : new EngineFailure.OutcomeUnknown(ENGINE, e);
  }

  /** A connection that did not come about and an answer that did not come have the same class. */
  private static boolean isConnecting(SocketTimeoutException e) {
    return Objects.requireNonNullElse(e.getMessage(), "")
        .toLowerCase(Locale.ROOT)
        .contains("connect");
  }
}
