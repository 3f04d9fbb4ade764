package io.magicproxy.telemetry;

/** How lines of the log are written. */
public enum LogFormat {
    /** A JSON object a line. */
    JSON,
    /** For a person's eyes. */
    TEXT,
    /** Text where a person looks on, JSON elsewhere. */
    AUTO
}
