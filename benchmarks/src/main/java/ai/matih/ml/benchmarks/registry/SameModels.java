package ai.matih.ml.benchmarks.registry;

import ai.matih.ml.benchmarks.platform.SmallModel;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Fills both registries with the same models, straight in their databases: through their interfaces
 * it would take half an hour. Each of our rows is a copy of what the platform made for a really
 * trained, really checked version; MLflow's rows are what our mirror would have written there.
 * Doing it again changes nothing.
 */
final class SameModels {

  /** One model with many versions, the one in the middle in Production. */
  static final String VERSIONS = "bench-versions";

  /** One model whose versions wait in Development with all that Staging asks for. */
  static final String PROMOTE = "bench-promote";

  /** The beginning of the many models' names. */
  static final String SEARCH = "bench-search-";

  static final int VERSION_COUNT = 10_000;
  static final int IN_PRODUCTION = VERSION_COUNT / 2;
  static final int MODEL_COUNT = 2_000;

  private final URI database;
  private final String password;
  private final String tenant;

  /**
   * @param database the server of both databases, {@code postgresql://host:port}
   * @param password of its owner
   */
  SameModels(URI database, String password, String tenant) {
    this.database = database;
    this.password = password;
    this.tenant = tenant;
  }

  void fill(int promotions) throws SQLException {
    try (Connection ours = connect("ml")) {
      ours.setSchema("registry");
      inOneTransaction(
          ours,
          """
          insert into model select (jsonb_populate_record(m, jsonb_build_object(
            'key', gen_random_uuid(), 'id', '%3$s' || lpad(n::text, 4, '0'), 'name', '%3$s' || lpad(n::text, 4, '0')))).*
          from model m cross join generate_series(1, %4$d) n where m.tenant = '%1$s' and m.id = '%2$s'
          on conflict do nothing
          """
              .formatted(tenant, SmallModel.Shape.DOOR.id(), SEARCH, MODEL_COUNT),
          """
          insert into policy select (jsonb_populate_record(p, jsonb_build_object(
            'key', gen_random_uuid(), 'model_id', '%3$s' || lpad(n::text, 4, '0')))).*
          from policy p cross join generate_series(1, %4$d) n
          where p.tenant = '%1$s' and p.model_id = '%2$s' and p.revision = 1
          on conflict do nothing
          """
              .formatted(tenant, SmallModel.Shape.DOOR.id(), SEARCH, MODEL_COUNT),
          versions(VERSIONS, VERSION_COUNT, IN_PRODUCTION),
          spells(VERSIONS, VERSION_COUNT, IN_PRODUCTION),
          versions(PROMOTE, promotions, 0),
          spells(PROMOTE, promotions, 0),
          """
          insert into evidence select (jsonb_populate_record(e, jsonb_build_object(
            'id', gen_random_uuid(), 'model_id', '%3$s', 'version', n))).*
          from evidence e cross join generate_series(1, %4$d) n
          where e.tenant = '%1$s' and e.model_id = '%2$s' and e.version = 1
            and not exists (select from evidence k where k.tenant = '%1$s' and k.model_id = '%3$s')
          """
              .formatted(tenant, SmallModel.Shape.DOOR.id(), PROMOTE, promotions));
      execute(ours, "vacuum analyze");
    }
    try (Connection mlflow = connect("mlflow")) {
      inOneTransaction(
          mlflow,
          """
          insert into registered_models (workspace, name, creation_time, last_updated_time, description)
          select '%1$s', name, 1764000000000, 1764000000000, '' from (
            select '%2$s' || lpad(n::text, 4, '0') as name from generate_series(1, %3$d) n
            union values ('%4$s'), ('%5$s')) names
          on conflict do nothing
          """
              .formatted(tenant, SEARCH, MODEL_COUNT, VERSIONS, PROMOTE),
          mirrored(VERSIONS, VERSION_COUNT),
          tags(VERSIONS, VERSION_COUNT, IN_PRODUCTION),
          mirrored(PROMOTE, promotions),
          tags(PROMOTE, promotions, 0),
          """
          insert into registered_model_aliases (workspace, name, alias, version) values ('%s', '%s', 'production', %d)
          on conflict do nothing
          """
              .formatted(tenant, VERSIONS, IN_PRODUCTION));
      execute(mlflow, "vacuum analyze");
    }
  }

  /**
   * Whether our registry still tells others of earlier moves, which would disturb a measurement.
   */
  boolean isBusy() throws SQLException {
    try (Connection ours = connect("ml");
        Statement statement = ours.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select exists (select from registry.outbox where delivered_at is null)")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /** Copies by the names of the columns: a generated one takes no value. */
  private String versions(String model, int count, int inProduction) {
    return """
    do $$
    declare written text;
    begin
      select string_agg(quote_ident(column_name), ', ') into written
      from information_schema.columns
      where table_schema = current_schema() and table_name = 'model_version' and is_generated = 'NEVER';
      execute 'insert into model_version (' || written || ') select ' || written || $copies$
        from (select (jsonb_populate_record(v, jsonb_build_object(
          'id', gen_random_uuid(), 'model_id', '%3$s', 'number', n, 'run_id', md5('%3$s' || n),
          'stage', case when n = %5$d then 'PRODUCTION' else 'DEVELOPMENT' end))).*
        from model_version v cross join generate_series(1, %4$d) n
        where v.tenant = '%1$s' and v.model_id = '%2$s' and v.number = 1) copies
        on conflict do nothing $copies$;
    end $$
    """
        .formatted(tenant, SmallModel.Shape.DOOR.id(), model, count, inProduction);
  }

  private String spells(String model, int count, int inProduction) {
    return """
    insert into stage_spell select (jsonb_populate_record(s, jsonb_build_object(
      'id', gen_random_uuid(), 'model_id', '%3$s', 'version', n,
      'stage', case when n = %5$d then 'PRODUCTION' else 'DEVELOPMENT' end))).*
    from stage_spell s cross join generate_series(1, %4$d) n
    where s.tenant = '%1$s' and s.model_id = '%2$s' and s.version = 1 and s.until_at is null
    on conflict do nothing
    """
        .formatted(tenant, SmallModel.Shape.DOOR.id(), model, count, inProduction);
  }

  private String mirrored(String model, int count) {
    return """
    insert into model_versions (workspace, name, version, creation_time, last_updated_time, description, current_stage,
      source, run_id, status)
    select '%1$s', '%2$s', n, 1764000000000, 1764000000000, '', 'None',
      'mlflow-artifacts:/bench/' || n || '/artifacts/model', md5('%2$s' || n), 'READY'
    from generate_series(1, %3$d) n
    on conflict do nothing
    """
        .formatted(tenant, model, count);
  }

  private String tags(String model, int count, int inProduction) {
    return """
    insert into model_version_tags (workspace, name, version, key, value)
    select '%1$s', '%2$s', n, key, value from generate_series(1, %3$d) n cross join lateral (values
      ('matih.version', n::text),
      ('matih.stage', case when n = %4$d then 'production' else 'development' end),
      ('matih.digest', 'sha256:' || encode(sha256(n::text::bytea), 'hex'))) tag (key, value)
    on conflict do nothing
    """
        .formatted(tenant, model, count, inProduction);
  }

  private Connection connect(String name) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s".formatted(database.getHost(), database.getPort(), name),
        "postgres",
        password);
  }

  private static void inOneTransaction(Connection connection, String... statements)
      throws SQLException {
    connection.setAutoCommit(false);
    for (String statement : statements) {
      execute(connection, statement);
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
