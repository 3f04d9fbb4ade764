package io.magicproxy.server.admin;

import io.magicproxy.store.UsageStore.Dimension;
import io.magicproxy.store.UsageStore.Sum;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Usage as a table for spreadsheets (RFC 4180). */
final class UsageCsv {
    private static final Pattern QUOTED = Pattern.compile("[\",\r\n]");

    /** What a spreadsheet would take for a formula. */
    private static final Pattern FORMULA = Pattern.compile("^[=+\\-@\t\r]");

    private UsageCsv() {}

    static String of(List<Dimension> by, List<Sum> sums) {
        Stream<List<String>> head =
                Stream.of(
                        Stream.concat(by.stream().map(Dimension::wire), UsageApi.columns().stream())
                                .toList());
        Stream<List<String>> rows =
                sums.stream()
                        .map(sum ->
                                Stream.concat(
                                                sum.of().stream().map(UsageCsv::name),
                                                UsageApi.cells(sum.amount()).stream())
                                        .toList());
        return Stream.concat(head, rows)
                .map(row -> String.join(",", row) + "\r\n")
                .collect(Collectors.joining());
    }

    private static String name(String value) {
        String harmless = FORMULA.matcher(value).find() ? "'" + value : value;
        return QUOTED.matcher(harmless).find()
                ? "\"" + harmless.replace("\"", "\"\"") + "\""
                : harmless;
    }
}
