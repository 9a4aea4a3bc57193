package ai.matih.ml.serving.engine.rayserve;

import ai.matih.ml.common.http.EngineFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Ray Serve in memory; obeys {@link RayServeContract}. */
final class RayServeInMemory implements RayServe {

  final Map<String, ServeStatus.Application> applications = new LinkedHashMap<>();
  final Set<String> packages = new HashSet<>();
  final List<String> calls = new ArrayList<>();
  boolean away;

  @Override
  public ServeStatus status() {
    called("status");
    return new ServeStatus(applications);
  }

  @Override
  public void ensurePackage(String name, Supplier<byte[]> content) {
    called("package");
    if (!packages.contains(name)) {
      var _ = content.get();
      packages.add(name);
    }
  }

  @Override
  public void apply(Collection<Map<String, Object>> all) {
    called("apply");
    applications.clear();
    for (Map<String, Object> application : all) {
      applications.put(
          String.valueOf(application.get("name")),
          new ServeStatus.Application("RUNNING", "", 1, 1, application));
    }
  }

  @Override
  public void shutDown() {
    called("shutDown");
    applications.clear();
  }

  private void called(String what) {
    calls.add(what);
    if (away) {
      throw new EngineFailure.Unavailable("ray", new IOException("away"));
    }
  }
}
