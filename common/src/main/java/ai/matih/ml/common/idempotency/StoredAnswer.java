package ai.matih.ml.common.idempotency;

import java.util.Map;

/** The first answer to a request, as it is replayed. */
@SuppressWarnings("ArrayRecordComponent") // Never compared; written once, read once.
record StoredAnswer(int status, Map<String, String> headers, byte[] body) {}
