package ai.matih.ml.registry.artifact;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Where models come from and how large they may be.
 *
 * @param bucket holds the bundles of all tenants, below their prefixes
 * @param maxFiles files in one bundle
 * @param maxBundle all files of one bundle together
 * @param maxDocument one JSON document of a bundle
 */
@Validated
@ConfigurationProperties("registry.artifact")
public record ArtifactSettings(
    @DefaultValue("models") @NotBlank String bucket,
    @DefaultValue("200") @Positive int maxFiles,
    @DefaultValue("2GB") DataSize maxBundle,
    @DefaultValue("8MB") DataSize maxDocument) {

  long maxBundleBytes() {
    return maxBundle.toBytes();
  }

  long maxDocumentBytes() {
    return maxDocument.toBytes();
  }
}
