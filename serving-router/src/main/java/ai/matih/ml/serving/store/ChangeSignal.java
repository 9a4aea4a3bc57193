package ai.matih.ml.serving.store;

import ai.matih.ml.common.reconcile.Signals;
import org.springframework.stereotype.Component;

/** Tells every router, at the commit of the current transaction, that there is something to see. */
@Component
public class ChangeSignal {

  /** Of {@link Signals}, for reconcilers. */
  public static final String TOPIC = "serving";

  private final Signals signals;

  ChangeSignal(Signals signals) {
    this.signals = signals;
  }

  public void send() {
    signals.send(TOPIC);
  }

  /** Runs at each change, and whenever one may have been missed. */
  public void listen(Runnable wake) {
    signals.listen(TOPIC, wake);
  }
}
