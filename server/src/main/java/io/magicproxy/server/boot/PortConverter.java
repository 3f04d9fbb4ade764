package io.magicproxy.server.boot;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A TCP port, or 0. */
final class PortConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
            throw new TypeConversionException(
                    "must be a number from 0 to 65535, not \"" + value + "\"");
        }
        return Integer.valueOf(value);
    }
}
