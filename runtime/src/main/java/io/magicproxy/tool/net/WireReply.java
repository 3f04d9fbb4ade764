package io.magicproxy.tool.net;

import java.util.List;
import java.util.Map;

/** An answer whose head has come. */
public interface WireReply extends AutoCloseable {
    int status();

    /** By lower-case name. */
    Map<String, List<String>> headers();

    /** The whole body, in the encoding that it is written in. */
    String text(int maxBytes) throws FetchException;

    /** Drops what wasn't read. */
    @Override
    void close();
}
