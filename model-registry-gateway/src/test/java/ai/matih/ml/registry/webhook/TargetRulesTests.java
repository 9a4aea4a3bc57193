package ai.matih.ml.registry.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class TargetRulesTests {

  private static final TargetRules PUBLIC = rules(Map.of());
  private static final TargetRules ONE_MACHINE =
      rules(
          Map.of(
              "registry.webhook.allow-http", "true",
              "registry.webhook.allowed-networks",
                  "127.0.0.0/8,10.1.0.0/16,169.254.0.0/16,fe80::/10",
              "registry.webhook.ports", ""));

  static TargetRules rules(Map<String, String> settings) {
    return new TargetRules(
        new Binder(new MapConfigurationPropertySource(new TreeMap<>(settings)))
            .bindOrCreate("registry.webhook", WebhookSettings.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::a00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "4000::1",
        "5f00::1"
      })
  void an_address_that_is_not_public_is_never_connected_to(String address) {
    assertThat(PUBLIC.allows(InetAddress.ofLiteral(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "193.0.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8"
      })
  void a_public_address_is(String address) {
    assertThat(PUBLIC.allows(InetAddress.ofLiteral(address))).isTrue();
  }

  @Test
  void a_setting_opens_networks_but_never_those_of_credentials() {
    assertThat(ONE_MACHINE.allows(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
    assertThat(ONE_MACHINE.allows(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
    assertThat(ONE_MACHINE.allows(InetAddress.ofLiteral("::ffff:10.1.2.3"))).isTrue();
    assertThat(ONE_MACHINE.allows(InetAddress.ofLiteral("10.2.2.3"))).isFalse();
    for (String never : List.of("169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "::")) {
      assertThat(ONE_MACHINE.allows(InetAddress.ofLiteral(never))).as(never).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://example.com/hook              | https
          ftp://example.com/                   | https
          file:///etc/passwd                   | https
          gopher://example.com/                | https
          //example.com/                       | https
          example.com                          | https
          https:///hook                        | host
          https:example.com                    | host
          https://user@example.com/            | user
          https://user:pw@example.com/         | user
          https://example.com@127.0.0.1/       | user
          https://example.com/#part            | fragment
          https://example.com:22/              | ports
          https://example.com:80/              | ports
          https://example.com:99999999999/     | host
          https://127.0.0.1/                   | private
          https://[::1]/                       | private
          https://[::ffff:127.0.0.1]/          | private
          https://[::ffff:a9fe:a9fe]/          | private
          https://169.254.169.254/latest/      | private
          https://10.0.0.7:8443/               | private
          https://2130706433/                  | host
          https://0x7f000001/                  | host
          https://017700000001/                | host
          https://127.1/                       | host
          https://0x7f.0.0.1/                  | host
          https://127.0.0.1./                  | host
          https://exa mple.com/                | URL
          https://example.com\\@evil.org/      | URL
          https://ex\u00e4mple.com/            | host
          """)
  void what_was_typed_is_refused_with_the_reason(String url, String reason) {
    assertThatThrownBy(() -> PUBLIC.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com", "https://example.com/hook?a=b", "https://hooks.example.com:8443/x",
        "HTTPS://EXAMPLE.COM/", "https://8.8.8.8/", "https://[2606:4700::1111]/"
      })
  void an_ordinary_address_is_accepted(String url) {
    assertThat(PUBLIC.parse(url)).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0", "10.0.0.0/33", "ten/8", "example.com/8", "::/129", ""})
  void a_network_that_is_none_stops_the_start(String network) {
    assertThatThrownBy(() -> Network.of(network)).isInstanceOf(IllegalArgumentException.class);
  }
}
