package io.magicproxy.tool.net;

import java.util.Map;

/**
 * An answer.
 *
 * @param url that answered, after redirects
 * @param headers by lower-case name; repeated ones are joined with commas
 */
public record Fetched(int status, String url, Map<String, String> headers, String text) {}
