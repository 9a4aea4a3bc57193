package ai.matih.ml.registry.bundle;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({SealedArchive.class, GatherDocuments.class, AssembleBundle.class})
class BundleConfiguration {}
