package ai.matih.ml.api.access;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import({KeyDirectory.class, Admit.class, MakeKey.class, RevokeKey.class})
class AccessConfiguration {}
