package ai.matih.ml.training.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What a succeeded job left, read back from the object store and checked against what was asked.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind", defaultImpl = TrainedModel.class)
@JsonSubTypes({
  @JsonSubTypes.Type(value = TrainedModel.class, name = "model"),
  @JsonSubTypes.Type(value = MeasuredVersion.class, name = "measured"),
  @JsonSubTypes.Type(value = TestedVersion.class, name = "tested")
})
public sealed interface JobResult permits TrainedModel, MeasuredVersion, TestedVersion {}
