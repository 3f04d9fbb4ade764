package io.magicproxy.routing;

/** In which order the profiles of an alias are tried. Whatever the order, each one is. */
public enum RoutingStrategy {
    /** As the alias names them. */
    ORDERED,
    /** At random, by their weights. */
    WEIGHTED,
    /** Those with the fewest calls under way first. */
    LEAST_BUSY,
    /** Those that answered soonest of late first. */
    LATENCY,
    /** The cheapest first. */
    COST
}
