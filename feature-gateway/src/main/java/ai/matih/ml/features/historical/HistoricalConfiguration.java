package ai.matih.ml.features.historical;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import(PlanFeatures.class)
class HistoricalConfiguration {}
