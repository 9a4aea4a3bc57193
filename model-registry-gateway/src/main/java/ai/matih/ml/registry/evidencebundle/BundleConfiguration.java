package ai.matih.ml.registry.evidencebundle;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({SealedArchive.class, GatherDocuments.class, AssembleBundle.class})
class BundleConfiguration {}
