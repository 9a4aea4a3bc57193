package ai.matih.ml.registry.artifact;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import(FetchBundle.class)
class ArtifactConfiguration {}
