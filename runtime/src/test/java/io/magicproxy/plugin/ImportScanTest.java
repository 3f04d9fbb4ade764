package io.magicproxy.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportScanTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "import { a } from './lib/a.js';",
                "import a from \"./lib/a.js\"",
                "import './lib/a.js'",
                "import*as a from'./lib/a.js'",
                "export { a } from './lib/a.js';",
                "export * from './lib/a.js';",
                "import {\n  a,\n  b,\n} from\n  './lib/a.js';",
                "export const run = async () => (await import('./lib/a.js')).a;",
                "import a from './lib/../lib/./a.js'",
            })
    void every_form_of_a_javascript_import_is_found(String source) {
        assertThat(reached("main.js", source, "lib/a.js", "lib/b.js"))
                .containsExactlyInAnyOrder("main.js", "lib/a.js");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import lib.a",
                "import json, lib.a as a",
                "from lib import a",
                "from lib.a import x as y",
                "from .lib import a",
                "def f():\n    from lib import a\n",
                "from lib import (\n    unknown,  # of old\n    a,\n)",
                "from lib import(a)",
                "from lib import unknown, \\\n    a",
                "import json; import lib.a",
                "try: import lib.a\nexcept ImportError: pass",
            })
    void every_form_of_a_python_import_is_found(String source) {
        assertThat(reached("main.py", source, "lib/a.py", "lib/b.py"))
                .containsExactlyInAnyOrder("main.py", "lib/a.py");
    }

    @Test
    void packages_bring_their_init_files() {
        assertThat(
                        reached(
                                "main.py",
                                "import lib.deep.a",
                                "lib/__init__.py",
                                "lib/deep/__init__.py",
                                "lib/deep/a.py",
                                "lib/deep/b.py"))
                .containsExactlyInAnyOrder(
                        "main.py", "lib/__init__.py", "lib/deep/__init__.py", "lib/deep/a.py");
    }

    @Test
    void relative_imports_go_from_the_importing_file() {
        Map<String, String> folder = new HashMap<>();
        folder.put("main.py", "from lib.deep import a");
        folder.put("lib/deep/a.py", "from . import b\nfrom .. import c\nfrom ...lib import d");
        folder.put("lib/deep/b.py", "");
        folder.put("lib/c.py", "");
        folder.put("lib/d.py", "");
        folder.put("b.py", "");
        assertThat(ImportScan.bundle("main.py", folder).files().keySet())
                .containsExactlyInAnyOrder(
                        "main.py", "lib/deep/a.py", "lib/deep/b.py", "lib/c.py", "lib/d.py");
    }

    @Test
    void imports_of_imports_and_cycles_come_to_an_end() {
        Map<String, String> folder =
                Map.of(
                        "main.js", "import './_a.js'",
                        "_a.js", "import './lib/b.js'",
                        "lib/b.js", "import '../_a.js'; import '../main.js'; import './b.js'",
                        "_other.js", "");
        assertThat(ImportScan.bundle("main.js", folder).files().keySet())
                .containsExactlyInAnyOrder("main.js", "_a.js", "lib/b.js");
    }

    @Test
    void a_path_out_of_the_folder_names_no_file_in_it() {
        assertThat(reached("main.js", "import '../a.js'; import './lib/../../a.js'", "a.js"))
                .containsExactly("main.js");
        assertThat(reached("main.js", "import '/a.js'; import 'a.js'; import 'node:fs'", "a.js"))
                .containsExactly("main.js");
    }

    @Test
    void only_what_is_reached_makes_the_version() {
        Map<String, String> folder = new HashMap<>();
        folder.put("main.js", "import './_a.js'");
        folder.put("_a.js", "export const a = 1");
        folder.put("_b.js", "export const b = 1");
        String before = ImportScan.bundle("main.js", folder).hash();
        folder.put("_b.js", "export const b = 2");
        assertThat(ImportScan.bundle("main.js", folder).hash()).isEqualTo(before);
        folder.put("_a.js", "export const a = 2");
        assertThat(ImportScan.bundle("main.js", folder).hash()).isNotEqualTo(before);
    }

    private static Set<String> reached(String entry, String source, String... others) {
        Map<String, String> folder = new HashMap<>();
        Arrays.stream(others).forEach(other -> folder.put(other, ""));
        folder.put(entry, source);
        return ImportScan.bundle(entry, folder).files().keySet();
    }
}
