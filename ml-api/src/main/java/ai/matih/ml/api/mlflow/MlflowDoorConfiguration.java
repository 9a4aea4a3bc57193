package ai.matih.ml.api.mlflow;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import(JobFence.class)
class MlflowDoorConfiguration {}
