package ai.matih.ml.training.job;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Neighbours in memory for tests of the whole service. */
public final class FakeNeighbours {

  private FakeNeighbours() {}

  /** One object per port, as Spring wants it; all of them are the same neighbours. */
  public static Map<Class<?>, Object> ports() {
    Neighbours neighbours = new Neighbours();
    Map<Class<?>, Object> ports = new LinkedHashMap<>();
    for (Class<?> port :
        List.of(
            ExperimentRuns.class,
            FeaturePlans.class,
            RegistryModels.class,
            VersionRegistration.class,
            JobOutputs.class,
            SignedAddresses.class)) {
      ports.put(
          port,
          Proxy.newProxyInstance(
              port.getClassLoader(),
              new Class<?>[] {port},
              (_, method, arguments) -> {
                try {
                  return method.invoke(neighbours, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }
    return ports;
  }
}
