package io.magicproxy.provider.openai;

import io.magicproxy.provider.Provider.KeyNeed;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How one kind of server differs from OpenAI's own API. Data only: code that asks for a provider's
 * name is a defect.
 *
 * @param id the provider's name in the configuration
 * @param base where its API stands, unless everybody has their own
 * @param hostSuffixes ends of the names of the vendor's own hosts, where each customer has one
 * @param probePath what a valid key may read for nothing
 * @param streamUsage whether it knows {@code stream_options.include_usage}; the others refuse it,
 *     and tell the usage anyway
 * @param renames request fields that it knows by another name
 * @param messageDrops fields of earlier answers that it refuses to read again: they belong to other
 *     vendors
 */
record Dialect(
        String id,
        Optional<URI> base,
        List<String> hostSuffixes,
        KeyNeed keyNeed,
        String probePath,
        boolean streamUsage,
        List<Rename> renames,
        List<String> messageDrops) {

    /**
     * A field's other name.
     *
     * @param models the provider's models that want it so
     */
    record Rename(String from, String to, Pattern models) {}
}
