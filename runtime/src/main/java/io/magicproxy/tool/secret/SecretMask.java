package io.magicproxy.tool.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.magicproxy.chat.Json;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Takes every known secret out of a text. A guard against accidents, such as an API that quotes the
 * key that it was sent; whoever holds a secret can always write it in a way that nobody knows.
 */
public final class SecretMask implements UnaryOperator<String> {
    /** Shorter ones would turn up by chance. */
    private static final int SHORTEST = 8;

    private static final String INSTEAD = "[secret]";
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Supplier<? extends Collection<String>> secrets;
    private volatile Known known = new Known(List.of(), List.of(), 0);
    private volatile boolean begun;

    private record Known(List<String> secrets, List<String> forms, long readAt) {}

    /**
     * @param secrets as they are now; asked now and then, not for each text
     */
    public SecretMask(Supplier<? extends Collection<String>> secrets) {
        this.secrets = secrets;
    }

    @Override
    public String apply(String text) {
        String clean = text;
        for (String form : forms()) {
            clean = clean.replace(form, INSTEAD);
        }
        return clean;
    }

    private List<String> forms() {
        Known now = known;
        long time = System.nanoTime();
        if (!begun || time - now.readAt > FRESH_NANOS) {
            List<String> read =
                    secrets.get().stream()
                            .map(String::strip)
                            .filter(secret -> secret.length() >= SHORTEST)
                            .distinct()
                            .sorted(Comparator.comparingInt(String::length).reversed())
                            .toList();
            now = new Known(read, read.equals(now.secrets) ? now.forms : formsOf(read), time);
            known = now;
            begun = true;
        }
        return now.forms;
    }

    /** The longest first: a part of it would leave the rest to be seen. */
    private static List<String> formsOf(List<String> secrets) {
        Set<String> forms = new HashSet<>();
        for (String secret : secrets) {
            byte[] bytes = secret.getBytes(UTF_8);
            forms.add(secret);
            forms.add(URLEncoder.encode(secret, UTF_8));
            forms.add(URLEncoder.encode(secret, UTF_8).replace("+", "%20"));
            forms.add(inJson(secret));
            forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
            forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return forms.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    }

    private static String inJson(String secret) {
        String quoted = Json.text(JsonNodeFactory.instance.textNode(secret));
        return quoted.substring(1, quoted.length() - 1);
    }
}
