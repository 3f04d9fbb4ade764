package io.magicproxy.store.kafka;

import io.magicproxy.store.StoreException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Waits for Kafka, and says what went wrong in words for operators. */
record KafkaFailures(List<String> servers, long timeoutMillis) {
    /** Something that Kafka is asked. */
    interface Ask<T> {
        Future<T> begin();
    }

    <T> T answer(Ask<T> ask) throws StoreException {
        try {
            return ask.begin().get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw away(why(e));
        } catch (TimeoutException e) {
            throw away("no answer within " + timeoutMillis + " ms");
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
            throw away("interrupted");
        } catch (KafkaException e) {
            throw away(why(e));
        }
    }

    StoreException away(String why) {
        return new StoreException(
                "Kafka at " + String.join(", ", servers) + " can't be used (" + why + ")");
    }

    static String why(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
