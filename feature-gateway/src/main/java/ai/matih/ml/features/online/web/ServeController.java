package ai.matih.ml.features.online.web;

import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.features.definition.FeatureReference;
import ai.matih.ml.features.online.OnlineAnswer;
import ai.matih.ml.features.online.OnlineAnswer.Answered;
import ai.matih.ml.features.online.ServeFeatures;
import ai.matih.ml.features.online.ValueStatus;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "features")
class ServeController {

  private final ServeFeatures serve;

  ServeController(ServeFeatures serve) {
    this.serve = serve;
  }

  /**
   * @param features written {@code view:feature}; or else a service
   * @param entities for each join key its values, all of the same length
   */
  record ServeRequest(
      Optional<List<@NotNull String>> features,
      Optional<String> featureService,
      @NotNull Map<String, @NotNull List<Object>> entities) {}

  record ServeResponse(List<String> featureNames, List<ServedRow> rows) {}

  /**
   * @param absent the features without a value that a model could rely on, and why; left out when
   *     there are none
   */
  record ServedRow(
      Map<String, Object> entity,
      Map<String, ServedValue> values,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, ValueStatus> absent) {}

  record ServedValue(
      Optional<Object> value, ValueStatus status, Optional<Instant> eventTimestamp) {}

  @PostMapping("/api/v1/ml/features/serve")
  @Allow({Permission.FEATURES_READ, Permission.PREDICTIONS_CREATE})
  @Operation(summary = "Feature values as they are now, with a status for each")
  ServeResponse serve(@Valid @RequestBody ServeRequest request, Caller caller) {
    OnlineAnswer answer =
        serve.answer(
            caller.tenant(),
            new ServeFeatures.Question(
                request.features(), request.featureService(), request.entities()));
    List<String> names = answer.features().stream().map(FeatureReference::toString).toList();
    return new ServeResponse(names, answer.rows().stream().map(row -> served(names, row)).toList());
  }

  private static ServedRow served(List<String> names, OnlineAnswer.Row row) {
    Map<String, ServedValue> values = LinkedHashMap.newLinkedHashMap(names.size());
    Map<String, ValueStatus> absent = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      Answered value = row.values().get(i);
      values.put(
          names.get(i), new ServedValue(value.value(), value.status(), value.eventTimestamp()));
      if (value.status().isAbsent()) {
        absent.put(names.get(i), value.status());
      }
    }
    return new ServedRow(row.entity(), values, absent);
  }
}
