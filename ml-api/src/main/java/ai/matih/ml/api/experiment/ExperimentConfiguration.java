package ai.matih.ml.api.experiment;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({CreateExperiment.class, StartRun.class, LogMeasurements.class, FinishRun.class})
class ExperimentConfiguration {}
