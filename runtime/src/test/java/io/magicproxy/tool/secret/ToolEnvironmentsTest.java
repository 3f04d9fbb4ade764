package io.magicproxy.tool.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolEnvironmentsTest {
    @TempDir private Path folder;

    @Test
    void each_tool_has_its_own_file_and_a_saved_one_counts_at_once() throws Exception {
        var environments = new ToolEnvironments(folder.resolve("env"));
        assertThat(environments.of("search")).isEmpty();
        write("env/search.env", "KEY=first-secret");
        write("env/other.env", "KEY=others-secret");

        assertThat(environments.of("search")).containsExactly(Map.entry("KEY", "first-secret"));
        assertThat(environments.of("nobody")).isEmpty();

        write("env/search.env", "KEY=second-secret\nPUBLIC_URL=https://a.example/");
        assertThat(environments.of("search")).containsEntry("KEY", "second-secret").hasSize(2);
        Files.delete(folder.resolve("env/search.env"));
        assertThat(environments.of("search")).isEmpty();
    }

    @Test
    void no_name_leads_out_of_the_folder() throws Exception {
        write("keys_pool/keys.env", "KEY=stolen");
        write("env/a.env", "KEY=mine");
        var environments = new ToolEnvironments(folder.resolve("env"));

        for (String name : List.of("../keys_pool/keys", "a/../../keys_pool/keys", "..", "")) {
            assertThat(environments.of(name)).as(name).isEmpty();
        }
        assertThat(environments.of(folder.resolve("keys_pool/keys").toString())).isEmpty();
    }

    @Test
    void secrets_are_known_as_long_as_somebody_may_hold_them_and_settings_are_none()
            throws Exception {
        write("env/search.env", "KEY=first-secret\nPUBLIC_URL=https://a.example/");
        var environments = new ToolEnvironments(folder.resolve("env"));
        assertThat(environments.secrets()).containsExactly("first-secret");

        write("env/search.env", "KEY=second-secret");
        assertThat(environments.secrets())
                .containsExactlyInAnyOrder("first-secret", "second-secret");
    }

    @Test
    void problems_name_file_and_line_and_the_good_lines_count() throws Exception {
        write("env/search.env", "KEY=first-secret\nsk-oops");
        Files.write(folder.resolve("env/binary.env"), new byte[] {(byte) 0xff, 0});
        write("env/large.env", "A=" + "x".repeat(70_000));
        var environments = new ToolEnvironments(folder.resolve("env"));

        List<String> problems = new ArrayList<>(environments.problems());
        problems.sort(null);
        assertThat(problems).hasSize(3);
        assertThat(problems.get(0)).contains("binary.env: can't be read", "UTF-8");
        assertThat(problems.get(1)).contains("large.env: the file has more than");
        assertThat(problems.get(2)).contains("search.env: line 2 must be NAME=value");
        assertThat(environments.of("search")).containsEntry("KEY", "first-secret");
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
