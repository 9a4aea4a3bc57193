package ai.matih.ml.common.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the HTTP side.
 *
 * @param maxJson largest JSON body
 */
@ConfigurationProperties("matih.web")
public record WebSettings(@DefaultValue("1MB") DataSize maxJson) {}
