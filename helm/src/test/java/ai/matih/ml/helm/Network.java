package ai.matih.ml.helm;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Network policies as a cluster enforces them, over ends that stand for pods and addresses. */
final class Network {

  /**
   * Somebody who may talk or listen.
   *
   * @param ports on which something listens
   * @param address when it is no pod; blocks of addresses in a policy are about these only
   */
  record End(
      String name,
      String namespace,
      Map<String, String> namespaceLabels,
      Map<String, String> labels,
      Set<Integer> ports,
      @Nullable String address) {

    static End pod(String name, String namespace, Map<String, String> labels, Set<Integer> ports) {
      return new End(
          name, namespace, Map.of("kubernetes.io/metadata.name", namespace), labels, ports, null);
    }

    static End address(String name, String address, Integer... ports) {
      return new End(name, "", Map.of(), Map.of(), Set.of(ports), address);
    }

    boolean outside() {
      return address != null;
    }
  }

  private final List<Manifest> policies;
  private final List<End> ends = new ArrayList<>();

  Network(List<Manifest> rendered, List<End> others) {
    policies = rendered.stream().filter(m -> m.kind().equals("NetworkPolicy")).toList();
    for (Manifest manifest : rendered) {
      if (!manifest.podTemplates().isEmpty()) {
        ends.add(
            End.pod(
                manifest.component(),
                manifest.namespace(),
                Manifest.texts(manifest.podTemplates().getFirst().at("/metadata/labels")),
                ports(manifest)));
      }
    }
    ends.addAll(others);
  }

  private static Set<Integer> ports(Manifest manifest) {
    Set<Integer> ports = new TreeSet<>();
    // Something that nobody was told of must stay out of reach too.
    ports.add(22);
    manifest
        .containers()
        .flatMap(container -> Manifest.elements(container.path("ports")))
        .forEach(port -> ports.add(port.path("containerPort").asInt()));
    return ports;
  }

  /** Everything that is possible, as {@code from -> to:port}. */
  Set<String> flows() {
    Set<String> flows = new TreeSet<>();
    for (End from : ends) {
      for (End to : ends) {
        for (int port : to.ports()) {
          boolean bothOutside = policies(from).isEmpty() && policies(to).isEmpty();
          if (!bothOutside && leaves(from, to, port) && enters(from, to, port)) {
            flows.add(from.name() + " -> " + to.name() + ":" + port);
          }
        }
      }
    }
    return flows;
  }

  private boolean leaves(End from, End to, int port) {
    List<Manifest> own = policies(from);
    return own.isEmpty()
        || own.stream().anyMatch(policy -> allows(policy, "egress", "to", to, port));
  }

  private boolean enters(End from, End to, int port) {
    List<Manifest> own = policies(to);
    return own.isEmpty()
        || own.stream().anyMatch(policy -> allows(policy, "ingress", "from", from, port));
  }

  private List<Manifest> policies(End end) {
    return policies.stream()
        .filter(p -> !end.outside() && p.namespace().equals(end.namespace()))
        .filter(p -> selects(p.at("/spec/podSelector"), end.labels()))
        .toList();
  }

  private static boolean allows(
      Manifest policy, String direction, String side, End other, int port) {
    return Manifest.elements(policy.at("/spec/" + direction))
        .anyMatch(
            rule ->
                portMatches(rule.path("ports"), port)
                    && (rule.path(side).isEmpty()
                        || Manifest.elements(rule.path(side))
                            .anyMatch(peer -> matches(peer, policy.namespace(), other))));
  }

  private static boolean portMatches(JsonNode ports, int port) {
    return ports.isEmpty()
        || Manifest.elements(ports)
            .anyMatch(
                p ->
                    p.path("protocol").asString("TCP").equals("TCP")
                        && p.path("port").asInt() == port);
  }

  private static boolean matches(JsonNode peer, String namespace, End end) {
    if (peer.has("ipBlock")) {
      JsonNode block = peer.path("ipBlock");
      return end.address() != null
          && contains(block.path("cidr").asString(""), end.address())
          && Manifest.elements(block.path("except"))
              .noneMatch(hole -> contains(hole.asString(""), end.address()));
    }
    if (end.outside()) {
      return false;
    }
    boolean there =
        peer.has("namespaceSelector")
            ? selects(peer.path("namespaceSelector"), end.namespaceLabels())
            : namespace.equals(end.namespace());
    return there && selects(peer.path("podSelector"), end.labels());
  }

  /** Whether a block like {@code 10.0.0.0/8} has the address. */
  static boolean contains(String cidr, String address) {
    List<String> parts = List.of(cidr.split("/"));
    byte[] first = InetAddress.ofLiteral(parts.getFirst()).getAddress();
    byte[] other = InetAddress.ofLiteral(address).getAddress();
    int rest = first.length * 8 - Integer.parseInt(parts.getLast());
    return first.length == other.length
        && new BigInteger(1, first)
            .shiftRight(rest)
            .equals(new BigInteger(1, other).shiftRight(rest));
  }

  private static boolean selects(JsonNode selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(Manifest.texts(selector.path("matchLabels")).entrySet())
        && expressions(selector).allMatch(labels::containsKey);
  }

  private static Stream<String> expressions(JsonNode selector) {
    return Manifest.elements(selector.path("matchExpressions"))
        .map(
            expression -> {
              if (!expression.path("operator").asString("").equals("Exists")) {
                throw new IllegalStateException("Only Exists is understood here: " + expression);
              }
              return expression.path("key").asString("");
            });
  }
}
