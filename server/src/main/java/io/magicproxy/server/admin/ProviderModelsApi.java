package io.magicproxy.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.magicproxy.chat.Json;
import io.magicproxy.gateway.Gateway;
import io.magicproxy.gateway.GatewayConfig;
import io.magicproxy.provider.Provider;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code /admin/provider_models}: what a form may offer of providers and their models. */
public final class ProviderModelsApi implements HttpService {
    private final Gateway gateway;

    public ProviderModelsApi(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", (_, response) -> AdminRequests.send(response, list()));
    }

    private ObjectNode list() {
        GatewayConfig config = gateway.current().config();
        ObjectNode answer = Json.object();
        ArrayNode providers = answer.putArray("providers");
        for (Provider provider : gateway.providers()) {
            ObjectNode json = providers.addObject().put("id", provider.id());
            json.put("needs_key", provider.keyNeed().name().toLowerCase(Locale.ROOT));
            json.put("api_base", provider.defaultBase().map(URI::toString).orElse(null));
            ArrayNode models = json.putArray("models");
            models(config, provider.id())
                    .forEach((model, from) -> {
                        ArrayNode sources = models.addObject().put("model", model).putArray("from");
                        from.forEach(sources::add);
                    });
        }
        return answer;
    }

    private static Map<String, Set<String>> models(GatewayConfig config, String provider) {
        Map<String, Set<String>> models = new LinkedHashMap<>();
        for (String model : config.providerModelLists().getOrDefault(provider, List.of())) {
            models.computeIfAbsent(model, _ -> new TreeSet<>()).add("provider_model_lists");
        }
        config.modelList().stream()
                .filter(profile -> profile.provider().equals(provider))
                .forEach(profile ->
                        models.computeIfAbsent(profile.modelParams().model(), _ -> new TreeSet<>())
                                .add("model_list"));
        return models;
    }
}
