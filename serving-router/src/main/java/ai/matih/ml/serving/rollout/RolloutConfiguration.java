package ai.matih.ml.serving.rollout;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import(AdvanceRollout.class)
class RolloutConfiguration {}
