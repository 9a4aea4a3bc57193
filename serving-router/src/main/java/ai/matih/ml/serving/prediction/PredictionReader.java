package ai.matih.ml.serving.prediction;

import ai.matih.ml.bundle.ColumnName;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.serving.ModelId;
import ai.matih.ml.serving.deployment.OnAbsent;
import ai.matih.ml.serving.prediction.PredictionRequest.Form;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a prediction request in one pass over its bytes, in any order of fields, without building a
 * tree.
 */
public final class PredictionReader {

  /** More than the bytes of the longest name of a column; an unknown name is refused as such. */
  private static final int MAX_NAME = 8 * ColumnName.LONGEST;

  private static final int MAX_UNIT_ID = 256;

  private final JsonFactory json =
      JsonFactory.builder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(20)
                  // A text may be as long as training takes one; the body has a limit.
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(1_000)
                  .build())
          .build();

  private final int maxRows;

  public PredictionReader(PredictionSettings settings) {
    this.maxRows = settings.maxRows();
  }

  /** Reads a whole array, as {@link #read(byte[], int)} does. */
  public PredictionRequest read(byte[] body) {
    return read(body, body.length);
  }

  /**
   * Reads the first bytes of an array, and keeps nothing of it. Refuses what is not the form of a
   * prediction request, naming the field.
   */
  public PredictionRequest read(byte[] body, int length) {
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body, 0, length)) {
      PredictionRequest request = new Reading(parser).request();
      if (parser.nextToken() != null) {
        throw new Problem(CommonError.MALFORMED_REQUEST, "The body goes on after its JSON object.");
      }
      return request;
    } catch (JacksonException e) {
      throw new Problem(
          CommonError.MALFORMED_REQUEST,
          e.getLocation() == null
              ? "The body is not valid JSON."
              : "The body is not valid JSON, or too long in one place (line %d, column %d)."
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
  }

  private final class Reading {

    private final JsonParser in;
    private final Set<String> seen = new HashSet<>();
    private final Rows rows = new Rows();
    private final Map<String, List<Object>> entities = new LinkedHashMap<>();
    private @Nullable ModelId model;
    private @Nullable Form form;
    private boolean scalarEntities;
    private @Nullable String unitId;
    private @Nullable Long version;
    private boolean returnProbabilities;
    private OnAbsent onAbsent = OnAbsent.SERVE;

    Reading(JsonParser in) {
      this.in = in;
    }

    PredictionRequest request() {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new Problem(CommonError.MALFORMED_REQUEST, "The body must be a JSON object.");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = in.currentName();
        if (!seen.add(field)) {
          throw Problem.invalid(field, "is given twice");
        }
        in.nextToken();
        switch (field) {
          case "model_id" -> model = model();
          case "features" -> features();
          case "instances" -> instances();
          case "entities" -> entities();
          case "unit_id" -> unitId = unitId();
          case "options" -> options();
          default -> throw Problem.invalid(field, "is not a known field");
        }
      }
      if (model == null) {
        throw Problem.invalid("model_id", "is required");
      }
      if (form == null) {
        if (entities.isEmpty()) {
          throw Problem.invalid("features", "give features, instances or entities");
        }
        rowsOfEntities();
      }
      checkEntityCounts();
      return new PredictionRequest(
          model,
          form == null ? (scalarEntities ? Form.SINGLE : Form.MANY) : form,
          rows,
          Map.copyOf(entities),
          Optional.ofNullable(unitId),
          Optional.ofNullable(version),
          returnProbabilities,
          onAbsent);
    }

    private ModelId model() {
      String id = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : "";
      if (!ModelId.isWellFormed(id)) {
        throw Problem.invalid("model_id", "must be a model's id");
      }
      return new ModelId(id);
    }

    private void features() {
      oneForm();
      form = Form.SINGLE;
      row("features");
    }

    private void instances() {
      oneForm();
      form = Form.MANY;
      if (in.currentToken() != JsonToken.START_ARRAY) {
        throw Problem.invalid("instances", "must be a list of objects");
      }
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (rows.count() == maxRows) {
          throw Problem.invalid("instances", "has more than " + maxRows + " rows");
        }
        row("instances[" + rows.count() + "]");
      }
      if (rows.count() == 0) {
        throw Problem.invalid("instances", "must have at least one row");
      }
    }

    private void oneForm() {
      if (form != null) {
        throw Problem.invalid("instances", "cannot be given together with features");
      }
    }

    private void row(String field) {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid(field, "must be an object of values by input name");
      }
      rows.startRow();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        switch (in.nextToken()) {
          case VALUE_NUMBER_INT -> rows.add(name, Rows.Kind.INTEGER, in.getDoubleValue(), "");
          case VALUE_NUMBER_FLOAT -> rows.add(name, Rows.Kind.DECIMAL, in.getDoubleValue(), "");
          case VALUE_STRING -> rows.add(name, Rows.Kind.TEXT, 0, in.getString());
          case VALUE_TRUE -> rows.add(name, Rows.Kind.TRUE, 1, "");
          case VALUE_FALSE -> rows.add(name, Rows.Kind.FALSE, 0, "");
          case VALUE_NULL -> rows.add(name, Rows.Kind.NULL, 0, "");
          default -> {
            rows.add(name, Rows.Kind.OTHER, 0, "");
            in.skipChildren();
          }
        }
      }
    }

    private void entities() {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid("entities", "must be an object of values by join key");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = in.currentName();
        List<Object> values = new ArrayList<>();
        if (in.nextToken() == JsonToken.START_ARRAY) {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            if (values.size() == maxRows) {
              throw Problem.invalid("entities." + key, "has more than " + maxRows + " values");
            }
            values.add(entity("entities." + key + "[" + values.size() + "]"));
          }
          if (values.isEmpty()) {
            throw Problem.invalid("entities." + key, "must have at least one value");
          }
        } else {
          scalarEntities = true;
          values.add(entity("entities." + key));
        }
        if (entities.put(key, List.copyOf(values)) != null) {
          throw Problem.invalid("entities." + key, "is given twice");
        }
      }
    }

    private Object entity(String field) {
      return switch (in.currentToken()) {
        case VALUE_STRING -> in.getString();
        case VALUE_NUMBER_INT -> in.getLongValue();
        default -> throw Problem.invalid(field, "must be a string or a whole number");
      };
    }

    /** Entities alone are rows whose every value comes from the feature store. */
    private void rowsOfEntities() {
      int count = entities.values().iterator().next().size();
      for (int i = 0; i < count; i++) {
        rows.startRow();
      }
    }

    private void checkEntityCounts() {
      entities.forEach(
          (key, values) -> {
            if (values.size() != rows.count()) {
              throw Problem.invalid(
                  "entities." + key,
                  "has %d values for %d rows".formatted(values.size(), rows.count()));
            }
          });
    }

    private String unitId() {
      String id =
          switch (in.currentToken()) {
            case VALUE_STRING, VALUE_NUMBER_INT -> in.getString();
            default -> "";
          };
      if (id.isEmpty() || id.length() > MAX_UNIT_ID) {
        throw Problem.invalid("unit_id", "must be a text of 1 to " + MAX_UNIT_ID + " characters");
      }
      return id;
    }

    private void options() {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw Problem.invalid("options", "must be an object");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String option = in.currentName();
        JsonToken value = in.nextToken();
        switch (option) {
          case "return_probabilities" -> {
            if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE) {
              throw Problem.invalid("options.return_probabilities", "must be true or false");
            }
            returnProbabilities = value == JsonToken.VALUE_TRUE;
          }
          case "version" -> {
            if (value != JsonToken.VALUE_NUMBER_INT
                || in.getDoubleValue() < 1
                || in.getDoubleValue() > Long.MAX_VALUE / 2.0) {
              throw Problem.invalid("options.version", "must be a version number");
            }
            version = in.getLongValue();
          }
          case "on_absent" -> onAbsent = onAbsent(value);
          default -> throw Problem.invalid("options." + option, "is not a known field");
        }
      }
    }

    private OnAbsent onAbsent(JsonToken value) {
      return OnAbsent.ofWire(value == JsonToken.VALUE_STRING ? in.getString() : "")
          .orElseThrow(() -> Problem.invalid("options.on_absent", "must be serve or fail"));
    }
  }
}
