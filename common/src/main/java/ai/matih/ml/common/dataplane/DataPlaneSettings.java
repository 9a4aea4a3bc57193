package ai.matih.ml.common.dataplane;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The listener of the data plane.
 *
 * @param port where it listens; 0 for any free one
 * @param threads that read, answer small requests and write; 0 for one per core
 * @param smallBody up to this size a request is read and answered by the thread that received it
 * @param bodyMemory how much the larger bodies that are being received or were unpacked may take
 *     together, those of other listeners too
 * @param maxHeader largest head of a request
 * @param maxConnections connections of one listener at once; more are closed
 * @param maxWaiting requests at once that need another thread; more are refused
 * @param requestTimeout how long a request may take to arrive
 * @param idleTimeout how long a connection may rest, or an answer be left unread
 * @param failedLogins requests per second with wrong credentials that one address may send
 */
@ConfigurationProperties("matih.data-plane")
public record DataPlaneSettings(
    @DefaultValue("0") int port,
    @DefaultValue("0") int threads,
    @DefaultValue("4KB") DataSize smallBody,
    @DefaultValue("64MB") DataSize bodyMemory,
    @DefaultValue("16KB") DataSize maxHeader,
    @DefaultValue("8192") int maxConnections,
    @DefaultValue("1000") int maxWaiting,
    @DefaultValue("PT20S") Duration requestTimeout,
    @DefaultValue("PT60S") Duration idleTimeout,
    @DefaultValue("20") double failedLogins) {

  int loops() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
