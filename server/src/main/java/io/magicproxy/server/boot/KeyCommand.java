package io.magicproxy.server.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Virtual keys, by the admin API of a gateway that runs. */
@Command(
        name = "key",
        description = "Make, list, rotate, revoke and delete virtual keys of the running gateway.",
        synopsisSubcommandLabel = "[create|list|rotate|revoke|delete]",
        mixinStandardHelpOptions = true)
final class KeyCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    /** Where the gateway is. */
    static final class Where {
        @Option(
                names = "--host",
                paramLabel = "HOST",
                description = "Where the gateway is (MAGIC_PROXY_HOST). Default: this machine.")
        private Optional<String> host = Optional.empty();

        @Option(
                names = "--port",
                defaultValue = "8001",
                converter = PortConverter.class,
                description = "Its port (MAGIC_PROXY_PORT). Default: ${DEFAULT-VALUE}.")
        private int port = 8001;

        @Option(
                names = "--master-key",
                paramLabel = "KEY",
                description =
                        "Its master key. Better set MAGIC_PROXY_MASTER_KEY: others on the machine see a command's options.")
        private Optional<String> masterKey = Optional.empty();

        interface Call {
            int with(AdminClient client) throws IOException, InterruptedException;
        }

        int call(CommandSpec spec, Call call) throws IOException, InterruptedException {
            String at = host.orElse(StartCommand.LOOPBACK);
            try (var client = new AdminClient(at, port, masterKey, spec.commandLine().getErr())) {
                return call.with(client);
            } catch (ConnectException nobodyThere) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "magic-proxy: no gateway answers at "
                                        + at
                                        + ":"
                                        + port
                                        + "; start it, or name its --host and --port");
                return 1;
            }
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "what shall be done? There are: key create, key list, key rotate, key revoke, key delete");
    }

    private static PrintWriter out(CommandSpec spec) {
        return spec.commandLine().getOut();
    }

    /** The secret alone goes to the standard output, so that a script can take it. */
    private static int tell(CommandSpec spec, JsonNode key) {
        spec.commandLine()
                .getErr()
                .println(
                        "key "
                                + key.path("name").asText()
                                + " ("
                                + key.path("id").asText()
                                + "); it is shown this once:");
        out(spec).println(key.path("key").asText());
        return 0;
    }

    @Command(
            name = "create",
            description = "Make a key; it is printed once.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Where where,
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Mixin Wish wish)
            throws IOException, InterruptedException {
        ObjectNode body = Json.object().put("name", name);
        wish.into(body);
        return where.call(
                spec, client -> client.post("/admin/virtual_keys", body, key -> tell(spec, key)));
    }

    /** What a key is to be for. */
    static final class Wish {
        @Option(names = "--team", description = "The team whose limits it shares.")
        private Optional<String> team = Optional.empty();

        @Option(
                names = "--alias",
                paramLabel = "ALIAS",
                description =
                        "What it may ask, * standing for any part; may be given several times. Default: all.")
        private List<String> aliases = new ArrayList<>();

        @Option(
                names = "--expires",
                paramLabel = "WHEN",
                description = "A date, a time, or a span such as 30d.")
        private Optional<String> expires = Optional.empty();

        @Option(names = "--rpm", paramLabel = "N", description = "Requests in any minute.")
        private Optional<Integer> requests = Optional.empty();

        @Option(names = "--tpm", paramLabel = "N", description = "Tokens in any minute.")
        private Optional<Integer> tokens = Optional.empty();

        @Option(names = "--concurrent", paramLabel = "N", description = "Calls at a time.")
        private Optional<Integer> concurrent = Optional.empty();

        @Option(names = "--per-day", paramLabel = "USD", description = "Budget of a day.")
        private Optional<BigDecimal> day = Optional.empty();

        @Option(names = "--per-month", paramLabel = "USD", description = "Budget of a month.")
        private Optional<BigDecimal> month = Optional.empty();

        @Option(
                names = "--note",
                paramLabel = "NAME=TEXT",
                description = "Metadata; may be given several times.")
        private Map<String, String> notes = new LinkedHashMap<>();

        void into(ObjectNode body) {
            team.ifPresent(value -> body.put("team", value));
            ArrayNode list = body.putArray("aliases");
            aliases.forEach(list::add);
            expires.ifPresent(value -> body.put("expires_at", value));
            body.set("limits", limits());
            ObjectNode metadata = body.putObject("metadata");
            notes.forEach(metadata::put);
        }

        private ObjectNode limits() {
            return Json.object()
                    .put("requests_per_minute", requests.orElse(null))
                    .put("tokens_per_minute", tokens.orElse(null))
                    .put("max_concurrent", concurrent.orElse(null))
                    .put("budget_per_day", day.orElse(null))
                    .put("budget_per_month", month.orElse(null));
        }
    }

    @Command(
            name = "list",
            description = "List the keys with what they have spent.",
            mixinStandardHelpOptions = true)
    int list(@Mixin Where where) throws IOException, InterruptedException {
        return where.call(
                spec,
                client ->
                        client.get(
                                "/admin/virtual_keys",
                                answer -> {
                                    answer.path("virtual_keys").forEach(this::line);
                                    return 0;
                                }));
    }

    private void line(JsonNode key) {
        out(spec)
                .printf(
                        "%-16s %-20s %-12s %-8s %s today, %s this month%n",
                        key.path("id").asText(),
                        key.path("name").asText(),
                        key.path("shown").asText(),
                        key.path("state").asText(),
                        spent(key, "day", "today"),
                        spent(key, "month", "this_month"));
    }

    private static String spent(JsonNode key, String span, String now) {
        JsonNode budget = key.path("limits").path("budget_per_" + span);
        String spent =
                key.path("use")
                        .path("spent_" + now)
                        .decimalValue()
                        .stripTrailingZeros()
                        .toPlainString();
        return "$" + spent + (budget.isNumber() ? " of $" + budget.asText() : "");
    }

    @Command(
            name = "rotate",
            description = "Give a key a new secret, which is printed once.",
            mixinStandardHelpOptions = true)
    int rotate(
            @Mixin Where where,
            @Parameters(paramLabel = "ID", description = "The key's id, see key list.") String id,
            @Option(
                            names = "--grace",
                            paramLabel = "SPAN",
                            description = "How long the old one is still good, such as 1h.")
                    Optional<String> grace)
            throws IOException, InterruptedException {
        ObjectNode body = Json.object();
        grace.ifPresent(span -> body.put("grace", span));
        return where.call(
                spec, client -> client.post(path(id) + "/rotate", body, key -> tell(spec, key)));
    }

    @Command(name = "revoke", description = "End a key for good.", mixinStandardHelpOptions = true)
    int revoke(
            @Mixin Where where,
            @Parameters(paramLabel = "ID", description = "The key's id, see key list.") String id)
            throws IOException, InterruptedException {
        return where.call(
                spec,
                client ->
                        client.post(
                                path(id) + "/revoke",
                                Json.object(),
                                key -> {
                                    out(spec).println("revoked " + key.path("name").asText());
                                    return 0;
                                }));
    }

    @Command(
            name = "delete",
            description = "Forget a key and what it has spent.",
            mixinStandardHelpOptions = true)
    int delete(
            @Mixin Where where,
            @Parameters(paramLabel = "ID", description = "The key's id, see key list.") String id)
            throws IOException, InterruptedException {
        return where.call(
                spec,
                client ->
                        client.get(
                                path(id),
                                key -> client.delete(path(id), key.path("version").asText())));
    }

    private static String path(String id) {
        return "/admin/virtual_keys/" + AdminClient.encoded(id);
    }
}
