package ai.matih.ml.local.suite;

import ai.matih.ml.local.engine.Database;
import ai.matih.ml.local.engine.Feast;
import ai.matih.ml.local.engine.FeastServer;
import ai.matih.ml.local.engine.Mlflow;
import ai.matih.ml.local.engine.MlflowServer;
import ai.matih.ml.local.engine.ObjectStoreServer;
import ai.matih.ml.local.engine.Postgres;
import ai.matih.ml.local.engine.PostgresServer;
import ai.matih.ml.local.engine.RayHead;
import ai.matih.ml.local.engine.S3;
import ai.matih.ml.local.home.Credentials;
import ai.matih.ml.local.home.Home;
import ai.matih.ml.local.home.Secret;
import ai.matih.ml.local.install.Installation;
import ai.matih.ml.local.process.ProcessSpec;
import ai.matih.ml.local.supervision.PartPlan;
import ai.matih.ml.local.supervision.PartPlan.Completion;
import ai.matih.ml.local.supervision.StartPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All parts of the platform of one machine and the order of their first start: PostgreSQL and S3,
 * then Ray alone (its own start has a fixed limit that busy cores exceed), then everything else.
 */
public final class Suite {

  private static final int LEAST_LOGICAL_CPUS = 4;

  private final Settings settings;
  private final Credentials secrets;
  private final Home home;
  private final PlatformPorts ports;
  private final Path python;
  private final Postgres postgres;
  private final S3 store;

  public Suite(Settings settings, Credentials secrets) {
    this.settings = settings;
    this.secrets = secrets;
    this.home = settings.homeFolder();
    this.ports = settings.ports();
    this.python = Path.of(settings.python());
    this.postgres =
        new Postgres(
            "127.0.0.1",
            ports.postgres(),
            "postgres",
            secrets.postgresPassword(),
            secrets.rolePasswords());
    this.store =
        new S3(
            PlatformPorts.http(ports.s3()),
            secrets.s3AccessKey(),
            secrets.s3SecretKey(),
            "us-east-1");
  }

  public StartPlan plan() {
    var parts = new ArrayList<PartPlan>();
    parts.add(new PartPlan("postgres", Set.of(), false, this::postgres, this::databases));
    parts.add(new PartPlan("s3", Set.of(), false, this::objectStore, this::buckets));
    var foundation = Set.of("postgres", "s3");
    parts.add(new PartPlan("ray", foundation, true, this::ray, Completion.nothing()));
    var afterRay = Set.of("postgres", "s3", "ray");
    parts.add(new PartPlan("mlflow", afterRay, false, this::mlflow, Completion.nothing()));
    parts.add(new PartPlan("feast", afterRay, false, this::feast, Completion.nothing()));
    for (var service : Service.values()) {
      parts.add(
          new PartPlan(
              service.wire(), foundation, false, () -> service(service), Completion.nothing()));
    }
    var plan = new StartPlan(parts);
    return settings.only().isEmpty() ? plan : plan.only(Set.copyOf(settings.only()));
  }

  private ProcessSpec postgres() throws IOException, InterruptedException {
    var server =
        new PostgresServer(
            PostgresServer.install(home.cache()),
            home.data().resolve("postgres"),
            postgres,
            settings.durable());
    server.initialize();
    return server.spec(home.log("postgres"));
  }

  private void databases() {
    postgres.ensureServiceDatabase("ml");
    for (var engine : List.of("mlflow", "feast")) {
      postgres.ensureRole(engine);
      postgres.ensureDatabase(engine, engine);
    }
  }

  private ProcessSpec objectStore() throws IOException, InterruptedException {
    return ObjectStoreServer.choose(
            home.cache(),
            home.data().resolve("s3"),
            home.run().resolve("s3proxy.properties"),
            store)
        .spec(home.log("s3"));
  }

  private void buckets() {
    S3.BUCKETS.forEach(store::ensureBucket);
  }

  private ProcessSpec ray() throws IOException {
    var cpus = Math.max(LEAST_LOGICAL_CPUS, Runtime.getRuntime().availableProcessors());
    // Sessions of earlier heads are of no use to a new one and only fill the disk.
    if (!Preflight.busy(ports.ray().dashboard())) {
      Installation.delete(home.sockets());
    }
    return new RayHead(python, ports.ray(), secrets.rayToken(), home.sockets(), cpus)
        .spec(home.log("ray"));
  }

