package ai.matih.ml.local.engine;

import java.net.URI;

/** A running feature server of this project, with the database and the store that it works on. */
public record Feast(URI url, Database database, S3 store) {}
