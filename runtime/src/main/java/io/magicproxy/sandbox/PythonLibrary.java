package io.magicproxy.sandbox;

import java.io.InputStream;
import java.io.OutputStream;
import org.graalvm.polyglot.Context;

/**
 * Python's standard library in compiled form, beside its sources in {@code
 * polyglot.engine.userResourceCache}. Without it each context compiles what it imports anew, and
 * the engine keeps all of that.
 */
public final class PythonLibrary {
    /** What scripts import; these import the rest. */
    private static final String IMPORTS =
            """
            import importlib
            for name in '''
                __future__ _pydatetime _pydecimal _strptime abc argparse array ast asyncio base64
                binascii bisect calendar cmath codecs collections collections.abc colorsys contextlib
                copy copyreg csv dataclasses datetime decimal difflib dis email email.message
                email.utils enum errno fnmatch fractions functools glob graphlib hashlib heapq hmac
                html html.entities html.parser importlib.util inspect io ipaddress itertools json
                keyword linecache locale logging math mimetypes numbers operator os pathlib pickle
                pprint queue quopri random re reprlib secrets shlex shutil statistics string
                stringprep struct tempfile textwrap threading time timeit token tokenize traceback
                types typing unicodedata urllib.error urllib.parse urllib.request uuid warnings
                weakref xml.dom.minidom xml.etree.ElementTree zlib zoneinfo
            '''.split():
                try:
                    importlib.import_module(name)
                except Exception:
                    pass  # Not everything is there on every platform.
            """;

    private PythonLibrary() {}

    /** Writes to that folder: for the build, where no guest is about. */
    public static void compile() {
        try (Context context =
                Context.newBuilder("python")
                        .allowAllAccess(true)
                        .option("python.DontWriteBytecodeFlag", "false")
                        .in(InputStream.nullInputStream())
                        .out(OutputStream.nullOutputStream())
                        .err(OutputStream.nullOutputStream())
                        .build()) {
            context.eval("python", IMPORTS);
        }
    }
}
