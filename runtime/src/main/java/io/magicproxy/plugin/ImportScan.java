package io.magicproxy.plugin;

import io.magicproxy.sandbox.Language;
import io.magicproxy.sandbox.ScriptBundle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the files that a script imports, and those that they import. Reads the text only: an import
 * inside of a function counts too, one in a comment does no harm.
 */
final class ImportScan {
    private static final Pattern JAVASCRIPT =
            Pattern.compile("(?:\\bfrom|\\bimport)\\s*\\(?\\s*[\"'](\\.{1,2}/[^\"']+)[\"']");

    /** A list of names may go on over lines, in parentheses or after a backslash. */
    private static final Pattern PYTHON =
            Pattern.compile(
                    "(?:^|[;:])[ \\t]*(?:from[ \\t]+([\\w.]+)[ \\t]+import[ \\t]*(\\([^)]*\\)|(?:\\\\\\R|[^#;\\n])+)"
                            + "|import[ \\t]+((?:\\\\\\R|[^#;\\n])+))",
                    Pattern.MULTILINE);

    private static final Pattern NOT_NAMES = Pattern.compile("#[^\\n]*|[()\\\\]");

    private ImportScan() {}

    /** The script with all that it can reach among the folder's files. */
    static ScriptBundle bundle(String entry, Map<String, String> folder) {
        SortedMap<String, String> found = new TreeMap<>();
        var open = new ArrayDeque<String>(List.of(entry));
        while (!open.isEmpty()) {
            String path = open.remove();
            String source = folder.get(path);
            if (source != null && found.putIfAbsent(path, source) == null) {
                open.addAll(imports(path, source));
            }
        }
        return new ScriptBundle(entry, found);
    }

    private static List<String> imports(String path, String source) {
        return Language.of(path).orElse(Language.JAVASCRIPT) == Language.PYTHON
                ? python(path, source)
                : javascript(path, source);
    }

    private static List<String> javascript(String path, String source) {
        List<String> paths = new ArrayList<>();
        Matcher matcher = JAVASCRIPT.matcher(source);
        while (matcher.find()) {
            paths.add(resolve(parent(path), matcher.group(1)));
        }
        return paths;
    }

    private static List<String> python(String path, String source) {
        List<String> paths = new ArrayList<>();
        Matcher matcher = PYTHON.matcher(source);
        while (matcher.find()) {
            String from = matcher.group(1);
            String names = from == null ? matcher.group(3) : matcher.group(2);
            for (String name : NOT_NAMES.matcher(names).replaceAll(" ").split(",", -1)) {
                String module = name.strip().split("\\s+", -1)[0];
                if (from == null) {
                    modules(paths, path, module);
                } else {
                    modules(paths, path, from);
                    modules(paths, path, from.endsWith(".") ? from + module : from + "." + module);
                }
            }
        }
        return paths;
    }

    /** The files that a dotted name may mean: from the folder's root, or relative. */
    private static void modules(List<String> paths, String path, String dotted) {
        String base = "";
        String name = dotted;
        if (name.startsWith(".")) {
            base = parent(path);
            name = name.substring(1);
            while (name.startsWith(".")) {
                base = parent(base.isEmpty() ? "" : base.substring(0, base.length() - 1));
                name = name.substring(1);
            }
        }
        String file = base + name.replace('.', '/');
        paths.add(file + ".py");
        paths.add(file + "/__init__.py");
        for (int slash = file.indexOf('/'); slash > 0; slash = file.indexOf('/', slash + 1)) {
            paths.add(file.substring(0, slash) + "/__init__.py");
        }
    }

    /** With its slash; "" for the root. */
    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /** "" for what is outside of the folder. */
    private static String resolve(String base, String relative) {
        var parts = new ArrayDeque<String>();
        for (String part : (base + relative).split("/", -1)) {
            switch (part) {
                case "", "." -> {
                    // Here.
                }
                case ".." -> {
                    if (parts.pollLast() == null) {
                        return "";
                    }
                }
                default -> parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }
}
