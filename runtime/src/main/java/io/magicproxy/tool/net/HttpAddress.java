package io.magicproxy.tool.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.magicproxy.tool.net.FetchException.Kind;
import io.magicproxy.tool.power.HostName;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An http or https address, taken apart here and put together again of checked parts: nobody after
 * us can read another host in it.
 *
 * @param port the scheme's own if none is written
 * @param rest path and query, encoded; begins with a slash
 */
record HttpAddress(boolean tls, HostName host, int port, String rest) {
    private static final int MAX_LENGTH = 8 * 1024;
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int MAX_PORT = 65_535;
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)");
    private static final Pattern WHOLE =
            Pattern.compile("(?i)(https?)://([^/?#\\\\]*)((?:[/?][^#]*)?)(?:#.*)?");
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[^\\]]*]|[^:\\[\\]]*)(?::([0-9]{1,5}))?");

    /** Of a path and a query, beside letters and digits. */
    private static final String ALLOWED = "/?-._~!$&'()*+,;=:@%";

    static HttpAddress of(String text) throws FetchException {
        if (text.length() > MAX_LENGTH || text.chars().anyMatch(Character::isISOControl)) {
            throw bad(
                    "an address has at most " + MAX_LENGTH + " characters, none of them a control");
        }
        Matcher parts = WHOLE.matcher(text.strip());
        if (!parts.matches()) {
            throw bad("the address must be like https://host/path, or begin with http://");
        }
        String authority = parts.group(2);
        if (authority.contains("@")) {
            throw bad("the address must have no user name or password; send them in a header");
        }
        Matcher where = AUTHORITY.matcher(authority);
        if (!where.matches() || where.group(1).isEmpty()) {
            throw bad("the address needs a host, and after it a port or nothing");
        }
        boolean tls = parts.group(1).toLowerCase(Locale.ROOT).equals("https");
        return new HttpAddress(
                tls, host(where.group(1)), port(where, tls), encoded(parts.group(3)));
    }

    private static HostName host(String written) throws FetchException {
        try {
            return HostName.of(written);
        } catch (IllegalArgumentException e) {
            throw bad("the address's host can't be taken: " + e.getMessage());
        }
    }

    private static int port(Matcher where, boolean tls) throws FetchException {
        if (where.group(2) == null) {
            return tls ? HTTPS_PORT : HTTP_PORT;
        }
        int port = Integer.parseInt(where.group(2));
        if (port < 1 || port > MAX_PORT) {
            throw bad("a port is a number from 1 to " + MAX_PORT);
        }
        return port;
    }

    private static String encoded(String rest) {
        StringBuilder out = new StringBuilder(rest.startsWith("/") ? "" : "/");
        for (byte b : rest.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || ALLOWED.indexOf(c) >= 0);
            out.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return strayPercents(out.toString());
    }

    private static String strayPercents(String text) {
        return text.replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
    }

    /** Where a redirect leads. */
    HttpAddress to(String location) throws FetchException {
        String there = location.strip();
        if (there.startsWith("//")) {
            return of(scheme() + ":" + there);
        }
        if (SCHEME.matcher(there).matches()) {
            return of(there);
        }
        int fragment = there.indexOf('#');
        String part = fragment < 0 ? there : there.substring(0, fragment);
        String path = rest.split("\\?", 2)[0];
        if (part.isEmpty()) {
            return this;
        }
        String raw =
                switch (part.charAt(0)) {
                    case '/' -> part;
                    case '?' -> path + part;
                    default -> path.substring(0, path.lastIndexOf('/') + 1) + part;
                };
        return new HttpAddress(tls, host, port, encoded(withoutDots(raw)));
    }

    /** Steps up and nowhere are taken here, as browsers do; empty parts stay. */
    private static String withoutDots(String raw) {
        int query = raw.indexOf('?');
        String path = query < 0 ? raw : raw.substring(0, query);
        List<String> kept = new ArrayList<>();
        String[] parts = path.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            boolean up = parts[i].equals("..");
            if (up && !kept.isEmpty()) {
                kept.removeLast();
            }
            if (!up && !parts[i].equals(".")) {
                kept.add(parts[i]);
            } else if (i == parts.length - 1) {
                kept.add("");
            }
        }
        return "/" + String.join("/", kept) + raw.substring(path.length());
    }

    boolean sameOrigin(HttpAddress other) {
        return tls == other.tls && port == other.port && host.equals(other.host);
    }

    /** The host, with its port if it isn't the scheme's own: as a grant may name it. */
    String hostAndPort() {
        return port == (tls ? HTTPS_PORT : HTTP_PORT) ? host.text() : host.text() + ":" + port;
    }

    String origin() {
        return scheme() + "://" + hostAndPort();
    }

    String text() {
        return origin() + rest;
    }

    URI uri() {
        return URI.create(text());
    }

    private String scheme() {
        return tls ? "https" : "http";
    }

    private static FetchException bad(String message) {
        return new FetchException(Kind.BAD_REQUEST, message);
    }
}
