package ai.matih.ml.common.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** On a real web server, with a client that keeps its connections. */
@Timeout(60)
class LameDuckTests {

  @Test
  void answers_without_keeping_connections_while_the_rest_goes_on_and_then_ends() throws Exception {
    try (ConfigurableApplicationContext service = start("3s");
        HttpClient client = HttpClient.newHttpClient()) {
      AtomicBoolean othersHeard = service.getBean("othersHeard", AtomicBoolean.class);
      HttpRequest question = question(service);
      assertThat(ask(client, question)).isEqualTo("kept");

      Thread end = Thread.ofVirtual().start(service::close);
      while (ask(client, question).equals("kept")) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 20; i++) {
        assertThat(ask(client, question)).isEqualTo("close");
      }
      assertThat(othersHeard).isFalse();

      end.join();
      assertThat(othersHeard).isTrue();
      assertThatThrownBy(() -> ask(client, question)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void the_end_of_another_context_is_not_its_own() throws Exception {
    try (ConfigurableApplicationContext service = start("0s");
        HttpClient client = HttpClient.newHttpClient()) {
      ConfigurableApplicationContext child =
          new SpringApplicationBuilder(Nothing.class)
              .parent(service)
              .web(WebApplicationType.NONE)
              .run();

      child.close();

      assertThat(ask(client, question(service))).isEqualTo("kept");
    }
  }

  private static ConfigurableApplicationContext start(String time) {
    return new SpringApplicationBuilder(Answering.class)
        .properties(Map.of("server.port", "0", "server.shutdown", "graceful", "time", time))
        .run();
  }

  private static HttpRequest question(ApplicationContext service) {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
  }

  /** What the answer says about its connection. */
  private static String ask(HttpClient client, HttpRequest question) throws Exception {
    HttpResponse<Void> answer = client.send(question, HttpResponse.BodyHandlers.discarding());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.headers().firstValue("Connection").orElse("kept");
  }

  @Configuration
  static class Nothing {}

  @Configuration
  @ImportAutoConfiguration({
    TomcatServletWebServerAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class
  })
  static class Answering {

    @Bean
    LameDuck lameDuck(ApplicationContext service, Environment environment) {
      return new LameDuck(service, environment.getRequiredProperty("time", Duration.class));
    }

    @Bean
    RouterFunction<ServerResponse> answer() {
      return RouterFunctions.route().GET("/", _ -> ServerResponse.ok().build()).build();
    }

    @Bean
    AtomicBoolean othersHeard() {
      return new AtomicBoolean();
    }

    @Bean
    ApplicationListener<ContextClosedEvent> other(AtomicBoolean othersHeard) {
      return _ -> othersHeard.set(true);
    }
  }
}
