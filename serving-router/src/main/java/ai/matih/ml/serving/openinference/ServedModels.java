package ai.matih.ml.serving.openinference;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.tenant.Tenant;
import ai.matih.ml.serving.ServingError;
import ai.matih.ml.serving.routing.Router;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What the protocol asks about the server and its models, beside answers of models. */
public final class ServedModels {

  public static final String SERVER = "matih-ml";
  public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "parameters");

  private final Router router;
  private final BooleanSupplier ready;

  /**
   * @param ready whether this router serves all that it is to serve
   */
  ServedModels(Router router, BooleanSupplier ready) {
    this.router = router;
    this.ready = ready;
  }

  /** The release, where it is known. */
  public static String version() {
    String version = ServedModels.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  public boolean isReady() {
    return ready.getAsBoolean();
  }

  /** Refuses while this router is not ready. */
  void requireReady() {
    if (!isReady()) {
      throw new Problem(ServingError.NOT_READY, "This router is still loading its models.")
          .retryAfter(Duration.ofSeconds(1));
    }
  }

  /** What a model looks like; refuses one that could not be asked now. */
  public Router.Outline outline(Tenant tenant, ModelAddress address) {
    return router.outline(tenant, address.model(), address.version());
  }
}
