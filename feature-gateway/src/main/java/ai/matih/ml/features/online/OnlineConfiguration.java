package ai.matih.ml.features.online;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import(ServeFeatures.class)
class OnlineConfiguration {}
