package io.magicproxy.provider;

import io.magicproxy.chat.MalformedRequestException;

/** Short ways to the failures that we find ourselves. */
public final class Faults {
    private Faults() {}

    /**
     * A field that the vendor would refuse.
     *
     * @param place the request's field, such as {@code messages[2].content[0]}
     */
    public static ProviderException caller(String place, String what) {
        return new ProviderException(ProviderFailure.callerFault(place, place + " " + what));
    }

    /** An answer that another try may mend. */
    public static ProviderException transientAnswer(String what) {
        return new ProviderException(ProviderFailure.of(FailureClass.TRANSIENT, what));
    }

    /** What the request says; if it can't be read, its caller is at fault. */
    public static <T> T read(Reading<T> reading) throws ProviderException {
        try {
            return reading.read();
        } catch (MalformedRequestException e) {
            throw new ProviderException(
                    ProviderFailure.callerFault(e.param().orElse("messages"), e.getMessage()));
        }
    }

    /** A look into the request. */
    @FunctionalInterface
    public interface Reading<T> {
        T read() throws MalformedRequestException;
    }
}
