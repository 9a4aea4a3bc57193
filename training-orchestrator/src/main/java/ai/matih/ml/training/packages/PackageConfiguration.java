package ai.matih.ml.training.packages;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the use cases of packages. */
@Configuration(proxyBeanMethods = false)
@Import(UploadPackage.class)
class PackageConfiguration {}
