package ai.matih.ml.api.console;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration {

  /** Before the door, which asks for credentials. */
  private static final int ORDER = -1002;

  @Bean
  FilterRegistrationBean<ConsolePages> consolePages() {
    FilterRegistrationBean<ConsolePages> registration =
        new FilterRegistrationBean<>(new ConsolePages(new Assets()));
    registration.addUrlPatterns("", "/console", "/console/*");
    registration.setOrder(ORDER);
    return registration;
  }
}
