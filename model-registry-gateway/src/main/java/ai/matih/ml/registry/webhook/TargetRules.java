package ai.matih.ml.registry.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which targets may be called. A name says nothing about where it leads, so what counts is the
 * check of the address and the port in the moment of connecting; the check of what was typed only
 * tells people early.
 */
public final class TargetRules {

  private static final int MAX_LENGTH = 2_000;

  /** Other ways to write an IPv4 address than four numbers; no name ends in a number. */
  private static final Pattern NUMBER_IN_DISGUISE =
      Pattern.compile("(?!\\[|\\d{1,3}(\\.\\d{1,3}){3}$)(.*\\.)?\\d[^.]*\\.?");

  /** Every block that is not the public Internet (IANA's special-purpose registries). */
  private static final List<Network> NOT_PUBLIC =
      Stream.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "2001::/23",
              "2001:db8::/32",
              "2002::/16",
              "3fff::/20")
          .map(Network::of)
          .toList();

  /** All else in IPv6 is private, link-local, mapped, translated, multicast or not given out. */
  private static final Network GLOBAL_UNICAST = Network.of("2000::/3");

  /** Where clouds keep their credentials; no setting opens these. */
  private static final List<Network> NEVER =
      Stream.of("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "0.0.0.0/8", "::/128")
          .map(Network::of)
          .toList();

  private final boolean allowHttp;
  private final List<Network> allowed;
  private final List<Integer> ports;

  public TargetRules(WebhookSettings settings) {
    this.allowHttp = settings.allowHttp();
    this.allowed = settings.allowedNetworks().stream().map(Network::of).toList();
    this.ports = settings.ports();
  }

  /**
   * Reads an address that somebody typed.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  URI parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("must have up to " + MAX_LENGTH + " characters");
    }
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URL", e);
    }
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !(allowHttp && scheme.equals("http"))) {
      throw new IllegalArgumentException("must begin with https://");
    }
    if (url.getHost() == null || NUMBER_IN_DISGUISE.matcher(url.getHost()).matches()) {
      throw new IllegalArgumentException("must name a host");
    }
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException("must not carry a user or password");
    }
    if (url.getRawFragment() != null) {
      throw new IllegalArgumentException("must not have a fragment");
    }
    if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException("must be written in visible ASCII characters");
    }
    int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
    if (!allows(port)) {
      throw new IllegalArgumentException("must use one of the ports " + ports);
    }
    literal(url.getHost())
        .filter(address -> !allows(address))
        .ifPresent(
            _ -> {
              throw new IllegalArgumentException("must not be an address of a private network");
            });
    return url;
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public boolean allows(int port) {
    return ports.isEmpty() || ports.contains(port);
  }

  /** Whether a connection may be opened to it. */
  public boolean allows(InetAddress address) {
    if (in(NEVER, address) || address.isLinkLocalAddress()) {
      return false;
    }
    if (in(allowed, address)) {
      return true;
    }
    boolean publicForm = address.getAddress().length == 4 || GLOBAL_UNICAST.contains(address);
    return publicForm && !in(NOT_PUBLIC, address);
  }

  private static boolean in(List<Network> networks, InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
