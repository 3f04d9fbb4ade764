package io.magicproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.magicproxy.chat.Json;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same seed and replies give the same values, from every source of time and chance. */
abstract class DeterminismContract extends CallsContract {
    private static final String START_MILLIS = Long.toString(Desk.START.toEpochMilli());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Math.random()",
                "Date.now()",
                "new Date().toISOString()",
                "Date()",
                "new Date().toString() + new Date().getTimezoneOffset()",
                "new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'full' }).format()",
                "new Intl.DateTimeFormat('en', { timeStyle: 'full' }).formatToParts()",
                "new (new Date(0).constructor)().getTime()",
                "new (class extends Date {})().getTime()",
                "Reflect.construct(Date, []).getTime()",
                "[3, 1, 2].sort(() => Math.random() - 0.5)",
                "new Date().toLocaleString()",
            })
    void javascript_sees_the_same_time_and_chance_again(String expression) throws ScriptException {
        String source =
                "export const run = host => ["
                        + expression
                        + ", host.call('echo', 1), "
                        + expression
                        + "];";
        assertThat(js(source)).isEqualTo(jsOnANewDesk(source));
    }

    @Test
    void javascript_chance_depends_on_the_seed_and_goes_on() throws ScriptException {
        assertThat(
                        js(
                                "export const run = () => { const x = Array.from({ length: 1000 }, Math.random);"
                                        + " return new Set(x).size === 1000 && x.every(n => n >= 0 && n < 1); }"))
                .isEqualTo("true");
    }

    @Test
    void the_clock_in_javascript_shows_the_time_of_the_last_reply() throws ScriptException {
        assertThat(
                        js(
                                """
                                export async function run(host) {
                                  const seen = [Date.now(), new Date().getTime()];
                                  host.call('echo', 1);
                                  seen.push(Date.now() - seen[0]);
                                  await host.start('echo', 1);
                                  seen.push(Date.now() - seen[0], Date.UTC(1970, 0, 1), new Date(5).getTime());
                                  return seen;
                                }\
                                """))
                .isEqualTo("[" + START_MILLIS + "," + START_MILLIS + ",1000,2000,0,5]");
    }

    @Test
    void javascript_has_nothing_that_tells_of_collection_or_threads() throws ScriptException {
        assertThat(
                        js(
                                "export const run = () => ['WeakRef', 'FinalizationRegistry', 'Atomics',"
                                        + " 'SharedArrayBuffer', 'performance', 'Temporal', 'ShadowRealm',"
                                        + " 'Worker', 'setTimeout', 'Graal', 'Java', 'Polyglot', 'load', 'print']"
                                        + ".filter(name => name in globalThis);"))
                .isEqualTo("[]");
    }

    private static final List<String> PYTHON_SOURCES =
            List.of(
                    "time: time.time()",
                    "time: time.time_ns()",
                    "time: [time.monotonic(), time.perf_counter(), time.process_time(), time.monotonic_ns(), time.perf_counter_ns()]",
                    "time: [list(time.gmtime()), list(time.localtime()), time.ctime(), time.asctime()]",
                    "time: time.strftime('%Y-%m-%d %H:%M:%S')",
                    "datetime: [str(datetime.datetime.now()), str(datetime.datetime.utcnow()), str(datetime.datetime.today())]",
                    "datetime: [str(datetime.datetime.now(datetime.timezone.utc)), str(datetime.date.today())]",
                    "random: [random.random(), random.randint(0, 10**9), random.choice('abcdef'), random.gauss(0, 1)]",
                    "random: [random.Random().random(), random.SystemRandom().random(), random.sample(range(99), 5)]",
                    "_random: _random.Random().random()",
                    "uuid: [str(uuid.uuid1()), str(uuid.uuid4())]",
                    "secrets: [secrets.token_hex(8), secrets.randbelow(10**9), secrets.choice('abcdef')]",
                    "os: os.urandom(20).hex()",
                    "os: os.getpid()",
                    "string: [hash('text'), list({'b', 'a', 'c', 'd'})]");

    @Test
    void python_sees_the_same_time_and_chance_again() throws Exception {
        String modules =
                PYTHON_SOURCES.stream()
                        .map(it -> it.substring(0, it.indexOf(": ")))
                        .distinct()
                        .collect(Collectors.joining(", "));
        String expressions =
                PYTHON_SOURCES.stream()
                        .map(it -> "    lambda: " + it.substring(it.indexOf(": ") + 2) + ",\n")
                        .collect(Collectors.joining());
        String source =
                """
                import %s
                EXPRESSIONS = [
                %s]
                def run(host, input):
                    return [[e(), host.call('echo', 1), e()] for e in EXPRESSIONS]
                """
                        .formatted(modules, expressions);
        JsonNode first = Json.read(python(source));
        JsonNode again = Json.read(pythonOnANewDesk(source));
        assertThat(first).hasSameSizeAs(PYTHON_SOURCES);
        for (int i = 0; i < PYTHON_SOURCES.size(); i++) {
            assertThat(again.get(i)).as(PYTHON_SOURCES.get(i)).isEqualTo(first.get(i));
        }
    }

    @Test
    void chance_in_python_differs_from_draw_to_draw() throws ScriptException {
        assertThat(
                        python(
                                """
                                import random, uuid, os, secrets
                                def run(host, input):
                                    draws = [(random.random(), random.Random().random(), uuid.uuid4(), os.urandom(9),
                                              secrets.token_hex(4)) for _ in range(200)]
                                    return [len(set(column)) for column in zip(*draws)]
                                """))
                .isEqualTo("[200,200,200,200,200]");
    }

    @Test
    void the_clock_in_python_shows_the_time_of_the_last_reply() throws ScriptException {
        assertThat(
                        python(
                                """
                                import time, datetime
                                async def run(host, input):
                                    first = time.time()
                                    seen = [first, datetime.datetime.now().isoformat(), datetime.date.today().isoformat()]
                                    host.call('echo', 1)
                                    seen.append(time.time() - first)
                                    await host.start('echo', 1)
                                    seen += [time.monotonic() - first, datetime.datetime.now().second]
                                    return seen
                                """))
                .isEqualTo(
                        "["
                                + Desk.START.getEpochSecond()
                                + ".0,\"2026-03-01T10:00:00\",\"2026-03-01\",1.0,2.0,2]");
    }

    @Test
    void dates_in_python_work_together() throws ScriptException {
        assertThat(
                        python(
                                """
                                import datetime
                                def run(host, input):
                                    now = datetime.datetime.now()
                                    later = now + datetime.timedelta(days=1)
                                    return [isinstance(now.date(), datetime.date), (later - now).days,
                                            datetime.datetime.strptime('2026-01-02', '%Y-%m-%d').isoformat(),
                                            datetime.datetime.fromisoformat('2026-01-02T03:04:05').hour]
                                """))
                .isEqualTo("[true,1,\"2026-01-02T00:00:00\",3]");
    }

    private String jsOnANewDesk(String source) throws ScriptException {
        return runtime().run(run(ScriptBundle.of("main.mjs", source), "null", LIMITS), new Desk());
    }

    private String pythonOnANewDesk(String source) throws ScriptException {
        return runtime().run(run(ScriptBundle.of("main.py", source), "null", LIMITS), new Desk());
    }
}