  private ProcessSpec mlflow() {
    return new MlflowServer(
            python, new Mlflow(PlatformPorts.http(ports.mlflow())), database("mlflow"), store)
        .spec(home.run().resolve("mlflow"), home.log("mlflow"));
  }

  private ProcessSpec feast() {
    var access =
        new Feast(
            PlatformPorts.http(ports.feast()), secrets.feastToken(), database("feast"), store);
    var sources = Path.of(settings.root()).resolve("feature-gateway/src/main/python");
    return new FeastServer(python, sources, access)
        .spec(home.run().resolve("feast"), home.log("feast"));
  }

  private Database database(String name) {
    return postgres.database(name, name);
  }

  /** The work that makes the services' next start faster; only for platforms that people keep. */
  public Optional<ClassCaches> classCaches() {
    var running = settings.only();
    var services =
        Arrays.stream(Service.values())
            .filter(service -> running.isEmpty() || running.contains(service.wire()))
            .toList();
    return settings.durable()
        ? Optional.of(new ClassCaches(services, this::service, home.logs(), home.owner()))
        : Optional.empty();
  }

  private ProcessSpec service(Service service) throws IOException, InterruptedException {
    return new JavaService(service, Path.of(settings.root()), home.cache())
        .spec(home, ports.of(service), environment(service));
  }

  /** What a service learns about its surroundings; the only names that services read. */
  Map<String, String> environment(Service service) throws IOException {
    var keys = new SigningKeys(home.keys());
    var data = home.data().resolve(service.wire());
    Files.createDirectories(data);
    var environment = new HashMap<String, String>();
    environment.put("DATABASE_URL", postgres.url("ml"));
    environment.put("DATABASE_USER", service.address());
    environment.put(
        "DATABASE_PASSWORD", secrets.rolePasswords().getOrDefault(service.address(), ""));
    environment.put("JWKS_FILE", keys.publicKeys().toString());
    environment.put("SIGNING_KEY_FILE", keys.privateKey(service).toString());
    environment.put("S3_ENDPOINT", store.endpoint().toString());
    environment.put("S3_ACCESS_KEY", store.accessKey());
    environment.put("S3_SECRET_KEY", store.secretKey());
    environment.put("S3_REGION", store.region());
    environment.put("MLFLOW_URL", PlatformPorts.http(ports.mlflow()).toString());
    environment.put("RAY_URL", PlatformPorts.http(ports.ray().dashboard()).toString());
    environment.put("RAY_TOKEN", secrets.rayToken());
    environment.put("RAY_SERVE_URL", PlatformPorts.http(ports.rayServe()).toString());
    environment.put("RAY_SERVE_HOST", "127.0.0.1");
    // Ray's processors are counted, not taken: jobs must find some beside the replicas.
    environment.put("RAY_SERVE_CPUS", "0.25");
    environment.put("FEAST_URL", PlatformPorts.http(ports.feast()).toString());
    environment.put("FEAST_TOKEN", secrets.feastToken());
    environment.put("FEAST_DATABASE_URL", postgres.url("feast"));
    environment.put("FEAST_DATABASE_USER", "feast");
    environment.put("FEAST_DATABASE_PASSWORD", secrets.rolePasswords().getOrDefault("feast", ""));
    environment.put("PUBLIC_URL", PlatformPorts.http(ports.door()).toString());
    for (var other : Service.values()) {
      environment.put(
          other.address().toUpperCase(Locale.ROOT) + "_URL",
          PlatformPorts.http(ports.of(other)).toString());
    }
    environment.put("PREDICTIONS_PORT", Integer.toString(ports.predictions()));
    environment.put("PREDICTIONS_URL", PlatformPorts.http(ports.predictions()).toString());
    environment.put("GRPC_PORT", Integer.toString(ports.grpc()));
    environment.put("ONLINE_FEATURES_PORT", Integer.toString(ports.onlineFeatures()));
    environment.put("ONLINE_FEATURES_URL", PlatformPorts.http(ports.onlineFeatures()).toString());
    environment.put("DATA_DIR", data.toString());
    if (service == Service.ML_API) {
      environment.put("BOOTSTRAP_KEY_SHA256", Secret.sha256(secrets.adminKey()));
    }
    return environment;
  }
}
