package io.magicproxy.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The vendors' list prices, as they were on a day: {@code prices.json}, per million tokens. Used
 * where a profile's {@code model_info} has none; discounts and tiers of service are not known here.
 */
public final class PriceTable {
    private static final int MILLION_DIGITS = 6;
    private static final Pattern SNAPSHOT =
            Pattern.compile("-(\\d{8}|\\d{4}-\\d{2}-\\d{2}|latest)$");
    private static final PriceTable BUNDLED = read();

    private final String asOf;
    private final Map<String, JsonNode> models = new HashMap<>();

    private PriceTable(JsonNode table) {
        this.asOf = table.path("as_of").asText();
        for (var provider : table.path("providers").properties()) {
            for (var model : provider.getValue().path("models").properties()) {
                models.put(provider.getKey() + "/" + model.getKey(), model.getValue());
            }
        }
    }

    public static PriceTable bundled() {
        return BUNDLED;
    }

    private static PriceTable read() {
        try (InputStream in = PriceTable.class.getResourceAsStream("prices.json")) {
            if (in == null) {
                throw new IllegalStateException("prices.json is missing");
            }
            return new PriceTable(Json.read(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The day of the prices. */
    public String asOf() {
        return asOf;
    }

    /**
     * What is known of a model, with its list prices if there are none of its own.
     *
     * @param model as its provider calls it; a snapshot's date is left out if it isn't listed
     */
    public ModelInfo complete(ModelInfo info, String provider, String model) {
        if (info.priced()) {
            return info;
        }
        String plain = SNAPSHOT.matcher(model).replaceFirst("");
        return find(provider, model)
                .or(() -> find(provider, plain))
                .map(prices -> info.pricedAs(usual(prices), forLong(prices.path("long"))))
                .orElse(info);
    }

    private Optional<JsonNode> find(String provider, String model) {
        return Optional.ofNullable(models.get(provider + "/" + model));
    }

    private static TokenPrices usual(JsonNode prices) {
        return new TokenPrices(
                price(prices, "input").orElseThrow(),
                price(prices, "output"),
                price(prices, "cache_read"),
                price(prices, "cache_write"),
                price(prices, "cache_write_1h"));
    }

    private static Optional<ModelInfo.LongContext> forLong(JsonNode prices) {
        return prices.isMissingNode()
                ? Optional.empty()
                : Optional.of(
                        new ModelInfo.LongContext(
                                prices.path("above").intValue(),
                                price(prices, "input"),
                                price(prices, "output"),
                                price(prices, "cache_read"),
                                price(prices, "cache_write"),
                                price(prices, "cache_write_1h")));
    }

    private static Optional<BigDecimal> price(JsonNode prices, String kind) {
        JsonNode price = prices.path(kind);
        return price.isNumber()
                ? Optional.of(new BigDecimal(price.asText()).movePointLeft(MILLION_DIGITS))
                : Optional.empty();
    }
}
