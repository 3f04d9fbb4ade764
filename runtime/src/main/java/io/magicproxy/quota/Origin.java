package io.magicproxy.quota;

/** Where a key or a team is written. */
public enum Origin {
    /** Made by an administrator while the gateway runs. */
    STORE,
    /** In the configuration's file, where alone it can be changed. */
    CONFIGURATION
}
